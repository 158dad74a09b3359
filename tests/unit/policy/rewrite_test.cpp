#include "policy/rewrite.h"

#include <string>

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway::policy {
namespace {

using message::Serialization;
using message::Type;
using test::from_hex;
using test::to_hex;

constexpr auto v16 = Serialization::v16;
constexpr auto v18 = Serialization::v18;

using Outcome = Rewrite::Outcome;

Addresses addresses() {
  Addresses table;
  EXPECT_TRUE(table.add({"10.0.0.5", 5055}, "gw.example.net:6055"));
  EXPECT_TRUE(table.add({"10.0.0.1", 5055}, "gw.example.net:6001"));
  EXPECT_TRUE(table.add({"10.0.0.2", 5055}, "10.0.0.2:5055"));  // players reach this one directly
  return table;
}

// What became of a message, as bytes of its own.
struct Rewritten {
  Outcome outcome;
  std::string body;  // hex
  std::string unknown;
  std::string error;
};

Rewritten rewritten(const message::Envelope& message, Serialization serialization) {
  std::vector<std::uint8_t> out(message.body.size() + 1000);
  const auto result = rewrite_addresses(message, serialization, addresses(), out);
  return {result.outcome, to_hex(result.body), std::string(result.unknown),
          result.error ? std::string(name(*result.error)) : ""};
}

Rewritten rewritten(std::string_view hex, Serialization serialization, Type type = Type::response) {
  const auto body = from_hex(hex);
  message::Envelope message;
  message.type = type;
  message.body = body;
  return rewritten(message, serialization);
}

std::vector<std::uint8_t> vector_named(std::string_view what, Serialization serialization) {
  const std::string whole = std::string(what) + (serialization == v16 ? " (protocol 16)" : " (protocol 18)");
  for (const auto& vector : test::load_vector_list("messages.json")) {
    if (vector.what == whole) return vector.bytes;
  }
  ADD_FAILURE() << "no vector " << whole;
  return {};
}

// A string of 1.8 as hex.
std::string text18(std::string_view text) {
  const auto size = static_cast<std::uint8_t>(text.size());
  return to_hex(Bytes(&size, 1)) + to_hex(bytes_of(text));
}

TEST(RewriteAddresses, ReplacesTheAddressOfAnAuthenticateResponse) {
  for (const auto serialization : {v16, v18}) {
    const auto before = vector_named("Authenticate response plain", serialization);
    const auto after = vector_named("Authenticate response after address rewrite", serialization);
    const auto result = rewritten(*message::parse_envelope(before), serialization);
    EXPECT_EQ(result.outcome, Outcome::rewritten);
    EXPECT_EQ(result.body, to_hex(message::parse_envelope(after)->body));
    EXPECT_EQ(result.unknown, "");
  }
}

TEST(RewriteAddresses, ReplacesTheRegionsThatAreKnown) {
  const auto body = "dc 0000 08 02 d2 47 02 02 6575 02 7573 e6 47 02" + text18("10.0.0.1:5055");
  EXPECT_EQ(rewritten(body + text18("10.0.0.2:5055"), v18).outcome, Outcome::rewritten);
  const auto result = rewritten(body + text18("10.0.0.9:5055"), v18);
  EXPECT_EQ(result.outcome, Outcome::unknown_address);
  EXPECT_EQ(result.unknown, "10.0.0.9:5055");
  const auto expected = "dc 0000 08 02 d2 47 02 02 6575 02 7573 e6 47 02" + text18("gw.example.net:6001") +
                        text18("10.0.0.9:5055");
  EXPECT_EQ(result.body, to_hex(from_hex(expected)));
}

TEST(RewriteAddresses, ReplacesInTheVectorsOfRegions) {
  for (const auto serialization : {v16, v18}) {
    const auto before = vector_named("GetRegions response (string arrays 210, 230)", serialization);
    const auto result = rewritten(*message::parse_envelope(before), serialization);
    EXPECT_EQ(result.outcome, Outcome::rewritten);
    std::string expected = to_hex(message::parse_envelope(before)->body);
    const std::string old_text = to_hex(bytes_of("10.0.0.1:5055"));
    const std::string new_text = to_hex(bytes_of("gw.example.net:6001"));
    const std::size_t position = expected.find(old_text);
    expected.replace(position - 2, old_text.size() + 2, "13" + new_text);
    EXPECT_EQ(result.body, expected);
  }
}

TEST(RewriteAddresses, NamesTheFirstUnknownAddress) {
  const auto body = "dc 0000 08 01 e6 47 03" + text18("10.0.0.5:5055") + text18("b:1") + text18("c:1");
  EXPECT_EQ(rewritten(body, v18).unknown, "b:1");
}

TEST(RewriteAddresses, LeavesAnAddressThatIsPublicAlready) {
  const auto body = "e6 0000 08 01 e6 07" + text18("10.0.0.2:5055");
  const auto result = rewritten(body, v18);
  EXPECT_EQ(result.outcome, Outcome::unchanged);
  EXPECT_EQ(result.body, to_hex(from_hex(body)));
}

TEST(RewriteAddresses, KeepsSchemeAndPath) {
  const auto result = rewritten("e6 0000 08 01 e6 07" + text18("ws://10.0.0.5:5055/Master"), v18);
  EXPECT_EQ(result.body, to_hex(from_hex("e6 0000 08 01 e6 07" + text18("ws://gw.example.net:6055/Master"))));
}

TEST(RewriteAddresses, LooksIntoTheOperationsThatHandOutServersAndNoOther) {
  const std::string rest = " 0000 08 01 e6 07" + text18("10.0.0.5:5055");
  int looked_into = 0;
  for (int code = 0; code < 256; ++code) {
    const auto operation = static_cast<std::uint8_t>(code);
    const auto result = rewritten(to_hex(Bytes(&operation, 1)) + rest, v18);
    const bool expected =
        code == 220 || code == 225 || code == 226 || code == 227 || code == 230 || code == 231;
    EXPECT_EQ(result.outcome, expected ? Outcome::rewritten : Outcome::unchanged) << code;
    if (result.outcome == Outcome::rewritten) ++looked_into;
  }
  EXPECT_EQ(looked_into, 6);
}

TEST(RewriteAddresses, LeavesRefusalsOtherTypesAndCiphertext) {
  const std::string address = "01 e6 07" + text18("10.0.0.5:5055");
  EXPECT_EQ(rewritten("e6 ff7f 08" + address, v18).outcome, Outcome::unchanged);
  EXPECT_EQ(rewritten("e6 0001 08" + address, v18).outcome, Outcome::unchanged);
  EXPECT_EQ(rewritten("e6 0100 08" + address, v18).outcome, Outcome::unchanged);
  EXPECT_EQ(rewritten("e6" + address, v18, Type::request).outcome, Outcome::unchanged);
  EXPECT_EQ(rewritten("e6" + address, v18, Type::event).outcome, Outcome::unchanged);
  EXPECT_EQ(rewritten("e6 0000 08" + address, v18, Type::internal_response).outcome, Outcome::unchanged);
  const auto body = from_hex("e6 0000 08" + address);
  message::Envelope sealed;
  sealed.type = Type::response;
  sealed.body = body;
  EXPECT_EQ(rewritten(sealed, v18).outcome, Outcome::rewritten);
  sealed.encrypted = true;
  EXPECT_EQ(rewritten(sealed, v18).outcome, Outcome::unchanged);
}

TEST(RewriteAddresses, LeavesAResponseWithoutAnAddress) {
  for (const auto* body : {"e2 0000 08 00", "e2 0000 08 01 ff 07 01 61", "e2 0000 08 01 e6 08",
                           "e2 0000 08 01 e6 0b 05", "e2 0000 08 01 e6 07 00", "e2 0000 08 01 e6 47 00"}) {
    const auto result = rewritten(body, v18);
    EXPECT_EQ(result.outcome, Outcome::unchanged) << body;
    EXPECT_EQ(result.body, to_hex(from_hex(body)));
  }
}

TEST(RewriteAddresses, OfABodyThatCannotBeParsedLeavesItAndSaysWhy) {
  const std::string whole = "e6 0000 08 02 e6 07" + text18("10.0.0.5:5055") + "dd 0b 05";
  const auto bytes = from_hex(whole);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const auto cut = to_hex(Bytes(bytes).first(size));
    const auto result = rewritten(cut, v18);
    EXPECT_EQ(result.outcome, Outcome::unparsable) << size;
    EXPECT_EQ(result.error, "truncated");
    EXPECT_EQ(result.body, cut);
    EXPECT_EQ(result.unknown, "");
  }
  EXPECT_EQ(rewritten("", v18).outcome, Outcome::unchanged);  // no operation
  EXPECT_EQ(rewritten("e6 0000 08 02 e6 07 01 61 dd 01", v18).error, "unknown_type");
}

TEST(RewriteAddresses, ThatDoNotFitLeaveTheMessage) {
  const auto body = from_hex("e6 0000 08 01 e6 07" + text18("10.0.0.5:5055"));
  message::Envelope message;
  message.type = Type::response;
  message.body = body;
  std::vector<std::uint8_t> out(body.size() + 5);
  const auto result = rewrite_addresses(message, v18, addresses(), out);
  EXPECT_EQ(result.outcome, Outcome::unparsable);
  EXPECT_EQ(result.error, message::Error::too_long);
  EXPECT_EQ(result.body.data(), body.data());
}

}  // namespace
}  // namespace gateway::policy
