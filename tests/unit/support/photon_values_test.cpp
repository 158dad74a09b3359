#include "support/photon_values.h"

#include <array>

#include <gtest/gtest.h>

#include "message/value.h"
#include "support/test_operations.h"

namespace gateway::test {
namespace {

using message::Serialization;
using Written = std::vector<std::uint8_t>;

class Values : public testing::TestWithParam<Protocol> {
 protected:
  const Protocol protocol = GetParam();
  const Serialization serialization = protocol == Protocol::v16 ? Serialization::v16 : Serialization::v18;
};
INSTANTIATE_TEST_SUITE_P(BothSerializations, Values, testing::Values(Protocol::v16, Protocol::v18),
                         [](const auto& tested) { return tested.param == Protocol::v16 ? "V16" : "V18"; });

TEST_P(Values, OfEveryTypeAreSkippedByTheProductAndByTheTests) {
  const std::string long_text(300, 'x');
  const Written key(32, 7);
  const std::vector<Parameter> parameters{{1, string_value(protocol, long_text)},
                                          {2, strings_value(protocol, {"a", "", "bc"})},
                                          {3, strings_value(protocol, {"a", ""}, StringsForm::compact)},
                                          {4, byte_value(protocol, 0)},
                                          {5, byte_value(protocol, 200)},
                                          {6, int_value(protocol, 0)},
                                          {7, int_value(protocol, 300)},
                                          {8, ints_value(protocol, {1, 2, 300})},
                                          {9, empty_table_value(protocol)},
                                          {10, payload_key_value(protocol, key)},
                                          {11, string_value(protocol, "the last")}};
  const Written message = write_message(serialization, message::Type::request, 226, parameters);
  const Bytes body = Bytes(message).subspan(2);
  for (const Parameter& parameter : parameters) {
    const auto ours = find_value(protocol, body.subspan(1), parameter.key);
    const auto products = message::find_parameter(body, serialization, parameter.key);
    ASSERT_TRUE(ours && products) << int{parameter.key};
    EXPECT_EQ(Written(ours->begin(), ours->end()), parameter.value);
    EXPECT_EQ(Written(products->begin(), products->end()), parameter.value);
  }
}

TEST_P(Values, AreReadAsTheyWereWritten) {
  const Written key(32, 9);
  EXPECT_EQ(read_string(protocol, string_value(protocol, "bob")), "bob");
  for (const StringsForm form : {StringsForm::array, StringsForm::compact}) {
    EXPECT_EQ(read_strings(protocol, strings_value(protocol, {"a", "bc"}, form)),
              (std::vector<std::string>{"a", "bc"}));
  }
  for (const std::uint16_t number : std::array<std::uint16_t, 5>{0, 1, 255, 256, 65'535}) {
    EXPECT_EQ(read_int(protocol, int_value(protocol, number)), number);
  }
  EXPECT_EQ(read_payload_key(protocol, payload_key_value(protocol, key)), key);
  EXPECT_FALSE(read_string(protocol, int_value(protocol, 1)));
  EXPECT_FALSE(read_strings(protocol, string_value(protocol, "a")));
  EXPECT_FALSE(read_payload_key(protocol, string_value(protocol, "a")));
}

TEST(WrittenValues, HaveTheBytesOfTheProtocol) {
  EXPECT_EQ(strings_value(Protocol::v16, {"a", "bc"}),
            (Written{0x79, 0, 2, 0x73, 0, 1, 0x61, 0, 2, 0x62, 0x63}));
  EXPECT_EQ(strings_value(Protocol::v16, {"a"}, StringsForm::compact), (Written{0x61, 0, 1, 0, 1, 0x61}));
  EXPECT_EQ(strings_value(Protocol::v18, {"a"}), (Written{0x47, 1, 1, 0x61}));
  EXPECT_EQ(string_value(Protocol::v18, "abc"), (Written{0x07, 3, 0x61, 0x62, 0x63}));
  EXPECT_EQ(ints_value(Protocol::v18, {0, 1, 300}), (Written{0x49, 3, 0, 2, 0xD8, 0x04}));
  EXPECT_EQ(ints_value(Protocol::v16, {1}), (Written{0x79, 0, 1, 0x69, 0, 0, 0, 1}));
}

}  // namespace
}  // namespace gateway::test
