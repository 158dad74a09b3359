#include "net/address.h"

#include <netinet/in.h>

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

TEST(Address, GoesThroughASocketAddressAndBack) {
  for (const char* ip : {"10.1.2.3", "0.0.0.0", "::", "::1", "2001:db8::ff00:42:8329"}) {
    const Address address = *parse_address(ip, 5055);
    const SocketAddress socket = to_socket_address(address);
    EXPECT_EQ(socket.get()->sa_family, family(address)) << ip;
    EXPECT_EQ(from_socket_address(socket.storage), address) << ip;
  }
}

TEST(Address, IsInNetworkOrderForTheKernel) {
  const SocketAddress socket = to_socket_address(*parse_address("10.1.2.3", 0x1234));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&socket.storage);
  EXPECT_EQ(socket.size, sizeof(sockaddr_in));
  EXPECT_EQ(bytes[2], 0x12);
  EXPECT_EQ(bytes[3], 0x34);
  EXPECT_EQ(bytes[4], 10);
  EXPECT_EQ(bytes[7], 3);
}

TEST(Address, HasATextForPeople) {
  EXPECT_EQ(to_text(*parse_address("10.1.2.3", 5055)), "10.1.2.3:5055");
  EXPECT_EQ(to_text(*parse_address("::1", 5055)), "[::1]:5055");
}

TEST(Address, RefusesTextThatIsNoAddress) {
  EXPECT_FALSE(parse_address("example.com", 1));
  EXPECT_FALSE(parse_address("10.0.0.256", 1));
  EXPECT_FALSE(parse_address("", 1));
}

TEST(Address, CountsIpv4BySingleAddressAndIpv6ByTheNetwork) {
  EXPECT_EQ(limit_key(*parse_address("10.1.2.3", 1)), limit_key(*parse_address("10.1.2.3", 2)));
  EXPECT_NE(limit_key(*parse_address("10.1.2.3", 1)), limit_key(*parse_address("10.1.2.4", 1)));
  EXPECT_EQ(limit_key(*parse_address("2001:db8:1:2::3", 1)),
            limit_key(*parse_address("2001:db8:1:2:ffff::9", 2)));
  EXPECT_NE(limit_key(*parse_address("2001:db8:1:2::3", 1)), limit_key(*parse_address("2001:db8:1:3::3", 1)));
}

}  // namespace
}  // namespace gateway::net
