#include "config/rules.h"

#include <ostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace gateway::config {
namespace {

using policy::Refusal;
using policy::Unsealable;

const std::string head = R"(version: 1
listeners: [{ name: a, listen: "udp://127.0.0.1:5055", upstream: b }]
upstreams: { b: { servers: ["udp://127.0.0.1:15055"] } }
encryption:
)";

policy::Rules read(const std::string& rules) {
  return load_text(head + "  rules: " + rules + "\n", "f.yaml").net.session.rules;
}

std::string sentence_about(const std::string& rules) {
  try {
    read(rules);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(RulesOfAFile, AreNoneByDefault) {
  const Config config = load_text(head + "  responses: sticky\n", "f.yaml");
  EXPECT_TRUE(config.net.session.rules.operations.empty());
  EXPECT_TRUE(config.net.session.rules.events.empty());
  EXPECT_TRUE(read("[]").operations.empty());
}

TEST(RulesOfAFile, NameOperationsByNameOrNumber) {
  const policy::Rules rules = read(
      "[{ operations: [authenticate, 231, join_random_game, 0], without_parameter: 221, require: encrypted, "
      "otherwise: disconnect }]");
  ASSERT_EQ(rules.operations.size(), 1U);
  const policy::OperationRule& rule = rules.operations[0];
  EXPECT_EQ(rule.operations.count(), 4U);
  for (const std::size_t code : {230U, 231U, 225U, 0U}) EXPECT_TRUE(rule.operations[code]) << code;
  EXPECT_EQ(rule.without_parameter, 221);
  EXPECT_EQ(rule.otherwise, Refusal::disconnect);
}

TEST(RulesOfAFile, NameEventsByTheirOwnNames) {
  const policy::Rules rules =
      read("[{ events: [leave, 200, properties_changed], to_client: encrypted, otherwise: drop }]");
  ASSERT_EQ(rules.events.size(), 1U);
  EXPECT_EQ(rules.events[0].events.count(), 3U);
  for (const std::size_t code : {254U, 200U, 253U}) EXPECT_TRUE(rules.events[0].events[code]) << code;
  EXPECT_EQ(rules.events[0].otherwise, Unsealable::drop);
}

TEST(RulesOfAFile, RejectAndSendInTheClearUnlessTheySayOtherwise) {
  const policy::Rules rules =
      read("[{ operations: [1], require: encrypted }, { events: [1], to_client: encrypted }]");
  EXPECT_EQ(rules.operations[0].otherwise, Refusal::reject);
  EXPECT_EQ(rules.operations[0].without_parameter, std::nullopt);
  EXPECT_EQ(rules.events[0].otherwise, Unsealable::clear);
}

TEST(RulesOfAFile, KeepTheirOrder) {
  const policy::Rules rules = read(R"(
    - { operations: [1], require: encrypted, otherwise: log }
    - { events: [1], to_client: encrypted, otherwise: drop }
    - { operations: [1, 2], require: encrypted, otherwise: reject }
    - { events: [1, 2], to_client: encrypted, otherwise: clear })");
  ASSERT_EQ(rules.operations.size(), 2U);
  EXPECT_EQ(rules.operations[0].otherwise, Refusal::log);
  EXPECT_EQ(rules.operations[1].otherwise, Refusal::reject);
  ASSERT_EQ(rules.events.size(), 2U);
  EXPECT_EQ(rules.events[0].otherwise, Unsealable::drop);
  EXPECT_EQ(rules.events[1].otherwise, Unsealable::clear);
}

TEST(RulesOfAFile, AnEventOfARuleIsAListedOne) {
  EXPECT_NO_THROW(
      load_text(head + "  events: listed\n  rules: [{ events: [7], to_client: encrypted }]\n", "f.yaml"));
  EXPECT_THROW(
      load_text(head + "  events: listed\n  rules: [{ operations: [7], require: encrypted }]\n", "f.yaml"),
      Error);
}

struct Mistake {
  const char* name;
  std::string rules;
  std::string position;
  std::string sentence;
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.rules;
}

class MistakesInRules : public testing::TestWithParam<Mistake> {};

TEST_P(MistakesInRules, AreToldWithTheirPosition) {
  const std::string told = sentence_about(GetParam().rules);
  EXPECT_THAT(told, testing::StartsWith("f.yaml:5:" + GetParam().position + ": "));
  EXPECT_THAT(told, testing::HasSubstr(GetParam().sentence));
}

INSTANTIATE_TEST_SUITE_P(
    Every, MistakesInRules,
    testing::Values(
        Mistake{"NoList", "{ operations: [1], require: encrypted }", "10", "must be a list"},
        Mistake{"NeitherKind", "[{ require: encrypted }]", "11", "about operations or about events"},
        Mistake{"BothKinds", "[{ operations: [1], events: [1], require: encrypted }]", "11",
                "about operations or about events"},
        Mistake{"UnknownKey", "[{ operation: [1], require: encrypted }]", "13",
                "did you mean \"operations\"?"},
        Mistake{"NoDemand", "[{ operations: [1] }]", "11", "write require: encrypted"},
        Mistake{"NoDemandOfEvents", "[{ events: [1] }]", "11", "write to_client: encrypted"},
        Mistake{"OtherDemand", "[{ operations: [1], require: clear }]", "39", "write require: encrypted"},
        Mistake{"DemandOfTheOtherKind", "[{ events: [1], require: encrypted }]", "26", "require"},
        Mistake{"ConditionOfTheOtherKind", "[{ events: [1], without_parameter: 1, to_client: encrypted }]",
                "26", "without_parameter"},
        Mistake{"EmptyList", "[{ operations: [], require: encrypted }]", "25", "about nothing"},
        Mistake{"CodesWithoutAList", "[{ operations: authenticate, require: encrypted }]", "25",
                "must be a list"},
        Mistake{"MisspeltName", "[{ operations: [autenticate], require: encrypted }]", "26",
                "did you mean \"authenticate\"?"},
        Mistake{"NameOfTheOtherKind", "[{ operations: [properties_changed], require: encrypted }]", "26",
                "no name of a code"},
        Mistake{"CodeTooLarge", "[{ operations: [256], require: encrypted }]", "26", "at most 255"},
        Mistake{"NegativeCode", "[{ operations: [-1], require: encrypted }]", "26", "0 to 255"},
        Mistake{"ParameterTooLarge", "[{ operations: [1], without_parameter: 256, require: encrypted }]",
                "49", "255"},
        Mistake{"OtherwiseOfTheOtherKind", "[{ operations: [1], require: encrypted, otherwise: drop }]", "61",
                "reject | disconnect | log"},
        Mistake{"MisspeltOtherwise", "[{ events: [1], to_client: encrypted, otherwise: droop }]", "59",
                "did you mean \"drop\"?"}),
    [](const auto& tested) { return tested.param.name; });

TEST(RulesOfAFile, TheHardenedExampleDemandsEncryptedAuthentication) {
  const Config config = load_file(std::string(GATEWAY_SOURCE_DIR) + "/config/hardened.yaml");
  const policy::Rules& rules = config.net.session.rules;
  ASSERT_EQ(rules.operations.size(), 2U);
  EXPECT_TRUE(rules.operations[0].operations[230]);
  EXPECT_EQ(rules.operations[0].without_parameter, 221);
  EXPECT_TRUE(rules.operations[1].operations[231]);
  EXPECT_EQ(rules.operations[1].without_parameter, std::nullopt);
  for (const policy::OperationRule& rule : rules.operations) {
    EXPECT_EQ(rule.operations.count(), 1U);
    EXPECT_EQ(rule.otherwise, Refusal::reject);
  }
  EXPECT_EQ(config.net.session.unknown_key, session::UnknownKey::end);
}

TEST(RulesOfAFile, AreWrittenAsTheyAreRead) {
  const std::vector<std::string> rules = {
      "{ operations: [7, authenticate], without_parameter: 0, require: encrypted, otherwise: log }",
      "{ events: [200, join], to_client: encrypted, otherwise: drop }",
  };
  EXPECT_EQ(write_rules(read("[" + rules[0] + ", " + rules[1] + "]")), rules);
}

}  // namespace
}  // namespace gateway::config
