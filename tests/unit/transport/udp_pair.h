#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "transport/reliable_udp.h"
#include "unit/transport/commands.h"

namespace gateway::transport::test {

/// How the way between the two ends behaves.
struct Network {
  Duration delay = milliseconds(10);  // each way
  Duration jitter = milliseconds(0);  // added at random: reorders
  double loss = 0;
  double duplication = 0;
};

/// A message as one end took it.
struct Taken {
  std::string text;
  std::uint8_t channel = 0;
  Delivery delivery = Delivery::reliable;
};

/// Both roles of ReliableUdp, the door between them, and a network with a clock of its own and a seed.
class UdpPair {
 public:
  struct Setup {
    Network network{};
    Options server_options{};
    Options client_options = Options::upstream_leg();
    std::uint16_t server_mtu = 1200;
    std::uint8_t channels = 2;
    TimePoint start = start_time;
    std::uint64_t seed = 1;
  };
  enum Side { client_side, server_side };

  explicit UdpPair(const Setup& with) : setup(with), now(with.start), random_(with.seed) {
    const Connecting how{.challenge = challenge, .channels = setup.channels};
    client = ReliableUdp::connecting(setup.client_options, pool, client_stats, how, now);
    const Accepted peer{.peer = peer_id,
                        .challenge = challenge,
                        .mtu = setup.server_mtu,
                        .channels = setup.channels,
                        .crc = false};
    server = ReliableUdp::accepted(setup.server_options, pool, server_stats, peer, now);
  }

  SendStatus send(Side from, std::string_view text, Delivery delivery = Delivery::reliable,
                  std::uint8_t channel = 0) {
    return of(from).send(now, {as_bytes(text), channel, delivery});
  }
  ReliableUdp& of(Side side) { return side == client_side ? *client : *server; }

  /// Lets everything happen until `done()` or until so much time has passed; true when done.
  template <class Done>
  bool run_until(Done done, Duration limit = seconds(30)) {
    const TimePoint end = now + limit;
    drain(client_side);
    drain(server_side);
    while (!done()) {
      const TimePoint next = std::min({next_arrival(), client->deadline(), server->deadline()});
      if (next > end) {
        now = end;
        return false;
      }
      now = std::max(now, next);
      step();
    }
    return true;
  }
  void run_for(Duration duration) {
    run_until([] { return false; }, duration);
  }
  bool connect() {
    return run_until([&] { return client->phase() == Phase::open; });
  }

  static constexpr std::uint32_t challenge = 0x11223344;
  static constexpr std::uint16_t peer_id = 7;

  Setup setup;
  TimePoint now;
  BufferPool pool;
  Stats client_stats, server_stats;
  std::unique_ptr<ReliableUdp> client, server;
  std::array<std::vector<Taken>, 2> taken;        // by the side that took them
  std::array<std::size_t, 2> largest_datagram{};  // by the side that sent it
  std::array<std::size_t, 2> most_commands{};
  bool deadline_in_the_past = false;

 private:
  struct Flying {
    TimePoint arrives;
    Side to;
    ByteVector bytes;
  };

  bool chance(double probability) {
    return std::uniform_real_distribution<double>(0, 1)(random_) < probability;
  }

  TimePoint next_arrival() const {
    TimePoint next = never;
    for (const Flying& datagram : flying_) next = std::min(next, datagram.arrives);
    return next;
  }

  void step() {
    std::vector<Flying> arriving;
    for (Flying& datagram : flying_) {
      if (datagram.arrives <= now) arriving.push_back(std::move(datagram));
    }
    std::erase_if(flying_, [&](const Flying& datagram) { return datagram.arrives <= now; });
    for (const Flying& datagram : arriving) arrive(datagram);
    client->advance(now);
    server->advance(now);
    drain(client_side);
    drain(server_side);
  }

  void arrive(const Flying& datagram) {
    const auto parsed = wire::parse_datagram(datagram.bytes);
    const bool for_the_door =
        datagram.to == server_side && parsed && parsed->header.peer == wire::peer_unassigned;
    if (for_the_door) return answer_connect(datagram.bytes);
    of(datagram.to).receive(now, datagram.bytes);
  }

  // The door's part: every copy of Connect is answered by Ack and VerifyConnect in one datagram.
  void answer_connect(const ByteVector& bytes) {
    const Parsed parsed(bytes);
    for (const Command& command : parsed.commands) {
      if (command.type != CommandType::connect) continue;
      Command verify = control(CommandType::verify_connect, 0x10000);
      verify.connect = {.peer = peer_id, .mtu = 1200, .channels = setup.channels};
      const wire::DatagramHeader header{.sent_time = wire_milliseconds(now),
                                        .challenge = parsed.header.challenge};
      fly(client_side, datagram(header, {ack(255, command.reliable_seq, parsed.header.sent_time), verify}));
    }
  }

  void drain(Side side) {
    ReliableUdp& end = of(side);
    while (const auto payload = end.next_payload()) {
      taken[side].push_back({as_text(payload->bytes), payload->channel, payload->delivery});
    }
    std::array<std::uint8_t, 1200> out{};
    while (const std::size_t size = end.next_output(now, out)) {
      largest_datagram[side] = std::max(largest_datagram[side], size);
      most_commands[side] = std::max<std::size_t>(most_commands[side], out[3]);
      fly(side == client_side ? server_side : client_side,
          ByteVector(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)));
    }
    deadline_in_the_past |= end.deadline() <= now;
  }

  void fly(Side to, const ByteVector& bytes) {
    const int copies = chance(setup.network.loss) ? 0 : chance(setup.network.duplication) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      const Duration late =
          setup.network.jitter.count() == 0
              ? Duration{}
              : Duration(random_() % static_cast<std::uint64_t>(setup.network.jitter.count()));
      flying_.push_back({now + setup.network.delay + late, to, bytes});
    }
  }

  std::mt19937_64 random_;
  std::vector<Flying> flying_;
};

}  // namespace gateway::transport::test
