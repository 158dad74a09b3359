#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"
#include "support/seeded_random.h"

namespace gateway::test {

/// An address in the simulated network: 10.0.0.`host`, `port`.
Address simulated_address(std::uint8_t host, std::uint16_t port);

/// One datagram on its way.
struct Packet {
  Address from;
  Address to;
  Bytes bytes;
};

/// What lives at one host address of the network. Sans-I/O: after each receive, refused or advance its output
/// is taken.
class Host {
 public:
  virtual ~Host() = default;
  virtual void receive(TimePoint now, const Packet& packet) = 0;
  /// The network says that nobody lives at `to`; `from` is the address the datagram had left from.
  virtual void refused(TimePoint now, const Address& from, const Address& to) = 0;
  virtual void advance(TimePoint now) = 0;
  virtual TimePoint deadline() const = 0;
  /// The next datagram to send; its bytes are valid until the next call.
  virtual std::optional<Packet> next_output(TimePoint now) = 0;
};

/// How datagrams fare on the way between two hosts, each direction for itself.
struct Link {
  Duration delay = milliseconds(10);  // one way
  Duration jitter = milliseconds(0);  // added, uniform; more than the distance of two datagrams reorders them
  double loss = 0;                    // probability
  double duplication = 0;             // probability of a second copy with a delay of its own
  double reordering = 0;              // probability of three more delays
  std::size_t mtu = 1200;             // longer datagrams are a violation and lost
  double corruption = 0;          // probability of a changed byte, where a CRC can show it; otherwise lost
  std::size_t bandwidth = 0;      // bytes a second each way; 0 = unlimited
  std::size_t queue = 64 * 1024;  // bytes that wait for it; what comes beyond is lost
  bool cut = false;               // everything is lost, silently
};

/// A network with a clock of its own and one seed for everything that is random in it: it passes datagrams
/// between hosts, some of them late, twice or never, and moves the time from event to event.
class Network {
 public:
  /// Called for each datagram at sending; true loses it. `number` counts the datagrams of this direction from
  /// 0.
  using Filter = std::function<bool(const Packet& packet, std::size_t number)>;

  explicit Network(std::uint64_t seed) : random_(seed) {}

  /// Sets the clock, before anything happens.
  void begin(TimePoint now) { now_ = now; }

  void attach(std::uint8_t host, Host& what) { hosts_[host] = &what; }
  void detach(std::uint8_t host) { hosts_.erase(host); }
  /// The link between two hosts, both directions; `link` can also be changed while datagrams are under way.
  Link& link(std::uint8_t a, std::uint8_t b) { return links_[ordered(a, b)]; }
  void filter(Filter filter) { filter_ = std::move(filter); }

  TimePoint now() const { return now_; }
  /// Takes and sends what a host has to say after something was done to it outside of run().
  void drain(Host& host);
  /// Lets time pass until `done` (asked after every event) or `limit` from now; true when it is done.
  bool run_until(const std::function<bool()>& done, Duration limit);
  void run_for(Duration duration);

  SeededRandom& random() { return random_; }
  std::size_t datagrams() const { return datagrams_; }
  /// Datagrams over a link's MTU, and hosts whose deadline isn't behind the present after they were drained.
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  struct Flight {
    TimePoint due{};
    std::uint64_t order = 0;
    Address from;
    Address to;
    std::vector<std::uint8_t> bytes;
    bool refused = false;
    bool operator>(const Flight& other) const {
      return std::pair(due, order) > std::pair(other.due, other.order);
    }
  };

  static std::pair<std::uint8_t, std::uint8_t> ordered(std::uint8_t a, std::uint8_t b) {
    return {std::min(a, b), std::max(a, b)};
  }
  void send(const Packet& packet);
  void fly(const Packet& packet, Duration delay, bool refused);
  Duration delay_on(const Link& link);
  std::optional<Duration> queued(const Link& link, const Packet& packet);
  void corrupt(const Packet& packet, Duration delay);
  void deliver(const Flight& flight);
  bool step(TimePoint until);
  void settle(Host& host);

  SeededRandom random_;
  TimePoint now_{hours(24)};  // away from zero, which means "never happened" to some
  std::uint64_t order_ = 0;
  std::size_t datagrams_ = 0;
  std::map<std::uint8_t, Host*> hosts_;
  std::map<std::pair<std::uint8_t, std::uint8_t>, Link> links_;
  std::map<std::pair<std::uint8_t, std::uint8_t>, std::size_t> sent_;  // by direction
  std::map<std::pair<std::uint8_t, std::uint8_t>, TimePoint> free_;    // when a direction has sent what waits
  std::priority_queue<Flight, std::vector<Flight>, std::greater<>> flights_;
  Filter filter_;
  std::vector<std::string> violations_;
};

}  // namespace gateway::test
