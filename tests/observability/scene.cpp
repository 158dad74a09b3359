// Servers and clients around a gateway that somebody else started, so that its metrics show something:
//   calm      clients come by UDP and WebSocket, exchange keys, authenticate sealed, ask, and leave
//   trouble   the same, and beside them clients that are wrong in every way the dashboard has a panel for
//
//   scene <udp server> <ws server> <gateway udp> <gateway wss> <certificate>
//
// Ports of the loopback interface. It prints "ready", plays calm until a line comes on its standard input,
// then trouble until the next one or its end. Exit code 0: every client got what it should have got.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include "support/photon_socket_client.h"
#include "support/stream_socket_client.h"
#include "support/test_operations.h"
#include "support/test_server_socket.h"
#include "support/test_stream_server_socket.h"

namespace gateway::test {
namespace {

constexpr Duration patience = seconds(10);
constexpr auto authenticate = static_cast<Operation>(230);
constexpr std::size_t more_than_fit = 14;  // clients; the gateway's configuration has room for 12

struct Ports {
  std::uint16_t udp_server, ws_server, udp, wss;
};

bool line_is_there() {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return poll(&input, 1, 0) > 0;
}

/// False at the end of the input.
bool read_line() {
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) == 1) {
    if (byte == '\n') return true;
  }
  return false;
}

void expect(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("does not hold: ") + what);
}

PhotonClient::Config config_of_next() {
  static std::uint64_t next_seed = 1;
  PhotonClient::Config config;
  config.seed = next_seed++;
  return config;
}

/// In, or turned away.
bool settled(PhotonSocketClient* client) {
  return client->client().initialised() || client->client().state() == PhotonClient::State::disconnected;
}

/// Tries again when the gateway is full: those before may not have left yet.
std::unique_ptr<PhotonSocketClient> connected(std::uint16_t port) {
  const TimePoint end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    auto client = std::make_unique<PhotonSocketClient>(generation_4_1_8, config_of_next(), "127.0.0.1", port);
    client->connect();
    client->run_until([&] { return settled(client.get()); }, patience);
    if (client->client().initialised()) return client;
  }
  throw std::runtime_error("a client doesn't get in");
}

std::unique_ptr<PhotonSocketClient> with_key(std::uint16_t port) {
  auto client = connected(port);
  client->client().exchange_keys(client->now());
  expect(client->run_until([&] { return client->client().encryption_available(); }, patience),
         "it gets a key");
  return client;
}

void send(PhotonSocketClient& client, Operation operation, bool encrypt) {
  const auto message =
      write_operation(message::Serialization::v16, operation, 0, std::array<std::uint8_t, 100>{});
  client.client().message(client.now(), message[1], Bytes(message).subspan(2), 0, wire::Flags::reliable,
                          encrypt);
}

void ask(PhotonSocketClient& client, Operation operation, bool encrypt) {
  const std::size_t before = client.client().count(ClientEvent::Kind::response);
  send(client, operation, encrypt);
  const auto answered = [&] { return client.client().count(ClientEvent::Kind::response) > before; };
  expect(client.run_until(answered, patience), "an operation is answered");
}

void leave(PhotonSocketClient& client) {
  client.client().disconnect(client.now());
  client.turn();
}

// --- Calm ---

void visit_by_udp(const Ports& ports) {
  auto client = with_key(ports.udp);
  ask(*client, authenticate, true);
  for (int i = 0; i < 3; ++i) ask(*client, Operation::echo, true);
  ask(*client, Operation::echo, false);
  leave(*client);
}

void visit_by_wss(const Ports& ports, const std::string& certificate) {
  PhotonStreamClient::Config config;
  config.kind = StreamKind::websocket;
  StreamSocketClient::Options options;
  options.port = ports.wss;
  options.tls = {.authority = certificate, .server_name = "localhost"};
  StreamSocketClient client(generation_4_1_8, config, options);
  client.connect();
  expect(client.run_until([&] { return client.client().initialised(); }, patience),
         "a client gets in by wss");
  expect(test::ask(client, Operation::echo, 0, {}, false) != nullptr, "its operation is answered");
  client.client().disconnect(client.now());
  client.turn();
}

// --- Trouble ---

void authenticate_in_the_clear(const Ports& ports) {
  auto client = connected(ports.udp);
  ask(*client, authenticate, false);
  leave(*client);
}

void send_a_bad_key(const Ports& ports) {
  auto client = connected(ports.udp);
  const std::array<std::uint8_t, 3> nonsense = {0, 0xFF, 0xFF};
  client->client().message(client->now(), 6, nonsense);
  client->run_for(milliseconds(50));
  leave(*client);
}

void send_what_cannot_be_opened(const Ports& ports) {
  auto client = with_key(ports.udp);
  const std::array<std::uint8_t, 17> sealed{0xF3, 0x82};  // not whole blocks: no key opens that
  client->client().raw_bytes(client->now(), sealed);
  const auto thrown_out = [&] { return client->client().state() == PhotonClient::State::disconnected; };
  expect(client->run_until(thrown_out, patience), "who can't be understood is thrown out");
}

/// First some of what the client sends is lost, then all of it, until the gateway sends again what isn't
/// acknowledged.
void lose_datagrams(const Ports& ports) {
  auto client = with_key(ports.udp);
  int sent = 0;
  client->lose([&sent](Bytes) { return ++sent % 3 == 0; });
  for (int i = 0; i < 5; ++i) ask(*client, Operation::echo, true);
  client->lose({});
  send(*client, Operation::echo, true);
  client->turn();
  client->lose([](Bytes) { return true; });
  client->run_for(seconds(1));
  client->lose({});
  leave(*client);
}

void crowd(const Ports& ports) {
  std::vector<std::unique_ptr<PhotonSocketClient>> clients;
  std::vector<PhotonSocketClient*> all;
  for (std::size_t i = 0; i < more_than_fit; ++i) {
    clients.push_back(
        std::make_unique<PhotonSocketClient>(generation_4_1_8, config_of_next(), "127.0.0.1", ports.udp));
    all.push_back(clients.back().get());
    all.back()->connect();
  }
  const auto all_settled = [&] { return std::all_of(all.begin(), all.end(), settled); };
  expect(run_together(all, all_settled, patience), "a crowd gets in or is turned away");
  const auto in =
      std::count_if(all.begin(), all.end(), [](auto* client) { return client->client().initialised(); });
  expect(in < static_cast<std::ptrdiff_t>(all.size()), "one too many is turned away");
  for (auto& client : clients) leave(*client);
}

void speak_no_tls(const Ports& ports) {
  StreamSocketClient::Options options;
  options.port = ports.wss;
  PhotonStreamClient::Config config;
  config.kind = StreamKind::websocket;
  StreamSocketClient client(generation_4_1_8, config, options);
  client.connect();
  expect(client.run_until([&] { return client.ended(); }, patience), "who speaks no TLS is hung up on");
}

void knock_without_a_session(const Ports& ports) {
  exchange_datagram(ports.udp, std::array<std::uint8_t, 20>{}, milliseconds(10));
}

void play(const Ports& ports, const std::string& certificate) {
  TestStreamServerOptions websocket;
  websocket.kind = StreamKind::websocket;
  websocket.server.records = false;
  const TestServerSocket udp_server({.records = false}, ports.udp_server);
  const TestStreamServerSocket ws_server(websocket, ports.ws_server);
  std::puts("ready");
  std::fflush(stdout);
  const auto calm = [&] {
    visit_by_udp(ports);
    visit_by_wss(ports, certificate);
  };
  while (!line_is_there()) calm();
  if (!read_line()) return;
  while (!line_is_there()) {
    calm();
    authenticate_in_the_clear(ports);
    send_a_bad_key(ports);
    send_what_cannot_be_opened(ports);
    lose_datagrams(ports);
    crowd(ports);
    speak_no_tls(ports);
    knock_without_a_session(ports);
  }
}

std::uint16_t port_of(const char* text) {
  return static_cast<std::uint16_t>(std::stoi(text));
}

}  // namespace
}  // namespace gateway::test

int main(int count, char** arguments) {
  using gateway::test::port_of;
  if (count != 6) {
    std::fputs("usage: scene <udp server> <ws server> <gateway udp> <gateway wss> <certificate>\n", stderr);
    return 2;
  }
  try {
    gateway::test::play({.udp_server = port_of(arguments[1]),
                         .ws_server = port_of(arguments[2]),
                         .udp = port_of(arguments[3]),
                         .wss = port_of(arguments[4])},
                        arguments[5]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scene: %s\n", error.what());
    return 1;
  }
  return 0;
}
