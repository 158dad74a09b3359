#pragma once

#include <memory>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/stream_socket_client.h"
#include "support/test_stream_server_socket.h"

namespace gateway::test {

inline constexpr Duration patience = seconds(20);

inline std::vector<std::uint8_t> filled(std::size_t size) {
  std::vector<std::uint8_t> data(size);
  std::iota(data.begin(), data.end(), std::uint8_t{1});
  return data;
}

inline PhotonStreamClient::Config of_kind(StreamKind kind, Protocol protocol = Protocol::v16) {
  PhotonStreamClient::Config config;
  config.kind = kind;
  config.init.protocol = protocol;
  return config;
}

/// A server and clients of it, directly.
struct StreamPlay {
  explicit StreamPlay(const TestStreamServerOptions& options) : server(options) {}

  std::unique_ptr<StreamSocketClient> client(const PhotonStreamClient::Config& config,
                                             StreamSocketClient::Options options = {}) {
    options.port = server.port();
    auto made = std::make_unique<StreamSocketClient>(generation_4_1_8, config, options);
    made->connect();
    return made;
  }
  std::unique_ptr<StreamSocketClient> connected(const PhotonStreamClient::Config& config,
                                                const StreamSocketClient::Options& options = {}) {
    auto made = client(config, options);
    EXPECT_TRUE(made->run_until([&] { return made->client().initialised(); }, patience)) << "no InitResponse";
    return made;
  }
  void expect_clean(const StreamSocketClient& client) {
    EXPECT_THAT(client.client().violations(), testing::IsEmpty());
    if (client.websocket() != nullptr) {
      EXPECT_THAT(client.websocket()->violations(), testing::IsEmpty());
    }
    EXPECT_THAT(server.websocket_violations(), testing::IsEmpty());
    server.with([](TestServer& tested, TimePoint) { EXPECT_THAT(tested.violations(), testing::IsEmpty()); });
  }

  TestStreamServerSocket server;
};

/// What the application and the socket saw of the end.
inline ClientEvent told(StreamSocketClient& client) {
  EXPECT_TRUE(client.run_until(
      [&] { return client.client().last(ClientEvent::Kind::disconnected) != nullptr; }, patience));
  const ClientEvent* const event = client.client().last(ClientEvent::Kind::disconnected);
  return event == nullptr ? ClientEvent{} : *event;
}

}  // namespace gateway::test
