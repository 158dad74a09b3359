// Every complete message of tests/data/vectors/messages.json is what its description says.
#include "support/vectors.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "crypto/cipher.h"
#include "message/envelope.h"
#include "message/init.h"
#include "message/value.h"
#include "support/recordings.h"

namespace gateway::message {
namespace {

using test::from_hex;
using test::to_hex;

Type type_of(const std::string& what) {
  const auto says = [&what](std::string_view word) { return what.find(word) != std::string::npos; };
  if (says("init response")) return Type::init_response;
  if (says("InitEncryption request") || says("internal ping request")) return Type::internal_request;
  if (says("InitEncryption") || says("internal")) return Type::internal_response;
  if (says("event")) return Type::event;
  if (says("disconnect message")) return Type::disconnect;
  if (says("raw message")) return Type::raw;
  if (says("message \"hi\"")) return Type::message;
  return says("response") ? Type::response : Type::request;
}

Serialization serialization_of(const std::string& what) {
  return what.find("(protocol 16)") != std::string::npos ? Serialization::v16 : Serialization::v18;
}

std::vector<std::uint8_t> opened(Bytes sealed, std::string_view key) {
  const auto bytes = from_hex(key);
  const crypto::Cipher cipher(crypto::Key(bytes.begin(), bytes.end()));
  std::vector<std::uint8_t> clear(sealed.size());
  clear.resize(cipher.open(sealed, clear).value_or(0));
  return clear;
}

TEST(MessageVectors, AreWhatTheirDescriptionSays) {
  int messages = 0;
  for (const auto& vector : test::load_vector_list("messages.json")) {
    SCOPED_TRACE(vector.what);
    ++messages;
    if (vector.what.starts_with("init request")) {
      EXPECT_TRUE(parse_init(vector.bytes));
      continue;
    }
    const auto envelope = parse_envelope(vector.bytes);
    ASSERT_TRUE(envelope);
    EXPECT_EQ(envelope->type, type_of(vector.what));
    EXPECT_EQ(envelope->encrypted, vector.fields.contains("aes_key"));
    EXPECT_FALSE(parse_init(vector.bytes));
  }
  EXPECT_EQ(messages, 53);
}

TEST(MessageVectors, ThatAreEncryptedOpenUnderTheirKey) {
  int messages = 0;
  for (const auto& vector : test::load_vector_list("messages.json")) {
    if (!vector.fields.contains("aes_key")) continue;
    SCOPED_TRACE(vector.what);
    ++messages;
    const auto clear = opened(parse_envelope(vector.bytes)->body, vector.fields.at("aes_key").as_string());
    EXPECT_EQ(to_hex(clear), vector.fields.at("plain_body").as_string());
  }
  EXPECT_EQ(messages, 10);
}

// Walks a body of any type to its end; the number of bytes it did not need, or nothing.
std::optional<std::size_t> unread(const Envelope& envelope, Serialization serialization) {
  ByteReader in(envelope.body);
  if (envelope.type == Type::message) {
    if (!skip_value(in, serialization)) return std::nullopt;
    return in.remaining();
  }
  if (envelope.type == Type::response || envelope.type == Type::internal_response) {
    in.skip(3);  // code and return code
    if (!skip_value(in, serialization)) return std::nullopt;
  } else if (envelope.type == Type::disconnect) {
    in.skip(2);
    if (!skip_value(in, serialization)) return std::nullopt;
  } else {
    in.skip(1);
  }
  const std::size_t count = serialization == Serialization::v16 ? in.u16() : in.u8();
  for (std::size_t i = 0; i < count; ++i) {
    in.skip(1);
    if (!skip_value(in, serialization)) return std::nullopt;
  }
  return in.ok() ? std::optional(in.remaining()) : std::nullopt;
}

TEST(MessageVectors, AreWalkedToTheirLastByte) {
  for (const auto& vector : test::load_vector_list("messages.json")) {
    if (vector.what.starts_with("init ")) continue;
    SCOPED_TRACE(vector.what);
    auto envelope = parse_envelope(vector.bytes);
    const auto plain = vector.fields.contains("plain_body")
                           ? from_hex(vector.fields.at("plain_body").as_string())
                           : std::vector<std::uint8_t>();
    if (!plain.empty()) envelope->body = plain;
    if (envelope->type == Type::raw) continue;
    EXPECT_EQ(unread(*envelope, serialization_of(vector.what)), 0u);
  }
}

TEST(RecordedMessages, AreWalkedToTheirLastByte) {
  std::size_t messages = 0;
  for (const auto& recording_name : test::recording_names()) {
    const auto recording = test::load_recording(recording_name);
    const auto serialization =
        recording.serialization == "GpBinaryV16" ? Serialization::v16 : Serialization::v18;
    for (const auto& message : recording.messages) {
      const auto type = static_cast<Type>(message.type);
      if (!message.body || type == Type::init || type == Type::init_response || type == Type::raw) continue;
      Envelope envelope;
      envelope.type = type;
      envelope.body = *message.body;
      EXPECT_EQ(unread(envelope, serialization), 0u) << recording_name << ": " << to_hex(*message.body);
      if (message.operation) {
        EXPECT_EQ(envelope.code(), message.operation);
      }
      if (message.event) {
        EXPECT_EQ(envelope.code(), message.event);
      }
      ++messages;
    }
  }
  EXPECT_GT(messages, 2000u);
}

}  // namespace
}  // namespace gateway::message
