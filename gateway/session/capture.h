#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/time.h"
#include "message/init.h"
#include "session/leg.h"
#include "session/record.h"

namespace gateway::session {

/// What became of a message.
enum class Fate : std::uint8_t {
  forwarded,
  kept,   // answered here, refused or dropped
  ended,  // it ended the session
};

/// What passes one session, as JSON lines without secrets (message/transcript.h): a line a message, as it
/// arrived and opened. Key exchanges, the JSON mode, and what can't be read are told by their size. Lines are
/// polled; those nobody takes in time are counted and gone.
class Capture {
 public:
  static constexpr std::size_t waiting_max = std::size_t{1} << 20;  // bytes of lines between two turns

  explicit Capture(TimePoint began) : began_(began) {}

  /// A message of `from`, before anything is decided about it; its views aren't kept. `readable`: it is of
  /// the binary protocol. decided() follows.
  void message(Side from, const Message& message, message::Serialization serialization, bool readable,
               TimePoint now);
  /// `encrypted`: on the client's link.
  void decided(Fate fate, bool encrypted);

  /// The next line, without its end.
  std::optional<std::string> next_line();
  std::uint64_t dropped() const { return dropped_; }
  TimePoint began() const { return began_; }

 private:
  TimePoint began_;
  std::string line_;  // of the message that is being decided
  std::deque<std::string> lines_;
  std::size_t waiting_ = 0;  // bytes of them
  std::uint64_t dropped_ = 0;
};

}  // namespace gateway::session
