// The demo's game server: no cryptography, no configuration. It prints every message it receives, one JSON
// object a line, so that deploy/demo.sh can show and check what stands behind the gateway.
//
//   demo_server [port]      default 15055, loopback only; ends on SIGTERM or SIGINT

#include <array>
#include <cstdio>
#include <cstdlib>
#include <signal.h>
#include <string>

#include "support/test_server_socket.h"
#include "support/vectors.h"

namespace {

using gateway::test::TestServer;

std::string type_name(std::uint8_t type) {
  static constexpr std::array names{"Init",    "InitResponse", "OperationRequest", "OperationResponse",
                                    "Event",   "Disconnect",   "InternalRequest",  "InternalResponse",
                                    "Message", "RawMessage"};
  const auto index = static_cast<std::size_t>(type & 0x7F);
  return index < names.size() ? names[index] : "type " + std::to_string(index);
}

/// Printable characters as they are, every other byte as a dot: quoting isn't needed then.
std::string readable(gateway::Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    const bool plain = byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
    text.push_back(plain ? static_cast<char>(byte) : '.');
  }
  return text;
}

void print(const TestServer::Message& message, const char* direction) {
  constexpr std::size_t shown_max = 96;
  const gateway::Bytes bytes = message.bytes;
  const gateway::Bytes body = bytes.size() > 2 ? bytes.subspan(2) : gateway::Bytes{};
  const gateway::Bytes shown = body.first(std::min(body.size(), shown_max));
  const char* const seen = message.encrypted ? "CIPHERTEXT" : "PLAINTEXT";
  const std::string type = type_name(bytes[1]);
  const int code = bytes.size() > 2 ? bytes[2] : 0;
  const std::string ascii = readable(shown);
  std::printf(
      "{\"link\":\"server\",\"direction\":\"%s\",\"type\":\"%s\",\"code\":%d,\"channel\":%d,\"encrypted\":%s,"
      "\"bytes\":%zu,"
      "\"hex\":\"%s\",\"ascii\":\"%s\",\"view\":\"%s %s %d %s %s\"}\n",
      direction, type.c_str(), code, message.channel, message.encrypted ? "true" : "false", bytes.size(),
      gateway::test::to_hex(shown).c_str(), ascii.c_str(), direction, type.c_str(), code, seen,
      ascii.c_str());
}

}  // namespace

int main(int count, char** arguments) {
  const int port = count > 1 ? std::atoi(arguments[1]) : 15055;
  if (port < 1 || port > 65535) {
    std::fprintf(stderr, "demo_server: the port must be a number from 1 to 65535\n");
    return 2;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  try {
    gateway::test::TestServerSocket socket({}, static_cast<std::uint16_t>(port));
    std::printf(
        "{\"link\":\"server\",\"view\":\"listening on udp://127.0.0.1:%d, without any cryptography\"}\n",
        port);
    std::size_t received = 0;
    std::size_t sent = 0;
    const timespec interval{0, 20'000'000};
    while (sigtimedwait(&signals, nullptr, &interval) < 0) {
      socket.with([&](TestServer& server, gateway::TimePoint) {
        for (; received < server.received().size(); ++received)
          print(server.received()[received], "received");
        for (; sent < server.sent().size(); ++sent) print(server.sent()[sent], "sent");
      });
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "demo_server: %s\n", error.what());
    return 1;
  }
  return 0;
}
