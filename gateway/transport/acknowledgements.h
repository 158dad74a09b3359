#pragma once

#include <cstddef>
#include <cstdint>

#include "base/ring.h"
#include "base/time.h"
#include "transport/options.h"
#include "wire/command.h"

namespace gateway::transport {

/// The acks we owe the peer and when they must leave at the latest. Any datagram that leaves earlier takes
/// them along. Source: README.md, "Acknowledgements".
class Acknowledgements {
 public:
  /// More than fit any burst that one turn receives. What doesn't fit isn't acked: the peer sends it again.
  static constexpr std::size_t owed_max = 2048;

  /// One ack: which command, and the sentTime of the datagram that carried this copy of it.
  struct Owed {
    std::uint32_t number = 0;
    std::uint32_t sent_time = 0;
    std::uint8_t channel = 0;
    bool unsequenced = false;
  };

  /// may_wait: up to options.ack_delay. at_once: with the next output; also for a command that may be owed
  /// already, whose ack then only gets the newer time.
  enum class Urgency : std::uint8_t { may_wait, at_once };

  explicit Acknowledgements(const Options& options) : options_(options) {}

  /// Owes an ack for a received command of `command_bytes`; false when owed_max are owed already.
  bool add(TimePoint now, const Owed& owed, std::size_t command_bytes, Urgency urgency);

  bool empty() const { return owed_.empty(); }
  /// When the acks must leave, unless a datagram took them along before; `never` when none is owed.
  TimePoint due() const { return due_; }
  /// The command that acknowledges the oldest; call only when !empty().
  wire::Command front() const;
  void pop();
  /// Gives memory back that an idle connection doesn't need.
  void release();

 private:
  bool refresh(const Owed& owed);

  const Options& options_;
  Ring<Owed> owed_;
  TimePoint due_ = never;
  std::size_t bytes_ = 0;
  std::size_t peak_ = 0;
};

}  // namespace gateway::transport
