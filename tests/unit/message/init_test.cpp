#include "message/init.h"

#include <string>

#include <gtest/gtest.h>

#include "support/recordings.h"
#include "support/vectors.h"

namespace gateway::message {
namespace {

using test::from_hex;

std::vector<std::uint8_t> vector_named(std::string_view what) {
  for (const auto& vector : test::load_vector_list("messages.json")) {
    if (vector.what == what) return vector.bytes;
  }
  throw std::invalid_argument("no vector " + std::string(what));
}

constexpr ClientVersion version_4_1_6_17{{4, 1, 6, 17}};

TEST(Init, OfTheBinaryFormNamesSerializationVersionAndApplication) {
  for (const auto& [what, serialization] :
       {std::pair{"init request binary, protocol 16, sdk byte 0x1e, client 4.1.6.17, app LoadBalancing",
                  Serialization::v16},
        std::pair{"init request binary, protocol 18, sdk byte 0x1e, client 4.1.6.17, app LoadBalancing",
                  Serialization::v18}}) {
    const auto bytes = vector_named(what);
    const auto init = parse_init(bytes);
    ASSERT_TRUE(init) << what;
    EXPECT_EQ(init->form, Init::Form::binary);
    EXPECT_EQ(init->serialization, serialization);
    EXPECT_EQ(init->version, version_4_1_6_17);
    EXPECT_EQ(init->application, "LoadBalancing");
    EXPECT_FALSE(init->ipv6);
    EXPECT_FALSE(init->token);
  }
}

TEST(Init, OfTheBinaryFormMarksIPv6WithoutTouchingTheVersion) {
  const auto bytes = vector_named("init request binary with IPv6 bit");
  const auto init = parse_init(bytes);
  ASSERT_TRUE(init);
  EXPECT_TRUE(init->ipv6);
  EXPECT_EQ(init->version, version_4_1_6_17);
}

TEST(Init, OfTheBinaryFormMayFillTheWholeApplicationField) {
  const auto bytes = vector_named("init request binary, 36-character app id: cut to 32");
  const auto init = parse_init(bytes);
  ASSERT_TRUE(init);
  EXPECT_EQ(init->application, "01234567-89ab-cdef-0123-456789ab");
}

TEST(Init, OfAVeryOldClientHasItsVersionInThreePlainBytes) {
  auto bytes = from_hex("f300 0106 01 030201 07");
  bytes.resize(41);
  bytes[9] = 'L';
  const auto init = parse_init(bytes);
  ASSERT_TRUE(init);
  EXPECT_EQ(init->version, (ClientVersion{{3, 2, 1, 0}}));
  EXPECT_EQ(init->application, "L");
  EXPECT_LT(init->version, unsequenced_since);
}

TEST(Init, AsTextCarriesATokenAndSaysItsSerialization) {
  const auto v18 = vector_named("init request as HTTP POST with token (protocol 18)");
  const auto init = parse_init(v18);
  ASSERT_TRUE(init);
  EXPECT_EQ(init->form, Init::Form::http);
  EXPECT_EQ(init->serialization, Serialization::v18);
  EXPECT_EQ(init->version, version_4_1_6_17);
  EXPECT_EQ(init->application, "Master");
  EXPECT_TRUE(init->token);
  EXPECT_FALSE(init->ipv6);

  const auto v16 = vector_named("init request as HTTP POST with token (protocol 16, IPv6)");
  const auto other = parse_init(v16);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->serialization, Serialization::v16);
  EXPECT_TRUE(other->ipv6);
}

Result<Init> parse_text(const std::string& text) {
  return parse_init(bytes_of(text));
}

TEST(Init, AsTextIsReadWhateverTheOrderAndTheMethod) {
  const std::string text = "GET /x?protocol=GpBinaryV16&app= HTTP/ 1&clientversion=5.1.2.3 HTTP/1.1\r\n\r\n";
  const auto init = parse_text(text);
  ASSERT_TRUE(init);
  EXPECT_EQ(init->application, " HTTP/ 1");
  EXPECT_EQ(init->version, (ClientVersion{{5, 1, 2, 3}}));
}

TEST(Init, AsTextHasNoVersionWhenItIsNotFourNumbers) {
  for (const std::string version :
       {"", "4", "4.1.6", "4.1.6.300", "4.1.6.1x", "a.b.c.d", "4,1,6,1", "4.1.6.1.2"}) {
    const std::string text = "POST /?clientversion=" + version + "&protocol=GpBinaryV18& HTTP/1.1\r\n";
    const auto init = parse_text(text);
    ASSERT_TRUE(init) << version;
    EXPECT_EQ(init->version, ClientVersion{}) << version;
  }
}

TEST(Init, AsTextWithoutAKnownSerializationIsRefused) {
  EXPECT_EQ(parse_text("POST / HTTP/1.1\r\n").error(), Error::serialization);
  EXPECT_EQ(parse_text("POST /?").error(), Error::truncated);
  EXPECT_EQ(parse_text("POST /?\r\n").error(), Error::serialization);
  EXPECT_EQ(parse_text("POST /?protocol=Json&protocol& HTTP/1.1\r\n").error(), Error::serialization);
  EXPECT_EQ(parse_text("GET \n").error(), Error::serialization);
}

TEST(Init, AsTextThatSaysItsSerializationTwiceIsRefused) {
  EXPECT_EQ(parse_text("POST /?protocol=GpBinaryV16&protocol=GpBinaryV18& HTTP/1.1\r\n").error(),
            Error::serialization);
}

TEST(Init, OfTheThirdFormIsReadWithAndWithoutToken) {
  const auto plain = vector_named("init request V3, protocol 18, no token");
  const auto init = parse_init(plain);
  ASSERT_TRUE(init);
  EXPECT_EQ(init->form, Init::Form::v3);
  EXPECT_EQ(init->serialization, Serialization::v18);
  EXPECT_EQ(init->version, version_4_1_6_17);
  EXPECT_EQ(init->application, "Master");
  EXPECT_FALSE(init->token);
  EXPECT_FALSE(init->ipv6);

  const auto with_token = vector_named("init request V3, protocol 18, token bytes");
  const auto other = parse_init(with_token);
  ASSERT_TRUE(other);
  EXPECT_TRUE(other->token);
  EXPECT_TRUE(other->ipv6);
}

TEST(Init, OfTheThirdFormCountsCustomDataAsAToken) {
  const auto custom = from_hex("f5 0004 12 04010611 1e 00 00 0000 14030001 00 0b01");
  EXPECT_TRUE(parse_init(custom)->token);
  const auto empty_v16 = from_hex("f5 0004 10 04010611 1e 00 00 0000 44620000 00");
  EXPECT_FALSE(parse_init(empty_v16)->token);
  EXPECT_EQ(parse_init(empty_v16)->serialization, Serialization::v16);
  const auto custom_v16 = from_hex("f5 0004 10 04010611 1e 00 00 0000 44620000 01 00 2a");
  EXPECT_TRUE(parse_init(custom_v16)->token);
  const auto unreadable = from_hex("f5 0004 12 04010611 1e 00 00 0000 14");
  EXPECT_TRUE(parse_init(unreadable)->token);
}

TEST(Init, NamesWhyItIsRefused) {
  EXPECT_EQ(parse_init({}).error(), Error::not_init);
  EXPECT_EQ(parse_init(from_hex("f3")).error(), Error::not_init);
  EXPECT_EQ(parse_init(from_hex("f302e600")).error(), Error::not_init);
  EXPECT_EQ(parse_init(from_hex("f380")).error(), Error::not_init);
  EXPECT_EQ(parse_init(bytes_of("PUT / HTTP/1.1\r\n")).error(), Error::not_init);
  auto binary = vector_named("init request binary with IPv6 bit");
  binary[3] = 7;
  EXPECT_EQ(parse_init(binary).error(), Error::serialization);
  binary[3] = 6;
  binary[2] = 2;
  EXPECT_EQ(parse_init(binary).error(), Error::serialization);
  auto v3 = vector_named("init request V3, protocol 18, no token");
  v3[3] = 0x11;
  EXPECT_EQ(parse_init(v3).error(), Error::serialization);
}

TEST(Init, CutAtAnyByteOfItsFixedPartIsRefused) {
  const auto binary = vector_named("init request binary with IPv6 bit");
  for (std::size_t size = 2; size < binary.size(); ++size) {
    EXPECT_EQ(parse_init(Bytes(binary).first(size)).error(), Error::truncated) << size;
  }
  const auto v3 = vector_named("init request V3, protocol 18, token bytes");
  for (std::size_t size = 1; size < v3.size() - 4; ++size) {  // the dictionary may be missing
    EXPECT_EQ(parse_init(Bytes(v3).first(size)).error(), Error::truncated) << size;
  }
}

TEST(Init, OfEveryRecordedClientIsRead) {
  for (const auto& name : test::recording_names()) {
    SCOPED_TRACE(name);
    const auto recording = test::load_recording(name);
    const auto init = parse_init(recording.init);
    ASSERT_TRUE(init);
    EXPECT_EQ(init->serialization,
              recording.serialization == "GpBinaryV16" ? Serialization::v16 : Serialization::v18);
    EXPECT_EQ(init->application, "LabApp");
    EXPECT_EQ(init->token, name.ends_with("token"));
    EXPECT_EQ(init->version < unsequenced_since, recording.library == "3.2.2.1");
  }
}

std::vector<std::uint8_t> with_family(Bytes message, bool ipv6) {
  std::vector<std::uint8_t> out(message.size() + init_growth_max);
  out.resize(write_init_family(message, ipv6, out));
  return out;
}

TEST(Init, CanBeMadeToSayByWhichFamilyItsClientCame) {
  for (const auto& vector : test::load_vector_list("messages.json")) {
    const auto init = parse_init(vector.bytes);
    if (!init) continue;
    const auto v4 = with_family(vector.bytes, false);
    const auto v6 = with_family(vector.bytes, true);
    EXPECT_FALSE(parse_init(v4)->ipv6) << vector.what;
    EXPECT_TRUE(parse_init(v6)->ipv6) << vector.what;
    EXPECT_EQ(init->ipv6 ? v6 : v4, vector.bytes) << vector.what;
    EXPECT_EQ(with_family(v6, false), v4) << vector.what;
    EXPECT_EQ(with_family(v4, true), v6) << vector.what;
    EXPECT_EQ(parse_init(v6)->version, init->version) << vector.what;
    EXPECT_EQ(parse_init(v6)->application, init->application) << vector.what;
    EXPECT_EQ(parse_init(v6)->token, init->token) << vector.what;
  }
}

TEST(Init, OfTheTextFormSaysItAtTheEndOfTheQuery) {
  const std::string v4 = "POST /?init=&app=a&protocol=GpBinaryV16&sid=30& HTTP/1.1\r\nHost: &IPv6\r\n\r\ns";
  const std::string v6 =
      "POST /?init=&app=a&protocol=GpBinaryV16&sid=30&&IPv6 HTTP/1.1\r\nHost: &IPv6\r\n\r\ns";
  const auto bytes = [](const std::string& text) {
    return std::vector<std::uint8_t>(text.begin(), text.end());
  };
  EXPECT_EQ(with_family(bytes(v4), true), bytes(v6));
  EXPECT_EQ(with_family(bytes(v6), false), bytes(v4));
}

TEST(Init, OfTheTextFormNoLongerSaysItWhereverItStood) {
  const auto bytes = [](const std::string& text) {
    return std::vector<std::uint8_t>(text.begin(), text.end());
  };
  const auto without = bytes("POST /?app=a&protocol=GpBinaryV18 HTTP/1.1\r\n\r\n");
  for (const std::string query : {"IPv6&app=a&protocol=GpBinaryV18", "app=a&IPv6=1&protocol=GpBinaryV18",
                                  "app=a&protocol=GpBinaryV18&IPv6&IPv6"}) {
    EXPECT_EQ(with_family(bytes("POST /?" + query + " HTTP/1.1\r\n\r\n"), false), without) << query;
  }
  const auto other = bytes("POST /?app=a&protocol=GpBinaryV18&IPv6only=1 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(with_family(other, false), other);
}

TEST(Init, OfAVeryOldClientCannotSayItsFamily) {
  auto bytes = from_hex("f300 0106 01 030201 07");
  bytes.resize(41);
  EXPECT_EQ(with_family(bytes, true), bytes);
}

}  // namespace
}  // namespace gateway::message
