#include "flood/attacks.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <netinet/in.h>
#include <random>
#include <span>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "support/loopback.h"
#include "support/photon_client.h"
#include "support/photon_crypto.h"
#include "support/tls_channel.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::test {

namespace {

using namespace std::chrono_literals;
using Stop = std::atomic<bool>;

constexpr std::size_t sources_max = 400;  // sockets of one attack, of which a process may have 1024

TimePoint clock_now() {
  return std::chrono::steady_clock::now();
}

std::deque<Source> make_sources(std::size_t count, std::uint16_t port, Exchanged& exchanged) {
  std::deque<Source> sources;
  for (std::size_t i = 0; i < count; ++i)
    sources.emplace_back(static_cast<std::uint32_t>(i), port, exchanged);
  return sources;
}

void collect(std::deque<Source>& sources) {
  for (Source& source : sources) {
    while (source.receive()) {
    }
  }
}

/// Connects of clients that are never heard of again, each with another challenge.
void spoofed_connects(const Target& target, std::size_t amount, const Stop& stop, Exchanged& exchanged) {
  std::deque<Source> sources = make_sources(std::min(amount, sources_max), target.udp, exchanged);
  std::array<std::uint8_t, 100> datagram{};
  for (std::size_t i = 0; i < amount && !stop; ++i) {
    wire::DatagramWriter out(datagram,
                             {.peer = wire::peer_unassigned, .challenge = static_cast<std::uint32_t>(i)});
    wire::Command connect{.type = wire::CommandType::connect, .channel = 0xFF, .reliable_seq = 1};
    connect.connect = {.peer = wire::peer_unassigned, .mtu = 1200, .channels = 2};
    wire::write_command(out.commands(), connect);
    out.count_command();
    Source& source = sources[i % sources.size()];
    source.send(Bytes(datagram).first(out.finish()));
    source.receive();
  }
  std::this_thread::sleep_for(200ms);  // nothing comes that was not asked for
  collect(sources);
}

void garbage(const Target& target, std::size_t amount, const Stop& stop, Exchanged& exchanged) {
  std::deque<Source> sources = make_sources(std::min<std::size_t>(amount, 500), target.udp, exchanged);
  std::mt19937 random(1);
  std::array<std::uint8_t, 1400> datagram{};
  for (std::size_t i = 0; i < amount && !stop; ++i) {
    const std::size_t size = 1 + random() % datagram.size();
    std::generate_n(datagram.begin(), size, [&] { return static_cast<std::uint8_t>(random()); });
    sources[i % sources.size()].send(Bytes(datagram).first(size));
  }
  std::this_thread::sleep_for(200ms);
  collect(sources);
}

/// Clients that got in, each over a socket of its own address.
class Intruders {
 public:
  Intruders(std::size_t count, std::uint16_t port, Exchanged& exchanged, std::uint8_t channels = 2)
      : exchanged_(exchanged) {
    for (std::size_t i = 0; i < count; ++i) {
      sources_.emplace_back(static_cast<std::uint32_t>(i), port, exchanged);
      PhotonClient::Config config;
      config.seed = i + 1;
      config.channels = channels;
      clients_.push_back(std::make_unique<PhotonClient>(generation_4_1_8, config));
      clients_.back()->connect(clock_now());
    }
  }
  /// Until they had a second, and counts who got in.
  void enter(const Stop& stop) {
    run_for(1s, stop);
    exchanged_.intruders = clients_.size();
    exchanged_.inside = static_cast<std::size_t>(std::ranges::count_if(
        clients_, [](const auto& client) { return client->state() == PhotonClient::State::connected; }));
  }
  void run_for(Duration duration, const Stop& stop) {
    const TimePoint end = clock_now() + duration;
    while (clock_now() < end && !stop) {
      turn();
      std::this_thread::sleep_for(2ms);
    }
  }
  template <class Do>
  void each(Do act) {
    for (std::size_t i = 0; i < clients_.size(); ++i) act(*clients_[i], sources_[i]);
  }

 private:
  void turn() {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      while (const auto datagram = sources_[i].receive()) clients_[i]->receive(clock_now(), *datagram);
      clients_[i]->dispatch(clock_now());
      while (const auto datagram = clients_[i]->send_outgoing(clock_now())) sources_[i].send(*datagram);
    }
  }
  Exchanged& exchanged_;
  std::deque<Source> sources_;
  std::vector<std::unique_ptr<PhotonClient>> clients_;
};

/// One datagram with these commands, past what the client says by itself.
void say(const PhotonClient& client, Source& source, std::span<const wire::Command> commands) {
  std::array<std::uint8_t, 1200> datagram{};
  wire::DatagramWriter out(datagram, {.peer = client.peer_id(), .challenge = client.challenge()});
  for (const wire::Command& command : commands) {
    wire::write_command(out.commands(), command);
    out.count_command();
  }
  source.send(Bytes(datagram).first(out.finish()));
}

/// Messages in ten fragments of which the last never comes.
void fragments(const Target& target, std::size_t amount, const Stop& stop, Exchanged& exchanged) {
  constexpr std::uint32_t count = 10;
  Intruders intruders(amount, target.udp, exchanged);
  intruders.enter(stop);
  const std::vector<std::uint8_t> part(1000, 1);
  wire::Command command{.type = wire::CommandType::send_fragment};
  command.payload = part;
  for (std::uint32_t round = 0; round < 200 && !stop; ++round) {
    const std::uint32_t number = round / 2 % (count - 1);
    const std::uint32_t start = 2 + round / 2 / (count - 1) * count;
    command.channel = static_cast<std::uint8_t>(round % 2);
    command.reliable_seq = start + number;
    command.fragment = {.start_seq = start,
                        .count = count,
                        .number = number,
                        .total_length = static_cast<std::uint32_t>(count * part.size()),
                        .offset = static_cast<std::uint32_t>(number * part.size())};
    intruders.each([&](PhotonClient& client, Source& source) { say(client, source, {&command, 1}); });
    intruders.run_for(5ms, stop);
  }
}

/// Messages on every one of 254 channels, all of which wait for one that never comes.
void channels(const Target& target, std::size_t amount, const Stop& stop, Exchanged& exchanged) {
  constexpr std::uint8_t count = 254;
  constexpr std::size_t in_datagram = 15;
  Intruders intruders(amount, target.udp, exchanged, count);
  intruders.enter(stop);
  const std::vector<std::uint8_t> part(50, 1);
  for (std::uint32_t round = 0; round < 10 && !stop; ++round) {
    for (std::size_t first = 0; first < count && !stop; first += in_datagram) {
      std::array<wire::Command, in_datagram> commands;
      for (std::size_t i = 0; i < in_datagram; ++i) {
        commands[i] = {.type = wire::CommandType::send_reliable,
                       .channel = static_cast<std::uint8_t>(first + i),
                       .flags = wire::Flags::reliable,
                       .reliable_seq = 3 + round};
        commands[i].payload = part;
      }
      intruders.each([&](PhotonClient& client, Source& source) { say(client, source, commands); });
      intruders.run_for(1ms, stop);
    }
  }
}

/// Everybody asks for a key at once, again and again.
void key_exchanges(const Target& target, std::size_t amount, const Stop& stop, Exchanged& exchanged) {
  Intruders intruders(amount / 4, target.udp, exchanged);
  intruders.enter(stop);
  for (int i = 0; i < 4 && !stop; ++i) {
    intruders.each([](PhotonClient& client, Source&) { client.exchange_keys(clock_now()); });
    intruders.run_for(25ms, stop);
  }
  intruders.run_for(1500ms, stop);
}

/// 0, 1, p − 1, p and the like. A session ends at the third that is refused, so each sends two.
void degenerate_keys(const Target& target, std::size_t amount, const Stop& stop, Exchanged& exchanged) {
  std::vector<std::uint8_t> below = PhotonCrypto::modulus();
  --below.back();
  const std::vector<std::vector<std::uint8_t>> keys = {{},
                                                       {0},
                                                       {1},
                                                       below,
                                                       PhotonCrypto::modulus(),
                                                       std::vector<std::uint8_t>(96, 0xFF),
                                                       std::vector<std::uint8_t>(300, 1)};
  Intruders intruders(amount, target.udp, exchanged);
  intruders.enter(stop);
  for (std::size_t round = 0; round < 2; ++round) {
    std::size_t number = round;
    intruders.each([&](PhotonClient& client, Source&) {
      client.raw_bytes(clock_now(), write_key_request(Protocol::v16, keys[number++ % keys.size()]));
    });
    intruders.run_for(250ms, stop);
  }
}

/// Sealed messages once more, and sealed requests called responses.
void replayed_ciphertext(const Target& target, std::size_t amount, const Stop& stop, Exchanged& exchanged) {
  Intruders intruders(amount, target.udp, exchanged);
  intruders.enter(stop);
  intruders.each([](PhotonClient& client, Source&) { client.exchange_keys(clock_now()); });
  intruders.run_for(1s, stop);
  std::size_t number = 0;
  intruders.each([&](PhotonClient& client, Source&) {
    if (!client.encryption_available()) return;
    const auto body = client.crypto()->seal(std::vector<std::uint8_t>{1, 0, 0});
    std::vector<std::uint8_t> message = {0xF3, static_cast<std::uint8_t>(number++ % 2 == 0 ? 0x82 : 0x83)};
    message.insert(message.end(), body.begin(), body.end());
    for (int i = 0; i < 50; ++i) client.raw_bytes(clock_now(), message);
  });
  intruders.run_for(1s, stop);
}

/// A connection of the attacker with this number; -1: there is none.
int connected_to(std::uint16_t port, std::size_t number) {
  const sockaddr_in own = address_of_source(static_cast<std::uint32_t>(number));
  const sockaddr_in to = loopback(port);
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(connection, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0 &&
      connect(connection, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0)
    return connection;
  close(connection);
  return -1;
}

/// Connections that say one byte at a time of what opens them.
void slowloris(const Target& target, std::size_t amount, const Stop& stop, Exchanged& exchanged) {
  const std::vector<std::uint8_t> text(100, 'G');
  std::vector<int> sockets;
  for (std::size_t i = 0; i < amount && !stop; ++i) {
    const int connection = connected_to(i % 2 == 0 ? target.tcp : target.ws, i);
    if (connection >= 0) sockets.push_back(connection);
  }
  const std::uint8_t frame_start[] = {0xFB, 0, 0, 0, 0x30};
  for (std::size_t round = 0; round < 30 && !stop; ++round) {
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      const std::uint8_t byte = i % 2 == 0 && round < sizeof frame_start ? frame_start[round] : text[round];
      if (::send(sockets[i], &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1) ++exchanged.sent;
    }
    std::this_thread::sleep_for(100ms);
  }
  for (const int connection : sockets) close(connection);
}

/// One ClientHello again and again, over many connections at once: the gateway computes what nobody reads.
void tls_handshakes(const Target& target, std::size_t amount, const Stop& stop, Exchanged& exchanged) {
  const std::vector<std::uint8_t> hello = TlsChannel(TlsChannel::ClientOptions{}).take_output();
  for (std::size_t sent = 0; sent < amount && !stop;) {
    std::vector<int> connections;
    while (connections.size() < std::min(sources_max, amount - sent)) {
      connections.push_back(connected_to(target.wss, sent + connections.size()));
      if (connections.back() < 0) return;
    }
    sent += connections.size();
    std::this_thread::sleep_for(50ms);  // all are accepted, and wait for this
    for (const int connection : connections) {
      const ssize_t bytes = ::send(connection, hello.data(), hello.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      exchanged.sent += bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
    }
    std::this_thread::sleep_for(450ms);
    for (const int connection : connections) close(connection);
  }
}

}  // namespace

const std::vector<Attack>& attacks() {
  static const std::vector<Attack> all = {
      {"spoofed Connects", spoofed_connects, 1'000'000},
      {"garbage datagrams", garbage, 500'000},
      {"sessions with fragments", fragments, 100, false},
      {"sessions with every channel", channels, 100, false},
      {"key exchanges", key_exchanges, 2000, false},
      {"sessions with degenerate keys", degenerate_keys, 200, false},
      {"sessions with replayed ciphertext", replayed_ciphertext, 200, false},
      {"TLS handshakes", tls_handshakes, 4000, false},
      {"slow connections", slowloris, 500, false},
  };
  return all;
}

}  // namespace gateway::test
