#include "net/datagram_io.h"

#include <string>
#include <sys/socket.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/address.h"
#include "net/descriptor.h"
#include "support/loopback.h"

namespace gateway::net {
namespace {

using testing::ElementsAre;

struct Socket {
  Descriptor descriptor;
  Address address;

  Socket() {
    const auto [socket, port] = test::bound_socket(SOCK_DGRAM | SOCK_NONBLOCK, 0);
    descriptor = Descriptor(socket);
    address = test::from_system(test::loopback(port));
    address.port = port;
  }
  int get() const { return descriptor.get(); }
  void connect_to(const Socket& other) const {
    const SocketAddress to = to_socket_address(other.address);
    ASSERT_EQ(::connect(get(), reinterpret_cast<const sockaddr*>(&to.storage), to.size), 0);
  }
};

class DatagramIo : public testing::Test {
 protected:
  void add(const std::string& text) {
    std::copy(text.begin(), text.end(), out.room().begin());
    out.add(text.size());
  }
  void add(const std::string& text, const Address& to, const LocalAddress& local = {}) {
    std::copy(text.begin(), text.end(), out.room().begin());
    out.add(text.size(), to, local);
  }
  std::vector<std::string> received(const Socket& socket) {
    EXPECT_EQ(in.receive(socket.get(), false), 0);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto datagram = in[i];
      texts.push_back(datagram ? std::string(datagram->bytes.begin(), datagram->bytes.end()) : "too long");
    }
    return texts;
  }

  ShardStats stats;
  ReceiveBatch in{stats};
  SendBatch out{stats};
  Socket here, there, elsewhere;
};

TEST_F(DatagramIo, ARunOfOneLengthLeavesInOneCallAndArrivesApart) {
  here.connect_to(there);
  out.begin(here.get());
  for (const char* const text : {"one", "two", "six", "go"}) add(text);
  EXPECT_EQ(out.flush(), 0);
  EXPECT_EQ(stats.send_calls.value(), 1U);
  EXPECT_EQ(stats.send_datagrams.value(), 4U);
  EXPECT_THAT(received(there), ElementsAre("one", "two", "six", "go"));
}

TEST_F(DatagramIo, LengthsThatGrowOrEndARunArriveAsTheyWereAdded) {
  here.connect_to(there);
  out.begin(here.get());
  const std::vector<std::string> texts{"a", "bb", "cc", "d", "e", "ffff", "g", "hhh"};
  for (const auto& text : texts) add(text);
  EXPECT_EQ(out.flush(), 0);
  EXPECT_EQ(received(there), texts);
  EXPECT_EQ(stats.send_datagrams.value(), texts.size());
}

TEST_F(DatagramIo, DatagramsOfOneLengthToDifferentPeersReachEachItsOwn) {
  out.begin(here.get());
  add("one", there.address);
  add("two", there.address);
  add("six", elsewhere.address);
  add("ten", there.address);
  EXPECT_EQ(out.flush(), 0);
  EXPECT_THAT(received(there), ElementsAre("one", "two", "ten"));
  EXPECT_THAT(received(elsewhere), ElementsAre("six"));
}

TEST_F(DatagramIo, MoreThanABatchOfLongDatagramsArrivesWhole) {
  const int room = 1 << 20;
  ::setsockopt(there.get(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  here.connect_to(there);
  out.begin(here.get());
  std::vector<std::string> sent, arrived;
  for (int i = 0; i < 100; ++i) {
    sent.emplace_back(1200, static_cast<char>('A' + i % 26));
    add(sent.back());
  }
  EXPECT_EQ(out.flush(), 0);
  for (auto texts = received(there); !texts.empty(); texts = received(there)) {
    arrived.insert(arrived.end(), texts.begin(), texts.end());
  }
  EXPECT_EQ(arrived, sent);
}

// Without checksums the kernel refuses to cut, as it does for other reasons elsewhere.
TEST_F(DatagramIo, WhereTheKernelDoesNotCutDatagramsLeaveOneByOne) {
  const int on = 1;
  ASSERT_EQ(::setsockopt(here.get(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
  here.connect_to(there);
  out.begin(here.get());
  for (const char* const text : {"one", "two", "six"}) add(text);
  EXPECT_EQ(out.flush(), 0);
  EXPECT_THAT(received(there), ElementsAre("one", "two", "six"));
  EXPECT_EQ(stats.send_errors.value(), 0U);
  EXPECT_EQ(stats.send_calls.value(), 2U) << "the run was refused, then its datagrams were sent";
}

// A listener on a wildcard address says from which of its addresses a run leaves.
TEST_F(DatagramIo, ARunLeavesFromTheLocalAddressItIsAddedWith) {
  LocalAddress local = there.address.ip;
  local.back() = 7;  // 127.0.0.7
  const Descriptor wildcard(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  out.begin(wildcard.get());
  for (const char* const text : {"one", "two", "six"}) add(text, there.address, local);
  EXPECT_EQ(out.flush(), 0);
  EXPECT_EQ(stats.send_calls.value(), 1U);
  EXPECT_THAT(received(there), ElementsAre("one", "two", "six"));
  ASSERT_EQ(in.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(in[i]->from.ip, local);
}

TEST_F(DatagramIo, ARunLeavesFromTheLocalAddressOverIpv6Too) {
  const Descriptor wildcard(::socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  const Descriptor target(::socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  sockaddr_storage bound =
      to_socket_address(Address{.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}).storage;
  socklen_t size = sizeof(sockaddr_in6);
  auto* const generic = reinterpret_cast<sockaddr*>(&bound);
  if (::bind(target.get(), generic, size) != 0) GTEST_SKIP() << "no IPv6 here";
  ASSERT_EQ(::getsockname(target.get(), generic, &size), 0);
  const Address to = from_socket_address(bound);
  out.begin(wildcard.get());
  for (const char* const text : {"one", "two", "six"}) add(text, to, to.ip);
  EXPECT_EQ(out.flush(), 0);
  EXPECT_EQ(stats.send_calls.value(), 1U);
  EXPECT_EQ(in.receive(target.get(), false), 0);
  ASSERT_EQ(in.size(), 3U);
  EXPECT_EQ(in[2]->from.ip, to.ip);
}

TEST_F(DatagramIo, WhatNobodyListensToIsToldOnceAndCounted) {
  here.connect_to(there);
  there.descriptor.close();
  out.begin(here.get());
  add("one");
  EXPECT_EQ(out.flush(), 0);  // the report comes back
  out.begin(here.get());
  for (const char* const text : {"two", "six"}) add(text);
  EXPECT_EQ(out.flush(), ECONNREFUSED);
  EXPECT_EQ(stats.send_errors.value(), 1U);
}

TEST_F(DatagramIo, ReceivingOneLeavesTheNext) {
  here.connect_to(there);
  there.connect_to(here);
  out.begin(here.get());
  add("one");
  add("two");
  out.flush();
  for (const std::string expected : {"one", "two"}) {
    EXPECT_EQ(in.receive_one(there.get()), 0);
    ASSERT_EQ(in.size(), 1U);
    EXPECT_EQ(std::string(in[0]->bytes.begin(), in[0]->bytes.end()), expected);
    EXPECT_EQ(in[0]->from, Address{});
  }
  EXPECT_EQ(in.receive_one(there.get()), 0);
  EXPECT_EQ(in.size(), 0U);
}

TEST_F(DatagramIo, ReceivingOneTellsOfAnEmptyAndOfATooLongDatagram) {
  here.connect_to(there);
  ASSERT_EQ(::send(here.get(), "", 0, 0), 0);
  const std::string longest(datagram_max, 'x');
  ASSERT_EQ(::send(here.get(), longest.data(), longest.size(), 0), static_cast<ssize_t>(longest.size()));
  const std::string too_long(datagram_max + 1, 'x');
  ASSERT_EQ(::send(here.get(), too_long.data(), too_long.size(), 0), static_cast<ssize_t>(too_long.size()));
  in.receive_one(there.get());
  EXPECT_TRUE(in[0]->bytes.empty());
  in.receive_one(there.get());
  EXPECT_EQ(in[0]->bytes.size(), datagram_max);
  in.receive_one(there.get());
  EXPECT_FALSE(in[0]);
  EXPECT_EQ(stats.receive_truncated.value(), 1U);
}

TEST_F(DatagramIo, ReceivingOneGivesTheErrorOfItsSocket) {
  here.connect_to(there);
  there.descriptor.close();
  ASSERT_EQ(::send(here.get(), "x", 1, 0), 1);
  EXPECT_EQ(in.receive_one(here.get()), ECONNREFUSED);
  EXPECT_EQ(in.size(), 0U);
}

TEST_F(DatagramIo, HowManyDatagramsTheKernelDroppedIsToldWithWhatComesNext) {
  const int small = 4096;
  const int on = 1;
  ASSERT_EQ(::setsockopt(there.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
  ASSERT_EQ(::setsockopt(there.get(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on), 0);
  here.connect_to(there);
  const std::string text(100, 'x');
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(::send(here.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  std::size_t arrived = 0;
  while (in.receive(there.get(), false) == 0 && in.size() > 0) arrived += in.size();
  ASSERT_GT(arrived, 0U);
  ASSERT_LT(arrived, 1000U) << "the buffer took them all";
  // A datagram carries the count of when it was queued.
  ASSERT_EQ(::send(here.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  ASSERT_EQ(in.receive(there.get(), false), 0);
  ASSERT_EQ(in.size(), 1U);
  EXPECT_EQ(in.kernel_drops(), 1000 - arrived);
}

TEST_F(DatagramIo, WhereNothingWasDroppedOrNobodyAskedTheKernelTellsNothing) {
  here.connect_to(there);
  ASSERT_EQ(::send(here.get(), "x", 1, 0), 1);
  ASSERT_EQ(in.receive(there.get(), false), 0);
  ASSERT_EQ(in.size(), 1U);
  EXPECT_EQ(in.kernel_drops(), std::nullopt);
}

}  // namespace
}  // namespace gateway::net
