#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"
#include "config/print.h"
#include "net/address.h"
#include "support/process.h"

namespace gateway::config {
namespace {

using testing::HasSubstr;

const std::string head = R"(version: 1
listeners: [{ name: a, listen: "udp://127.0.0.1:5055", upstream: b }]
upstreams: { b: { servers: ["udp://127.0.0.1:15055"] } }
)";

Config load(const std::string& more) {
  return load_text(head + more, "f.yaml");
}

bool admits(const Config& config, const std::string& ip) {
  return config.net.access.lists.admits(net::parse_address(ip, 40'000).value());
}

std::string mistake(const std::string& more) {
  try {
    load(more);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Access, AdmitsEverybodyByDefaultWithoutALook) {
  const Config config = load("");
  EXPECT_TRUE(config.net.access.lists.everybody);
  EXPECT_TRUE(load("access: { deny: [] }\n").net.access.lists.everybody);
  EXPECT_TRUE(load("access: { allow: [\"0.0.0.0/0\", \"::/0\"] }\n").net.access.lists.everybody);
}

TEST(Access, DeniesBlocksAndHostsOfBothFamilies) {
  const Config config =
      load("access: { deny: [\"203.0.113.0/24\", 192.0.2.7, \"2001:db8::/32\", \"::ffff:198.51.100.9\"] }\n");
  for (const char* ip : {"203.0.113.0", "203.0.113.255", "192.0.2.7", "2001:db8:ffff::1", "198.51.100.9"})
    EXPECT_FALSE(admits(config, ip)) << ip;
  for (const char* ip : {"203.0.114.0", "192.0.2.8", "2001:db9::1", "198.51.100.8"})
    EXPECT_TRUE(admits(config, ip)) << ip;
}

TEST(Access, AllowsNobodyElseWhereItIsRestricted) {
  const Config config = load("access: { allow: [\"10.0.0.0/8\", \"::/0\"], deny: [10.1.1.1] }\n");
  EXPECT_TRUE(admits(config, "10.1.1.2"));
  EXPECT_TRUE(admits(config, "2001:db8::1"));
  EXPECT_FALSE(admits(config, "10.1.1.1"));
  EXPECT_FALSE(admits(config, "192.0.2.1"));
}

TEST(Access, TakesAMappedBlockAsIpv4) {
  const Config config = load("access: { deny: [\"::ffff:10.0.0.0/104\"] }\n");
  EXPECT_FALSE(admits(config, "10.200.0.1"));
  EXPECT_TRUE(admits(config, "11.0.0.1"));
}

TEST(Access, ReadsFilesWithCommentsAndBlankLines) {
  const test::TemporaryFile file(".txt", "# scanners\n203.0.113.0/24\n\n  2001:db8::7   # one of them\r\n");
  const Config config = load("access: { deny: [\"file:" + file.path() + "\"] }\n");
  EXPECT_FALSE(admits(config, "203.0.113.9"));
  EXPECT_FALSE(admits(config, "2001:db8::7"));
  EXPECT_TRUE(admits(config, "2001:db8::8"));
}

TEST(Access, NamesTheFileAndTheLineOfAMistakeInIt) {
  const test::TemporaryFile file(".txt", "# scanners\n203.0.113.0/33\n");
  EXPECT_EQ(mistake("access: { deny: [\"file:" + file.path() + "\"] }\n"),
            file.path() + ":2: \"203.0.113.0/33\" needs a length from 0 to 32 behind its slash");
}

TEST(Access, NamesAFileThatCantBeRead) {
  const std::string told = mistake("access: { deny: [\"file:/nowhere/blocked.txt\"] }\n");
  EXPECT_THAT(told, HasSubstr("f.yaml:4:18: the file /nowhere/blocked.txt can't be read: No such file"));
}

TEST(Access, SaysWhatIsWrongWithABlock) {
  EXPECT_THAT(mistake("access: { deny: [\"10.0.0.0/\"] }\n"), HasSubstr("f.yaml:4:18: "));
  EXPECT_THAT(mistake("access: { deny: [\"2001:db8::/129\"] }\n"), HasSubstr("from 0 to 128"));
  EXPECT_THAT(mistake("access: { deny: [\"10.0.0.0/-1\"] }\n"), HasSubstr("from 0 to 32"));
  EXPECT_THAT(mistake("access: { deny: [example.com] }\n"), HasSubstr("\"example.com\" is no address"));
  EXPECT_THAT(mistake("access: { deny: [\"10.1.2.3/8\"] }\n"),
              HasSubstr("write \"10.0.0.0/8\" for the block, or \"10.1.2.3\" for one host"));
}

TEST(Access, RefusesListsThatAllowNobody) {
  EXPECT_THAT(mistake("access: { allow: [] }\n"), HasSubstr("f.yaml:4:18: \"allow\" names nobody"));
}

TEST(Access, NamesTheNearestKnownKey) {
  EXPECT_THAT(mistake("access: { denied: [] }\n"), HasSubstr("deny"));
}

TEST(Access, IsPrintedAsItWasWritten) {
  const test::TemporaryFile file(".txt", "203.0.113.0/24\n");
  const std::string line =
      "access: { allow: [\"10.0.0.0/8\"], deny: [\"10.1.1.1\", \"file:" + file.path() + "\"] }\n";
  const std::string printed = print(load(line));
  EXPECT_THAT(printed, HasSubstr(line));
  EXPECT_EQ(print(load_text(printed, "printed")), printed);
}

}  // namespace
}  // namespace gateway::config
