#include "policy/rewrite_json.h"

#include <string>

#include <gtest/gtest.h>

namespace gateway::policy {
namespace {

using Outcome = Rewrite::Outcome;

JsonRewrite rewritten(const std::string& payload) {
  Addresses table;
  EXPECT_TRUE(table.add({"10.0.0.5", 9090}, "gw.example.net:19090", "wss"));
  EXPECT_TRUE(table.add({"gw.example.net", 19090}, "gw.example.net:19090", "wss"));
  return rewrite_json_addresses(payload, table);
}

TEST(JsonRewrite, ReplacesAddressesAndNothingElse) {
  const auto one =
      rewritten(R"(~j~{"res":230,"err":0,"msg":"10.0.0.5:9090","vals":[230,"ws://10.0.0.5:9090",221,"t"]})");
  EXPECT_EQ(one.outcome, Outcome::rewritten);
  EXPECT_EQ(
      one.payload,
      R"(~j~{"res":230,"err":0,"msg":"10.0.0.5:9090","vals":[230,"wss://gw.example.net:19090",221,"t"]})");
  const auto many =
      rewritten(R"(~j~{"res":220,"vals":[230,["10.0.0.5:9090/a","ws:\/\/10.0.0.5:9090\/a"],1,2.50]})");
  EXPECT_EQ(
      many.payload,
      R"(~j~{"res":220,"vals":[230,["gw.example.net:19090/a","wss://gw.example.net:19090/a"],1,2.50]})");
}

TEST(JsonRewrite, LeavesWhatIsRightAlready) {
  const auto result = rewritten(R"(~j~{"res":230,"vals":[230,"wss://gw.example.net:19090"]})");
  EXPECT_EQ(result.outcome, Outcome::unchanged);
  EXPECT_TRUE(result.payload.empty());
}

TEST(JsonRewrite, TellsTheFirstUnknownAddressAndReplacesTheOthers) {
  const auto result = rewritten(R"(~j~{"res":220,"vals":[230,["ws://10.0.0.6:9090","10.0.0.5:9090","x"]]})");
  EXPECT_EQ(result.outcome, Outcome::unknown_address);
  EXPECT_EQ(result.unknown, "ws://10.0.0.6:9090");
  EXPECT_EQ(result.payload,
            R"(~j~{"res":220,"vals":[230,["ws://10.0.0.6:9090","gw.example.net:19090","x"]]})");
}

TEST(JsonRewrite, LooksIntoResponsesThatNameServersOnly) {
  message::JsonMessage message;
  message.kind = message::JsonMessage::Kind::response;
  message.code = 226;
  EXPECT_TRUE(may_hold_addresses(message));
  message.code = 229;
  EXPECT_FALSE(may_hold_addresses(message));
  message.code = 226;
  message.kind = message::JsonMessage::Kind::event;
  EXPECT_FALSE(may_hold_addresses(message));
}

}  // namespace
}  // namespace gateway::policy
