// SIGHUP: what holds at once, what for new sessions only, and what needs a restart.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/sanitized.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;
using Scheme = GatewayProcess::Scheme;
using testing::HasSubstr;

constexpr auto authenticate = static_cast<Operation>(230);
constexpr auto other_operation = static_cast<Operation>(50);
const std::string rules =
    "encryption:\n  rules:\n"
    "    - { operations: [authenticate], require: encrypted, otherwise: reject }\n";

/// The options of a Scene with other further lines.
GatewayProcess::Options options_of(Scene& scene, const std::string& more = "") {
  return {.servers = {scene.server.port()}, .more = more, .upstream = {"health_check: off"}};
}

template <class Client>
int return_code(Client& client, Operation operation, bool encrypt = false) {
  const ClientEvent* const answer = ask(client, operation, 0, {}, encrypt);
  return answer == nullptr ? -1000 : answer->return_code;
}

bool echoes(PhotonSocketClient& client, std::size_t bytes) {
  return ask(client, Operation::echo, 0, std::vector<std::uint8_t>(bytes, 7), false) != nullptr;
}

bool ends(PhotonSocketClient& client) {
  return client.run_until([&] { return client.client().last(Kind::disconnected) != nullptr; }, patience);
}

/// False when it is refused, or ended.
bool gets_another_key(PhotonSocketClient& client) {
  const std::size_t before = client.client().count(Kind::encryption_established);
  const auto gets_it = [&] { return client.client().count(Kind::encryption_established) > before; };
  const auto over = [&] {
    return client.client().last(Kind::encryption_failed) != nullptr ||
           client.client().last(Kind::disconnected) != nullptr;
  };
  client.client().exchange_keys(client.now());
  client.run_until([&] { return gets_it() || over(); }, patience);
  return gets_it();
}

std::string upstreams(const GatewayProcess& gateway) {
  return http_get(gateway.admin_port(), "/upstreams").body;
}

// Live
// --------------------------------------------------------------------------------------------------------

TEST(Reload, RulesHoldAtOnceForASessionThatLives) {
  Scene scene;
  const auto client = scene.encrypted();
  EXPECT_EQ(return_code(*client, authenticate), 0);
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, rules)));
  EXPECT_EQ(return_code(*client, authenticate), 32767);
  EXPECT_EQ(return_code(*client, authenticate, true), 0);
  EXPECT_EQ(scene.gateway.metric("photon_gateway_policy_total{kind=\"operation\",code=\"authenticate\","
                                 "outcome=\"reject\"}"),
            1);
  ASSERT_TRUE(scene.gateway.reload(options_of(scene)));
  EXPECT_EQ(return_code(*client, authenticate), 0);
}

TEST(Reload, WhichResponsesAreSealedChangesForASessionThatLives) {
  Scene scene;
  const auto client = scene.encrypted();
  ASSERT_NE(ask(*client, other_operation, 0, {}, true), nullptr) << "which confirms the key";
  EXPECT_FALSE(ask(*client, Operation::echo, 0, {}, false)->encrypted);
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, "encryption: { responses: all }\n")));
  EXPECT_TRUE(ask(*client, Operation::echo, 0, {}, false)->encrypted);
  ASSERT_TRUE(scene.gateway.reload(options_of(scene)));
  EXPECT_FALSE(ask(*client, Operation::echo, 0, {}, false)->encrypted);
}

TEST(Reload, WhichEventsAreSealedChangesForSessionsThatLive) {
  Scene scene;
  const auto alice = scene.encrypted();
  const auto bob = scene.encrypted();
  for (auto* client : {alice.get(), bob.get()})
    ASSERT_NE(ask(*client, Operation::join, 0, {}, false), nullptr);
  ASSERT_NE(ask(*bob, Operation::echo, 0, {}, true), nullptr) << "which confirms the key";
  const auto arrives_sealed = [&](std::uint8_t code, bool encrypt) {
    const std::size_t before = bob->client().count(Kind::event);
    const auto arrived = [&] {
      return bob->client().count(Kind::event) > before && bob->client().last(Kind::event)->code == code;
    };
    const auto message =
        write_raise_event(message::Serialization::v16, code, std::vector<std::uint8_t>{1, 2, 3});
    EXPECT_TRUE(alice->client().message(alice->now(), message[1], Bytes(message).subspan(2), 0,
                                        wire::Flags::reliable, encrypt));
    EXPECT_TRUE(run_together(std::vector{alice.get(), bob.get()}, arrived, patience));
    return bob->client().last(Kind::event)->encrypted;
  };
  EXPECT_FALSE(arrives_sealed(10, false));
  EXPECT_TRUE(arrives_sealed(20, true));
  ASSERT_TRUE(
      scene.gateway.reload(options_of(scene, "encryption: { events: listed, listed_events: [10] }\n")));
  EXPECT_TRUE(arrives_sealed(10, false));
  EXPECT_FALSE(arrives_sealed(20, true));
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, "encryption: { events: all }\n")));
  EXPECT_TRUE(arrives_sealed(11, false));
  ASSERT_TRUE(scene.gateway.reload(options_of(scene)));
  EXPECT_FALSE(arrives_sealed(10, false));
  EXPECT_TRUE(arrives_sealed(20, false)) << "it was raised encrypted once";
}

TEST(Reload, HowManyKeysASessionGetsChangesForOneThatLives) {
  Scene scene;
  const auto client = scene.encrypted();
  const auto other = scene.encrypted();
  EXPECT_TRUE(gets_another_key(*client));
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, "encryption: { key_exchange: { per_session: 2 } }\n")));
  EXPECT_FALSE(gets_another_key(*client)) << "it has had two";
  EXPECT_TRUE(ends(*client)) << "nothing can be read of who threw its key away";
  EXPECT_TRUE(scene.gateway.process().wait_for_output("reason=key_exchange", patience));
  EXPECT_TRUE(gets_another_key(*other));
  ASSERT_TRUE(scene.gateway.reload(options_of(scene)));
  EXPECT_TRUE(gets_another_key(*other)) << "it may have a third again";
}

TEST(Reload, HowManyKeyExchangesAreComputedAndHowLongTheyWaitChangesForSessionsThatLive) {
  Scene scene;
  std::vector<std::unique_ptr<Scene::Client>> clients;
  std::vector<Scene::Client*> together;
  for (int i = 0; i < 6; ++i) together.push_back(clients.emplace_back(scene.connected()).get());
  const auto get_keys = [](const std::vector<Scene::Client*>& three) {
    for (Scene::Client* const client : three) client->client().exchange_keys(client->now());
    const auto count = [&](Kind kind) {
      return std::ranges::count_if(
          three, [kind](Scene::Client* client) { return client->client().last(kind) != nullptr; });
    };
    const auto answered = [&] {
      return count(Kind::encryption_established) + count(Kind::encryption_failed) == 3;
    };
    EXPECT_TRUE(run_together(three, answered, patience));
    return count(Kind::encryption_established);
  };
  EXPECT_EQ(get_keys({together.begin(), together.begin() + 3}), 3);
  ASSERT_TRUE(
      scene.gateway.reload(options_of(scene, "encryption: { key_exchange: { rate: 1/s, wait: 10ms } }\n")));
  const auto keys = get_keys({together.begin() + 3, together.end()});
  EXPECT_GE(keys, 1);
  EXPECT_LT(keys, 3) << "a second is longer than they may wait";
  EXPECT_EQ(scene.gateway.metric("photon_gateway_handshakes_total{result=\"throttled\"}"), 3 - keys);
}

TEST(Reload, LowerLimitsEndNobodyAndRefuseWhoComesNext) {
  Scene scene;
  const auto first = scene.connected();
  const auto second = scene.connected();
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, "limits: { sessions: 1 }\n")));
  EXPECT_EQ(scene.gateway.metric("photon_gateway_sessions_limit"), 1);
  EXPECT_TRUE(echoes(*first, 10));
  EXPECT_TRUE(echoes(*second, 10));
  const auto late = scene.client();
  late->connect();
  ASSERT_TRUE(ends(*late));
  EXPECT_EQ(late->client().last(Kind::disconnected)->reason, 3);
}

TEST(Reload, ANewDenyEndsTheSessionsItIsAboutAndNoOthers) {
  Scene scene;
  const auto client = scene.connected();
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, "access: { deny: [\"10.0.0.0/8\"] }\n")));
  EXPECT_TRUE(echoes(*client, 10));
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, "access: { deny: [\"127.0.0.0/8\"] }\n")));
  EXPECT_TRUE(ends(*client));
  EXPECT_TRUE(scene.gateway.process().wait_for_output("reason=access", patience));
  EXPECT_EQ(scene.gateway.metric("photon_gateway_sessions_closed_total{reason=\"access\"}"), 1);
}

TEST(Reload, ANewDenyEndsSessionsOnStreamsToo) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws, Scheme::wss}) {
    StreamScene scene(scheme);
    const auto client = scene.connected();
    const GatewayProcess::Options denied{.servers = {scene.server.port()},
                                         .more = "access: { deny: [\"127.0.0.1\"] }\n",
                                         .scheme = scheme,
                                         .upstream = {"health_check: off"},
                                         .certificate = scheme == Scheme::wss ? &scene.certificate : nullptr};
    ASSERT_TRUE(scene.gateway.reload(denied)) << scene.gateway.process().output();
    EXPECT_TRUE(client->run_until([&] { return client->ended(); }, patience));
    EXPECT_TRUE(scene.gateway.process().wait_for_output("reason=access", patience));
  }
}

TEST(Reload, TheLogLevelChangesAtOnce) {
  Scene scene;
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, "log: { level: debug }\n")));
  const auto client = scene.connected();
  client->client().disconnect(client->now());
  client->run_for(milliseconds(50));
  EXPECT_TRUE(scene.gateway.process().wait_for_output("address=127.0.0.1", patience)) << "of debug only";
}

TEST(Reload, HowManyRecordsOfSessionsAreWrittenChangesAtOnce) {
  const std::string one_shard = "threads: 1\n";
  Scene scene({}, one_shard);
  const auto eight_leave = [&] {
    std::vector<std::unique_ptr<Scene::Client>> clients;
    std::vector<Scene::Client*> together;
    for (int i = 0; i < 8; ++i) together.push_back(clients.emplace_back(scene.connected()).get());
    for (Scene::Client* const client : together) client->client().disconnect(client->now());
    const auto left = [&] {
      return scene.gateway.metric(
                 "photon_gateway_sessions{listener=\"test\",transport=\"udp\",state=\"open\"}") == 0;
    };
    EXPECT_TRUE(run_together(together, left, patience));
  };
  eight_leave();
  EXPECT_EQ(scene.gateway.metric("photon_gateway_log_records_left_out_total"), 0);
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, one_shard + "log: { sessions: 1/s }\n")));
  eight_leave();
  EXPECT_TRUE(scene.gateway.process().wait_for_output("session records left out count=", patience));
  EXPECT_GT(scene.gateway.metric("photon_gateway_log_records_left_out_total"), 0);
}

TEST(Reload, TheLogNamesTheKeysThatChanged) {
  Scene scene;
  ASSERT_TRUE(
      scene.gateway.reload(options_of(scene, "timeouts: { silence: 31s }\ndrain: { announce: 1s }\n")));
  EXPECT_TRUE(scene.gateway.process().wait_for_output(
      "configuration reloaded changed=drain.announce,timeouts.silence", patience))
      << scene.gateway.process().output();
}

// New sessions
// ------------------------------------------------------------------------------------------------

TEST(Reload, TheSizeOfMessagesIsThatOfTheSessionsBeginning) {
  Scene scene;
  const auto before = scene.connected();
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, "limits: { message_size: 2KiB, sessions: 500 }\n")));
  const auto after = scene.connected();
  EXPECT_TRUE(echoes(*before, 5000));
  ASSERT_TRUE(send(*after, Operation::echo, 0, std::vector<std::uint8_t>(5000, 1), false));
  EXPECT_TRUE(ends(*after));
  EXPECT_TRUE(scene.gateway.process().wait_for_output("reason=message_size", patience));
  EXPECT_TRUE(echoes(*before, 5000));
}

TEST(Reload, HowManyMessagesAClientMaySendIsThatOfTheSessionsBeginning) {
  Scene scene;
  const auto send_twenty = [](Scene::Client& client) {
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(send(client, Operation::echo, 0, {}, false));
  };
  const auto before = scene.connected();
  ASSERT_TRUE(
      scene.gateway.reload(options_of(scene, "limits: { per_session: { messages: 5/s }, sessions: 500 }\n")));
  const auto after = scene.connected();
  send_twenty(*before);
  EXPECT_TRUE(before->run_until([&] { return before->client().count(Kind::response) == 20; }, patience));
  send_twenty(*after);
  EXPECT_TRUE(ends(*after));
  EXPECT_TRUE(scene.gateway.process().wait_for_output("reason=message_rate", patience));
  EXPECT_TRUE(echoes(*before, 10));
}

TEST(Reload, HowLongInitResponseMayTakeIsThatOfTheSessionsBeginning) {
  Scene scene({.greeting = Greeting::no_init_response});
  const auto before = scene.client();
  before->connect();
  const auto begun = [&] {
    return scene.gateway.metric(
               "photon_gateway_sessions{listener=\"test\",transport=\"udp\",state=\"opening\"}") == 1;
  };
  ASSERT_TRUE(before->run_until(begun, patience));
  ASSERT_TRUE(scene.gateway.reload(options_of(scene, "timeouts: { init: 1s }\n")));
  const auto after = scene.client();
  after->connect();
  EXPECT_TRUE(run_together(
      std::vector{before.get(), after.get()},
      [&] { return after->client().last(Kind::disconnected) != nullptr; }, patience));
  EXPECT_EQ(after->client().last(Kind::disconnected)->reason, 2);
  EXPECT_EQ(before->client().last(Kind::disconnected), nullptr) << "it still has the rest of its 30 s";
  EXPECT_TRUE(scene.gateway.process().wait_for_output("reason=init_timeout", patience));
}

TEST(Reload, ARemovedServerKeepsItsSessionAndNewOnesGoToTheOther) {
  Scene scene;
  TestServerSocket another;
  const std::string removed = "udp://127.0.0.1:" + std::to_string(scene.server.port());
  const auto before = scene.connected();
  ASSERT_TRUE(scene.gateway.reload({.servers = {another.port()}, .upstream = {"health_check: off"}}));
  const auto after = scene.connected();
  EXPECT_EQ(another.with([](TestServer& server, TimePoint) { return server.peer_count(); }), 1U);
  EXPECT_TRUE(echoes(*before, 10));
  EXPECT_THAT(upstreams(scene.gateway), HasSubstr("\"server\":\"" + removed + "\",\"state\":\"removed\""));
  before->client().disconnect(before->now());
  before->run_for(milliseconds(50));
  EXPECT_TRUE(after->run_until([&] { return upstreams(scene.gateway).find(removed) == std::string::npos; },
                               patience));
  EXPECT_TRUE(scene.gateway.process().wait_for_output("server=" + removed, patience))
      << "the session's line says where it was";
}

TEST(Reload, ADrainingServerGetsNoNewSessions) {
  TestServerSocket one;
  TestServerSocket two;
  const std::vector<std::uint16_t> servers{one.port(), two.port()};
  GatewayProcess gateway({.servers = servers, .upstream = {"health_check: off"}});
  ASSERT_TRUE(gateway.reload(
      {.servers = servers, .upstream = {"health_check: off"}, .states = {"draining", "active"}}));
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    PhotonSocketClient client(generation_4_1_8, {.seed = seed}, "127.0.0.1", gateway.port());
    client.connect();
    EXPECT_TRUE(client.run_until([&] { return client.client().initialised(); }, patience));
  }
  EXPECT_EQ(one.with([](TestServer& server, TimePoint) { return server.peer_count(); }), 0U);
}

// Restart, and files that can't be used
// ---------------------------------------------------------------------------

TEST(Reload, WhatNeedsARestartIsRefusedWithASentenceAndNothingElseChanges) {
  Scene scene;
  const auto client = scene.encrypted();
  for (const std::string& more : {std::string("threads: 7\n"), std::string("log: { format: json }\n")}) {
    EXPECT_FALSE(scene.gateway.reload(options_of(scene, rules + more)));
    EXPECT_EQ(return_code(*client, authenticate), 0) << "the rules of that file don't hold";
  }
  EXPECT_TRUE(
      scene.gateway.process().wait_for_output("reload failed, the old configuration stays in use: "
                                              "\"log.format\" can only change with a restart: it is "
                                              "\"text\" and the file now says \"json\"",
                                              patience));
  EXPECT_THAT(scene.gateway.process().output(), HasSubstr("\"threads\" can only change with a restart"));
  EXPECT_EQ(scene.gateway.metric("photon_gateway_config_last_reload_successful"), 0);
  EXPECT_TRUE(scene.gateway.reload(options_of(scene)));
  EXPECT_EQ(scene.gateway.metric("photon_gateway_config_last_reload_successful"), 1);
}

TEST(Reload, ABrokenFileKeepsTheOldConfiguration) {
  Scene scene;
  const auto client = scene.encrypted();
  const auto hashes = [&] {
    const std::string page = http_get(scene.gateway.admin_port(), "/metrics").body;
    const auto at = page.find("photon_gateway_config_hash_info{");
    return page.substr(at, page.find('\n', at) - at);
  };
  const std::string before = hashes();
  scene.gateway.write_config("version: 1\nlisteners: [\n");
  EXPECT_FALSE(scene.gateway.reload());
  EXPECT_TRUE(scene.gateway.process().wait_for_output(scene.gateway.config_path() + ":", patience));
  EXPECT_EQ(hashes(), before);
  EXPECT_TRUE(echoes(*client, 100));
  EXPECT_TRUE(scene.gateway.reload(options_of(scene, rules)));
  EXPECT_NE(hashes(), before);
}

TEST(Reload, MoreSessionsThanTheSystemCarriesAreRefused) {
  Scene scene;
  EXPECT_FALSE(scene.gateway.reload(options_of(scene, "limits: { sessions: 10000000 }\n")));
  EXPECT_TRUE(scene.gateway.process().wait_for_output("limits.sessions is 10000000", patience));
  EXPECT_EQ(scene.gateway.metric("photon_gateway_sessions_limit"), 500);
}

// A thousand of them under load
// -----------------------------------------------------------------------------------

/// A client that asks without a pause, and knows what it lacks.
template <class Client>
class Asking {
 public:
  explicit Asking(std::unique_ptr<Client> client) : client_(std::move(client)) {}

  /// Asks no more.
  void finish() { finished_ = true; }
  void turn() {
    if (!finished_ && asked_ - answered() < 4 && send(*client_, Operation::echo, 0, data_, asked_ % 2 == 0))
      ++asked_;
    client_->turn();
  }
  std::size_t asked() const { return asked_; }
  std::size_t answered() const { return client_->client().count(Kind::response) - before_; }
  bool alive() const { return client_->client().last(Kind::disconnected) == nullptr; }

 private:
  std::unique_ptr<Client> client_;
  const std::vector<std::uint8_t> data_ = std::vector<std::uint8_t>(2000, 9);
  const std::size_t before_ = client_->client().count(Kind::response);
  std::size_t asked_ = 0;
  bool finished_ = false;
};

TEST(Reload, AThousandUnderLoadLoseNoMessageAndNoDescriptor) {
  TestServerSocket udp({.records = false});
  TestServerSocket spare({.records = false});
  TestStreamServerSocket tcp({.server = {.records = false}});
  const std::string port = std::to_string(free_tcp_port());
  const auto links = [&](bool other) {
    const auto server = [](const std::string& scheme, std::uint16_t its_port) {
      return "\"" + scheme + "://127.0.0.1:" + std::to_string(its_port) + "\"";
    };
    return "listeners:\n  - { name: a, listen: \"udp://127.0.0.1:" + port +
           "\", upstream: a }\n  - { name: b, listen: \"tcp://127.0.0.1:" + port +
           "\", upstream: b }\nupstreams:\n  a: { servers: [" +
           server("udp", other ? spare.port() : udp.port()) + "] }\n  b: { servers: [" +
           server("tcp", tcp.port()) + "], health_check: " + (other ? "off" : "{ interval: 5s }") + " }\n";
  };
  const std::string more = "timeouts: { silence: 29s }\naccess: { deny: [\"10.0.0.0/8\"] }\n" + rules;
  const auto options = [&](bool other) {
    return GatewayProcess::Options{.servers = {}, .more = other ? more : "", .links = links(other)};
  };
  GatewayProcess gateway(options(false));
  const auto number = static_cast<std::uint16_t>(std::stoi(port));

  std::vector<std::unique_ptr<Asking<PhotonSocketClient>>> by_udp;
  std::vector<std::unique_ptr<Asking<StreamSocketClient>>> by_tcp;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    auto one = std::make_unique<PhotonSocketClient>(generation_4_1_8, PhotonClient::Config{.seed = seed},
                                                    "127.0.0.1", number);
    one->connect();
    ASSERT_TRUE(one->run_until([&] { return one->client().initialised(); }, patience));
    one->client().exchange_keys(one->now());
    ASSERT_TRUE(one->run_until([&] { return one->client().encryption_available(); }, patience));
    by_udp.push_back(std::make_unique<Asking<PhotonSocketClient>>(std::move(one)));
    auto two =
        std::make_unique<StreamSocketClient>(generation_4_1_8, PhotonStreamClient::Config{.seed = seed},
                                             StreamSocketClient::Options{.port = number});
    two->connect();
    ASSERT_TRUE(two->run_until([&] { return two->client().initialised(); }, patience));
    two->client().exchange_keys(two->now());
    ASSERT_TRUE(two->run_until([&] { return two->client().encryption_available(); }, patience));
    by_tcp.push_back(std::make_unique<Asking<StreamSocketClient>>(std::move(two)));
  }
  const auto turn = [&] {
    for (const auto& client : by_udp) client->turn();
    for (const auto& client : by_tcp) client->turn();
  };
  for (int i = 0; i < 20; ++i) {
    turn();
    ASSERT_TRUE(gateway.reload(options(i % 2 == 0))) << gateway.process().output();
  }
  const double descriptors = gateway.metric("process_open_fds");
  const double memory = gateway.metric("process_resident_memory_bytes");
  const double threads = gateway.metric("process_threads");
  for (int i = 0; i < 980; ++i) {
    turn();
    ASSERT_TRUE(gateway.reload(options(i % 2 == 0))) << gateway.process().output();
  }
  EXPECT_NEAR(gateway.metric("process_open_fds"), descriptors, 2);
  EXPECT_LE(gateway.metric("process_threads"), threads + 1);
  if (!sanitized()) {  // which keep freed memory
    EXPECT_LT(gateway.metric("process_resident_memory_bytes"), memory + 16 * 1024 * 1024);
  }
  EXPECT_EQ(gateway.metric("photon_gateway_config_reloads_total{result=\"ok\"}"), 1000);

  const auto answered = [](const auto& clients) {
    return std::ranges::all_of(clients,
                               [](const auto& client) { return client->answered() == client->asked(); });
  };
  const TimePoint end = std::chrono::steady_clock::now() + patience;
  for (const auto& client : by_udp) client->finish();
  for (const auto& client : by_tcp) client->finish();
  for (const auto& client : by_udp) EXPECT_GT(client->asked(), 200U);
  for (const auto& client : by_tcp) EXPECT_GT(client->asked(), 200U);
  while (!(answered(by_udp) && answered(by_tcp)) && std::chrono::steady_clock::now() < end) turn();
  for (const auto& client : by_udp) EXPECT_TRUE(client->alive());
  for (const auto& client : by_tcp) EXPECT_TRUE(client->alive());
  EXPECT_TRUE(answered(by_udp));
  EXPECT_TRUE(answered(by_tcp));
}

}  // namespace
}  // namespace gateway::test
