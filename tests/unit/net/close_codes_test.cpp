#include "net/close_codes.h"

#include <cstdint>
#include <initializer_list>

#include <gtest/gtest.h>

#include "transport/disconnect_code.h"

namespace gateway::net {
namespace {

using boost::beast::websocket::close_code;
using transport::Cause;

/// What the other side is told when a peer closes with `code`.
close_code passed(std::uint16_t code) {
  const transport::CloseReason reason = from_close_code(code);
  EXPECT_EQ(reason.cause, Cause::peer);
  return to_close_code(reason);
}

/// What a side is told that we close for a reason of our own.
close_code told(std::uint16_t code) {
  return to_close_code({Cause::local, code});
}

TEST(CloseCodes, OfAPeerPass) {
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{1000, 1001, 1011, 3000, 4999}) {
    EXPECT_EQ(passed(code), code);
  }
}

TEST(CloseCodes, OfAPeerThatGivesNonePassAsNone) {
  EXPECT_EQ(passed(close_code::none), close_code::none);
}

TEST(CloseCodes, OfOurOwnAreTheNearest) {
  EXPECT_EQ(told(transport::code_server_logic), close_code::policy_error);
  EXPECT_EQ(told(transport::code_timeout), close_code::internal_error);
  EXPECT_EQ(told(transport::code_full), close_code::try_again_later);
  EXPECT_EQ(told(transport::code_normal), close_code::normal);
}

}  // namespace
}  // namespace gateway::net
