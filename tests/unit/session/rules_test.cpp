// What the operator's rules do in a session, on TCP and WebSocket; on UDP in session_test.cpp.

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "unit/session/stream_peers.h"

namespace gateway::session {
namespace {

using policy::Finding;
using policy::Kind;
using policy::Outcome;
using policy::Refusal;
using policy::Unsealable;

constexpr std::uint8_t authenticate = 230;
constexpr std::uint8_t token = 221;
constexpr std::uint8_t marked_event = 200;

policy::Codes only(std::uint8_t code) {
  policy::Codes codes;
  codes.set(code);
  return codes;
}

Text text(std::string_view content) {
  return {content.begin(), content.end()};
}

class RuledSession : public StreamSessionTest {
 protected:
  void rule_operation(Refusal otherwise, std::optional<std::uint8_t> without = std::nullopt) {
    options.rules.operations.push_back(
        {.operations = only(authenticate), .without_parameter = without, .otherwise = otherwise});
  }
  void rule_event(Unsealable otherwise) {
    options.rules.events.push_back({.events = only(marked_event), .otherwise = otherwise});
  }
  std::uint64_t operations(Outcome outcome) const {
    return stats.policy.value({Kind::operation, authenticate, outcome});
  }
  std::uint64_t events(Outcome outcome) const {
    return stats.policy.value({Kind::event, marked_event, outcome});
  }

  const Text clear{0xF3, 0x02, authenticate, 0, 0};
  const Text clear_with_token{0xF3, 0x02, authenticate, 0, 1, token, 's', 0, 1, 't'};
  const Text event{0xF3, 0x04, marked_event, 0, 0};
  const Text other_event{0xF3, 0x04, 10, 0, 0};
};

TEST_F(RuledSession, ARuleThatComesLaterHoldsFromTheNextMessageOn) {
  initialize();
  received(*server);
  from_client(clear);
  EXPECT_EQ(received(*server).size(), 1U);
  rule_operation(Refusal::reject);
  from_client(clear);
  EXPECT_TRUE(received(*server).empty());
  EXPECT_EQ(operations(Outcome::reject), 1U);
  options.rules = {};
  from_client(clear);
  EXPECT_EQ(received(*server).size(), 1U);
}

TEST_F(RuledSession, ARejectedOperationIsAnsweredAndDoesNotReachTheServer) {
  rule_operation(Refusal::reject);
  initialize();
  received(*server);
  received(*client);
  from_client(clear);
  from_client(request);
  EXPECT_EQ(received(*server), std::vector<Text>{request});
  const std::vector<Text> answers = received(*client);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(Text(answers[0].begin(), answers[0].begin() + 2), (Text{0xF3, 0x03}));
  const auto head = test::read_response(test::Protocol::v16, Bytes(answers[0]).subspan(2));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->code, authenticate);
  EXPECT_EQ(head->return_code, 32767);
  EXPECT_EQ(head->debug, "encryption required");
  EXPECT_EQ(operations(Outcome::reject), 1U);
  EXPECT_EQ(session->record().end, End::none);
}

TEST_F(RuledSession, ARejectionSpeaksTheSerializationOfTheConnection) {
  rule_operation(Refusal::reject);
  begin({Framing::websocket, false, message::Serialization::v18});
  open_server();
  from_client({0xF3, 0x02, authenticate, 0});
  const std::vector<Text> answers = received(*client);
  ASSERT_EQ(answers.size(), 1U);
  const auto head = test::read_response(test::Protocol::v18, Bytes(answers[0]).subspan(2));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->return_code, 32767);
  EXPECT_EQ(head->debug, "encryption required");
  EXPECT_TRUE(received(*server).empty());
}

TEST_F(RuledSession, ARejectionTravelsAsItsRequestDid) {
  rule_operation(Refusal::reject);
  initialize();
  received(*client);
  for (const Delivery delivery : {Delivery::unreliable, Delivery::reliable, Delivery::unsequenced}) {
    from_client(clear, 1, delivery);
    const auto answer = client->next_payload();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->channel, 1);
    EXPECT_EQ(answer->delivery, delivery);
  }
}

TEST_F(RuledSession, WhatArrivesSealedPasses) {
  rule_operation(Refusal::reject);
  initialize();
  const auto crypto = exchange_keys();
  received(*server);
  from_client(sealed(crypto, clear));
  EXPECT_EQ(received(*server), std::vector<Text>{clear});
  EXPECT_EQ(operations(Outcome::confidential), 1U);
  EXPECT_EQ(operations(Outcome::reject), 0U);
}

TEST_F(RuledSession, WithAKeyAClearOperationIsRejectedAllTheSame) {
  rule_operation(Refusal::reject);
  initialize();
  exchange_keys();
  received(*server);
  from_client(clear);
  EXPECT_TRUE(received(*server).empty());
  const std::vector<Text> answers = received(*client);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0][1], 0x03);  // as clear as it was asked
}

TEST_F(RuledSession, WhatArrivesOverTlsPassesMarkedOrNot) {
  rule_operation(Refusal::disconnect);
  begin_websocket(true);
  from_client(clear);
  from_client({0xF3, 0x82, authenticate, 0, 0});
  EXPECT_EQ(received(*server), (std::vector<Text>{clear, clear}));
  EXPECT_EQ(operations(Outcome::confidential), 2U);
}

TEST_F(RuledSession, OnlyRequestsWithoutTheParameterAreSubject) {
  rule_operation(Refusal::reject, token);
  initialize();
  received(*server);
  from_client(clear_with_token);
  from_client(clear);
  EXPECT_EQ(received(*server), std::vector<Text>{clear_with_token});
  EXPECT_EQ(operations(Outcome::reject), 1U);
}

TEST_F(RuledSession, DisconnectEndsItAndNothingReachesTheServer) {
  rule_operation(Refusal::disconnect);
  initialize();
  received(*server);
  received(*client);
  from_client(clear);
  EXPECT_EQ(session->record().end, End::policy);
  EXPECT_EQ(session->close_reason(Side::downstream).code, 1);
  EXPECT_TRUE(received(*server).empty());
  EXPECT_TRUE(received(*client).empty());
  EXPECT_EQ(operations(Outcome::disconnect), 1U);
  EXPECT_EQ(stats.ended[static_cast<std::size_t>(End::policy)].value(), 1U);
}

TEST_F(RuledSession, LogLetsItPassAndCounts) {
  rule_operation(Refusal::log);
  initialize();
  received(*server);
  from_client(clear);
  EXPECT_EQ(received(*server), std::vector<Text>{clear});
  EXPECT_EQ(operations(Outcome::log), 1U);
}

TEST_F(RuledSession, BeforeInitResponseARejectionEndsIt) {
  rule_operation(Refusal::reject);
  begin_tcp();
  from_client(init_16());
  open_server();
  from_client(clear);
  EXPECT_EQ(session->record().end, End::policy);
  EXPECT_TRUE(received(*client).empty());
  EXPECT_EQ(received(*server), std::vector<Text>{init_16()});
}

// The server never saw it, so what looks like its answer was asked for by nobody, and is sealed.
TEST_F(RuledSession, ARejectedOperationDoesNotCountAsAskedForInTheClear) {
  rule_operation(Refusal::reject);
  initialize();
  const auto crypto = exchange_keys();
  from_client(clear);
  received(*client);
  const Text answer{0xF3, 0x03, authenticate, 0, 0, 0x2A, 0, 0};
  from_server(answer);
  EXPECT_EQ(received(*client), std::vector<Text>{sealed(crypto, answer)});
}

TEST_F(RuledSession, WhatIsNoMessageEndsItWhereOperationsHaveRules) {
  rule_operation(Refusal::log);
  begin_websocket();
  from_client({0xF4, 0x02, authenticate, 0, 0});
  EXPECT_EQ(session->record().end, End::policy);
  EXPECT_TRUE(received(*server).empty());
}

TEST_F(RuledSession, TextOnABinaryWebSocketEndsItWhereOperationsHaveRules) {
  rule_operation(Refusal::reject);
  begin_websocket();
  session->receive_text(Side::downstream, now, text("~m~14~m~~j~{\"req\":230}"));
  EXPECT_EQ(session->record().end, End::policy);
}

TEST_F(RuledSession, PingsAndATokensInitPassAllTheSame) {
  rule_operation(Refusal::reject);
  begin_websocket();
  Text init{0xFB, 0, 0, 0, 0, 0, 1};
  const Text posted = init_with_token();
  init.insert(init.end(), posted.begin(), posted.end());
  from_client(init);
  const Text opaque{0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  from_client(opaque);  // it arrived encrypted, under a key that came with the token
  EXPECT_EQ(received(*server), (std::vector<Text>{init, opaque}));
}

TEST_F(RuledSession, AnInitOfAnotherSerializationEndsIt) {
  rule_operation(Refusal::reject);
  begin({Framing::websocket, false, message::Serialization::v18});
  open_server();
  Text init{0xFB, 0, 0, 0, 0, 0, 1};
  const Text posted = init_with_token();  // which says 1.6
  init.insert(init.end(), posted.begin(), posted.end());
  from_client(init);
  EXPECT_EQ(session->record().end, End::policy);
  EXPECT_TRUE(received(*server).empty());
}

TEST_F(RuledSession, ASecondInitEndsIt) {
  rule_operation(Refusal::reject);
  initialize();
  received(*server);
  Text again = init_16();
  again[3] = 8;
  from_client(again);
  EXPECT_EQ(session->record().end, End::policy);
  EXPECT_TRUE(received(*server).empty());
}

TEST_F(RuledSession, PingsOfTcpPassAllTheSame) {
  rule_operation(Refusal::reject);
  initialize();
  received(*server);
  from_client(ping, 0, Delivery::reliable, Form::ping);
  EXPECT_EQ(received(*server), std::vector<Text>{ping});
}

TEST_F(RuledSession, AnEventOfARuleIsSealedInEveryMode) {
  rule_event(Unsealable::drop);
  for (const Events mode : {Events::as_raised, Events::listed, Events::all}) {
    options.events = mode;
    initialize();
    const auto crypto = exchange_keys();
    received(*client);
    from_server(event);
    EXPECT_EQ(received(*client), std::vector<Text>{sealed(crypto, event)});
  }
  EXPECT_EQ(events(Outcome::confidential), 3U);
}

TEST_F(RuledSession, WithoutAKeyAnEventOfARulePassesOrIsDropped) {
  for (const Unsealable otherwise : {Unsealable::clear, Unsealable::drop}) {
    options.rules.events.clear();
    rule_event(otherwise);
    initialize();
    received(*client);
    from_server(event);
    from_server(other_event);
    const bool passes = otherwise == Unsealable::clear;
    EXPECT_EQ(received(*client),
              passes ? (std::vector<Text>{event, other_event}) : std::vector<Text>{other_event});
  }
  EXPECT_EQ(events(Outcome::clear), 1U);
  EXPECT_EQ(events(Outcome::drop), 1U);
  EXPECT_EQ(events(Outcome::confidential), 0U);
}

TEST_F(RuledSession, OverTlsAnEventOfARulePassesWithoutAKey) {
  rule_event(Unsealable::drop);
  begin_websocket(true);
  from_server(event);
  EXPECT_EQ(received(*client), std::vector<Text>{event});
  EXPECT_EQ(events(Outcome::confidential), 1U);
}

/// The same in JSON mode.
class RuledJsonSession : public RuledSession {
 protected:
  void begin_json(bool tls = false) {
    begin({Framing::websocket, tls, std::nullopt});
    open_server();
  }
  void say(const std::string& message) { session->receive_text(Side::downstream, now, text(message)); }
  void server_says(const std::string& message) { session->receive_text(Side::upstream, now, text(message)); }
  /// What leaves as text on a side, one message a string.
  std::vector<std::string> said_to(Side side) {
    std::vector<std::string> messages;
    while (const auto message = session->take_message(side, now)) {
      EXPECT_TRUE(message->text);
      messages.emplace_back(text_of(message->bytes.bytes()));
    }
    return messages;
  }
  std::vector<std::string> to_server() { return said_to(Side::upstream); }
  std::vector<std::string> to_client() { return said_to(Side::downstream); }

  const std::string authenticating = "~m~43~m~~j~{\"req\":230,\"vals\":[220,\"1.0\",224,\"app\"]}";
  const std::string with_token = "~m~33~m~~j~{\"req\":230,\"vals\":[221,\"tok\"]}";
  const std::string pinging = "~m~37~m~~j~{\"irq\":1,\"vals\":[1,1700000000000]}";
  const std::string refusal =
      "~m~64~m~~j~{\"res\":230,\"err\":32767,\"msg\":\"encryption required\",\"vals\":[]}";
  const std::string greeting = "~m~36~m~2f9b3c1e-3a57-4c7f-9d7c-0a3f5b0a1d11";
  const std::string marked = "~m~29~m~~j~{\"evt\":200,\"vals\":[254,1]}";
  const std::string unmarked = "~m~28~m~~j~{\"evt\":10,\"vals\":[254,1]}";
};

TEST_F(RuledJsonSession, ARejectedRequestIsAnsweredInJsonAndDoesNotReachTheServer) {
  rule_operation(Refusal::reject, token);
  begin_json();
  say(authenticating);
  say(with_token);
  EXPECT_EQ(to_client(), std::vector<std::string>{refusal});
  EXPECT_EQ(to_server(), std::vector<std::string>{with_token});
  EXPECT_EQ(operations(Outcome::reject), 1U);
}

TEST_F(RuledJsonSession, TheOtherUnitsOfAMessagePassAsTheyWereWritten) {
  rule_operation(Refusal::reject, token);
  begin_json();
  say(pinging + authenticating + with_token);
  EXPECT_EQ(to_client(), std::vector<std::string>{refusal});
  EXPECT_EQ(to_server(), std::vector<std::string>{pinging + with_token});
}

TEST_F(RuledJsonSession, OverTlsEverythingPasses) {
  rule_operation(Refusal::reject);
  begin_json(true);
  say(authenticating);
  say("whatever it is");
  EXPECT_EQ(to_server(), (std::vector<std::string>{authenticating, "whatever it is"}));
  EXPECT_EQ(operations(Outcome::confidential), 1U);
}

TEST_F(RuledJsonSession, DisconnectEndsItAndNothingOfTheMessageReachesTheServer) {
  rule_operation(Refusal::disconnect);
  begin_json();
  say(pinging + authenticating);
  EXPECT_EQ(session->record().end, End::policy);
  EXPECT_TRUE(to_server().empty());
}

TEST_F(RuledJsonSession, LogLetsItPass) {
  rule_operation(Refusal::log);
  begin_json();
  say(authenticating);
  EXPECT_EQ(to_server(), std::vector<std::string>{authenticating});
  EXPECT_EQ(operations(Outcome::log), 1U);
}

TEST_F(RuledJsonSession, WhatCannotBeReadEndsItInsteadOfPassing) {
  rule_operation(Refusal::reject);
  for (const std::string& message :
       {std::string("whatever"), std::string("~m~5~m~hello"), std::string("~m~16~m~~j~{\"req\":\"230\"}"),
        pinging + "x", std::string("~m~22~m~~j~{\"req\":1,\"req\":230}"), std::string("~h~1")}) {
    SCOPED_TRACE(message);
    begin_json();
    say(message);
    EXPECT_EQ(session->record().end, End::policy);
    EXPECT_TRUE(to_server().empty());
  }
}

TEST_F(RuledJsonSession, WhatFollowsAnAnsweredUnitIsReadAllTheSame) {
  rule_operation(Refusal::reject);
  begin_json();
  say(authenticating + pinging + authenticating);
  EXPECT_EQ(to_client(), (std::vector<std::string>{refusal, refusal}));
  EXPECT_EQ(to_server(), std::vector<std::string>{pinging});
  say(authenticating + pinging + "x" + authenticating);
  EXPECT_EQ(session->record().end, End::policy);
  EXPECT_TRUE(to_server().empty());
}

TEST_F(RuledJsonSession, ABinaryMessageIsReadAsATextWouldBe) {
  rule_operation(Refusal::reject);
  begin_json();
  session->receive(Side::downstream, now, text(authenticating));
  EXPECT_TRUE(to_server().empty());
  EXPECT_EQ(operations(Outcome::reject), 1U);
  session->receive(Side::downstream, now, clear);
  EXPECT_EQ(session->record().end, End::policy);
}

TEST_F(RuledJsonSession, WithoutRulesNothingIsRead) {
  begin_json();
  say(authenticating);
  say("whatever");
  EXPECT_EQ(to_server(), (std::vector<std::string>{authenticating, "whatever"}));
  server_says("~m~9~m~short");
  EXPECT_EQ(to_client(), std::vector<std::string>{"~m~9~m~short"});
}

TEST_F(RuledJsonSession, AnEventOfARuleIsDroppedAndTheOthersPass) {
  rule_event(Unsealable::drop);
  begin_json();
  server_says(greeting);
  server_says(unmarked + marked + unmarked);
  server_says(marked);
  EXPECT_EQ(to_client(), (std::vector<std::string>{greeting, unmarked + unmarked}));
  EXPECT_EQ(events(Outcome::drop), 2U);
}

TEST_F(RuledJsonSession, AnEventOfARulePassesIfItMayBeClear) {
  rule_event(Unsealable::clear);
  begin_json();
  server_says(marked);
  server_says("~m~9~m~short");
  EXPECT_EQ(to_client(), (std::vector<std::string>{marked, "~m~9~m~short"}));
  EXPECT_EQ(events(Outcome::clear), 1U);
}

TEST_F(RuledJsonSession, OverTlsAnEventOfARulePasses) {
  rule_event(Unsealable::drop);
  begin_json(true);
  server_says(marked);
  server_says("~m~9~m~short");
  EXPECT_EQ(to_client(), (std::vector<std::string>{marked, "~m~9~m~short"}));
  EXPECT_EQ(events(Outcome::confidential), 1U);
}

TEST_F(RuledJsonSession, WhatCannotBeReadIsDroppedWhereAnEventMustBe) {
  rule_event(Unsealable::drop);
  begin_json();
  server_says(unmarked + "~m~9~m~short");
  server_says("~m~16~m~~j~{\"evt\":\"200\"}" + unmarked);
  EXPECT_EQ(to_client(), (std::vector<std::string>{unmarked, unmarked}));
  EXPECT_EQ(stats.unopened_dropped.value(), 2U);
}

}  // namespace
}  // namespace gateway::session
