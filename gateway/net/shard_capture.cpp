// One session of the process may be captured (net/captures.h): what it says is handed to the file after each
// turn.
#include <string>
#include <utility>

#include "base/log_line.h"
#include "net/address.h"
#include "net/shard.h"

namespace gateway::net {

/// A session that wants a server is a player's; what only connects would often be a health check.
void Shard::begin_capture(SessionSlot& slot) {
  const Listener& listener = listener_of(slot);
  slot.captured = shared_.captures.take(listener.options.name, slot.client, now_);
  if (!slot.captured) return;
  slot.session->capture(&slot.captured->capture);
  LogLine line("capture begins");
  line.text("listener", listener.options.name).text("transport", name(listener.options.scheme));
  if (shows_clients()) line.text("address", to_text(slot.client));
  slot.captured->file->add("{" + log_members(line.str()) + "}");
}

void Shard::hand_over_capture(SessionSlot& slot) {
  CapturedSession& captured = *slot.captured;
  while (auto line = captured.capture.next_line()) captured.file->add(std::move(*line));
  if (captured.file->over() || now_ >= captured.until) end_capture(slot, "duration");
}

void Shard::end_capture(SessionSlot& slot, std::string_view why) {
  const auto captured = std::exchange(slot.captured, nullptr);
  captured->file->add_dropped(captured->capture.dropped());
  captured->file->finish(why);
  slot.session->capture(nullptr);
}

/// With the session, whose end is the last that is told.
void Shard::end_capture(SessionSlot& slot) {
  hand_over_capture(slot);
  if (!slot.captured) return;
  const session::Record& record = slot.session->record();
  LogLine line("session ended");
  line.seconds("seconds", now_ - record.opened).text("reason", name(record.end)).number("code", record.code);
  slot.captured->file->add("{" + log_members(line.str()) + "}");
  end_capture(slot, "session_ended");
}

}  // namespace gateway::net
