#include "base/fingerprint.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

TEST(Fingerprint, IsThatOfFnv1a) {
  EXPECT_EQ(fingerprint(""), "cbf29ce484222325");
  EXPECT_EQ(fingerprint("a"), "af63dc4c8601ec8c");
  EXPECT_EQ(fingerprint("foobar"), "85944171f73967e8");
}

}  // namespace
}  // namespace gateway
