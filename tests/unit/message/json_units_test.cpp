#include "message/json_units.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "message/json_message.h"

namespace gateway::message {
namespace {

using Payloads = std::vector<std::string>;

/// The payloads of a message that is units to its end; nothing of any other.
Payloads payloads_of(std::string_view message) {
  Payloads payloads;
  std::string whole;
  JsonUnits units(message);
  while (const auto unit = units.next()) {
    payloads.emplace_back(unit->payload);
    whole += unit->whole;
  }
  if (!units.rest().empty()) return {};
  EXPECT_EQ(whole, message);
  return payloads;
}

std::string unit_of(std::string_view payload) {
  std::array<std::uint8_t, 256> out{};
  ByteWriter writer(out);
  EXPECT_TRUE(write_json_unit(writer, payload));
  return std::string(text_of(writer.written()));
}

TEST(JsonUnits, OneAndSeveralAreTakenApart) {
  EXPECT_EQ(payloads_of("~m~1~m~x"), Payloads{"x"});
  EXPECT_EQ(payloads_of("~m~1~m~x~m~5~m~~j~{}~m~0~m~"), (Payloads{"x", "~j~{}", ""}));
}

TEST(JsonUnits, LengthCountsUtf16Units) {
  EXPECT_EQ(payloads_of("~m~1~m~\u00e9~m~1~m~x"), (Payloads{"\u00e9", "x"}));
  EXPECT_EQ(payloads_of("~m~1~m~\u20ac"), Payloads{"\u20ac"});
  EXPECT_EQ(payloads_of("~m~2~m~\U0001F600"), Payloads{"\U0001F600"});
  EXPECT_TRUE(payloads_of("~m~1~m~\U0001F600").empty());  // half of a pair
  EXPECT_EQ(utf16_length("a\u00e9\u20ac\U0001F600"), 5U);
}

TEST(JsonUnits, PayloadMayHoldWhatLooksLikeAUnit) {
  EXPECT_EQ(payloads_of("~m~8~m~~m~1~m~x"), Payloads{"~m~1~m~x"});
}

TEST(JsonUnits, WhatIsNoUnitIsNotTaken) {
  for (const char* text :
       {"x", "~m~", "~m~1", "~m~1~m", "~m~1~m~", "~m~2~m~x", "~m~x~m~x", "~m~-1~m~x", "~m~+1~m~x",
        "~m~ 1~m~x", "~m~1 ~m~x", "~m~~m~x", "~m~1.0~m~x", "~m~99999999999999999999999~m~x",
        "~m~18446744073709551615~m~x", "~m~1~m~xy", "~m~1~m~x~"}) {
    EXPECT_TRUE(payloads_of(text).empty()) << text;
  }
}

TEST(JsonUnits, WhatIsNotUtf8HasNoLength) {
  for (const char* text :
       {"\x80", "\xC0\x80", "\xC3", "\xE2\x82", "\xE2\x28\xA1", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(utf16_length(text), std::nullopt);
    EXPECT_TRUE(payloads_of("~m~1~m~" + std::string(text)).empty());
    std::array<std::uint8_t, 32> out{};
    ByteWriter writer(out);
    EXPECT_FALSE(write_json_unit(writer, text));
  }
}

TEST(JsonUnits, AreWrittenAsTheyAreRead) {
  EXPECT_EQ(unit_of("~j~{}"), "~m~5~m~~j~{}");
  EXPECT_EQ(unit_of("\U0001F600\u00e9"), "~m~3~m~\U0001F600\u00e9");
  EXPECT_EQ(unit_of(""), "~m~0~m~");
  std::array<std::uint8_t, 8> small{};
  ByteWriter writer(small);
  EXPECT_FALSE(write_json_unit(writer, "xy"));
}

TEST(JsonMessage, ReadsEveryVector) {
  using Kind = JsonMessage::Kind;
  const std::vector<std::pair<Kind, int>> expected = {{Kind::request, 230},
                                                      {Kind::response, 230},
                                                      {Kind::event, 255},
                                                      {Kind::internal_request, 1},
                                                      {Kind::internal_response, 1}};
  std::size_t next = 0;
  for (const char* text : {R"({"req":230,"vals":[220,"1.0",224,"app"]})",
                           R"({"res":230,"err":0,"msg":"","vals":[230,"ws://10.0.0.5:9090"]})",
                           R"({"evt":255,"vals":[254,1]})", R"({"irq":1,"vals":[1,1700000000000]})",
                           R"({"irs":1,"err":0,"msg":"","vals":[1,1700000000000,2,123456]})"}) {
    const auto message = parse_json_message("~j~" + std::string(text));
    ASSERT_TRUE(message) << text;
    EXPECT_EQ(message->kind, expected[next].first);
    EXPECT_EQ(message->code, expected[next].second);
    ++next;
  }
}

std::bitset<256> parameters_of(const std::string& object) {
  const auto message = parse_json_message("~j~" + object);
  EXPECT_TRUE(message) << object;
  return message ? message->parameters : std::bitset<256>();
}

TEST(JsonMessage, HasTheParametersThatAreNotNull) {
  const auto parameters =
      parameters_of(R"({"vals":[221,"t",1,null,2,[221,{"a":7}],3,{"vals":[9,9]},4,-1],"req":230})");
  for (std::size_t i = 0; i < 256; ++i) EXPECT_EQ(parameters[i], i == 221 || i == 2 || i == 3 || i == 4) << i;
}

TEST(JsonMessage, HasNoParameterThatIsEmpty) {
  EXPECT_FALSE(parameters_of(R"({"req":1,"vals":[7,""]})")[7]);
  EXPECT_TRUE(parameters_of(R"({"req":1,"vals":[7,"\u0078"]})")[7]);
}

TEST(JsonMessage, HasARepeatedParameterIfItIsThereForEveryReader) {
  EXPECT_FALSE(parameters_of(R"({"req":1,"vals":[7,null,7,"x"]})")[7]);
  EXPECT_FALSE(parameters_of(R"({"req":1,"vals":[7,"x",7,null]})")[7]);
  EXPECT_TRUE(parameters_of(R"({"req":1,"vals":[7,"x",7,"y"]})")[7]);
}

TEST(JsonMessage, HasNoParameterWhoseKeyIsNoCode) {
  EXPECT_TRUE(parameters_of(R"({"req":1,"vals":["7",1,7.0,1,263,1,-7,1,[7],1,true,1,null,1,7]})").none());
  EXPECT_TRUE(parameters_of(R"({"req":1,"vals":{"7":1}})").none());
  EXPECT_TRUE(parameters_of(R"({"req":1,"vals":7})").none());
  EXPECT_TRUE(parameters_of(R"({"req":1,"other":[7,1]})").none());
  EXPECT_TRUE(parameters_of(R"({"req":1,"other":{"vals":[7,1]}})").none());
}

TEST(JsonMessage, KeysMatchInEitherCaseAndEscaped) {
  for (const char* text : {R"({"REQ":9})", R"({"\u0072eq":9})", R"({"x":{"req":1},"Req":9})"}) {
    const auto message = parse_json_message("~j~" + std::string(text));
    ASSERT_TRUE(message) << text;
    EXPECT_EQ(message->kind, JsonMessage::Kind::request);
    EXPECT_EQ(message->code, 9);
  }
}

TEST(JsonMessage, WhatReadersCouldUnderstandDifferentlyIsRefused) {
  for (const char* text : {R"({})",
                           R"({"vals":[1,2]})",
                           R"([])",
                           R"(230)",
                           R"("req")",
                           R"(null)",
                           R"({"req":230)",
                           R"({"req":230}})",
                           R"({"req":230} x)",
                           R"({"req":"230"})",
                           R"({"req":230.0})",
                           R"({"req":486})",
                           R"({"req":-26})",
                           R"({"req":2.3e2})",
                           R"({"req":[230]})",
                           R"({"req":null})",
                           R"({"req":true})",
                           R"({"req":18446744073709551615})",
                           R"({"req":1,"req":230})",
                           R"({"req":1,"REQ":230})",
                           R"({"irq":1,"req":230})",
                           R"({"req":230,"vals":[221,"x"],"vals":[]})",
                           R"({"req":230,})",
                           R"({'req':230})",
                           R"({req:230})",
                           R"({"req":230/**/})",
                           "{\"req\":230,\"a\":\"\xFF\"}",
                           ""}) {
    EXPECT_EQ(parse_json_message("~j~" + std::string(text)).error(), Error::malformed_json) << text;
  }
  EXPECT_FALSE(parse_json_message(R"({"req":230})"));  // without ~j~
  EXPECT_FALSE(parse_json_message(""));
}

TEST(JsonMessage, NestedDeeperThanAnyValueIsRefused) {
  const auto nested = [](std::size_t depth) {
    return "~j~{\"req\":1,\"vals\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(parse_json_message(nested(31)));
  EXPECT_FALSE(parse_json_message(nested(32)));
  EXPECT_FALSE(parse_json_message(nested(100'000)));
}

}  // namespace
}  // namespace gateway::message
