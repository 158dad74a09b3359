#include "transport/in_flight.h"

#include <algorithm>

namespace gateway::transport {

FlightKey key_of(const wire::Command& command) {
  return {command.channel, wire::is_unsequenced(command.flags), command.reliable_seq};
}

bool InFlight::allows(const wire::Command& command, std::size_t bytes) const {
  const FlightKey key = key_of(command);
  if (options_.window_numbers != 0 && key.number - lowest_unacknowledged(key) >= options_.window_numbers)
    return false;
  // One command may always be under way, else a limit below a datagram's size would stop the connection.
  return options_.in_transit_max == 0 || bytes_ == 0 || bytes_ + bytes <= options_.in_transit_max;
}

void InFlight::sent(const FlightKey& key, std::uint32_t reference, std::size_t bytes, const Sent& copy,
                    Duration first_wait, std::uint8_t copies_max) {
  Flight& flight = lanes_.open(key.channel).ring(key.unsequenced).open(key.number);
  flight.first_sent = copy.at;
  flight.wait = first_wait;
  flight.reference = reference;
  flight.bytes = static_cast<std::uint32_t>(bytes);
  flight.copies_max = copies_max;
  flight.outstanding = true;
  ++count_;
  if (key.channel != wire::control_channel) bytes_ += bytes;
  note(flight, copy);
}

void InFlight::note(Flight& flight, const Sent& copy) {
  flight.copies[flight.copies_sent % Flight::remembered] = copy;
  // Past 255 copies the slots repeat in another order, which forgets a copy early and harms nothing.
  if (flight.copies_sent != 255) ++flight.copies_sent;
  const bool last = flight.copies_max != 0 && flight.copies_sent >= flight.copies_max;
  flight.due = last ? never : copy.at + flight.wait;
  next_scan_ = std::min({next_scan_, flight.due, expiry(flight)});
}

std::optional<InFlight::Acknowledged> InFlight::acknowledge(const FlightKey& key, std::uint32_t echoed_time) {
  Flight* flight = find(key);
  if (flight == nullptr || !flight->outstanding) return std::nullopt;
  Acknowledged result{flight->reference, flight->bytes, std::nullopt};
  const std::size_t copies = std::min<std::size_t>(flight->copies_sent, Flight::remembered);
  for (std::size_t i = 0; i < copies; ++i) {
    const Sent& copy = flight->copies[i];
    // Two copies of the same millisecond: the later one, whose round trip can't be overestimated.
    if (copy.wire_time == echoed_time && (!result.sent || copy.at > *result.sent)) result.sent = copy.at;
  }
  flight->outstanding = false;
  --count_;
  if (key.channel != wire::control_channel) bytes_ -= flight->bytes;
  NumberedRing<Flight>& ring = lanes_.find(key.channel)->ring(key.unsequenced);
  while (!ring.empty() && !ring.front().outstanding) ring.pop_front();
  if (count_ == 0) next_scan_ = never;
  return result;
}

bool InFlight::advance(TimePoint now) {
  if (count_ == 0 || now < next_scan_) return true;
  next_scan_ = never;
  bool in_time = true;
  for (const auto& [channel, lane] : lanes_) {
    in_time &= scan(now, channel, false, lane->sequenced);
    in_time &= scan(now, channel, true, lane->unsequenced);
  }
  next_scan_ = std::max(next_scan_, now + scan_interval);
  return in_time;
}

bool InFlight::scan(TimePoint now, std::uint8_t channel, bool unsequenced, NumberedRing<Flight>& ring) {
  bool in_time = true;
  for (std::uint32_t number = ring.first(); number != ring.end(); ++number) {
    Flight& flight = *ring.find(number);
    if (!flight.outstanding) continue;
    if (now >= expiry(flight)) in_time = false;
    if (now >= flight.due) {
      flight.due = never;  // until resent() says when it left
      overdue_.push_back({channel, unsequenced, number});
    }
    next_scan_ = std::min({next_scan_, flight.due, expiry(flight)});
  }
  return in_time;
}

std::optional<InFlight::Overdue> InFlight::overdue() {
  while (!overdue_.empty()) {
    const Flight* flight = find(overdue_.front());
    if (flight != nullptr && flight->outstanding) return Overdue{overdue_.front(), flight->reference};
    overdue_.pop_front();  // acknowledged in the meantime
  }
  return std::nullopt;
}

void InFlight::resent(const Sent& copy) {
  Flight* flight = find(overdue_.pop_front());
  flight->wait = std::min(2 * flight->wait, std::max(options_.resend_max, flight->wait));
  note(*flight, copy);
}

TimePoint InFlight::expiry(const Flight& flight) const {
  return flight.copies_max != 0 ? never : flight.first_sent + options_.resend_deadline;
}

bool InFlight::acknowledged(const FlightKey& key) const {
  return key.number < lowest_unacknowledged(key);
}

InFlight::Flight* InFlight::find(const FlightKey& key) {
  Lane* lane = lanes_.find(key.channel);
  return lane == nullptr ? nullptr : lane->ring(key.unsequenced).find(key.number);
}

std::uint32_t InFlight::lowest_unacknowledged(const FlightKey& key) const {
  const Lane* lane = lanes_.find(key.channel);
  return lane == nullptr ? 1 : lane->ring(key.unsequenced).first();
}

void InFlight::clear() {
  for (const auto& entry : lanes_) {
    for (NumberedRing<Flight>* ring : {&entry.state->sequenced, &entry.state->unsequenced})
      ring->restart(ring->end());
  }
  overdue_.clear();
  count_ = 0;
  bytes_ = 0;
  next_scan_ = never;
}

std::size_t InFlight::bookkeeping_bytes() const {
  std::size_t bytes = overdue_.room_bytes();
  for (const auto& entry : lanes_) {
    bytes += sizeof(Lane) + entry.state->sequenced.room_bytes() + entry.state->unsequenced.room_bytes();
  }
  return bytes;
}

void InFlight::release() {
  for (const auto& entry : lanes_) {
    entry.state->sequenced.release();
    entry.state->unsequenced.release();
  }
  if (overdue_.empty()) overdue_.clear();
}

}  // namespace gateway::transport
