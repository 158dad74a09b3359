#include "unit/replay/message_reader.h"

#include <algorithm>
#include <iterator>

#include "crypto/key_exchange.h"
#include "message/key_exchange.h"
#include "support/vectors.h"

namespace gateway::test {

ReadMessage MessageReader::read(const transport::Payload& payload) {
  ReadMessage message;
  message.channel = payload.channel;
  message.delivery = payload.delivery;
  const auto envelope = message::parse_envelope(payload.bytes);
  message.has_envelope = envelope.has_value();  // the text form of Init has none
  const Bytes body = envelope ? envelope->body : payload.bytes;
  message.body.assign(body.begin(), body.end());
  if (envelope) {
    message.type = static_cast<std::uint8_t>(envelope->type);
    message.encrypted = envelope->encrypted;
    if (message.encrypted && !open(message.body)) ++unopened_;
    if (!message.encrypted) take_key(*envelope);
  }
  return message;
}

std::vector<std::uint8_t> MessageReader::write(const ReadMessage& message) const {
  if (!message.has_envelope) return message.body;
  std::vector<std::uint8_t> bytes = {message::magic, message.type};
  if (!message.encrypted) {
    bytes.insert(bytes.end(), message.body.begin(), message.body.end());
    return bytes;
  }
  bytes[1] |= message::encrypted_bit;
  bytes.resize(message::envelope_bytes + crypto::sealed_size(message.body.size()));
  cipher_->seal(message.body, MutableBytes(bytes).subspan(message::envelope_bytes));
  return bytes;
}

/// A key comes into use with its exchange: toward the server with the request, toward the client with the
/// response.
void MessageReader::take_key(const message::Envelope& envelope) {
  const bool response =
      envelope.type == message::Type::internal_response && envelope.code() == std::uint8_t{0};
  if (!message::is_key_exchange(envelope) && !response) return;
  for (const RecordedKeyExchange& exchange : recording_.key_exchanges) {
    const auto& half = response ? exchange.server_public : exchange.client_public;
    const auto found = std::search(envelope.body.begin(), envelope.body.end(), half.begin(), half.end());
    if (found == envelope.body.end()) continue;
    cipher_.emplace(crypto::exchange_with_secret(exchange.client_public, exchange.server_secret)->key);
  }
}

bool MessageReader::open(std::vector<std::uint8_t>& body) const {
  std::vector<std::uint8_t> clear(body.size());
  if (!cipher_) return false;
  const auto length = cipher_->open(body, clear);
  if (!length) return false;
  clear.resize(*length);
  body = std::move(clear);
  return true;
}

std::vector<RecordedMessage> recorded_in(const Recording& recording, Direction direction) {
  std::vector<RecordedMessage> messages;
  std::ranges::copy_if(recording.messages, std::back_inserter(messages),
                       [&](const RecordedMessage& message) { return message.direction == direction; });
  return messages;
}

void expect_same(const ReadMessage& read, const RecordedMessage& recorded) {
  const auto flags = static_cast<std::uint8_t>(read.delivery);
  EXPECT_EQ(int{read.channel}, int{recorded.channel});
  EXPECT_EQ((flags & 1) != 0, recorded.reliable);
  EXPECT_EQ((flags & 2) != 0, recorded.unsequenced);
  EXPECT_EQ(read.encrypted, recorded.encrypted);
  EXPECT_EQ(read.has_envelope, !recorded.text_init);
  EXPECT_EQ(read.type, recorded.type);
  EXPECT_TRUE(recorded.has_body(read.body)) << to_hex(read.body);
}

void expect_no_drops(const transport::Stats& stats) {
  using transport::Drop;
  for (const Drop reason :
       {Drop::datagram, Drop::foreign, Drop::malformed, Drop::unknown_command, Drop::channel,
        Drop::too_far_ahead, Drop::fragment, Drop::assemblies, Drop::held, Drop::not_open}) {
    EXPECT_EQ(stats.dropped[static_cast<std::size_t>(reason)].value(), 0u) << transport::name(reason);
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& parameter) {
  std::string name = parameter.param;
  std::ranges::replace_if(
      name, [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
}

}  // namespace gateway::test
