#include "transport/whole_messages.h"

#include <algorithm>
#include <cassert>

#include "transport/disconnect_code.h"

namespace gateway::transport {

WholeMessages::WholeMessages(const Options& options, BufferPool& pool, Stats& stats, Role role, TimePoint now)
    : Stream(options, pool, stats, role, now) {}

void WholeMessages::receive(TimePoint now, Bytes message) {
  hold(now, message, false);
}

void WholeMessages::receive_text(TimePoint now, Bytes message) {
  hold(now, message, true);
}

void WholeMessages::hold(TimePoint now, Bytes message, bool text) {
  if (!hears(now, message.size())) return;
  if (message.empty()) return stats_.drop(Drop::malformed);
  const std::size_t cost = held_ + message.size() + (input_.size() + 1) * message_cost;
  if (message.size() > options_.message_max || cost > options_.buffered) {
    stats_.drop(Drop::held);
    return fail({Cause::overflow, code_server_logic});
  }
  held_ += message.size();
  input_.push_back({pool_.copy(message), text});
}

std::optional<Payload> WholeMessages::next_payload() {
  current_ = Buffer();
  if (input_.empty()) {
    give_room_back(input_);
    input_taken();
    return std::nullopt;
  }
  Incoming next = input_.pop_front();
  current_ = std::move(next.bytes);
  held_ -= current_.size();
  return Payload{std::as_const(current_).bytes(), 0, Delivery::reliable,
                 next.text ? Form::text : Form::message};
}

SendStatus WholeMessages::send(TimePoint now, const Payload& payload) {
  if (payload.bytes.empty()) return SendStatus::dropped;
  const SendStatus status = admits(payload.bytes.size());
  if (status != SendStatus::queued) return status;
  output_.push_back({pool_.copy(payload.bytes), payload.form == Form::text});
  queued(now, payload.bytes.size());
  return status;
}

std::size_t WholeMessages::next_output(TimePoint now, MutableBytes out) {
  const auto message = take_message(now);
  if (!message) return 0;
  const Bytes bytes = message->bytes.bytes();
  assert(bytes.size() <= out.size());
  std::ranges::copy(bytes, out.begin());
  return bytes.size();
}

std::optional<OutgoingMessage> WholeMessages::take_message(TimePoint now) {
  if (output_.empty()) return std::nullopt;
  OutgoingMessage message = output_.pop_front();
  give_room_back(output_);
  taken(now, message.bytes.size(), 1);
  return message;
}

void WholeMessages::drop_input() {
  input_.clear();
  current_ = Buffer();
  held_ = 0;
}

void WholeMessages::drop_output() {
  output_.clear();
}

}  // namespace gateway::transport
