#include "session/confidentiality.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace gateway::session {
namespace {

using message::Envelope;
using message::Serialization;
using message::Type;

constexpr std::uint8_t authenticate = 230;
constexpr std::uint8_t raise_event = 253;
constexpr std::uint8_t set_properties = 252;

class ConfidentialityTest : public testing::Test {
 protected:
  Confidentiality& rule() {
    if (!rule_) rule_.emplace(options, raised);
    return *rule_;
  }

  void request(std::uint8_t code, bool encrypted) { send(Type::request, {code, 0, 0}, encrypted); }
  void send(Type type, std::vector<std::uint8_t> body, bool encrypted) {
    rule().requested({.type = type, .body = body}, encrypted, Serialization::v18);
  }
  bool seals(Type type, std::uint8_t code) {
    const std::array<std::uint8_t, 1> body{code};
    return rule().seals({.type = type, .body = body});
  }
  bool seals_response(std::uint8_t code) { return seals(Type::response, code); }
  bool seals_event(std::uint8_t code) { return seals(Type::event, code); }

  Options options;
  RaisedEvents raised;

 private:
  std::optional<Confidentiality> rule_;
};

TEST_F(ConfidentialityTest, ResponseToAnEncryptedRequestIsSealed) {
  request(authenticate, true);
  EXPECT_TRUE(seals_response(authenticate));
}

TEST_F(ConfidentialityTest, ResponseToAClearRequestStaysClear) {
  request(226, false);
  EXPECT_FALSE(seals_response(226));
}

TEST_F(ConfidentialityTest, CodeOnceEncryptedStaysSealedAfterAClearRequest) {
  request(authenticate, true);
  request(authenticate, false);
  EXPECT_TRUE(seals_response(authenticate));
  EXPECT_TRUE(seals_response(authenticate));
}

TEST_F(ConfidentialityTest, ResponseThatNobodyAskedForIsSealed) {
  EXPECT_TRUE(seals_response(99));
}

TEST_F(ConfidentialityTest, ResponseWithoutACodeIsSealed) {
  EXPECT_TRUE(rule().seals({.type = Type::response, .body = {}}));
}

TEST_F(ConfidentialityTest, InitAndInternalAndDisconnectMessagesAreNeverSealed) {
  options.responses = Responses::all;
  request(1, true);
  for (const Type type : {Type::init, Type::init_response, Type::disconnect, Type::internal_response}) {
    EXPECT_FALSE(seals(type, 1)) << static_cast<int>(type);
  }
}

TEST_F(ConfidentialityTest, InternalRequestDoesNotChangeWhatResponsesNeed) {
  request(7, false);
  send(Type::internal_request, {7, 0}, true);
  EXPECT_FALSE(seals_response(7));
}

TEST_F(ConfidentialityTest, MessagesAreSealedAfterTheClientSentAnEncryptedOne) {
  EXPECT_FALSE(seals(Type::message, 1));
  EXPECT_FALSE(seals(Type::raw, 1));
  send(Type::raw, {1}, true);
  EXPECT_TRUE(seals(Type::message, 1));
  EXPECT_TRUE(seals(Type::raw, 1));
}

TEST_F(ConfidentialityTest, EventStaysClearUntilItsCodeIsRaisedEncrypted) {
  EXPECT_FALSE(seals_event(200));
  send(Type::request, {raise_event, 1, 244, 3, 200}, true);
  EXPECT_TRUE(seals_event(200));
  EXPECT_FALSE(seals_event(201));
}

TEST_F(ConfidentialityTest, EventRaisedInTheClearStaysClear) {
  send(Type::request, {raise_event, 1, 244, 3, 200}, false);
  EXPECT_FALSE(seals_event(200));
}

TEST_F(ConfidentialityTest, EventRaisedEncryptedByOneClientIsSealedTowardAnother) {
  send(Type::request, {raise_event, 1, 244, 3, 200}, true);
  Confidentiality other(options, raised);
  const std::array<std::uint8_t, 1> body{200};
  EXPECT_TRUE(other.seals({.type = Type::event, .body = body}));
}

TEST_F(ConfidentialityTest, EncryptedSetPropertiesSealsThePropertiesEvent) {
  request(set_properties, true);
  EXPECT_TRUE(seals_event(253));
  EXPECT_FALSE(seals_event(252));
}

TEST_F(ConfidentialityTest, RaiseEventWhoseCodeCannotBeReadSealsEveryEvent) {
  send(Type::request, {raise_event, 1, 244, 7, 1, 'x'}, true);  // a string
  for (int code = 0; code < 256; ++code) EXPECT_TRUE(seals_event(static_cast<std::uint8_t>(code)));
}

TEST_F(ConfidentialityTest, ListedEventsIgnoreHowTheyWereRaised) {
  options.events = Events::listed;
  options.listed_events.set(10);
  send(Type::request, {raise_event, 1, 244, 3, 200}, true);
  EXPECT_TRUE(seals_event(10));
  EXPECT_FALSE(seals_event(200));
}

TEST_F(ConfidentialityTest, EventsOfRulesAreSealedInEveryMode) {
  options.rules.events = {{.events = policy::Codes().set(10)}};
  for (const Events mode : {Events::as_raised, Events::listed}) {
    options.events = mode;
    EXPECT_TRUE(seals_event(10));
    EXPECT_FALSE(seals_event(11));
  }
}

TEST_F(ConfidentialityTest, AllSealsWhateverMayBeSealed) {
  options.responses = Responses::all;
  request(1, false);
  for (const Type type : {Type::response, Type::event, Type::message, Type::raw}) {
    EXPECT_TRUE(seals(type, 1)) << static_cast<int>(type);
  }
}

TEST_F(ConfidentialityTest, MatchSealsAsManyAnswersAsWereAskedForEncrypted) {
  options.responses = Responses::match;
  request(1, true);
  EXPECT_TRUE(seals_response(1));
  request(1, false);
  EXPECT_FALSE(seals_response(1));
}

TEST_F(ConfidentialityTest, MatchSealsWhatNobodyAskedFor) {
  options.responses = Responses::match;
  request(1, false);
  EXPECT_FALSE(seals_response(1));
  EXPECT_TRUE(seals_response(1));
}

TEST_F(ConfidentialityTest, MatchSealsForGoodOnceACountOverflowed) {
  options.responses = Responses::match;
  for (int i = 0; i < 256; ++i) request(1, false);
  for (int i = 0; i < 300; ++i) EXPECT_TRUE(seals_response(1));
}

TEST_F(ConfidentialityTest, ADifferentPolicyHoldsFromTheNextMessageOn) {
  request(226, false);
  EXPECT_FALSE(seals_response(226));
  EXPECT_FALSE(seals_event(7));
  options.responses = Responses::all;
  EXPECT_TRUE(seals_response(226));
  options.responses = Responses::sticky;
  options.listed_events.set(7);
  EXPECT_FALSE(seals_response(226));
  EXPECT_TRUE(seals_event(7));
}

TEST_F(ConfidentialityTest, MatchKnowsNothingOfWhatWasAskedEncryptedBeforeItSoItSealsIt) {
  request(authenticate, true);
  options.responses = Responses::match;
  request(authenticate, false);
  EXPECT_TRUE(seals_response(authenticate)) << "it may be the answer to the first";
  EXPECT_TRUE(seals_response(authenticate));
}

TEST_F(ConfidentialityTest, CountsOfMatchAreForgottenWithIt) {
  options.responses = Responses::match;
  request(authenticate, false);
  options.responses = Responses::sticky;
  EXPECT_FALSE(seals_response(authenticate)) << "the answer, which nothing counted";
  options.responses = Responses::match;
  request(authenticate, true);
  EXPECT_TRUE(seals_response(authenticate));
}

TEST_F(ConfidentialityTest, StickyRemembersWhatWasAskedForUnderMatch) {
  options.responses = Responses::match;
  request(authenticate, true);
  EXPECT_TRUE(seals_response(authenticate));
  options.responses = Responses::sticky;
  request(authenticate, false);
  EXPECT_TRUE(seals_response(authenticate));
}

}  // namespace
}  // namespace gateway::session
