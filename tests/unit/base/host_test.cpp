#include "base/host.h"

#include <gtest/gtest.h>

#include "net/address.h"

namespace gateway {
namespace {

Address at(const std::string& ip, std::uint16_t port) {
  return *net::parse_address(ip, port);
}

TEST(Host, ResolvesAddressesInText) {
  EXPECT_EQ(resolve_host("10.1.2.3", 7).addresses, std::vector{at("10.1.2.3", 7)});
  EXPECT_EQ(resolve_host("::1", 7).addresses, std::vector{at("::1", 7)});
  EXPECT_EQ(resolve_host("::ffff:10.1.2.3", 7).addresses, std::vector{at("10.1.2.3", 7)});
}

TEST(Host, SaysWhyThereIsNoAddress) {
  const Resolved resolved = resolve_host("no-such-host.invalid", 7);
  EXPECT_TRUE(resolved.addresses.empty());
  EXPECT_EQ(resolved.error.find("can't be resolved: "), 0U) << resolved.error;
}

TEST(Host, OfSeveralAddressesThoseOfIpv4ComeFirstInTheSystemsOrder) {
  std::vector<Address> addresses = {at("::1", 7), at("127.0.0.1", 7), at("fd00::1", 7), at("127.0.0.2", 7)};
  arrange_addresses(addresses);
  EXPECT_EQ(addresses, (std::vector{at("127.0.0.1", 7), at("127.0.0.2", 7), at("::1", 7), at("fd00::1", 7)}));
}

TEST(Host, AddressesThatMeanNothingWithoutAnInterfaceAreLeftOutWhereThereAreOthers) {
  std::vector<Address> addresses = {at("fe80::1", 7), at("fd00::1", 7)};
  arrange_addresses(addresses);
  EXPECT_EQ(addresses, std::vector{at("fd00::1", 7)});
  addresses = {at("fe80::1", 7)};
  arrange_addresses(addresses);
  EXPECT_EQ(addresses, std::vector{at("fe80::1", 7)});
}

TEST(Host, TellsNamesFromAddressesInText) {
  for (const char* text : {"10.1.2.3", "::1", "fd00::1"}) EXPECT_FALSE(is_host_name(text)) << text;
  for (const char* text : {"localhost", "game.test", "10.1.2.3.test"})
    EXPECT_TRUE(is_host_name(text)) << text;
}

TEST(Host, WhatIsSentToASocketsAddressAndPortArrivesThere) {
  EXPECT_TRUE(arrives_at(at("192.0.2.1", 5), at("192.0.2.1", 5)));
  EXPECT_FALSE(arrives_at(at("192.0.2.1", 5), at("192.0.2.1", 6)));
  EXPECT_FALSE(arrives_at(at("192.0.2.1", 5), at("192.0.2.2", 5)));
}

TEST(Host, ASocketOnAllAddressesTakesWhatIsSentToAnyOfThisMachineAndItsFamily) {
  EXPECT_TRUE(arrives_at(at("127.0.0.1", 5), at("0.0.0.0", 5)));
  EXPECT_TRUE(arrives_at(at("::1", 5), at("::", 5)));
  EXPECT_FALSE(arrives_at(at("127.0.0.1", 5), at("::", 5)));
  EXPECT_FALSE(arrives_at(at("192.0.2.1", 5), at("0.0.0.0", 5)));
}

}  // namespace
}  // namespace gateway
