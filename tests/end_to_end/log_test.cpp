// What the log says of sessions, and what it leaves out.
#include <memory>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/gateway_process.h"
#include "support/loopback.h"

namespace gateway::test {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace json = boost::json;

/// A session from begin to end.
void play(Scene& scene, const std::string& application = "LoadBalancing") {
  PhotonClient::Config config;
  config.init.application = application;
  const auto client = scene.encrypted(config);
  const std::vector<std::uint8_t> data{1, 2, 3};
  ASSERT_NE(ask(*client, Operation::echo, 0, data, true), nullptr);
  client->client().disconnect(client->now());
  client->run_for(milliseconds(50));
}

/// The first record of this event in a log of JSON lines; every line must be one object.
json::object record_of(const std::string& log, std::string_view event) {
  std::istringstream lines(log);
  json::object found;
  for (std::string line; std::getline(lines, line);) {
    boost::system::error_code error;
    const json::value value = json::parse(line, error);
    EXPECT_FALSE(error) << line;
    if (error || !value.is_object()) continue;
    EXPECT_TRUE(value.at("time").is_string() && value.at("level").is_string()) << line;
    if (found.empty() && value.at("event").as_string() == event) found = value.as_object();
  }
  return found;
}

TEST(Log, InJsonIsObjectsWithTypedFields) {
  Scene scene({}, "log: { format: json }\n");
  play(scene);
  ASSERT_TRUE(scene.gateway.process().wait_for_output("session ended", patience));
  const std::string log = scene.gateway.process().output();
  const json::object end = record_of(log, "session ended");
  EXPECT_EQ(end.at("listener").as_string(), "test");
  EXPECT_EQ(end.at("reason").as_string(), "client_disconnect");
  EXPECT_EQ(end.at("code").as_int64(), 0);
  EXPECT_TRUE(end.at("seconds").is_double());
  EXPECT_EQ(end.at("to_server").at("encrypted").as_int64(), 1);
  EXPECT_GT(end.at("to_client").at("messages").as_int64(), 0);
  EXPECT_EQ(end.at("exchanges").as_int64(), 1);
  EXPECT_EQ(end.at("application").as_string(), "LoadBalancing");
  EXPECT_FALSE(end.contains("address"));
  EXPECT_TRUE(record_of(log, "starting").at("threads").is_int64());
}

TEST(Log, CannotBeForgedByAnApplicationId) {
  const std::string forged = "a\",\"reason\":\"x\n2026";
  for (const std::string format : {"json", "text"}) {
    Scene scene({}, "log: { format: " + format + " }\n");
    play(scene, forged);
    ASSERT_TRUE(scene.gateway.process().wait_for_output("session ended", patience));
    const std::string log = scene.gateway.process().output();
    EXPECT_THAT(log, Not(HasSubstr(forged)));
    EXPECT_THAT(log, Not(HasSubstr("\n2026\""))) << "no line begins with the client's text";
    if (format == "json") {
      EXPECT_EQ(record_of(log, "session ended").at("reason").as_string(), "client_disconnect");
    }
  }
}

TEST(Log, ShowsClientsOnlyWhereItIsAskedTo) {
  Scene scene;
  play(scene);
  ASSERT_TRUE(scene.gateway.process().wait_for_output("session ended", patience));
  EXPECT_THAT(scene.gateway.process().output(), Not(HasSubstr("address=127.0.0.1")));
  const GatewayProcess::Options shown{.servers = {scene.server.port()},
                                      .more = "log: { clients: shown }\n",
                                      .upstream = {"health_check: off"}};
  ASSERT_TRUE(scene.gateway.reload(shown));
  play(scene);
  EXPECT_TRUE(scene.gateway.process().wait_for_output("address=127.0.0.1", patience));
}

TEST(Log, LeavesOutRecordsBeyondItsRateAndSaysHowMany) {
  Scene scene({}, "log: { sessions: 1/s }\nthreads: 1\n");
  std::vector<std::unique_ptr<Scene::Client>> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(scene.connected());
  ASSERT_EQ(scene.gateway.stop(), 0);
  const std::string log = scene.gateway.process().output();
  EXPECT_THAT(log, HasSubstr("session records left out count="));
  EXPECT_THAT(log, HasSubstr(" mostly=shutdown: "));
  std::size_t records = 0;
  for (auto at = log.find("session ended"); at != std::string::npos; at = log.find("session ended", at + 1))
    ++records;
  EXPECT_GE(records, 1U);
  EXPECT_LE(records, 5U) << "one, and one a second until all are told";
}

TEST(Log, SamplesDatagramsThatNoSessionHas) {
  Scene scene;
  const int socket = bound_socket(SOCK_DGRAM, 0).first;
  const sockaddr_in target = loopback(scene.gateway.port());
  const std::vector<std::uint8_t> stranger(40, 0x11);
  for (int i = 0; i < 50; ++i) {
    ::sendto(socket, stranger.data(), stranger.size(), 0, reinterpret_cast<const sockaddr*>(&target),
             sizeof target);
  }
  ::close(socket);
  EXPECT_TRUE(scene.gateway.process().wait_for_output(
      "dropped without a session listener=test reason=no_session count=", patience));
  ASSERT_EQ(scene.gateway.stop(), 0);
  const std::string log = scene.gateway.process().output();
  EXPECT_THAT(log, Not(HasSubstr("address=127.0.0.1")));
  std::size_t lines = 0;
  for (auto at = log.find("reason=no_session"); at != std::string::npos;
       at = log.find("reason=no_session", at + 1))
    ++lines;
  EXPECT_LE(lines, 3U);
}

}  // namespace
}  // namespace gateway::test
