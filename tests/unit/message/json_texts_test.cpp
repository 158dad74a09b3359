#include "message/json_texts.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "message/json_message.h"

namespace gateway::message {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> texts(const std::string& payload, std::uint8_t parameter = 230) {
  EXPECT_TRUE(parse_json_message(payload)) << payload;
  std::vector<std::string> found;
  JsonTexts texts(payload, parameter);
  while (const auto text = texts.next()) found.emplace_back(*text);
  return found;
}

TEST(JsonTexts, AreTheStringOfAParameter) {
  EXPECT_THAT(texts(R"(~j~{"res":230,"err":0,"msg":null,"vals":[221,"230",230,"a:1",229,"b"]})"),
              ElementsAre(R"("a:1")"));
  EXPECT_THAT(texts(R"(~j~ { "vals" : [ 230 , "a:1" ] , "res" : 230 } )"), ElementsAre(R"("a:1")"));
}

TEST(JsonTexts, AreTheStringsOfAnArray) {
  EXPECT_THAT(texts(R"(~j~{"res":220,"vals":[210,["eu","us"],230,["a:1",7,["x"],{"y":"z"},"b:2"],1,"c"]})"),
              ElementsAre(R"("a:1")", R"("b:2")"));
  EXPECT_THAT(texts(R"(~j~{"res":220,"vals":[230,[]]})"), IsEmpty());
}

TEST(JsonTexts, ArePassedByWhatLooksLikeThem) {
  EXPECT_THAT(
      texts(
          R"(~j~{"res":226,"msg":"\"vals\":[230,\"no\"]","x":{"vals":[230,"no"]},"vals":[1,[230,"no"],2,"]}",3,{"230":"no"},230,"\\\"a:1"]})"),
      ElementsAre(R"("\\\"a:1")"));
}

TEST(JsonTexts, AreNoneWhereTheParameterIsMissingOrOfAnotherType) {
  for (const char* payload :
       {R"(~j~{"res":226})", R"(~j~{"res":226,"vals":[]})", R"(~j~{"res":226,"vals":[230,5]})",
        R"(~j~{"res":226,"vals":[230,null]})", R"(~j~{"res":226,"vals":[230,{"a":"b"}]})",
        R"(~j~{"res":226,"vals":[231,"a"]})", R"(~j~{"res":226,"vals":[230]})",
        R"(~j~{"res":226,"vals":"230"})"})
    EXPECT_THAT(texts(payload), IsEmpty()) << payload;
}

}  // namespace
}  // namespace gateway::message
