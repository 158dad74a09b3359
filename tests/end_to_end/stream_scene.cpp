#include "end_to_end/stream_scene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::test {

namespace {

TestStreamServerOptions of_scheme(TestStreamServerOptions options, GatewayProcess::Scheme scheme) {
  options.kind = scheme == GatewayProcess::Scheme::tcp ? StreamKind::tcp : StreamKind::websocket;
  return options;
}

}  // namespace

StreamScene::StreamScene(Scheme wanted, TestStreamServerOptions options, const std::string& config,
                         const std::vector<std::string>& listener)
    : scheme(wanted),
      server(of_scheme(std::move(options), wanted)),
      gateway({.servers = {server.port()},
               .more = config,
               .scheme = wanted,
               .listener = listener,
               .upstream = {"health_check: off"},
               .certificate = wanted == Scheme::wss ? &certificate : nullptr}) {}

std::unique_ptr<StreamSocketClient> StreamScene::client(PhotonStreamClient::Config config,
                                                        Client::Options options,
                                                        const Generation& generation) {
  static std::uint64_t next_seed = 1;
  config.seed = next_seed++;
  if (scheme != Scheme::tcp && config.kind == StreamKind::tcp) config.kind = StreamKind::websocket;
  options.port = gateway.port();
  if (scheme == Scheme::wss && !options.tls) {
    options.tls = {.authority = certificate.certificate(), .server_name = "localhost"};
  }
  return std::make_unique<Client>(generation, config, options);
}

std::unique_ptr<StreamSocketClient> StreamScene::connected(PhotonStreamClient::Config config,
                                                           Client::Options options,
                                                           const Generation& generation) {
  auto made = client(std::move(config), std::move(options), generation);
  made->connect();
  EXPECT_TRUE(made->run_until([&] { return made->client().initialised(); }, patience)) << "no InitResponse";
  return made;
}

std::unique_ptr<StreamSocketClient> StreamScene::encrypted(PhotonStreamClient::Config config,
                                                           Client::Options options,
                                                           const Generation& generation) {
  auto made = connected(std::move(config), std::move(options), generation);
  made->client().exchange_keys(made->now());
  EXPECT_TRUE(made->run_until([&] { return made->client().encryption_available(); }, patience)) << "no key";
  return made;
}

void StreamScene::expect_clean(const Client& client) {
  EXPECT_THAT(client.client().violations(), testing::IsEmpty());
  EXPECT_EQ(client.client().undecryptable(), 0U);
  if (client.websocket() != nullptr) {
    EXPECT_THAT(client.websocket()->violations(), testing::IsEmpty());
  }
  EXPECT_THAT(server.websocket_violations(), testing::IsEmpty());
  server.with([](TestServer& tested, TimePoint) { EXPECT_THAT(tested.violations(), testing::IsEmpty()); });
}

ClientEvent told(StreamSocketClient& client, Duration limit) {
  const auto* const event = [&] {
    client.run_until([&] { return client.client().last(ClientEvent::Kind::disconnected) != nullptr; }, limit);
    return client.client().last(ClientEvent::Kind::disconnected);
  }();
  EXPECT_NE(event, nullptr) << "the client was never told";
  return event == nullptr ? ClientEvent{} : *event;
}

}  // namespace gateway::test
