#include "message/value.h"

#include <string>

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway::message {
namespace {

using test::from_hex;
using test::to_hex;

constexpr auto v16 = Serialization::v16;
constexpr auto v18 = Serialization::v18;

// Bytes behind the value, or the error's name.
std::string skipped(Bytes bytes, Serialization serialization) {
  ByteReader in(bytes);
  const auto result = skip_value(in, serialization);
  return result ? std::to_string(in.position()) : std::string(name(result.error()));
}

std::string skipped(std::string_view hex, Serialization serialization) {
  return skipped(from_hex(hex), serialization);
}

struct Sample {
  Serialization serialization;
  std::vector<std::uint8_t> bytes;
  std::string what;
};

// The vectors, and what they leave out.
std::vector<Sample> samples() {
  std::vector<Sample> all;
  for (const auto& vector : test::load_vector_list("p16_values.json"))
    all.push_back({v16, vector.bytes, vector.what});
  for (const auto& vector : test::load_vector_list("p18_values.json"))
    all.push_back({v18, vector.bytes, vector.what});
  for (const auto* hex :
       {"00", "79 0002 44 6269 0001 01 00000001 0000", "79 0002 68 0000 0001 2a 2a", "79 0001 7a 0001 2a",
        "79 0001 61 0001 0001 61", "65 05 0001 01 2a", "71 05 0001 01 62 01", "70 05 0000 2a 0001 01 62 01",
        "76 0002 69 00000001 00000002", "76 0000", "44 62 63 56 0001 01 0002 aabb", "44 2a 2a 0001 6201 6202",
        "44 73 78 0001 0001 61 00000001 ff", "6f 02"}) {
    all.push_back({v16, from_hex(hex), std::string("1.6: ") + hex});
  }
  for (const auto* hex : {"02 01", "18 05 01 01 08", "19 05 0000 08 01 01 22", "1a 05 01 01 03 07", "20",
                          "21", "54 03 09 02 01 01 02 00", "14 03 14 03 09 01 01 03 09 01 02 06",
                          "14 03 43 01 01 02 aabb", "14 03 40 40 49 01 01 40 01 49 01 02",
                          "14 22 1e ff ff ff ff 0f", "14 03 17 01 01 02 08 08", "14 03 15 01 01 01 22 08",
                          "e4 02 aabb", "80 00", "55 00", "14 00 07 01 22 01 61", "14 07 0a 01 00 80 01"}) {
    all.push_back({v18, from_hex(hex), std::string("1.8: ") + hex});
  }
  return all;
}

TEST(Value, IsSkippedToItsLastByteAndNotFurther) {
  for (auto sample : samples()) {
    const std::size_t size = sample.bytes.size();
    EXPECT_EQ(skipped(sample.bytes, sample.serialization), std::to_string(size)) << sample.what;
    sample.bytes.insert(sample.bytes.end(), {0x62, 0x01, 0xFF});
    EXPECT_EQ(skipped(sample.bytes, sample.serialization), std::to_string(size))
        << sample.what << ", bytes behind it";
  }
}

TEST(Value, CutAtAnyByteIsTruncated) {
  for (const auto& sample : samples()) {
    for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
      const std::string result = skipped(Bytes(sample.bytes).first(size), sample.serialization);
      EXPECT_EQ(result, "truncated") << sample.what << " cut to " << size;
    }
  }
}

TEST(Value, WithAnyByteChangedIsSkippedOrRefusedWithinItsBytes) {
  for (const auto& sample : samples()) {
    for (std::size_t i = 0; i < sample.bytes.size(); ++i) {
      for (int value = 0; value < 256; ++value) {
        auto changed = sample.bytes;
        changed[i] = static_cast<std::uint8_t>(value);
        for (const auto serialization : {v16, v18}) {
          ByteReader in(changed);
          (void)skip_value(in, serialization);
          ASSERT_LE(in.position(), changed.size()) << sample.what;
        }
      }
    }
  }
}

TEST(Value, OfAnUnknownTypeIsRefused) {
  EXPECT_EQ(skipped("01", v16), "unknown_type");
  EXPECT_EQ(skipped("7a 0001 5a", v16), "unknown_type");
  EXPECT_EQ(skipped("79 0001 01 00", v16), "unknown_type");
  EXPECT_EQ(skipped("00", v18), "unknown_type");
  EXPECT_EQ(skipped("16 00", v18), "unknown_type");
  EXPECT_EQ(skipped("41 00", v18), "unknown_type");
  EXPECT_EQ(skipped("48 00", v18), "unknown_type");
  EXPECT_EQ(skipped("e5 00", v18), "unknown_type");
  EXPECT_EQ(skipped("17 01 01", v18), "unknown_type");
}

TEST(Value, OfADictionaryWithAmbiguousTypesIsRefused) {
  EXPECT_EQ(skipped("44 62 79 0001 01 0001 69 00000001", v16), "unknown_type");
  EXPECT_EQ(skipped("44 62 44 6269 0000", v16), "unknown_type");
  EXPECT_EQ(skipped("14 15 09 00", v18), "unknown_type");     // a Hashtable is no key
  EXPECT_EQ(skipped("14 03 08 00", v18), "unknown_type");     // null is no value type
  EXPECT_EQ(skipped("14 03 40 09 00", v18), "unknown_type");  // array of arrays of no array
  EXPECT_EQ(skipped("14 03 14 15 09 00", v18), "unknown_type");
}

TEST(Value, WithANegativeCountIsTruncated) {
  for (const auto* hex :
       {"73 8000", "7a ffff", "68 8001", "79 ffff 62", "78 ffffffff", "6e 80000000", "63 01 8000"}) {
    EXPECT_EQ(skipped(hex, v16), "truncated") << hex;
  }
}

TEST(Value, WithACountBeyondTheBytesEndsAtOnce) {
  for (const auto* hex :
       {"78 7fffffff 00", "6e 7fffffff 00", "7a 7fff 2a", "68 7fff 2a2a", "79 7fff 6c", "61 7fff"}) {
    EXPECT_EQ(skipped(hex, v16), "truncated") << hex;
  }
  for (const auto* hex :
       {"07 ffffffff0f 61", "43 ffffffff0f", "42 ffffffff0f", "46 ffffffff0f", "17 ffffffff0f 08",
        "15 ffffffff0f 0808", "49 ffffffff0f 00", "47 ffffffff0f 00", "53 ffffffff0f 01 00",
        "54 0000 ffffffff0f 00", "55 ffffffff0f 00", "40 ffffffff0f 08"}) {
    EXPECT_EQ(skipped(hex, v18), "truncated") << hex;
  }
}

// Elements without bytes would make a count of work out of nothing.
TEST(Value, WithElementsOfNoBytesTakesOneStep) {
  EXPECT_EQ(skipped("79 7fff 2a", v16), "4");
  EXPECT_EQ(skipped("76 7fff 2a", v16), "4");
  EXPECT_EQ(skipped("14 22 1e ffffffff0f", v18), "8");
  EXPECT_EQ(skipped("54 22 1e 02 ffffffff0f ffffffff0f", v18), "14");
}

TEST(Value, StopsReadingALengthAfterFiveBytesAsReadersDo) {
  EXPECT_EQ(skipped("09 8080808080 00", v18), "6");
  EXPECT_EQ(skipped("0a 80808080808080808080 00", v18), "11");
  EXPECT_EQ(skipped("07 8180808000 61", v18), "7");
}

std::vector<std::uint8_t> nested(std::string_view hex, std::size_t times, std::string_view inner) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < times; ++i) {
    const auto level = from_hex(hex);
    bytes.insert(bytes.end(), level.begin(), level.end());
  }
  const auto last = from_hex(inner);
  bytes.insert(bytes.end(), last.begin(), last.end());
  return bytes;
}

TEST(Value, IsFollowedToTheGreatestDepthAndNoFurther) {
  struct Nesting {
    Serialization serialization;
    std::string_view level;
    std::string_view inner;
  };
  for (const auto& [serialization, level, inner] :
       {Nesting{v16, "7a 0001", "2a"}, Nesting{v18, "17 01", "08"}, Nesting{v18, "40 01", "43 00"}}) {
    const auto fits = nested(level, depth_max - 1, inner);
    EXPECT_EQ(skipped(fits, serialization), std::to_string(fits.size())) << level;
    EXPECT_EQ(skipped(nested(level, depth_max, inner), serialization), "too_deep") << level;
  }
}

TEST(Value, NestedTenThousandTimesInAnyWayIsRefused) {
  EXPECT_EQ(skipped(nested("7a 0001", 10000, "2a"), v16), "too_deep");
  EXPECT_EQ(skipped(nested("79 0001", 10000, "62 01"), v16), "too_deep");
  EXPECT_EQ(skipped(nested("68 0001 2a", 10000, "2a"), v16), "too_deep");
  EXPECT_EQ(skipped(nested("44 62 2a 0001 00", 10000, "2a"), v16), "too_deep");
  EXPECT_EQ(skipped(nested("76 0001", 10000, "62 01"), v16), "too_deep");
  EXPECT_EQ(skipped(nested("70 00 0000", 10000, "2a"), v16), "too_deep");
  EXPECT_EQ(skipped(nested("17 01", 10000, "08"), v18), "too_deep");
  EXPECT_EQ(skipped(nested("14 03", 10000, "08"), v18), "too_deep");
  EXPECT_EQ(skipped(nested("15 01 08", 10000, "08"), v18), "too_deep");
  EXPECT_EQ(skipped(nested("19 00 0000", 10000, "08"), v18), "too_deep");
  EXPECT_EQ(skipped(nested("14 00 00 01 08", 10000, "08"), v18), "too_deep");
}

TEST(Parameter, IsFoundWithItsTypeByte) {
  const auto body16 = from_hex("fd 0002 f4 62 01 f5 68 0001 62 00 73 0002 6869");
  EXPECT_EQ(to_hex(*find_parameter(body16, v16, 0xF4)), "6201");
  EXPECT_EQ(to_hex(*find_parameter(body16, v16, 0xF5)), "68000162007300026869");
  const auto body18 = from_hex("fd 02 f4 03 01 f5 15 01 22 07 02 6869");
  EXPECT_EQ(to_hex(*find_parameter(body18, v18, 0xF4)), "0301");
  EXPECT_EQ(to_hex(*find_parameter(body18, v18, 0xF5)), "15012207026869");
}

TEST(Parameter, ThatIsRepeatedCountsTheLastTime) {
  EXPECT_EQ(to_hex(*find_parameter(from_hex("fd 0002 f4 62 01 f4 62 02"), v16, 0xF4)), "6202");
  EXPECT_EQ(to_hex(*find_parameter(from_hex("fd 02 f4 03 01 f4 22"), v18, 0xF4)), "22");
}

TEST(Parameter, BehindTheCountIsNoParameter) {
  EXPECT_EQ(find_parameter(from_hex("fd 0001 f5 62 01 f4 62 02"), v16, 0xF4).error(),
            Error::missing_parameter);
  EXPECT_EQ(find_parameter(from_hex("fd 01 f5 03 01 f4 22"), v18, 0xF4).error(), Error::missing_parameter);
}

TEST(Parameter, InABodyThatCannotBeReadIsAnError) {
  EXPECT_EQ(find_parameter({}, v16, 1).error(), Error::truncated);
  EXPECT_EQ(find_parameter(from_hex("fd"), v18, 1).error(), Error::truncated);
  EXPECT_EQ(find_parameter(from_hex("fd ffff"), v16, 1).error(), Error::truncated);
  EXPECT_EQ(find_parameter(from_hex("fd 0002 01 62 01"), v16, 1).error(), Error::truncated);
  EXPECT_EQ(find_parameter(from_hex("fd 02 01 22 02 00"), v18, 1).error(), Error::unknown_type);
}

TEST(Parameter, IsReadAsAByteInEveryFormOfAByteAndNoOther) {
  EXPECT_EQ(*as_byte(from_hex("62 c8"), v16), 0xC8);
  EXPECT_EQ(*as_byte(from_hex("03 c8"), v18), 0xC8);
  EXPECT_EQ(*as_byte(from_hex("22"), v18), 0);
  EXPECT_EQ(as_byte(from_hex("69 000000c8"), v16).error(), Error::wrong_type);
  EXPECT_EQ(as_byte(from_hex("0b c8"), v18).error(), Error::wrong_type);
  EXPECT_EQ(as_byte(from_hex("62"), v16).error(), Error::truncated);
  EXPECT_EQ(as_byte(from_hex("03"), v18).error(), Error::truncated);
  EXPECT_EQ(as_byte({}, v16).error(), Error::truncated);
  EXPECT_EQ(as_byte({}, v18).error(), Error::truncated);
}

TEST(Parameter, IsReadAsAByteArray) {
  const auto value16 = from_hex("78 00000002 aabb");
  const auto value18 = from_hex("43 02 aabb");
  EXPECT_EQ(to_hex(*as_byte_array(value16, v16)), "aabb");
  EXPECT_EQ(to_hex(*as_byte_array(value18, v18)), "aabb");
  EXPECT_EQ(as_byte_array(from_hex("73 0001 61"), v16).error(), Error::wrong_type);
  EXPECT_EQ(as_byte_array(from_hex("07 01 61"), v18).error(), Error::wrong_type);
  EXPECT_EQ(as_byte_array(from_hex("78 00000003 aabb"), v16).error(), Error::truncated);
  EXPECT_EQ(as_byte_array(from_hex("43 03 aabb"), v18).error(), Error::truncated);
  EXPECT_EQ(as_byte_array({}, v16).error(), Error::truncated);
  EXPECT_EQ(as_byte_array({}, v18).error(), Error::truncated);
}

}  // namespace
}  // namespace gateway::message
