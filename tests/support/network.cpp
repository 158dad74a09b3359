#include "support/network.h"

#include <algorithm>

#include "wire/datagram.h"

namespace gateway::test {
namespace {

std::uint8_t host_of(const Address& address) {
  return address.ip[15];
}

}  // namespace

Address simulated_address(std::uint8_t host, std::uint16_t port) {
  Address address;
  address.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, host};
  address.port = port;
  return address;
}

void Network::drain(Host& host) {
  while (const std::optional<Packet> packet = host.next_output(now_)) send(*packet);
}

void Network::send(const Packet& packet) {
  const std::uint8_t from = host_of(packet.from);
  const std::uint8_t to = host_of(packet.to);
  const Link& way = link(from, to);
  const std::size_t number = sent_[{from, to}]++;
  ++datagrams_;
  if (packet.bytes.size() > way.mtu) {
    violations_.push_back("a datagram of " + std::to_string(packet.bytes.size()) + " bytes from host " +
                          std::to_string(from) + " to " + std::to_string(to) + ", MTU " +
                          std::to_string(way.mtu));
    return;
  }
  if (filter_ && filter_(packet, number)) return;
  if (way.cut || random_.chance(way.loss)) return;
  if (!hosts_.contains(to)) return fly({packet.to, packet.from, packet.bytes}, 2 * way.delay, true);
  const auto wait = queued(way, packet);
  if (!wait) return;
  if (way.corruption > 0 && random_.chance(way.corruption)) return corrupt(packet, *wait + delay_on(way));
  fly(packet, *wait + delay_on(way), false);
  if (random_.chance(way.duplication)) fly(packet, *wait + delay_on(way), false);
}

/// How long a datagram waits for those before it; empty when too many do.
std::optional<Duration> Network::queued(const Link& way, const Packet& packet) {
  if (way.bandwidth == 0) return Duration{};
  const auto time_of = [&](std::size_t bytes) { return microseconds(bytes * 1'000'000 / way.bandwidth); };
  TimePoint& free = free_[{host_of(packet.from), host_of(packet.to)}];
  free = std::max(free, now_);
  if (free - now_ > time_of(way.queue)) return std::nullopt;
  free += time_of(packet.bytes.size());
  return free - now_;
}

/// Without a CRC of Photon's, UDP's own checksum loses it.
void Network::corrupt(const Packet& packet, Duration delay) {
  const auto parsed = wire::parse_datagram(packet.bytes);
  if (!parsed || !parsed->header.crc) return;
  std::vector<std::uint8_t> bytes(packet.bytes.begin(), packet.bytes.end());
  bytes[random_.between(wire::header_bytes, bytes.size() - 1)] ^=
      static_cast<std::uint8_t>(random_.between(1, 255));
  fly({packet.from, packet.to, bytes}, delay, false);
}

Duration Network::delay_on(const Link& way) {
  Duration delay = way.delay;
  if (way.jitter.count() > 0)
    delay += Duration(static_cast<Duration::rep>(random_.unit() * static_cast<double>(way.jitter.count())));
  if (random_.chance(way.reordering)) delay += 3 * way.delay;
  return delay;
}

void Network::fly(const Packet& packet, Duration delay, bool refused) {
  flights_.push(
      {now_ + delay, order_++, packet.from, packet.to, {packet.bytes.begin(), packet.bytes.end()}, refused});
}

void Network::deliver(const Flight& flight) {
  const auto found = hosts_.find(host_of(flight.to));
  if (found == hosts_.end()) return;
  if (flight.refused) {
    found->second->refused(now_, flight.to, flight.from);
  } else {
    found->second->receive(now_, {flight.from, flight.to, flight.bytes});
  }
  settle(*found->second);
}

void Network::settle(Host& host) {
  drain(host);
  for (int i = 0; host.deadline() <= now_; ++i) {
    host.advance(now_);
    drain(host);
    if (i < 1 || host.deadline() > now_) continue;
    violations_.push_back("a host whose deadline stays in the past");
    now_ += milliseconds(1);  // go on: the test fails, but it ends
    return;
  }
}

/// Goes to the next event not after `until`; false when there is none.
bool Network::step(TimePoint until) {
  TimePoint next = flights_.empty() ? never : flights_.top().due;
  for (const auto& [name, host] : hosts_) next = std::min(next, host->deadline());
  if (next > until) return false;
  now_ = std::max(now_, next);
  if (!flights_.empty() && flights_.top().due <= now_) {
    const Flight flight = flights_.top();
    flights_.pop();
    deliver(flight);
    return true;
  }
  for (const auto& [name, host] : std::map(hosts_)) {
    if (host->deadline() > now_) continue;
    settle(*host);
  }
  return true;
}

bool Network::run_until(const std::function<bool()>& done, Duration limit) {
  const TimePoint end = now_ + limit;
  while (!done()) {
    if (step(end)) continue;
    now_ = end;
    return done();
  }
  return true;
}

void Network::run_for(Duration duration) {
  run_until([] { return false; }, duration);
}

}  // namespace gateway::test
