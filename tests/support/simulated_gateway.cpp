#include "support/simulated_gateway.h"

#include <algorithm>
#include <array>

#include "support/borrowed.h"
#include "wire/datagram.h"

namespace gateway::test {

using session::Side;

namespace {

constexpr std::size_t datagram_max = 1200;
constexpr std::size_t reply_room = 128;

}  // namespace

SimulatedGateway::SimulatedGateway(const SimulatedGatewayOptions& options, std::uint64_t seed)
    : options_(options),
      random_(seed),
      door_(options.door, random_, door_stats_),
      services_{options_.session,
                borrowed<session::Terms>(options_.session),
                buffers_,
                random_,
                stats_,
                raised_,
                scratch_,
                notices_,
                &options_.rewriting},
      pool_(std::vector<upstream::ServerState>(options.servers.size()), {}, TimePoint{}),
      clocks_(options.servers.size()) {}

SimulatedGateway::~SimulatedGateway() = default;

// Input
// ---------------------------------------------------------------------------------------------------------------

void SimulatedGateway::receive(TimePoint now, const Packet& packet) {
  if (packet.to == options_.listen) return from_client(now, packet);
  Live* const live = live_of_port(packet.to.port);
  if (live == nullptr || packet.from != options_.servers[live->server->index]) return;
  live->session->receive(Side::upstream, now, packet.bytes);
  serve(now, *live);
}

void SimulatedGateway::from_client(TimePoint now, const Packet& packet) {
  const auto found = sessions_.find(packet.from);
  const auto parsed = wire::parse_datagram(packet.bytes);
  if (found != sessions_.end() && parsed && !session::Door::wants(packet.bytes) &&
      found->second->session->matches(parsed->header.peer, parsed->header.challenge)) {
    found->second->session->receive(Side::downstream, now, packet.bytes);
    return serve(now, *found->second);
  }
  std::array<std::uint8_t, reply_room> reply{};
  const session::DoorAnswer answer = door_.receive(now, packet.from, packet.bytes, options_.full, reply);
  if (answer.reply_bytes > 0) {
    if (answer.reply_bytes * 10 > packet.bytes.size() * 14) violations_.push_back("the door amplifies");
    output_.push_back({options_.listen,
                       packet.from,
                       {reply.begin(), reply.begin() + static_cast<std::ptrdiff_t>(answer.reply_bytes)}});
  }
  if (answer.proven) open(now, packet.from, *answer.proven, packet.bytes);
}

void SimulatedGateway::open(TimePoint now, const Address& client, const transport::Accepted& accepted,
                            Bytes datagram) {
  if (const auto old = sessions_.find(client); old != sessions_.end()) {
    Live& live = *old->second;
    live.session->end(now, session::End::replaced, 4);
    take_output(now, live);
    remove(live);
  }
  auto live = std::make_unique<Live>();
  live->client = client;
  live->mtu = std::max<std::uint16_t>(accepted.mtu, wire::mtu_min);
  live->session = std::make_unique<session::Session>(services_, accepted, now);
  Live& added = *(sessions_[client] = std::move(live));
  added.session->receive(Side::downstream, now, datagram);
  serve(now, added);
}

void SimulatedGateway::refused(TimePoint now, const Address& from, const Address& to) {
  Live* const live = live_of_port(from.port);
  if (live == nullptr || to != options_.servers[live->server->index]) return;
  live->session->upstream_error(now, session::UpstreamError::refused);
  serve(now, *live);
}

SimulatedGateway::Live* SimulatedGateway::live_of_port(std::uint16_t port) {
  const auto found = ports_.find(port);
  return found == ports_.end() ? nullptr : sessions_.at(found->second).get();
}

// What a shard does
// ---------------------------------------------------------------------------------------------------

void SimulatedGateway::serve(TimePoint now, Live& live) {
  for (;;) {
    if (auto job = live.session->take_exchange()) {
      live.exchange.emplace(now + options_.exchange_delay, std::move(*job));
      if (options_.exchange_delay.count() == 0) run_exchange(now, live);
      continue;
    }
    take_output(now, live);
    const auto request = live.session->wants_upstream();
    if (!request) break;
    connect_upstream(now, live, *request);
  }
  if (live.session->upstream_connected() && !live.counted_connected && live.server) {
    live.counted_connected = true;
    pool_.succeeded(*live.server, now);
  }
  check(now, live);
  if (live.session->closed()) remove(live);
}

void SimulatedGateway::run_exchange(TimePoint now, Live& live) {
  const session::ExchangeJob job = std::move(live.exchange->second);
  live.exchange.reset();
  auto result = crypto::exchange(job.client_key, random_);
  if (result) {
    live.session->exchange_done(now, std::move(*result));
  } else {
    live.session->exchange_done(now, session::ExchangeResult::bad_key);
  }
}

void SimulatedGateway::take_output(TimePoint now, Live& live) {
  std::array<std::uint8_t, 2048> buffer{};
  for (const Side side : {Side::downstream, Side::upstream}) {
    const std::size_t limit =
        side == Side::downstream ? std::min<std::size_t>(live.mtu, datagram_max) : datagram_max;
    while (const std::size_t written = live.session->next_output(side, now, buffer)) {
      if (written > limit)
        violations_.push_back("a datagram of " + std::to_string(written) + " bytes, MTU " +
                              std::to_string(limit));
      if (side == Side::upstream && live.port == 0) continue;
      const Address local = side == Side::downstream ? options_.listen : local_address(live);
      const Address remote = side == Side::downstream ? live.client : options_.servers[live.server->index];
      output_.push_back(
          {local, remote, {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(written)}});
    }
  }
}

Address SimulatedGateway::local_address(const Live& live) const {
  Address address = options_.listen;
  address.port = live.port;
  return address;
}

std::optional<Address> SimulatedGateway::upstream_of(const Address& client) const {
  const auto found = last_upstream_.find(client);
  return found == last_upstream_.end() ? std::nullopt : std::optional(found->second);
}

void SimulatedGateway::connect_upstream(TimePoint now, Live& live, const session::UpstreamRequest& request) {
  if (live.server && !live.counted_connected) pool_.failed(*live.server, now);
  close_upstream(live);
  const auto server = pool_.choose(now, request.excluded);
  if (!server) return live.session->upstream_error(now, session::UpstreamError::no_capacity);
  live.server = server;
  live.counted_connected = false;
  live.port = next_port_++;
  ports_[live.port] = live.client;
  last_upstream_[live.client] = local_address(live);
  pool_.opened(*server);
  live.session->upstream_opened(now, *server, clocks_[server->index]);
}

void SimulatedGateway::close_upstream(Live& live) {
  if (live.port == 0) return;
  ports_.erase(live.port);
  pool_.closed(*live.server);
  live.port = 0;
}

void SimulatedGateway::check(TimePoint now, const Live& live) {
  held_max_ = std::max(held_max_, live.session->buffered_bytes());
  // Each leg may queue `buffered` and hold as much, and one message more may be on its way through.
  const std::size_t limit = 2 * (options_.session.downstream.buffered + options_.session.upstream.buffered);
  if (live.session->buffered_bytes() > limit) {
    violations_.push_back("a session holds " + std::to_string(live.session->buffered_bytes()) + " bytes");
  }
  if (!live.session->closed() && live.session->deadline() <= now)
    violations_.push_back("a session's deadline isn't ahead");
}

void SimulatedGateway::remove(const Live& live) {
  ended_.push_back(live.session->record());
  if (live.port != 0) {
    ports_.erase(live.port);
    pool_.closed(*live.server);
  }
  sessions_.erase(live.client);
}

void SimulatedGateway::end_all(TimePoint now, session::End why, std::uint8_t code) {
  std::vector<Address> clients;
  for (const auto& [client, live] : sessions_) clients.push_back(client);
  for (const Address& client : clients) {
    Live& live = *sessions_.at(client);
    live.session->end(now, why, code);
    serve(now, live);
  }
}

const session::Session* SimulatedGateway::session_of(const Address& client) const {
  const auto found = sessions_.find(client);
  return found == sessions_.end() ? nullptr : found->second->session.get();
}

// Time and output
// -----------------------------------------------------------------------------------------------------

void SimulatedGateway::advance(TimePoint now) {
  std::vector<Address> clients;
  for (const auto& [client, live] : sessions_) clients.push_back(client);
  for (const Address& client : clients) {
    Live& live = *sessions_.at(client);
    if (live.exchange && live.exchange->first <= now)
      run_exchange(now, live);
    else if (live.session->deadline() <= now)
      live.session->advance(now);
    else
      continue;
    serve(now, live);
  }
  ask_clocks(now);
}

/// One initialized session per server asks for the time.
void SimulatedGateway::ask_clocks(TimePoint now) {
  std::vector<Address> asking;
  for (const auto& [client, live] : sessions_) {
    if (!live->session->initialized() || !live->server) continue;
    transport::ServerClock& clock = clocks_[live->server->index];
    if (!clock.wants_sample(now)) continue;
    clock.asked(now);
    asking.push_back(client);
  }
  for (const Address& client : asking) {
    Live& live = *sessions_.at(client);
    live.session->ask_server_time(now);
    serve(now, live);
  }
}

TimePoint SimulatedGateway::deadline() const {
  TimePoint earliest = never;
  for (const auto& [client, live] : sessions_) {
    earliest = std::min(earliest, live->session->deadline());
    if (live->exchange) earliest = std::min(earliest, live->exchange->first);
    if (live->session->initialized() && live->server)
      earliest = std::min(earliest, clocks_[live->server->index].next_ask());
  }
  return earliest;
}

std::optional<Packet> SimulatedGateway::next_output(TimePoint) {
  if (output_.empty()) return std::nullopt;
  Outgoing next = std::move(output_.front());
  output_.pop_front();
  current_ = std::move(next.bytes);
  return Packet{next.from, next.to, current_};
}

}  // namespace gateway::test
