// Recorded conversations of real client libraries, read by the product: its transport puts the datagrams
// together, its crypto opens what is sealed, its envelope tells the rest. What comes out must be the recorded
// messages, exactly, per direction and channel.

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "crypto/cipher.h"
#include "crypto/key_exchange.h"
#include "message/envelope.h"
#include "message/key_exchange.h"
#include "support/recordings.h"
#include "support/vectors.h"
#include "transport/reliable_udp.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::test {
namespace {

using transport::ReliableUdp;

/// One message as the product read it, kept until it is compared.
struct ReadMessage {
  std::uint8_t channel = 0;
  transport::Delivery delivery = transport::Delivery::reliable;
  bool encrypted = false;
  bool has_envelope = false;
  std::uint8_t type = 0;
  std::vector<std::uint8_t> body;  // clear, behind the envelope
};

/// What the door would hand over: Connect's announcement, and the id that every later datagram of the client
/// carries.
transport::Accepted accepted_in(const Recording& recording) {
  const wire::Datagram connect = *wire::parse_datagram(recording.datagrams.front().bytes);
  ByteReader commands(connect.commands);
  const auto command = wire::parse_command(commands, wire::Strictness::strict);
  const wire::ConnectBody body = (*command)->connect;
  const wire::Datagram next = *wire::parse_datagram(recording.datagrams.at(2).bytes);
  return {.peer = next.header.peer,
          .challenge = connect.header.challenge,
          .mtu = body.mtu,
          .channels = body.channels,
          .crc = connect.header.crc};
}

/// Reads one direction of a recording through the product's transport.
class Reader {
 public:
  Reader(const Recording& recording, Direction direction) : recording_(recording), direction_(direction) {
    const transport::Accepted accepted = accepted_in(recording);
    if (direction == Direction::to_server) {
      transport_ = ReliableUdp::accepted(options_, pool_, stats_, accepted, start_);
    } else {
      const transport::Connecting connecting{accepted.challenge, accepted.channels};
      transport_ = ReliableUdp::connecting(options_, pool_, stats_, connecting, start_);
      drain(start_);  // Connect leaves, so that the recorded ack finds it
    }
  }

  std::vector<ReadMessage> read_all() {
    for (const auto& datagram : recording_.datagrams) {
      if (datagram.direction != direction_ || is_connect(datagram)) continue;
      if (transport_->phase() == transport::Phase::closed) break;  // behind the peer's Disconnect
      const TimePoint now = start_ + microseconds(static_cast<std::int64_t>(datagram.ms * 1000));
      transport_->receive(now, datagram.bytes);
      drain(now);
    }
    return std::move(messages_);
  }

  const transport::Stats& stats() const { return stats_; }
  transport::CloseReason close_reason() const { return transport_->close_reason(); }
  std::size_t unopened() const { return unopened_; }

 private:
  // The door answers Connect, and only the datagrams behind it reach a connection.
  bool is_connect(const RecordedDatagram& datagram) const {
    return direction_ == Direction::to_server &&
           wire::parse_datagram(datagram.bytes)->header.peer == wire::peer_unassigned;
  }

  void drain(TimePoint now) {
    while (const auto payload = transport_->next_payload()) read(*payload);
    std::array<std::uint8_t, 1200> out{};
    while (transport_->next_output(now, out) > 0) continue;
  }

  void read(const transport::Payload& payload) {
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
    messages_.push_back(std::move(message));
  }

  /// A key comes into use with its exchange: toward the server with the request, toward the client with the
  /// response.
  void take_key(const message::Envelope& envelope) {
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

  bool open(std::vector<std::uint8_t>& body) const {
    std::vector<std::uint8_t> clear(body.size());
    if (!cipher_) return false;
    const auto length = cipher_->open(body, clear);
    if (!length) return false;
    clear.resize(*length);
    body = std::move(clear);
    return true;
  }

  const Recording& recording_;
  Direction direction_;
  TimePoint start_{hours(1)};
  transport::Options options_;
  BufferPool pool_;
  transport::Stats stats_;
  std::unique_ptr<ReliableUdp> transport_;
  std::optional<crypto::Cipher> cipher_;
  std::size_t unopened_ = 0;
  std::vector<ReadMessage> messages_;
};

std::vector<RecordedMessage> recorded_in(const Recording& recording, Direction direction,
                                         std::uint8_t channel) {
  std::vector<RecordedMessage> messages;
  std::ranges::copy_if(recording.messages, std::back_inserter(messages), [&](const RecordedMessage& message) {
    return message.direction == direction && message.channel == channel;
  });
  return messages;
}

std::vector<ReadMessage> on_channel(const std::vector<ReadMessage>& all, std::uint8_t channel) {
  std::vector<ReadMessage> messages;
  std::ranges::copy_if(all, std::back_inserter(messages),
                       [channel](const ReadMessage& message) { return message.channel == channel; });
  return messages;
}

void expect_same(const ReadMessage& read, const RecordedMessage& recorded) {
  const auto flags = static_cast<std::uint8_t>(read.delivery);
  EXPECT_EQ((flags & 1) != 0, recorded.reliable);
  EXPECT_EQ((flags & 2) != 0, recorded.unsequenced);
  EXPECT_EQ(read.encrypted, recorded.encrypted);
  EXPECT_EQ(read.has_envelope, !recorded.text_init);
  EXPECT_EQ(read.type, recorded.type);
  EXPECT_TRUE(recorded.has_body(read.body)) << to_hex(read.body);
}

class RecordedConversations : public testing::TestWithParam<std::string> {
 protected:
  void expect_read(Direction direction) {
    const Recording recording = load_recording(GetParam());
    Reader reader(recording, direction);
    const auto all = reader.read_all();
    EXPECT_EQ(reader.unopened(), 0u);
    std::size_t compared = 0;
    for (std::uint8_t channel = 0; channel < 8; ++channel) {
      const auto read = on_channel(all, channel);
      const auto recorded = recorded_in(recording, direction, channel);
      EXPECT_EQ(read.size(), recorded.size()) << "channel " << int{channel};
      for (std::size_t i = 0; i < std::min(read.size(), recorded.size()); ++i) {
        SCOPED_TRACE("message " + std::to_string(i) + " on channel " + std::to_string(channel));
        expect_same(read[i], recorded[i]);
        ++compared;
      }
    }
    EXPECT_EQ(compared, all.size());
    EXPECT_GT(compared, 0u);
    expect_no_drops(reader.stats());
  }

 private:
  static void expect_no_drops(const transport::Stats& stats) {
    using transport::Drop;
    for (const Drop reason :
         {Drop::datagram, Drop::foreign, Drop::malformed, Drop::unknown_command, Drop::channel,
          Drop::too_far_ahead, Drop::fragment, Drop::assemblies, Drop::held, Drop::not_open}) {
      EXPECT_EQ(stats.dropped[static_cast<std::size_t>(reason)].value(), 0u) << transport::name(reason);
    }
  }
};

TEST_P(RecordedConversations, AreReadExactlyByTheServerRole) {
  expect_read(Direction::to_server);
}

TEST_P(RecordedConversations, AreReadExactlyByTheClientRole) {
  expect_read(Direction::to_client);
}

TEST(RecordedKicks, EndTheClientRoleWithTheServersReason) {
  for (const std::string name : {"3.2.2.1-udp-v16-kick", "4.1.8.3-udp-v16-kick", "4.1.8.3-udp-v18-kick"}) {
    SCOPED_TRACE(name);
    const Recording recording = load_recording(name);
    Reader reader(recording, Direction::to_client);
    reader.read_all();
    EXPECT_EQ(reader.close_reason().cause, transport::Cause::peer);
    EXPECT_EQ(reader.close_reason().code, 1);
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& parameter) {
  std::string name = parameter.param;
  std::ranges::replace_if(
      name, [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, RecordedConversations, testing::ValuesIn(recording_names()), test_name);

}  // namespace
}  // namespace gateway::test
