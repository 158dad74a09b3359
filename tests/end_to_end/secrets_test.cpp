// What is left of a session's key in the program's memory.

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "end_to_end/gateway_process.h"

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

TEST(Secrets, AreGoneFromMemoryWhenTheSessionIsOver) {
  Scene scene;
  const auto client = scene.encrypted();
  const std::vector<std::uint8_t> key = client->client().crypto()->key();
  const pid_t gateway = scene.gateway.process().id();
  const std::vector<std::uint8_t> data(100, 7);
  ASSERT_NE(ask(*client, Operation::echo, 0, data, true), nullptr);
  const int alive = copies_in_memory(gateway, key);
  if (alive < 0) GTEST_SKIP() << "the memory of the program can't be read here";
  EXPECT_GE(alive, 1) << "the search should find a key in use";
  client->client().disconnect(client->now());
  client->run_for(100ms);
  ASSERT_TRUE(scene.gateway.process().wait_for_output("session ended", 5s));
  EXPECT_EQ(copies_in_memory(gateway, key), 0);
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

TEST(Secrets, AreInNoLogAtAnyLevel) {
  const std::string secret = "the-players-own-password";
  const std::vector<std::uint8_t> data(secret.begin(), secret.end());
  Scene scene({}, R"(log: { level: trace }
encryption:
  rules:
    - { operations: [1], require: encrypted, otherwise: log }
    - { operations: [2], require: encrypted, otherwise: disconnect }
)");
  const auto client = scene.encrypted();
  ASSERT_NE(ask(*client, Operation::echo, 0, data, true), nullptr);
  ASSERT_NE(ask(*client, Operation::echo, 0, data, false), nullptr);
  send(*client, Operation::echo_late, 0, data, false);
  EXPECT_TRUE(
      client->run_until([&] { return client->client().count(ClientEvent::Kind::disconnected) > 0; }, 5s));
  ASSERT_TRUE(scene.gateway.process().wait_for_output("session ended", 5s));
  EXPECT_EQ(scene.gateway.process().output().find(secret), std::string::npos);
}

}  // namespace
}  // namespace gateway::test
