#include "config/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::config {
namespace {

Located here(std::string text) {
  return {.text = std::move(text), .where = "here"};
}

std::string failure(const std::string& url) {
  try {
    parse_url(here(url), "udp");
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(Url, TakesSchemeHostAndPortApart) {
  const Url url = parse_url(here("udp://game.example.com:5055"), "udp");
  EXPECT_EQ(url.scheme, "udp");
  EXPECT_EQ(url.host, "game.example.com");
  EXPECT_EQ(url.port, 5055);
}

TEST(Url, TakesIpv6OutOfItsBrackets) {
  const Url url = parse_url(here("udp://[fd00::1]:1"), "udp");
  EXPECT_EQ(url.host, "fd00::1");
  EXPECT_EQ(url.port, 1);
}

TEST(Url, RefusesPortsThatAreNone) {
  for (const char* url :
       {"udp://a:0", "udp://a:65536", "udp://a:", "udp://a:x", "udp://a:-1", "udp://a:5055/"}) {
    EXPECT_THAT(failure(url), testing::HasSubstr("is no port")) << url;
  }
}

TEST(Url, RefusesWhatIsNoHostAndPort) {
  for (const char* url : {"udp://", "udp://host", "udp://:5055", "udp://::1:5055", "udp://[::1]",
                          "udp://[x]:1", "udp://u@h:1", "udp://[fe80::1%eth0]:1", "udp://a\"b:1"}) {
    EXPECT_THAT(failure(url), testing::HasSubstr("must be udp://host:port")) << url;
  }
}

TEST(Url, SuggestsTheSchemeThatWasMeant) {
  EXPECT_THAT(failure("upd://a:1"), testing::HasSubstr("did you mean \"udp\"?"));
  EXPECT_THAT(failure("127.0.0.1:5055"), testing::HasSubstr("has no scheme; write a URL such as udp://"));
}

TEST(Url, ResolvesIpv4AsMappedIpv6) {
  const std::vector<Address> found = resolve(here(""), {.scheme = "udp", .host = "10.1.2.3", .port = 7});
  ASSERT_EQ(found.size(), 1u);
  const Address expected{.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 1, 2, 3}, .port = 7};
  EXPECT_EQ(found.front(), expected);
  EXPECT_EQ(ip_text(found.front()), "10.1.2.3");
}

TEST(Url, ResolvesMappedIpv6ToTheSameAsIpv4) {
  const auto mapped = resolve(here(""), {.scheme = "udp", .host = "::ffff:10.1.2.3", .port = 7});
  EXPECT_EQ(mapped, resolve(here(""), {.scheme = "udp", .host = "10.1.2.3", .port = 7}));
}

TEST(Url, NamesTheHostThatHasNoAddress) {
  try {
    resolve(here(""), {.scheme = "udp", .host = "no-such-host.invalid", .port = 7});
    FAIL() << "resolved";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("here: \"no-such-host.invalid\" can't be resolved: "));
  }
}

TEST(Url, ReadsAddressesWithoutPort) {
  EXPECT_EQ(ip_text(parse_ip(here("192.0.2.1"))), "192.0.2.1");
  EXPECT_EQ(ip_text(parse_ip(here("2001:db8::1"))), "2001:db8::1");
  EXPECT_THROW(parse_ip(here("192.0.2.1:80")), Error);
  EXPECT_THROW(parse_ip(here("192.0.2")), Error);
}

}  // namespace
}  // namespace gateway::config
