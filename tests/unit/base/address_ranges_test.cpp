#include "base/address_ranges.h"

#include <gtest/gtest.h>

#include "net/address.h"

namespace gateway {
namespace {

Address address(const std::string& ip) {
  return net::parse_address(ip, 5055).value();
}

AddressRanges prefix(const std::string& ip, std::size_t bits) {
  return AddressRanges(ranges_of_prefix(address(ip).ip, bits));
}

TEST(AddressRanges, HoldAPrefixFromItsFirstToItsLastAddress) {
  const AddressRanges block = prefix("10.1.2.0", 96 + 23);
  EXPECT_TRUE(block.contains(address("10.1.2.0")));
  EXPECT_TRUE(block.contains(address("10.1.3.255")));
  EXPECT_FALSE(block.contains(address("10.1.1.255")));
  EXPECT_FALSE(block.contains(address("10.1.4.0")));
}

TEST(AddressRanges, HoldOneHost) {
  const AddressRanges host = prefix("2001:db8::7", 128);
  EXPECT_TRUE(host.contains(address("2001:db8::7")));
  EXPECT_FALSE(host.contains(address("2001:db8::6")));
  EXPECT_FALSE(host.contains(address("2001:db8::8")));
}

TEST(AddressRanges, OfAllIpv6HoldNoIpv4) {
  const AddressRanges all = prefix("::", 0);
  for (const char* ip : {"::", "::1", "::fffe:ffff:ffff", "::1:0:0:0", "2001:db8::1", "ffff::"})
    EXPECT_TRUE(all.contains(address(ip))) << ip;
  for (const char* ip : {"0.0.0.0", "127.0.0.1", "255.255.255.255"})
    EXPECT_FALSE(all.contains(address(ip))) << ip;
}

TEST(AddressRanges, OfAllIpv4HoldMappedAddressesAndNoOther) {
  const AddressRanges all = prefix("0.0.0.0", 96);
  EXPECT_TRUE(all.contains(address("::ffff:192.0.2.1")));
  EXPECT_TRUE(all.contains(address("255.255.255.255")));
  EXPECT_FALSE(all.contains(address("::fffe:ffff:ffff")));
  EXPECT_FALSE(all.contains(address("::1")));
}

TEST(AddressRanges, AreFoundInAnyOrderAndInsideOneAnother) {
  std::vector<AddressRange> ranges;
  const auto add = [&](const std::string& ip, std::size_t bits) {
    for (const AddressRange& range : ranges_of_prefix(address(ip).ip, 96 + bits)) ranges.push_back(range);
  };
  add("192.0.2.0", 24);
  add("10.9.0.0", 16);
  add("10.0.0.0", 8);
  add("10.9.8.7", 32);
  const AddressRanges set(ranges);
  for (const char* ip : {"10.0.0.0", "10.9.8.7", "10.255.255.255", "192.0.2.200"})
    EXPECT_TRUE(set.contains(address(ip))) << ip;
  for (const char* ip : {"9.255.255.255", "11.0.0.0", "192.0.1.255", "192.0.3.0"})
    EXPECT_FALSE(set.contains(address(ip))) << ip;
}

TEST(AddressRanges, AreEmptyAtFirst) {
  EXPECT_FALSE(AddressRanges().contains(address("10.0.0.1")));
}

TEST(Access, LetsDeniedWinOverAllowed) {
  const Access access{
      .allowed = prefix("10.0.0.0", 96 + 8), .denied = prefix("10.1.0.0", 96 + 16), .everybody = false};
  EXPECT_TRUE(access.admits(address("10.2.0.1")));
  EXPECT_FALSE(access.admits(address("10.1.0.1")));
  EXPECT_FALSE(access.admits(address("192.0.2.1")));
}

}  // namespace
}  // namespace gateway
