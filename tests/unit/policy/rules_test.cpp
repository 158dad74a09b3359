#include "policy/rules.h"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gateway::policy {
namespace {

using message::Envelope;
using message::Serialization;
using message::Type;
using Body = std::vector<std::uint8_t>;

constexpr std::uint8_t authenticate = 230;
constexpr std::uint8_t token = 221;

Codes codes(std::initializer_list<std::uint8_t> list) {
  Codes set;
  for (const std::uint8_t code : list) set.set(code);
  return set;
}

Envelope envelope(Type type, const Body& body) {
  return {.type = type, .body = body};
}

/// A request with one parameter, or with none.
Body request(Serialization serialization, std::uint8_t code, std::optional<std::uint8_t> parameter) {
  const bool v16 = serialization == Serialization::v16;
  const std::uint8_t count = parameter ? 1 : 0;
  Body body = v16 ? Body{code, 0, count} : Body{code, count};
  if (!parameter) return body;
  const Body value = v16 ? Body{*parameter, 's', 0, 1, 't'} : Body{*parameter, 7, 1, 't'};
  body.insert(body.end(), value.begin(), value.end());
  return body;
}

std::optional<Outcome> outcome(const std::optional<Finding>& finding) {
  return finding ? std::optional(finding->outcome) : std::nullopt;
}

struct Cell {
  std::uint8_t code;
  bool has_parameter;
  bool confidential;
  std::optional<Outcome> expected;  // for a rule about 230 without 221 that otherwise rejects
};

const std::vector<Cell> cells = {
    {authenticate, false, false, Outcome::reject},
    {authenticate, false, true, Outcome::confidential},
    {authenticate, true, false, std::nullopt},
    {authenticate, true, true, std::nullopt},
    {231, false, false, std::nullopt},
    {231, false, true, std::nullopt},
    {231, true, false, std::nullopt},
    {231, true, true, std::nullopt},
};

TEST(Rules, EveryCellOfARuleForOperationsInBothSerializationsAndJson) {
  Rules rules;
  rules.operations = {{.operations = codes({authenticate}), .without_parameter = token}};
  for (const Cell& cell : cells) {
    SCOPED_TRACE(std::to_string(cell.code) + (cell.has_parameter ? " with" : " without") +
                 (cell.confidential ? " confidential" : " clear"));
    const auto parameter = cell.has_parameter ? std::optional(token) : std::nullopt;
    for (const Serialization serialization : {Serialization::v16, Serialization::v18}) {
      const Body body = request(serialization, cell.code, parameter);
      const auto finding =
          judge_to_server(rules, envelope(Type::request, body), serialization, cell.confidential);
      EXPECT_EQ(outcome(finding), cell.expected);
      EXPECT_EQ(finding ? finding->code : cell.code, cell.code);
    }
    message::JsonMessage json{
        .kind = message::JsonMessage::Kind::request, .code = cell.code, .parameters = {}};
    json.parameters.set(token, cell.has_parameter);
    EXPECT_EQ(outcome(judge_to_server(rules, json, cell.confidential)), cell.expected);
  }
}

TEST(Rules, EachOtherwiseHasItsOutcomeInTheClearAndNoneWhenConfidential) {
  const std::pair<Refusal, Outcome> refusals[] = {{Refusal::reject, Outcome::reject},
                                                  {Refusal::disconnect, Outcome::disconnect},
                                                  {Refusal::log, Outcome::log}};
  const Body body = request(Serialization::v18, 7, std::nullopt);
  for (const auto& [refusal, expected] : refusals) {
    Rules rules;
    rules.operations = {{.operations = codes({7}), .without_parameter = {}, .otherwise = refusal}};
    const Envelope message = envelope(Type::request, body);
    EXPECT_EQ(outcome(judge_to_server(rules, message, Serialization::v18, false)), expected);
    EXPECT_EQ(outcome(judge_to_server(rules, message, Serialization::v18, true)), Outcome::confidential);
  }
}

TEST(Rules, WithoutAConditionARequestWithAnyParametersMatches) {
  Rules rules;
  rules.operations = {{.operations = codes({7, 8})}};
  for (const std::uint8_t code : {std::uint8_t{7}, std::uint8_t{8}}) {
    const Body body = request(Serialization::v16, code, token);
    EXPECT_EQ(outcome(judge_to_server(rules, envelope(Type::request, body), Serialization::v16, false)),
              Outcome::reject);
  }
}

TEST(Rules, TheFirstThatMatchesDecides) {
  Rules rules;
  rules.operations = {
      {.operations = codes({7}), .without_parameter = 1, .otherwise = Refusal::log},
      {.operations = codes({7, 8}), .without_parameter = {}, .otherwise = Refusal::disconnect},
      {.operations = codes({8}), .without_parameter = {}, .otherwise = Refusal::reject}};
  const auto judged = [&](std::uint8_t code, std::optional<std::uint8_t> parameter) {
    const Body body = request(Serialization::v18, code, parameter);
    return outcome(judge_to_server(rules, envelope(Type::request, body), Serialization::v18, false));
  };
  EXPECT_EQ(judged(7, std::nullopt), Outcome::log);
  EXPECT_EQ(judged(7, 1), Outcome::disconnect);
  EXPECT_EQ(judged(8, std::nullopt), Outcome::disconnect);
  EXPECT_EQ(judged(9, std::nullopt), std::nullopt);
}

TEST(Rules, GarbageDoesNotGetAroundARule) {
  Rules rules;
  rules.operations = {{.operations = codes({authenticate}), .without_parameter = token}};
  const std::pair<Serialization, Body> bodies[] = {
      {Serialization::v16, {230}},                                      // no count
      {Serialization::v16, {230, 0xFF, 0xFF}},                          // a negative one
      {Serialization::v16, {230, 0, 2, 221, 's', 0, 1, 't'}},           // one parameter is missing
      {Serialization::v16, {230, 0, 1, 221, 's', 0, 9, 't'}},           // cut
      {Serialization::v16, {230, 0, 1, 221, 0xEE}},                     // no type
      {Serialization::v16, {230, 0, 2, 221, 's', 0, 1, 't', 1, 0xEE}},  // found, then no type
      {Serialization::v16, {230, 0, 1, 221, '*'}},                      // null
      {Serialization::v16, {230, 0, 1, 221, 0}},                        // as well
      {Serialization::v16, {230, 0, 1, 221, 's', 0, 0}},                // empty: no token to a server
      {Serialization::v16, {230, 0, 1, 221, 'x', 0, 0, 0, 0}},          // in bytes as well
      {Serialization::v16, {230, 0, 1, 221, 'y', 0, 0, 'b'}},
      {Serialization::v16, {230, 0, 2, 221, '*', 221, 's', 0, 1, 't'}},  // null for who takes the first
      {Serialization::v16, {230, 0, 0, 221, 's', 0, 1, 't'}},            // behind the last parameter
      {Serialization::v18, {230}},                                       // and the same in 1.8
      {Serialization::v18, {230, 1, 221, 7, 9, 't'}},
      {Serialization::v18, {230, 2, 221, 7, 1, 't', 1, 0xFF}},
      {Serialization::v18, {230, 1, 221, 8}},
      {Serialization::v18, {230, 0, 221, 7, 1, 't'}},
      {Serialization::v18, {230, 1, 221, 7, 0}},
      {Serialization::v18, {230, 1, 221, 7, 0x80, 0}},  // a zero in two bytes
      {Serialization::v18, {230, 1, 221, 0x43, 0}},
      {Serialization::v18, {230, 2, 221, 8, 221, 7, 1, 't'}},
      {Serialization::v18, {230, 2, 221, 7, 1, 't', 221, 8}},
  };
  for (const auto& [serialization, body] : bodies) {
    EXPECT_EQ(outcome(judge_to_server(rules, envelope(Type::request, body), serialization, false)),
              Outcome::reject)
        << testing::PrintToString(body);
  }
}

TEST(Rules, OnlyRequestsAreSubjectOnTheWayToTheServer) {
  Rules rules;
  rules.operations = {{.operations = Codes().set()}};
  rules.events = {{.events = Codes().set(), .otherwise = Unsealable::drop}};
  const Body body{1, 0, 0};
  for (int type = 0; type < 128; ++type) {
    if (type == 2) continue;
    const Envelope message = envelope(static_cast<Type>(type), body);
    EXPECT_FALSE(judge_to_server(rules, message, Serialization::v16, false)) << type;
  }
  EXPECT_FALSE(judge_to_server(rules, envelope(Type::request, {}), Serialization::v16, false));
  for (const auto kind : {message::JsonMessage::Kind::event, message::JsonMessage::Kind::internal_request,
                          message::JsonMessage::Kind::response}) {
    EXPECT_FALSE(judge_to_server(rules, {.kind = kind, .code = 1, .parameters = {}}, false));
  }
}

TEST(Rules, OnlyEventsAreSubjectOnTheWayToTheClient) {
  Rules rules;
  rules.operations = {{.operations = Codes().set()}};
  rules.events = {{.events = Codes().set(), .otherwise = Unsealable::drop}};
  const Body body{1, 0, 0};
  for (int type = 0; type < 128; ++type) {
    if (type == 4) continue;
    EXPECT_FALSE(judge_to_client(rules, envelope(static_cast<Type>(type), body), false)) << type;
  }
  EXPECT_FALSE(judge_to_client(
      rules, {.kind = message::JsonMessage::Kind::request, .code = 1, .parameters = {}}, false));
}

TEST(Rules, WhatNobodyHereCanReadIsNotJudged) {
  Rules rules;
  rules.operations = {{.operations = Codes().set()}};
  rules.events = {{.events = Codes().set()}};
  const Body body(16, 1);
  Envelope message = envelope(Type::request, body);
  message.encrypted = true;
  EXPECT_FALSE(judge_to_server(rules, message, Serialization::v16, false));
  message.type = Type::event;
  EXPECT_FALSE(judge_to_client(rules, message, false));
}

TEST(Rules, EveryCellOfARuleForEvents) {
  Rules rules;
  rules.events = {{.events = codes({200}), .otherwise = Unsealable::clear},
                  {.events = codes({200, 201}), .otherwise = Unsealable::drop}};
  const auto judged = [&](std::uint8_t code, bool confidential) {
    const Body body{code, 0, 0};
    const auto binary = outcome(judge_to_client(rules, envelope(Type::event, body), confidential));
    const auto json = outcome(judge_to_client(
        rules, {.kind = message::JsonMessage::Kind::event, .code = code, .parameters = {}}, confidential));
    EXPECT_EQ(binary, json);
    return binary;
  };
  EXPECT_EQ(judged(200, true), Outcome::confidential);
  EXPECT_EQ(judged(200, false), Outcome::clear);
  EXPECT_EQ(judged(201, true), Outcome::confidential);
  EXPECT_EQ(judged(201, false), Outcome::drop);
  EXPECT_EQ(judged(202, false), std::nullopt);
  EXPECT_TRUE(seals_event(rules, 200));
  EXPECT_TRUE(seals_event(rules, 201));
  EXPECT_FALSE(seals_event(rules, 202));
  EXPECT_TRUE(drops_events(rules));
  rules.events.pop_back();
  EXPECT_FALSE(drops_events(rules));
}

TEST(Rules, NoneByDefault) {
  const Rules rules;
  const Body body = request(Serialization::v16, authenticate, std::nullopt);
  EXPECT_FALSE(judge_to_server(rules, envelope(Type::request, body), Serialization::v16, false));
  EXPECT_FALSE(judge_to_client(rules, envelope(Type::event, body), false));
  EXPECT_FALSE(seals_event(rules, 230));
}

TEST(PolicyStats, CountByKindAndCodeAndOutcome) {
  Stats stats;
  const Finding finding{Kind::operation, 230, Outcome::reject};
  EXPECT_EQ(stats.value(finding), 0U);
  stats.add(finding);
  stats.add(finding);
  stats.add({Kind::event, 230, Outcome::drop});
  EXPECT_EQ(stats.value(finding), 2U);
  EXPECT_EQ(stats.value({Kind::event, 230, Outcome::drop}), 1U);
  EXPECT_EQ(stats.value({Kind::operation, 230, Outcome::confidential}), 0U);
  EXPECT_EQ(stats.value({Kind::operation, 231, Outcome::reject}), 0U);
}

TEST(PolicyStats, TellEachFindingOnceWhenItIsTheFirst) {
  Stats stats;
  EXPECT_FALSE(stats.take_first());
  for (int i = 0; i < 3; ++i) stats.add({Kind::operation, 7, Outcome::log});
  const auto first = stats.take_first();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->code, 7);
  EXPECT_EQ(first->outcome, Outcome::log);
  stats.add({Kind::operation, 7, Outcome::log});
  EXPECT_FALSE(stats.take_first());
}

}  // namespace
}  // namespace gateway::policy
