#include "message/transcript.h"

#include <map>
#include <string>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "message/value.h"
#include "support/vectors.h"

namespace gateway::message {
namespace {

using test::from_hex;

constexpr auto v16 = Serialization::v16;
constexpr auto v18 = Serialization::v18;

/// The members of a message of this type with this body, or the error's name.
std::string transcript(Type type, const std::vector<std::uint8_t>& body, Serialization serialization) {
  std::string out = "{";
  const auto result = append_transcript(out, {.type = type, .encrypted = false, .body = body}, serialization);
  if (!result) return out == "{" ? std::string(name(result.error())) : "something was left: " + out;
  return out.substr(1);
}

std::string transcript(Type type, std::string_view body, Serialization serialization) {
  return transcript(type, from_hex(body), serialization);
}

/// A request 5 with one parameter.
std::string with_parameter(std::string_view key, std::string_view value, Serialization serialization) {
  const std::string count = serialization == v16 ? "0001" : "01";
  return transcript(Type::request, "05" + count + std::string(key) + std::string(value), serialization);
}

/// What is written for a value.
std::string written(std::string_view value, Serialization serialization) {
  const std::string whole = with_parameter("01", value, serialization);
  const std::string begin = R"(,"code":5,"parameters":{"1":)";
  if (!whole.starts_with(begin)) return whole;
  return whole.substr(begin.size(), whole.size() - begin.size() - 1);
}

TEST(Transcript, SaysWhatMessagesOfBothSerializationsSay) {
  EXPECT_EQ(transcript(Type::request, "e6 0002 dc 73 0003 312e30 01 69 00000007", v16),
            R"(,"code":230,"parameters":{"220":"1.0","1":7})");
  EXPECT_EQ(transcript(Type::event, "c8 01 f5 07 02 6869", v18), R"(,"code":200,"parameters":{"245":"hi"})");
  EXPECT_EQ(transcript(Type::response, "e6 7fff 73 0006 64656e696564 0000", v16),
            R"(,"code":230,"return_code":32767,"text":"denied","parameters":{})");
  EXPECT_EQ(transcript(Type::response, "e6 ff7f 07 06 64656e696564 00", v18),
            R"(,"code":230,"return_code":32767,"text":"denied","parameters":{})");
  EXPECT_EQ(transcript(Type::internal_response, "01 0000 08 01 01 09 feffffff0f", v18),
            R"(,"code":1,"return_code":0,"text":null,"parameters":{"1":2147483647})");
}

TEST(Transcript, WritesEveryTypeOf16) {
  const std::map<std::string, std::string> values = {
      {"2a", "null"},
      {"00", "null"},
      {"62 ff", "255"},
      {"6f 01", "true"},
      {"6b fffe", "-2"},
      {"69 80000000", "-2147483648"},
      {"6c 8000000000000000", "-9223372036854775808"},
      {"66 3fc00000", "1.5"},
      {"64 3ff8000000000000", "1.5"},
      {"66 7f800000", "\"inf\""},
      {"73 0001 61", "\"a\""},
      {"78 00000002 aabb", R"({"bytes":2,"hex":"aabb"})"},
      {"6e 00000002 00000001 ffffffff", "[1,-1]"},
      {"61 0002 0001 61 0000", R"(["a",""])"},
      {"7a 0002 2a 6201", "[null,1]"},
      {"79 0002 6b 0001 0002", "[1,2]"},
      {"79 0001 79 0001 62 07", "[[7]]"},
      {"79 0001 63 56 0002 aabb", R"([{"custom":86,"value":{"bytes":2,"hex":"aabb"}}])"},
      {"79 0002 44 6269 0001 01 00000001 0000", R"([{"1":1},{}])"},
      {"68 0002 6201 73 0001 61 73 0001 6b 69 00000005", R"({"1":"a","k":5})"},
      {"44 62 63 56 0001 01 0002 aabb", R"({"1":{"custom":86,"value":{"bytes":2,"hex":"aabb"}}})"},
      {"44 2a 2a 0001 6201 6202", R"({"1":2})"},
      {"63 56 0001 07", R"({"custom":86,"value":{"bytes":1,"hex":"07"}})"},
      {"71 05 0001 01 6201", R"({"request":5,"parameters":{"1":1}})"},
      {"65 05 0000", R"({"event":5,"parameters":{}})"},
      {"70 05 0000 2a 0000", R"({"response":5,"return_code":0,"text":null,"parameters":{}})"},
      {"76 0002 69 00000001 00000002", "[1,2]"},
      {"76 0000", "[]"},
  };
  for (const auto& [value, text] : values) EXPECT_EQ(written(value, v16), text) << value;
}

TEST(Transcript, WritesEveryTypeOf18) {
  const std::map<std::string, std::string> values = {
      {"08", "null"},
      {"1b", "false"},
      {"1c", "true"},
      {"02 01", "true"},
      {"03 ff", "255"},
      {"22", "0"},
      {"1d", "0"},
      {"20", "0"},
      {"04 feff", "-2"},
      {"0b ff", "255"},
      {"0c ff", "-255"},
      {"0d ffff", "65535"},
      {"0e 0001", "-256"},
      {"09 ffff07", "-65536"},
      {"09 ffffffff0f", "-2147483648"},
      {"0f 01", "1"},
      {"10 01", "-1"},
      {"11 0001", "256"},
      {"12 0001", "-256"},
      {"0a 808080808040", "1099511627776"},
      {"0a ffffffffffffffffff01", "-9223372036854775808"},
      {"05 0000c03f", "1.5"},
      {"06 000000000000f83f", "1.5"},
      {"07 03 616263", "\"abc\""},
      {"43 03 010203", R"({"bytes":3,"hex":"010203"})"},
      {"42 0a 8501", "[true,false,true,false,false,false,false,true,true,false]"},
      {"44 02 0100 feff", "[1,-2]"},
      {"45 01 0000c03f", "[1.5]"},
      {"46 01 000000000000f83f", "[1.5]"},
      {"47 02 01 61 02 6263", R"(["a","bc"])"},
      {"49 02 02 01", "[1,-1]"},
      {"4a 01 808080808040", "[1099511627776]"},
      {"17 03 0b01 07 01 78 08", R"([1,"x",null])"},
      {"40 02 49 01 02 49 00", "[[1],[]]"},
      {"d6 04 deadbeef", R"({"custom":86,"value":{"bytes":4,"hex":"deadbeef"}})"},
      {"13 c8 02 0102", R"({"custom":200,"value":{"bytes":2,"hex":"0102"}})"},
      {"53 02 56 01 01 02 0203",
       R"([{"custom":86,"value":{"bytes":1,"hex":"01"}},{"custom":86,"value":{"bytes":2,"hex":"0203"}}])"},
      {"15 02 0301 07 01 61 07 01 6b 0b05", R"({"1":"a","k":5})"},
      {"55 02 01 0301 0302 00", R"([{"1":2},{}])"},
      {"14 03 09 01 01 02", R"({"1":1})"},
      {"14 03 14 03 09 01 01 03 09 01 02 06", R"({"1":{"2":3}})"},
      {"14 03 40 40 49 01 01 40 01 49 01 02", R"({"1":[[1]]})"},
      {"54 03 09 02 01 01 02 00", R"([{"1":1},{}])"},
      {"18 05 01 01 08", R"({"request":5,"parameters":{"1":null}})"},
      {"1a 05 00", R"({"event":5,"parameters":{}})"},
      {"19 05 0000 08 01 01 22", R"({"response":5,"return_code":0,"text":null,"parameters":{"1":0}})"},
  };
  for (const auto& [value, text] : values) EXPECT_EQ(written(value, v18), text) << value;
}

// The walker that everything else goes by, and this one, must end at the same byte.
TEST(Transcript, IsValidJsonOfEveryVector) {
  for (const auto& [file, serialization] :
       {std::pair{"p16_values.json", v16}, std::pair{"p18_values.json", v18}}) {
    for (const auto& vector : test::load_vector_list(file)) {
      std::vector<std::uint8_t> body = {5};
      if (serialization == v16) body.push_back(0);
      body.insert(body.end(), {2, 1});
      body.insert(body.end(), vector.bytes.begin(), vector.bytes.end());
      body.push_back(2);  // a second parameter, which is read only if the first ended where it does
      for (const std::uint8_t byte : from_hex(serialization == v16 ? "6207" : "0307")) body.push_back(byte);
      const std::string text = transcript(Type::request, body, serialization);
      if (text == "unknown_type") continue;  // refused by all
      boost::json::error_code error;
      const auto json = boost::json::parse("{" + text.substr(1) + "}", error);
      ASSERT_FALSE(error) << vector.what << ": " << text;
      EXPECT_EQ(json.at("parameters").at("2").as_int64(), 7) << vector.what;
    }
  }
}

TEST(Transcript, LeavesOutEverySecretAtAnyDepth) {
  const std::map<std::uint8_t, std::string> secrets = {{221, "dd"}, {216, "d8"}, {214, "d6"}, {192, "c0"}};
  for (const auto& [key, hex] : secrets) {
    const std::string name = "\"" + std::to_string(key) + "\":\"redacted\"";
    const std::string secret16 = "73 0006 736563726574";
    const std::string secret18 = "07 06 736563726574";
    const std::string digits = test::to_hex(bytes_of(std::to_string(key)));
    const std::map<std::string, std::pair<std::string, Serialization>> messages = {
        {"a parameter", {"05 0001" + hex + secret16, v16}},
        {"a parameter of 1.8", {"05 01" + hex + secret18, v18}},
        {"a table in it", {"05 0001" + hex + "68 0001 6201" + secret16, v16}},
        {"bytes", {"05 0001" + hex + "78 00000006 736563726574", v16}},
        {"in a table by a byte", {"05 0001 01 68 0001 62" + hex + secret16, v16}},
        {"by an int", {"05 0001 01 68 0001 69 000000" + hex + secret16, v16}},
        {"by its digits", {"05 0001 01 68 0001 73 0003" + digits + secret16, v16}},
        {"in a table in a table", {"05 0001 01 68 0001 6201 68 0001 62" + hex + secret16, v16}},
        {"in a dictionary", {"05 0001 01 44 62 73 0001" + hex + "0006 736563726574", v16}},
        {"in an array of tables", {"05 0001 01 7a 0001 68 0001 62" + hex + secret16, v16}},
        {"in an inner request", {"05 0001 01 71 07 0001" + hex + secret16, v16}},
        {"in an inner response", {"05 0001 01 70 07 0000 2a 0001" + hex + secret16, v16}},
        {"in a table of 1.8 by a byte", {"05 01 01 15 01 03" + hex + secret18, v18}},
        {"by an int of one byte", {"05 01 01 15 01 0b" + hex + secret18, v18}},
        {"by an int of two", {"05 01 01 15 01 0d" + hex + "00" + secret18, v18}},
        {"by a short", {"05 01 01 15 01 04" + hex + "00" + secret18, v18}},
        {"by digits of 1.8", {"05 01 01 15 01 07 03" + digits + secret18, v18}},
        {"in a dictionary of 1.8", {"05 01 01 14 03 07 01" + hex + "06 736563726574", v18}},
        {"in a dictionary of dictionaries",
         {"05 01 01 14 03 14 03 07 01 01 03 07 01" + hex + "06 736563726574", v18}},
        {"in an inner event of 1.8", {"05 01 01 1a 07 01" + hex + secret18, v18}},
    };
    for (const auto& [where, message] : messages) {
      const std::string text = transcript(Type::request, message.first, message.second);
      EXPECT_NE(text.find(name), std::string::npos) << key << " " << where << ": " << text;
      EXPECT_EQ(text.find("secret"), std::string::npos) << key << " " << where << ": " << text;
      EXPECT_EQ(text.find("736563726574"), std::string::npos) << key << " " << where << ": " << text;
    }
  }
}

TEST(Transcript, ShowsWhatIsNoSecret) {
  EXPECT_EQ(with_parameter("dc", "73 0003 616263", v16), R"(,"code":5,"parameters":{"220":"abc"})");
  EXPECT_EQ(with_parameter("01", "68 0001 69 000001dd 73 0003 616263", v16),
            R"(,"code":5,"parameters":{"1":{"477":"abc"}})")
      << "another number with the same last byte";
}

TEST(Transcript, CutsLongTextsAndTellsTheSizeOfBytes) {
  const std::string x300(600, '7');  // "www…" in hex
  EXPECT_EQ(written("73 012c" + x300, v16),
            R"({"text":")" + std::string(transcript_text_max, 'w') + R"(","bytes":300})");
  EXPECT_EQ(written("78 0000012c" + x300, v16),
            R"({"bytes":300,"hex":")" + std::string(2 * transcript_bytes_max, '7') + R"("})");
}

TEST(Transcript, KeepsEveryTextOnItsLineAndInItsQuotes) {
  EXPECT_EQ(written("73 0008 22 0a 5c ff 2c 22 61 22", v16), R"("\"\u000a\\�,\"a\"")");
  EXPECT_EQ(written("68 0001 73 0003 22 3a 0a 6201", v16), R"({"\":\u000a":1})") << "as a name too";
}

TEST(Transcript, LeavesNothingOfWhatCannotBeReadToItsEnd) {
  EXPECT_EQ(transcript(Type::request, "05 0002 01 73 0003 616263 02 69 0000", v16), "truncated");
  EXPECT_EQ(transcript(Type::request, "05 0001 01 44 44 62 0000", v16), "unknown_type");
  EXPECT_EQ(transcript(Type::request, "05 01 01 14 08 08 00", v18), "unknown_type");
  EXPECT_EQ(transcript(Type::request, "", v16), "truncated");
  std::string deep = "05 0001 01";
  for (std::size_t i = 0; i < 2 * depth_max; ++i) deep += "7a 0001";
  EXPECT_EQ(transcript(Type::request, deep + "2a", v16), "too_deep");
}

TEST(Transcript, GivesUpWhatBecomesTooLong) {
  EXPECT_EQ(written("79 7fff 2a", v16), "too_long") << "three bytes that say null 32767 times";
  EXPECT_EQ(written("42 ffff7f" + std::string(2 * 262144, 'f'), v18), "too_long");
}

TEST(Transcript, IsOfClearMessagesWithParametersOnly) {
  EXPECT_EQ(transcript(Type::raw, "05 0000", v16), "wrong_type");
  EXPECT_EQ(transcript(Type::init, "05 0000", v16), "wrong_type");
  std::string out;
  const auto body = from_hex("05 0000");
  EXPECT_FALSE(append_transcript(out, {.type = Type::request, .encrypted = true, .body = body}, v16));
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace gateway::message
