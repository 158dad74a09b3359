#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "session/door.h"
#include "session/raised_events.h"
#include "session/session.h"
#include "support/network.h"
#include "upstream/pool.h"

namespace gateway::test {

struct SimulatedGatewayOptions {
  session::Options session;
  session::DoorOptions door;
  Address listen;                  // where clients connect to; its host is where the gateway lives
  std::vector<Address> servers;    // the one pool
  Duration exchange_delay{};       // how long a key exchange waits in the shard's queue
  bool full = false;               // Connect is answered by "server full"
  session::Rewriting rewriting{};  // its table outlives the gateway
};

/// The gateway without sockets: door and sessions between clients and servers of a simulated network, driven
/// as a shard drives them. It checks what a driver may rely on after every drain: a deadline that lies ahead,
/// datagrams within the peer's MTU, bytes held within the limits.
class SimulatedGateway final : public Host {
 public:
  SimulatedGateway(const SimulatedGatewayOptions& options, std::uint64_t seed);
  ~SimulatedGateway() override;

  void receive(TimePoint now, const Packet& packet) override;
  void refused(TimePoint now, const Address& from, const Address& to) override;
  void advance(TimePoint now) override;
  TimePoint deadline() const override;
  std::optional<Packet> next_output(TimePoint now) override;

  /// Ends every session, as at SIGINT.
  void end_all(TimePoint now, session::End why, std::uint8_t code);

  std::size_t session_count() const { return sessions_.size(); }
  /// The session of a client's address; nullptr when there is none.
  const session::Session* session_of(const Address& client) const;
  /// The address from which a client's session talks, or last talked, to its server.
  std::optional<Address> upstream_of(const Address& client) const;
  /// Records of sessions that are over, in order of their end.
  const std::vector<session::Record>& ended() const { return ended_; }
  const session::Stats& stats() const { return stats_; }
  const session::DoorStats& door_stats() const { return door_stats_; }
  transport::ServerClock& clock(std::size_t server) { return clocks_[server]; }
  /// The largest sum of bytes one session held.
  std::size_t held_max() const { return held_max_; }
  const std::vector<std::string>& violations() const { return violations_; }
  SimulatedGatewayOptions& options() { return options_; }

 private:
  struct Live {
    std::unique_ptr<session::Session> session;
    Address client;
    std::uint16_t mtu = 0;   // what the client announced
    std::uint16_t port = 0;  // of the upstream socket; 0 = none
    std::optional<upstream::ServerId> server;
    bool counted_connected = false;
    std::optional<std::pair<TimePoint, session::ExchangeJob>> exchange;
  };

  void from_client(TimePoint now, const Packet& packet);
  void open(TimePoint now, const Address& client, const transport::Accepted& accepted, Bytes datagram);
  Address local_address(const Live& live) const;
  Live* live_of_port(std::uint16_t port);
  /// Everything a shard does after one call on a session. May remove it.
  void serve(TimePoint now, Live& live);
  void run_exchange(TimePoint now, Live& live);
  void take_output(TimePoint now, Live& live);
  void connect_upstream(TimePoint now, Live& live, const session::UpstreamRequest& request);
  void close_upstream(Live& live);
  void check(TimePoint now, const Live& live);
  void remove(const Live& live);
  void ask_clocks(TimePoint now);

  SimulatedGatewayOptions options_;
  SeededRandom random_;
  session::DoorStats door_stats_;
  session::Door door_;
  BufferPool buffers_;
  session::Stats stats_;
  session::RaisedEvents raised_;
  session::Notices notices_;
  std::vector<std::uint8_t> scratch_;
  session::Services services_;
  upstream::Pool pool_;
  std::vector<transport::ServerClock> clocks_;
  std::map<Address, std::unique_ptr<Live>> sessions_;
  std::map<std::uint16_t, Address> ports_;    // upstream port → client
  std::map<Address, Address> last_upstream_;  // client → local upstream address, kept after the end
  std::uint16_t next_port_ = 40'000;
  struct Outgoing {
    Address from;
    Address to;
    std::vector<std::uint8_t> bytes;
  };
  std::deque<Outgoing> output_;
  std::vector<std::uint8_t> current_;  // what next_output gave last
  std::vector<session::Record> ended_;
  std::size_t held_max_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace gateway::test
