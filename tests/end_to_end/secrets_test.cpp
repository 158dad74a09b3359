// What is left of a session's secrets in the program's memory, and what its log says of them.

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/vectors.h"
#include "support/websocket.h"

namespace gateway::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uintptr_t region_max = std::uintptr_t{1} << 30;  // beyond: the shadow memory of sanitizers

/// How often `wanted` is in the readable and writable memory of a process; −1 when that can't be read.
int copies_in_memory(pid_t process, Bytes wanted) {
  const std::string folder = "/proc/" + std::to_string(process);
  std::ifstream maps(folder + "/maps");
  std::ifstream memory(folder + "/mem", std::ios::binary);
  if (!maps || !memory) return -1;
  int copies = 0;
  bool any = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    std::string rights;
    std::istringstream(line) >> std::hex >> begin >> dash >> end >> rights;
    if (!rights.starts_with("rw") || end - begin > region_max) continue;
    std::vector<std::uint8_t> bytes(end - begin);
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(begin));
    memory.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(memory.gcount()));
    any |= !bytes.empty();
    const std::boyer_moore_horspool_searcher searcher(wanted.begin(), wanted.end());
    for (auto at = std::search(bytes.begin(), bytes.end(), searcher); at != bytes.end();
         at = std::search(at + 1, bytes.end(), searcher))
      ++copies;
  }
  return any ? copies : -1;
}

/// How often a third of the number that a key was derived from is in memory, in either order of bytes.
int pieces_in_memory(pid_t process, const std::vector<std::uint8_t>& shared) {
  int pieces = 0;
  for (std::vector<std::uint8_t> number : {shared, {shared.rbegin(), shared.rend()}}) {
    const std::size_t third = number.size() / 3;
    for (std::size_t at = 0; at + third <= number.size(); at += third)
      pieces += copies_in_memory(process, Bytes(number).subspan(at, third));
  }
  return pieces;
}

/// A session of either kind of scene, and what is left of it.
template <class AnyScene>
void expect_gone_with_the_session(AnyScene& scene) {
  const auto client = scene.encrypted();
  const std::vector<std::uint8_t> key = client->client().crypto()->key();
  const std::vector<std::uint8_t> shared = client->client().crypto()->shared();
  ASSERT_GE(shared.size(), 90U);
  const pid_t gateway = scene.gateway.process().id();
  const std::vector<std::uint8_t> data(100, 7);
  ASSERT_NE(ask(*client, Operation::echo, 0, data, true), nullptr);
  const int alive = copies_in_memory(gateway, key);
  if (alive < 0) GTEST_SKIP() << "the memory of the program can't be read here";
  EXPECT_GE(alive, 1) << "the search should find a key in use";
  EXPECT_EQ(pieces_in_memory(gateway, shared), 0) << "nobody needs it once there is the key";
  client->client().disconnect(client->now());
  client->run_for(100ms);
  ASSERT_TRUE(scene.gateway.process().wait_for_output("session ended", 5s));
  EXPECT_EQ(copies_in_memory(gateway, key), 0);
  EXPECT_EQ(pieces_in_memory(gateway, shared), 0);
}

TEST(Secrets, AreGoneFromMemoryWhenTheSessionIsOver) {
  Scene scene;
  expect_gone_with_the_session(scene);
}

TEST(Secrets, AreGoneFromMemoryWhenTheSessionIsOverOnTcpToo) {
  StreamScene scene(GatewayProcess::Scheme::tcp);
  expect_gone_with_the_session(scene);
}

TEST(Secrets, AreGoneFromMemoryWhenAnotherKeyReplacedThem) {
  Scene scene;
  const auto client = scene.encrypted();
  const std::vector<std::uint8_t> first = client->client().crypto()->key();
  const pid_t gateway = scene.gateway.process().id();
  if (copies_in_memory(gateway, first) < 0) GTEST_SKIP() << "the memory of the program can't be read here";
  client->client().exchange_keys(client->now());
  ASSERT_TRUE(client->run_until(
      [&] { return client->client().encryption_available() && client->client().crypto()->key() != first; },
      5s));
  const std::vector<std::uint8_t> data(100, 7);
  ASSERT_NE(ask(*client, Operation::echo, 0, data, true), nullptr);
  EXPECT_EQ(copies_in_memory(gateway, first), 0);
}

/// How somebody might write it, by the name of that; of base64 what doesn't depend on the end.
std::map<std::string, std::string> spellings(Bytes secret) {
  const std::string hex = to_hex(secret);
  std::string upper = hex;
  std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  return {{"raw", std::string(secret.begin(), secret.end())},
          {"hex", hex},
          {"upper-case hex", upper},
          {"base64", base64(secret).substr(0, secret.size() / 3 * 4)}};
}

class Logged : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Secrets, Logged, testing::Values("text", "json"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(Logged, SecretsAreInNoLogAtAnyLevel) {
  const std::string password = "the-players-own-password";
  const std::string token = "the-token-of-the-players-init";
  const std::vector<std::uint8_t> data(password.begin(), password.end());
  Scene scene({}, "log: { level: trace, format: " + std::string(GetParam()) + R"( }
encryption:
  rules:
    - { operations: [1], require: encrypted, otherwise: log }
    - { operations: [2], require: encrypted, otherwise: disconnect }
)");
  PhotonClient::Config config;
  config.init.form = InitForm::text;
  config.init.token = token;
  const auto client = scene.encrypted(config);
  const std::vector<std::uint8_t> key = client->client().crypto()->key();
  ASSERT_NE(ask(*client, Operation::echo, 0, data, true), nullptr);
  ASSERT_NE(ask(*client, Operation::echo, 0, data, false), nullptr);
  send(*client, Operation::echo_late, 0, data, false);
  EXPECT_TRUE(
      client->run_until([&] { return client->client().count(ClientEvent::Kind::disconnected) > 0; }, 5s));
  ASSERT_TRUE(scene.gateway.process().wait_for_output("session ended", 5s));
  const std::string log = scene.gateway.process().output();
  const std::map<std::string, Bytes> secrets{
      {"password", data},
      {"token", Bytes(reinterpret_cast<const std::uint8_t*>(token.data()), token.size())},
      {"key", key}};
  for (const auto& [what, secret] : secrets) {
    for (const auto& [how, text] : spellings(secret))
      EXPECT_EQ(log.find(text), std::string::npos) << "the " << what << " as " << how;
  }
}

}  // namespace
}  // namespace gateway::test
