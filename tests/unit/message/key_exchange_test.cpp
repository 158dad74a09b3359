#include "message/key_exchange.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway::message {
namespace {

using test::from_hex;
using test::to_hex;

constexpr auto v16 = Serialization::v16;
constexpr auto v18 = Serialization::v18;

std::string vector_named(std::string_view what, Serialization serialization) {
  const std::string full = std::string(what) + (serialization == v16 ? " (protocol 16)" : " (protocol 18)");
  for (const auto& vector : test::load_vector_list("messages.json")) {
    if (vector.what == full) return to_hex(vector.bytes);
  }
  return "no vector " + full;
}

template <class Write>
std::string written(Write write) {
  std::array<std::uint8_t, 512> buffer{};
  ByteWriter out(buffer);
  write(out);
  return out.ok() ? to_hex(out.written()) : "does not fit";
}

const boost::json::value& exchange_vector() {
  static const auto file = test::load_vectors("dh.json");
  return file.as_object().at("cases").as_array().at(0);
}

TEST(KeyExchangeRequest, IsReadInBothSerializations) {
  for (const auto serialization : {v16, v18}) {
    for (const auto* what : {"InitEncryption request", "InitEncryption request with mode 0"}) {
      const auto bytes = from_hex(vector_named(what, serialization));
      const auto envelope = parse_envelope(bytes);
      ASSERT_TRUE(envelope);
      EXPECT_TRUE(is_key_exchange(*envelope));
      const auto request = parse_key_exchange(envelope->body, serialization);
      ASSERT_TRUE(request);
      EXPECT_EQ(to_hex(request->client_key), exchange_vector().at("client_public").as_string());
      EXPECT_EQ(request->mode, 0);
    }
  }
}

TEST(KeyExchangeRequest, TellsItsModeInAnyOrderOfParameters) {
  EXPECT_EQ(parse_key_exchange(from_hex("00 0002 02 62 01 01 78 00000001 05"), v16)->mode, 1);
  EXPECT_EQ(parse_key_exchange(from_hex("00 02 01 43 01 05 02 03 07"), v18)->mode, 7);
}

TEST(KeyExchangeRequest, WithoutAKeyOrWithAnotherTypeIsRefused) {
  EXPECT_EQ(parse_key_exchange(from_hex("00 0000"), v16).error(), Error::missing_parameter);
  EXPECT_EQ(parse_key_exchange(from_hex("00 00"), v18).error(), Error::missing_parameter);
  EXPECT_EQ(parse_key_exchange(from_hex("00 0001 01 2a"), v16).error(), Error::wrong_type);
  EXPECT_EQ(parse_key_exchange(from_hex("00 01 01 08"), v18).error(), Error::wrong_type);
  EXPECT_EQ(parse_key_exchange(from_hex("00 02 01 43 01 05 02 09 00"), v18).error(), Error::wrong_type);
  EXPECT_EQ(parse_key_exchange({}, v16).error(), Error::truncated);
}

TEST(KeyExchangeRequest, IsNotAnyOtherOperation) {
  const auto is = [](std::string_view hex) { return is_key_exchange(*parse_envelope(from_hex(hex))); };
  EXPECT_TRUE(is("f306 00"));
  EXPECT_FALSE(is("f306 01"));
  EXPECT_FALSE(is("f306"));
  EXPECT_FALSE(is("f302 00"));
}

TEST(KeyExchangeResponse, IsWrittenByteForByteAsTheServerDoes) {
  const auto key = from_hex(exchange_vector().at("server_public").as_string());
  for (const auto serialization : {v16, v18}) {
    EXPECT_EQ(written([&](ByteWriter& out) { write_key_exchange_granted(out, serialization, key); }),
              vector_named("InitEncryption response", serialization));
    EXPECT_EQ(written([&](ByteWriter& out) {
                write_key_exchange_refused(out, serialization, "key exchange failed");
              }),
              vector_named("InitEncryption failure response, -1", serialization));
  }
}

TEST(KeyExchangeResponse, NeedsNoMoreThan128BytesBesidesTheKey) {
  const std::vector<std::uint8_t> key(96, 1);
  std::array<std::uint8_t, 96 + 128> buffer{};
  for (const auto serialization : {v16, v18}) {
    ByteWriter out(buffer);
    write_key_exchange_granted(out, serialization, key);
    EXPECT_TRUE(out.ok());
  }
}

TEST(Response, IsWrittenByteForByteAsTheServerDoes) {
  for (const auto serialization : {v16, v18}) {
    EXPECT_EQ(written([&](ByteWriter& out) {
                write_response(out, serialization, Type::response, 230, 32767, "denied");
              }),
              vector_named("Authenticate error response 32767", serialization));
    EXPECT_EQ(written([&](ByteWriter& out) {
                write_response(out, serialization, Type::internal_response, 9, -1, "Unknown operation");
              }),
              vector_named("unknown internal operation 9 response", serialization));
  }
}

TEST(Response, WithoutATextHasANullThere) {
  EXPECT_EQ(written([](ByteWriter& out) { write_response(out, v16, Type::response, 5, 0, {}); }),
            "f3030500002a0000");
  EXPECT_EQ(written([](ByteWriter& out) { write_response(out, v18, Type::response, 5, 0, {}); }),
            "f3030500000800");
}

TEST(Response, WithALongTextHasATwoByteLength) {
  const std::string text(200, 'x');
  const std::string hex =
      written([&](ByteWriter& out) { write_response(out, v18, Type::response, 5, 1, text); });
  EXPECT_EQ(hex.substr(0, 16),
            "f303050100"
            "07"
            "c801");
  EXPECT_EQ(hex.size(), 2 * (8 + 200 + 1u));
}

TEST(Response, ThatDoesNotFitMarksTheWriter) {
  std::array<std::uint8_t, 10> buffer{};
  ByteWriter out(buffer);
  write_response(out, v16, Type::response, 5, 1, "a text that is longer");
  EXPECT_FALSE(out.ok());
}

}  // namespace
}  // namespace gateway::message
