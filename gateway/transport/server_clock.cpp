#include "transport/server_clock.h"

#include <cstdlib>

namespace gateway::transport {

namespace {

constexpr Duration round_trip_max = seconds(10);

std::int64_t whole_milliseconds(Duration duration) {
  return std::chrono::duration_cast<milliseconds>(duration).count();
}

}  // namespace

void ServerClock::observe(const ClockSample& sample) {
  const Duration round_trip = sample.received - sample.sent;
  if (round_trip < Duration::zero() || round_trip > round_trip_max) return;
  // The server looked at its clock half a round trip before the ack arrived.
  const std::uint32_t offset = sample.server_time - wire_milliseconds(sample.received - round_trip / 2);

  // Half a round trip is what an uneven way can shift a sample by; only beyond that the clock itself has
  // jumped.
  const std::int64_t shift = std::abs(std::int64_t{static_cast<std::int32_t>(offset - offset_)});
  if (known_ && shift > step_ms + whole_milliseconds(round_trip / 2)) {
    best_ = {};
    ++steps_;
  }
  known_ = true;

  if (best_[current_].round_trip != Duration::max() &&
      sample.received >= best_[current_].since + window / buckets) {
    current_ = (current_ + 1) % buckets;
    best_[current_] = {};
  }
  Best& best = best_[current_];
  if (best.round_trip == Duration::max()) best.since = sample.received;
  if (round_trip <= best.round_trip) {
    best.round_trip = round_trip;
    best.offset = offset;
  }
  choose(sample.received);
}

void ServerClock::choose(TimePoint now) {
  const Best* chosen = &best_[current_];
  for (const Best& best : best_) {
    const bool counts = best.round_trip != Duration::max() && now < best.since + window;
    if (counts && best.round_trip < chosen->round_trip) chosen = &best;
  }
  offset_ = chosen->offset;
}

}  // namespace gateway::transport
