#include "session/keys.h"

#include <gtest/gtest.h>

namespace gateway::session {
namespace {

const crypto::Key key(crypto::key_bytes, 0x42);
constexpr TimePoint start{seconds(100)};

TEST(Keys, OpenAtOnceButDoNotSealBeforeTheyAreConfirmed) {
  Keys keys;
  EXPECT_FALSE(keys.present());
  keys.offer(key, 0, 2);
  EXPECT_TRUE(keys.present());
  EXPECT_FALSE(keys.confirmed());
  EXPECT_TRUE(keys.awaits_acknowledgement());
  EXPECT_EQ(keys.deadline(), never);
}

TEST(Keys, AreConfirmedSomeTimeAfterTheAcknowledgement) {
  Keys keys;
  keys.offer(key, 0, 2);
  keys.acknowledged(start, milliseconds(250));
  EXPECT_FALSE(keys.awaits_acknowledgement());
  EXPECT_EQ(keys.deadline(), start + milliseconds(250));
  keys.advance(start + milliseconds(249));
  EXPECT_FALSE(keys.confirmed());
  keys.advance(start + milliseconds(250));
  EXPECT_TRUE(keys.confirmed());
  EXPECT_EQ(keys.deadline(), never);
}

TEST(Keys, AreConfirmedByAMessageThatOpens) {
  Keys keys;
  keys.offer(key, 0, 2);
  keys.confirm();
  EXPECT_TRUE(keys.confirmed());
  EXPECT_FALSE(keys.awaits_acknowledgement());
}

TEST(Keys, ASecondKeySealsAtOnce) {
  Keys keys;
  keys.offer(key, 0, 2);
  keys.confirm();
  keys.offer(key, 0, 5);
  EXPECT_TRUE(keys.confirmed());
  EXPECT_FALSE(keys.awaits_acknowledgement());
}

TEST(Keys, ASecondKeyBeforeTheFirstIsConfirmedIsWaitedForAnew) {
  Keys keys;
  keys.offer(key, 0, 2);
  keys.acknowledged(start, milliseconds(250));
  keys.offer(key, 0, 5);
  keys.advance(start + seconds(1));
  EXPECT_FALSE(keys.confirmed());
  EXPECT_TRUE(keys.awaits_acknowledgement());
  EXPECT_EQ(keys.response_number(), 5U);
}

}  // namespace
}  // namespace gateway::session
