// What `encryption.rules` do through the built program, on every transport.

#include <array>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/network_hosts.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;
using Scheme = GatewayProcess::Scheme;
using testing::HasSubstr;
using wire::Flags;

constexpr auto rejected = static_cast<Operation>(230);
constexpr auto disconnected = static_cast<Operation>(231);
constexpr auto logged = static_cast<Operation>(50);
constexpr std::uint8_t marked_event = 20;
constexpr std::uint8_t other_event = 10;

const std::string rules = R"(encryption:
  rules:
    - { operations: [authenticate], without_parameter: 221, require: encrypted, otherwise: reject }
    - { operations: [authenticate_once], require: encrypted, otherwise: disconnect }
    - { operations: [50], require: encrypted, otherwise: log }
    - { events: [20], to_client: encrypted, otherwise: drop }
)";

std::string metric(const std::string& kind, const std::string& code, const std::string& outcome, int value) {
  return "photon_gateway_policy_total{kind=\"" + kind + "\",code=\"" + code + "\",outcome=\"" + outcome +
         "\"} " + std::to_string(value) + "\n";
}

std::string metrics_of(const GatewayProcess& gateway) {
  return http_get(gateway.admin_port(), "/metrics").body;
}

void expect_refusal(const ClientEvent* answer) {
  ASSERT_NE(answer, nullptr) << "no answer";
  EXPECT_EQ(answer->return_code, 32767);
  EXPECT_EQ(answer->debug, "encryption required");
  EXPECT_FALSE(answer->encrypted);
}

void expect_success(const ClientEvent* answer, bool encrypted) {
  ASSERT_NE(answer, nullptr) << "no answer";
  EXPECT_EQ(answer->return_code, 0);
  EXPECT_EQ(answer->encrypted, encrypted);
}

/// How often the server got an operation.
template <class Server>
std::size_t requests_of(Server& socket, Operation operation) {
  std::size_t requests = 0;
  socket.with([&](TestServer& server, TimePoint) {
    for (const auto& message : server.received()) {
      if (type_of(message.bytes) == message::Type::request &&
          code_of(message.bytes) == static_cast<std::uint8_t>(operation)) {
        ++requests;
      }
    }
  });
  return requests;
}

template <class Client>
void raise(Client& client, std::uint8_t code, bool encrypt) {
  const auto message =
      write_raise_event(message::Serialization::v16, code, std::array<std::uint8_t, 3>{1, 2, 3});
  ASSERT_TRUE(
      client.client().message(client.now(), 2, Bytes(message).subspan(2), 0, Flags::reliable, encrypt));
}

/// The events that a client got, without those of joining.
template <class Client>
std::vector<std::pair<int, bool>> events_of(const Client& client) {
  std::vector<std::pair<int, bool>> events;
  for (const ClientEvent& event : client.events()) {
    if (event.kind == Kind::event && event.code != join_event)
      events.emplace_back(event.code, event.encrypted);
  }
  return events;
}

/// Operations in the clear and encrypted, of a client with a key.
template <class AnyScene>
void expect_rules_for_operations(AnyScene& scene) {
  const auto client = scene.encrypted();
  expect_refusal(ask(*client, rejected, 0, {}, false));
  EXPECT_EQ(requests_of(scene.server, rejected), 0U);
  expect_success(ask(*client, rejected, 0, {}, true), true);
  EXPECT_EQ(requests_of(scene.server, rejected), 1U);
  expect_success(ask(*client, logged, 0, {}, false), false);
  EXPECT_EQ(requests_of(scene.server, logged), 1U);
  ASSERT_TRUE(send(*client, disconnected, 0, {}, false));
  EXPECT_TRUE(
      client->run_until([&] { return client->client().last(Kind::disconnected) != nullptr; }, patience));
  EXPECT_EQ(requests_of(scene.server, disconnected), 0U);

  EXPECT_TRUE(scene.gateway.process().wait_for_output("reason=policy", patience));
  const std::string output = scene.gateway.process().output();
  EXPECT_THAT(output, HasSubstr("an operation arrived in the clear listener=test operation=authenticate "
                                "outcome=reject: further ones are only counted"));
  EXPECT_THAT(output, HasSubstr("operation=50 outcome=log"));
  const std::string metrics = metrics_of(scene.gateway);
  EXPECT_THAT(metrics, HasSubstr(metric("operation", "authenticate", "reject", 1)));
  EXPECT_THAT(metrics, HasSubstr(metric("operation", "authenticate", "confidential", 1)));
  EXPECT_THAT(metrics, HasSubstr(metric("operation", "50", "log", 1)));
  EXPECT_THAT(metrics, HasSubstr(metric("operation", "authenticate_once", "disconnect", 1)));
  EXPECT_THAT(metrics, HasSubstr(metric("event", "20", "drop", 0)));
  EXPECT_THAT(metrics, HasSubstr("photon_gateway_sessions_closed_total{reason=\"policy\"} 1\n"));
}

/// A room of one who raises, one with a key and one without.
template <class AnyScene>
void expect_rules_for_events(AnyScene& scene) {
  const auto raiser = scene.encrypted();
  const auto with_key = scene.encrypted();
  const auto without = scene.connected();
  for (auto* client : {raiser.get(), with_key.get(), without.get()}) {
    ASSERT_NE(ask(*client, Operation::join, 0, {}, false), nullptr);
  }
  ASSERT_NE(ask(*with_key, Operation::echo, 0, {}, true), nullptr);  // its key is confirmed
  raise(*raiser, marked_event, false);
  raise(*raiser, other_event, false);
  const auto arrived = [&] {
    return events_of(with_key->client()).size() == 2 && !events_of(without->client()).empty();
  };
  EXPECT_TRUE(run_together({raiser.get(), with_key.get(), without.get()}, arrived, patience));
  using Events = std::vector<std::pair<int, bool>>;
  EXPECT_EQ(events_of(with_key->client()), (Events{{marked_event, true}, {other_event, false}}));
  EXPECT_EQ(events_of(without->client()), (Events{{other_event, false}}));
  EXPECT_THAT(metrics_of(scene.gateway), HasSubstr(metric("event", "20", "drop", 1)));
}

TEST(RulesOverUdp, HoldForOperations) {
  Scene scene({}, rules);
  expect_rules_for_operations(scene);
}

TEST(RulesOverUdp, HoldForEvents) {
  Scene scene({}, rules);
  expect_rules_for_events(scene);
}

TEST(RulesOverUdp, ARefusalTravelsAsItsRequestInBothSerializations) {
  Scene scene({}, rules);
  for (const Protocol protocol : {Protocol::v16, Protocol::v18}) {
    PhotonClient::Config config;
    config.init.protocol = protocol;
    const auto client = scene.connected(config);
    for (const Flags delivery : {Flags::reliable, Flags::unreliable, Flags::unsequenced}) {
      const ClientEvent* const answer = ask(*client, rejected, 0, {}, false, 1, delivery);
      expect_refusal(answer);
      ASSERT_NE(answer, nullptr);
      EXPECT_EQ(answer->channel, 1);
      EXPECT_EQ(answer->delivery, delivery);
    }
    EXPECT_THAT(client->client().violations(), testing::IsEmpty());
  }
}

class RulesOverStreams : public testing::TestWithParam<Scheme> {};
INSTANTIATE_TEST_SUITE_P(Schemes, RulesOverStreams, testing::Values(Scheme::tcp, Scheme::ws),
                         [](const auto& tested) { return tested.param == Scheme::tcp ? "Tcp" : "Ws"; });

TEST_P(RulesOverStreams, HoldForOperations) {
  StreamScene scene(GetParam(), {}, rules);
  expect_rules_for_operations(scene);
}

TEST_P(RulesOverStreams, HoldForEvents) {
  StreamScene scene(GetParam(), {}, rules);
  expect_rules_for_events(scene);
}

TEST(RulesOverTls, EverythingIsConfidential) {
  StreamScene scene(Scheme::wss, {}, rules);
  const auto alice = scene.connected();
  const auto bob = scene.connected();
  for (const Operation operation : {rejected, disconnected, logged, Operation::join}) {
    expect_success(ask(*alice, operation, 0, {}, false), false);
  }
  expect_success(ask(*bob, Operation::join, 0, {}, false), false);
  raise(*alice, marked_event, false);
  EXPECT_TRUE(run_together(
      std::vector{alice.get(), bob.get()}, [&] { return !events_of(bob->client()).empty(); }, patience));
  const std::string metrics = metrics_of(scene.gateway);
  EXPECT_THAT(metrics, HasSubstr(metric("operation", "authenticate", "confidential", 1)));
  EXPECT_THAT(metrics, HasSubstr(metric("event", "20", "confidential", 1)));
  EXPECT_THAT(metrics, HasSubstr(metric("event", "20", "drop", 0)));
  scene.expect_clean(*alice);
}

TEST(RulesInJson, HoldOverWs) {
  StreamScene scene(Scheme::ws, {}, rules);
  const auto alice = scene.connected({.kind = StreamKind::json});
  const auto bob = scene.connected({.kind = StreamKind::json});
  expect_refusal(ask(*alice, 230, R"([220,"1.0",216,"password=\u20ac"])"));
  expect_success(ask(*alice, 230, R"([221,"token"])"), false);
  expect_success(ask(*alice, 50, "[]"), false);
  expect_success(ask(*alice, 227, R"([255,"room"])"), false);
  expect_success(ask(*bob, 226, R"([255,"room"])"), false);
  ASSERT_TRUE(alice->client().request(alice->now(), 253, R"([244,20,245,"x"])"));
  ASSERT_TRUE(alice->client().request(alice->now(), 253, R"([244,10,245,"x"])"));
  EXPECT_TRUE(run_together(
      std::vector{alice.get(), bob.get()}, [&] { return !events_of(bob->client()).empty(); }, patience));
  using Events = std::vector<std::pair<int, bool>>;
  EXPECT_EQ(events_of(bob->client()), (Events{{other_event, false}}));
  scene.server.with([](TestServer& server, TimePoint) {
    for (const auto& message : server.received())
      EXPECT_THAT(std::string(text_of(message.bytes)), testing::Not(HasSubstr("password")));
  });
  scene.expect_clean(*alice);

  ASSERT_TRUE(bob->client().request(bob->now(), 231, "[]"));
  EXPECT_TRUE(bob->run_until([&] { return bob->client().last(Kind::disconnected) != nullptr; }, patience));
  ASSERT_TRUE(alice->client().raw_text(alice->now(), "{\"req\":230}"));
  EXPECT_TRUE(
      alice->run_until([&] { return alice->client().last(Kind::disconnected) != nullptr; }, patience));
  EXPECT_THAT(metrics_of(scene.gateway), HasSubstr("closed_total{reason=\"policy\"} 2\n"));
}

TEST(RulesInJson, EverythingPassesOverWss) {
  StreamScene scene(Scheme::wss, {}, rules);
  const auto client = scene.connected({.kind = StreamKind::json});
  expect_success(ask(*client, 230, R"([220,"1.0"])"), false);
  EXPECT_THAT(metrics_of(scene.gateway), HasSubstr(metric("operation", "authenticate", "confidential", 1)));
  scene.expect_clean(*client);
}

}  // namespace
}  // namespace gateway::test
