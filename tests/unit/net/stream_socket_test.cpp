#include "net/stream_socket.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

boost::system::error_code system_error(int number) {
  return {number, boost::system::system_category()};
}

TEST(StreamSocket, ADescriptorIsLackingForTheProcessAndForTheSystem) {
  EXPECT_TRUE(lacks_descriptor(system_error(EMFILE)));
  EXPECT_TRUE(lacks_descriptor(system_error(ENFILE)));
}

TEST(StreamSocket, NoDescriptorGivenUpHelpsAgainstAnythingElse) {
  for (const int number : {ENOMEM, ENOBUFS, ECONNABORTED, EAGAIN, EPERM})
    EXPECT_FALSE(lacks_descriptor(system_error(number))) << number;
}

TEST(StreamSocket, WhatThisMachineLacksIsNotTheServersFault) {
  for (const int number : {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL})
    EXPECT_EQ(connect_error_of(system_error(number)), session::UpstreamError::no_capacity) << number;
  EXPECT_EQ(connect_error_of(system_error(ECONNREFUSED)), session::UpstreamError::refused);
}

}  // namespace
}  // namespace gateway::net
