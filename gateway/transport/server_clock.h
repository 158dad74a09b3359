#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace gateway::transport {

/// One acknowledgement that tells the server's time: when the acknowledged copy left, when the ack came, and
/// the sentTime of the datagram that carried it.
struct ClockSample {
  TimePoint sent;
  TimePoint received;
  std::uint32_t server_time = 0;
};

/// Estimate of one upstream server's millisecond clock, fed for ever: the offset of the sample with the
/// smallest round trip of the last minute. Source: README.md, "Server time".
class ServerClock {
 public:
  static constexpr Duration window = seconds(60);    // age of the samples that count
  static constexpr std::int32_t step_ms = 250;       // a jump that is taken at once: the server restarted
  static constexpr Duration interval = seconds(10);  // between two ServerTime commands to one server

  void observe(const ClockSample& sample);
  bool known() const { return known_; }
  /// The server's clock at `now`; our own counter while unknown.
  std::uint32_t at(TimePoint now) const { return wire_milliseconds(now) + offset_; }
  /// How often the server's clock jumped.
  std::uint32_t steps() const { return steps_; }

  /// True when a ServerTime is wanted now; the caller then sends one and calls asked(). One leg per server
  /// asks.
  bool wants_sample(TimePoint now) const { return now >= next_ask_; }
  void asked(TimePoint now) { next_ask_ = now + interval; }
  TimePoint next_ask() const { return next_ask_; }

 private:
  static constexpr std::size_t buckets = 6;  // of window / buckets each, so that expiry needs no list
  struct Best {
    TimePoint since{};
    Duration round_trip = Duration::max();
    std::uint32_t offset = 0;
  };

  void choose(TimePoint now);

  std::array<Best, buckets> best_{};
  std::size_t current_ = 0;
  std::uint32_t offset_ = 0;
  bool known_ = false;
  std::uint32_t steps_ = 0;
  TimePoint next_ask_{};
};

}  // namespace gateway::transport
