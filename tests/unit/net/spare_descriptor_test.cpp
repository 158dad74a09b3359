#include "net/spare_descriptor.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

bool is_socket(int descriptor) {
  struct stat about {};
  return ::fstat(descriptor, &about) == 0 && S_ISSOCK(about.st_mode);
}

TEST(SpareDescriptor, KeepsThePlaceOfOneThatIsClosed) {
  SpareDescriptor spare;
  spare.give_up();
  const int closed = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_TRUE(is_socket(closed));
  spare.keep_instead_of(closed, STDERR_FILENO);
  EXPECT_TRUE(spare.kept());
  EXPECT_FALSE(is_socket(closed));
  EXPECT_EQ(::fcntl(closed, F_GETFD), FD_CLOEXEC) << "open, and nobody else's";
  spare.give_up();
  EXPECT_EQ(::fcntl(closed, F_GETFD), -1);
}

TEST(SpareDescriptor, ThatIsThereLetsTheOtherClose) {
  SpareDescriptor spare;
  const int closed = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  spare.keep_instead_of(closed, STDERR_FILENO);
  EXPECT_TRUE(spare.kept());
  EXPECT_EQ(::fcntl(closed, F_GETFD), -1);
}

}  // namespace
}  // namespace gateway::net
