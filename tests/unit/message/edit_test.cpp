#include "message/edit.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "message/value.h"
#include "support/recordings.h"
#include "support/vectors.h"

namespace gateway::message {
namespace {

using test::from_hex;
using test::to_hex;

constexpr auto v16 = Serialization::v16;
constexpr auto v18 = Serialization::v18;
constexpr std::uint8_t key = 0xE6;

using Body = std::vector<std::uint8_t>;
using Mapping = std::function<std::string(std::string_view)>;

Envelope envelope(Type type, Bytes body) {
  Envelope envelope;
  envelope.type = type;
  envelope.body = body;
  return envelope;
}

// Replaces every text of the parameter by what `mapping` makes of it, in a buffer of exactly `room` bytes.
Result<Body> edited(const Envelope& message, Serialization serialization, std::uint8_t parameter,
                    const Mapping& mapping, std::size_t room) {
  Body out(room);
  Edit edit(message, serialization, parameter, out);
  while (const auto text = edit.next_text()) edit.replace(0, text->size(), mapping(*text));
  const auto body = edit.finish();
  if (!body) return body.error();
  return Body(body->begin(), body->end());
}

Result<Body> edited(const Envelope& message, Serialization serialization, std::uint8_t parameter,
                    const Mapping& mapping) {
  return edited(message, serialization, parameter, mapping, 4 * message.body.size() + 40'000);
}

std::string hex_or_error(const Result<Body>& body) {
  return body ? to_hex(*body) : std::string(name(body.error()));
}

// The edited response, or the error's name.
std::string response(std::string_view hex, Serialization serialization, const Mapping& mapping) {
  const Body body = from_hex(hex);
  return hex_or_error(edited(envelope(Type::response, body), serialization, key, mapping));
}

std::string hex(std::string_view with_blanks) {
  return to_hex(from_hex(with_blanks));
}

Mapping always(std::string text) {
  return [text](std::string_view) { return text; };
}

std::string longer(std::string_view text) {
  return std::string(text) + "+";
}
std::string shorter(std::string_view text) {
  return std::string(text.substr(0, text.size() - 1));
}
std::string same(std::string_view text) {
  return std::string(text);
}

TEST(Edit, ReplacesAStringAndItsLengthOnly) {
  EXPECT_EQ(response("e6 0000 2a 0002 e6 73 0001 61 dd 73 0001 62", v16, always("cde")),
            hex("e6 0000 2a 0002 e6 73 0003 636465 dd 73 0001 62"));
  EXPECT_EQ(response("e6 0000 08 02 e6 07 01 61 dd 07 01 62", v18, always("cde")),
            hex("e6 0000 08 02 e6 07 03 636465 dd 07 01 62"));
}

TEST(Edit, ReplacesInBothFormsOfAStringArrayAndKeepsTheForm) {
  EXPECT_EQ(response("e6 0000 2a 0001 e6 61 0002 0001 61 0002 6263", v16, longer),
            hex("e6 0000 2a 0001 e6 61 0002 0002 612b 0003 62632b"));
  EXPECT_EQ(response("e6 0000 2a 0001 e6 79 0002 73 0001 61 0002 6263", v16, longer),
            hex("e6 0000 2a 0001 e6 79 0002 73 0002 612b 0003 62632b"));
  EXPECT_EQ(response("e6 0000 08 01 e6 47 02 01 61 02 6263", v18, longer),
            hex("e6 0000 08 01 e6 47 02 02 612b 03 62632b"));
}

TEST(Edit, ReplacesSomeElementsAndLeavesTheOthers) {
  const Mapping only_b = [](std::string_view text) { return text == "b" ? "BBB" : std::string(text); };
  EXPECT_EQ(response("e6 0000 2a 0001 e6 79 0003 73 0001 61 0001 62 0001 63", v16, only_b),
            hex("e6 0000 2a 0001 e6 79 0003 73 0001 61 0003 424242 0001 63"));
  EXPECT_EQ(response("e6 0000 08 01 e6 47 03 01 61 01 62 01 63", v18, only_b),
            hex("e6 0000 08 01 e6 47 03 01 61 03 424242 01 63"));
}

TEST(Edit, ReplacesAPartOfAText) {
  const Body body = from_hex("e6 0000 08 01 e6 07 05 6162636465");
  Body out(100);
  Edit edit(envelope(Type::response, body), v18, key, out);
  EXPECT_EQ(edit.next_text(), "abcde");
  edit.replace(1, 3, "XY");
  EXPECT_EQ(edit.next_text(), std::nullopt);
  EXPECT_EQ(to_hex(*edit.finish()), hex("e6 0000 08 01 e6 07 04 61585965"));
}

TEST(Edit, FindsTheParametersOfRequestsEventsAndResponses) {
  for (const auto type : {Type::request, Type::internal_request, Type::event}) {
    const Body body16 = from_hex("e6 0001 e6 73 0001 61");
    const Body body18 = from_hex("e6 01 e6 07 01 61");
    EXPECT_EQ(hex_or_error(edited(envelope(type, body16), v16, key, longer)), hex("e6 0001 e6 73 0002 612b"));
    EXPECT_EQ(hex_or_error(edited(envelope(type, body18), v18, key, longer)), hex("e6 01 e6 07 02 612b"));
  }
  for (const auto type : {Type::response, Type::internal_response}) {
    const Body body16 = from_hex("e6 7fff 73 0001 78 0001 e6 73 0001 61");
    const Body body18 = from_hex("e6 ff7f 07 01 78 01 e6 07 01 61");
    EXPECT_EQ(hex_or_error(edited(envelope(type, body16), v16, key, longer)),
              hex("e6 7fff 73 0001 78 0001 e6 73 0002 612b"));
    EXPECT_EQ(hex_or_error(edited(envelope(type, body18), v18, key, longer)),
              hex("e6 ff7f 07 01 78 01 e6 07 02 612b"));
  }
}

TEST(Edit, FindsNothingInTypesWithoutParameters) {
  const Body body = from_hex("e6 01 e6 07 01 61");
  for (const auto type : {Type::init, Type::init_response, Type::disconnect, Type::message, Type::raw}) {
    EXPECT_EQ(hex_or_error(edited(envelope(type, body), v18, key, longer)), to_hex(body));
  }
}

TEST(Edit, OfAKeyThatIsAbsentGivesTheMessagesOwnBody) {
  const Body body = from_hex("e6 0000 08 01 dd 07 01 61");
  Edit edit(envelope(Type::response, body), v18, key, {});
  EXPECT_EQ(edit.next_text(), std::nullopt);
  EXPECT_EQ(edit.finish()->data(), body.data());
}

TEST(Edit, ThatReplacesATextByItselfGivesTheMessagesOwnBody) {
  const Body body = from_hex("e6 0000 08 01 e6 47 02 01 61 00");
  Edit edit(envelope(Type::response, body), v18, key, {});
  while (const auto text = edit.next_text()) edit.replace(0, text->size(), *text);
  EXPECT_EQ(edit.finish()->data(), body.data());
}

TEST(Edit, OfAKeyThatIsThereTwiceReplacesBoth) {
  EXPECT_EQ(response("e6 0000 2a 0003 e6 73 0001 61 01 2a e6 61 0001 0001 62", v16, longer),
            hex("e6 0000 2a 0003 e6 73 0002 612b 01 2a e6 61 0001 0002 622b"));
  EXPECT_EQ(response("e6 0000 08 03 e6 07 01 61 01 08 e6 47 01 01 62", v18, longer),
            hex("e6 0000 08 03 e6 07 02 612b 01 08 e6 47 01 02 622b"));
}

TEST(Edit, LeavesAValueOfAnotherType) {
  for (const auto* value :
       {"2a", "6207", "6900000001", "7800000001 61", "7a0001 730001 61", "790001 69 00000001",
        "790001 79 0001 73 0001 61", "790001 61 0001 0001 61", "680001 730001 61 730001 61"}) {
    const std::string body = std::string("e6 0000 2a 0001 e6 ") + value;
    EXPECT_EQ(response(body, v16, longer), hex(body));
  }
  for (const auto* value : {"08", "0307", "0b01", "4301 61", "1701 0701 61", "4001 4701 01 61",
                            "1501 0701 61 0701 61", "140707 01 0161 0161"}) {
    const std::string body = std::string("e6 0000 08 01 e6 ") + value;
    EXPECT_EQ(response(body, v18, longer), hex(body));
  }
}

TEST(Edit, FillsAnEmptyStringAndEmptiesAFullOne) {
  EXPECT_EQ(response("e6 0000 2a 0001 e6 73 0000", v16, always("a")), hex("e6 0000 2a 0001 e6 73 0001 61"));
  EXPECT_EQ(response("e6 0000 08 01 e6 07 00", v18, always("a")), hex("e6 0000 08 01 e6 07 01 61"));
  EXPECT_EQ(response("e6 0000 2a 0001 e6 73 0001 61", v16, always("")), hex("e6 0000 2a 0001 e6 73 0000"));
  EXPECT_EQ(response("e6 0000 08 01 e6 07 01 61", v18, always("")), hex("e6 0000 08 01 e6 07 00"));
  EXPECT_EQ(response("e6 0000 2a 0001 e6 79 0000 73", v16, longer), hex("e6 0000 2a 0001 e6 79 0000 73"));
  EXPECT_EQ(response("e6 0000 2a 0001 e6 61 0000", v16, longer), hex("e6 0000 2a 0001 e6 61 0000"));
  EXPECT_EQ(response("e6 0000 08 01 e6 47 00", v18, longer), hex("e6 0000 08 01 e6 47 00"));
}

TEST(Edit, LeavesBytesBehindTheLastParameter) {
  EXPECT_EQ(response("e6 0000 2a 0001 e6 73 0001 61 e6 73 0001", v16, longer),
            hex("e6 0000 2a 0001 e6 73 0002 612b e6 73 0001"));
  EXPECT_EQ(response("e6 0000 08 01 e6 07 01 61 e6 07 ff", v18, longer),
            hex("e6 0000 08 01 e6 07 02 612b e6 07 ff"));
}

TEST(Edit, WritesALengthOfTwoBytesFrom128OnIn18) {
  const auto text = [](std::size_t size) { return std::string(size, 'a'); };
  const auto body = [&](std::string_view length, std::size_t size) {
    const std::string letters = text(size);
    return hex("e6 0000 08 01 e6 07") + hex(length) + to_hex(bytes_of(letters)) + "ff";
  };
  EXPECT_EQ(response(body("7f", 127), v18, longer).substr(12, 6), "078001");
  EXPECT_EQ(response(body("7f", 127), v18, always(text(128))), body("8001", 128));
  EXPECT_EQ(response(body("8001", 128), v18, always(text(127))), body("7f", 127));
  EXPECT_EQ(response(body("8001", 128), v18, always(text(16383))), body("ff7f", 16383));
  EXPECT_EQ(response(body("8001", 128), v18, always(text(16384))), body("808001", 16384));
}

TEST(Edit, KeepsALengthThatIsWrittenTooLongIfItsTextStays) {
  EXPECT_EQ(response("e6 0000 08 01 e6 47 02 818000 61 01 62", v18,
                     [](std::string_view text) { return text == "b" ? "c" : std::string(text); }),
            hex("e6 0000 08 01 e6 47 02 818000 61 01 63"));
  EXPECT_EQ(response("e6 0000 08 01 e6 07 818000 61", v18, always("b")), hex("e6 0000 08 01 e6 07 01 62"));
}

TEST(Edit, RefusesATextLongerThanReadersTake) {
  const std::string longest(text_max, 'a');
  const std::string too_long(text_max + 1, 'a');
  EXPECT_EQ(response("e6 0000 2a 0001 e6 73 0001 61", v16, always(longest)).size(), 2 * (text_max + 10));
  EXPECT_EQ(response("e6 0000 2a 0001 e6 73 0001 61", v16, always(too_long)), "too_long");
  EXPECT_EQ(response("e6 0000 08 01 e6 07 01 61", v18, always(longest)).size(), 2 * (text_max + 10));
  EXPECT_EQ(response("e6 0000 08 01 e6 07 01 61", v18, always(too_long)), "too_long");
}

TEST(Edit, RefusesABodyLargerThanTheRoom) {
  const Body body = from_hex("e6 0000 08 02 e6 07 01 61 dd 07 01 62");
  const Body expected = from_hex("e6 0000 08 02 e6 07 02 612b dd 07 01 62");
  for (std::size_t room = 0; room < expected.size(); ++room) {
    EXPECT_EQ(hex_or_error(edited(envelope(Type::response, body), v18, key, longer, room)), "too_long");
  }
  EXPECT_EQ(hex_or_error(edited(envelope(Type::response, body), v18, key, longer, expected.size())),
            to_hex(expected));
}

TEST(Edit, OfABodyThatCannotBeReadIsAnError) {
  EXPECT_EQ(response("", v16, longer), "truncated");
  EXPECT_EQ(response("e6 0000 2a ffff", v16, longer), "truncated");
  EXPECT_EQ(response("e6 0000 2a 0001 e6 73 8000", v16, longer), "truncated");
  EXPECT_EQ(response("e6 0000 2a 0001 e6 61 8000", v16, longer), "truncated");
  EXPECT_EQ(response("e6 0000 2a 0001 e6 79 8000 73", v16, longer), "truncated");
  EXPECT_EQ(response("e6 0000 08 01 e6 47 ffffffff0f 00", v18, longer), "truncated");
  EXPECT_EQ(response("e6 0000 01 0000", v16, longer), "unknown_type");
  EXPECT_EQ(response("e6 0000 2a 0001 e6 01", v16, longer), "unknown_type");
  EXPECT_EQ(response("e6 0000 08 02 e6 07 01 61 dd 01", v18, longer), "unknown_type");
}

TEST(Edit, TakesANegativeLengthOf16ForAnErrorHoweverManyBytesFollow) {
  const std::string bytes(2 * 0x8000, '0');
  EXPECT_EQ(response("e6 0000 2a 0001 e6 73 8000" + bytes, v16, longer), "truncated");
  EXPECT_EQ(response("e6 0000 2a 0001 e6 61 8000" + bytes + bytes, v16, longer), "truncated");
}

TEST(Edit, FollowsOtherValuesToTheGreatestDepthAndNoFurther) {
  struct Nesting {
    Serialization serialization;
    std::string begin, level, end;
  };
  for (const auto& [serialization, begin, level, end] :
       {Nesting{v16, "e6 0000 2a 0002 dd", "7a0001", "2a e6 73 0001"},
        Nesting{v18, "e6 0000 08 02 dd", "1701", "08 e6 07 01"}}) {
    std::string nested;
    for (std::size_t depth = 1; depth < depth_max; ++depth) nested += level;
    EXPECT_EQ(response(begin + nested + end + "61", serialization, always("b")),
              hex(begin + nested + end + "62"));
    EXPECT_EQ(response(begin + nested + level + end + "61", serialization, always("b")), "too_deep");
  }
}

struct Sample {
  Serialization serialization;
  Type type;
  Body body;
  std::string what;
};

// A value of every kind before and behind the parameter, and as it.
std::vector<Sample> responses_with(Serialization serialization, std::string_view file) {
  std::vector<Sample> all;
  const bool is_16 = serialization == v16;
  for (const auto& vector : test::load_vector_list(file)) {
    const std::string value = to_hex(vector.bytes);
    const std::string body = std::string("e6 0000 ") + (is_16 ? "2a 0004" : "08 04") + "01" + value + "e6" +
                             (is_16 ? "730001" : "0701") + "61 e6" + value + "02" + value;
    all.push_back({serialization, Type::response, from_hex(body), vector.what});
  }
  return all;
}

std::vector<Sample> clear_vectors() {
  std::vector<Sample> all;
  for (const auto& vector : test::load_vector_list("messages.json")) {
    if (vector.what.starts_with("init ") || vector.fields.contains("aes_key")) continue;
    const auto parsed = parse_envelope(vector.bytes);
    const auto serialization = vector.what.find("(protocol 16)") != std::string::npos ? v16 : v18;
    all.push_back({serialization, parsed->type, Body(parsed->body.begin(), parsed->body.end()), vector.what});
  }
  return all;
}

std::vector<Sample> samples() {
  auto all = clear_vectors();
  for (auto& sample : responses_with(v16, "p16_values.json")) all.push_back(std::move(sample));
  for (auto& sample : responses_with(v18, "p18_values.json")) all.push_back(std::move(sample));
  return all;
}

// The recordings of every value type a client can write; on UDP and TCP alike.
std::vector<Sample> recorded() {
  std::vector<Sample> all;
  for (const auto& recording_name : test::recording_names()) {
    if (!recording_name.ends_with("-types")) continue;
    const auto recording = test::load_recording(recording_name);
    const auto serialization = recording.serialization == "GpBinaryV16" ? v16 : v18;
    for (const auto& message : recording.messages) {
      if (message.body && !message.text_init)
        all.push_back({serialization, static_cast<Type>(message.type), *message.body, recording_name});
    }
  }
  return all;
}

// Edits each parameter there may be: first every text stays, then it grows and shrinks again.
std::size_t expect_every_byte_kept(const Sample& sample) {
  std::size_t grown_messages = 0;
  for (int parameter = 0; parameter < 256; ++parameter) {
    const auto number = static_cast<std::uint8_t>(parameter);
    const auto edit = [&](const Body& body, const Mapping& mapping) {
      return edited(envelope(sample.type, body), sample.serialization, number, mapping);
    };
    EXPECT_EQ(hex_or_error(edit(sample.body, same)), to_hex(sample.body)) << sample.what;
    const auto grown = edit(sample.body, longer);
    EXPECT_TRUE(grown) << sample.what;
    if (!grown) continue;
    if (grown->size() > sample.body.size()) ++grown_messages;
    EXPECT_EQ(hex_or_error(edit(*grown, shorter)), to_hex(sample.body)) << sample.what;
  }
  return grown_messages;
}

TEST(Edit, OfEveryVectorKeepsEveryByteThatIsNoText) {
  std::size_t grown = 0;
  for (const auto& sample : samples()) grown += expect_every_byte_kept(sample);
  EXPECT_GT(grown, 100u);
}

TEST(Edit, OfEveryRecordedTypeKeepsEveryByteThatIsNoText) {
  std::size_t grown = 0;
  std::size_t messages = 0;
  for (const auto& sample : recorded()) {
    grown += expect_every_byte_kept(sample);
    ++messages;
  }
  EXPECT_GT(messages, 50u);
  EXPECT_GT(grown, 10u);
}

TEST(Edit, OfABodyCutAtAnyByteIsTruncated) {
  for (const auto& sample : samples()) {
    if (sample.type > Type::event && sample.type != Type::internal_request &&
        sample.type != Type::internal_response)
      continue;  // no parameters, nothing to walk
    for (std::size_t size = 0; size < sample.body.size(); ++size) {
      const Body cut(sample.body.begin(), sample.body.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(hex_or_error(edited(envelope(sample.type, cut), sample.serialization, key, longer)),
                "truncated")
          << sample.what << " cut to " << size;
    }
  }
}

TEST(Edit, OfABodyWithAnyByteChangedKeepsEveryByteOrIsAnError) {
  for (const auto& sample : clear_vectors()) {
    for (std::size_t i = 0; i < sample.body.size(); ++i) {
      for (int value = 0; value < 256; ++value) {
        Body changed = sample.body;
        changed[i] = static_cast<std::uint8_t>(value);
        const auto result = edited(envelope(sample.type, changed), sample.serialization, key, same);
        if (result) {
          ASSERT_EQ(to_hex(*result), to_hex(changed)) << sample.what;
        }
      }
    }
  }
}

}  // namespace
}  // namespace gateway::message
