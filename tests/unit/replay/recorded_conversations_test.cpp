// Recorded UDP conversations of real client libraries, read by the product: its transport puts the datagrams
// together, its crypto opens what is sealed, its envelope tells the rest. What comes out must be the recorded
// messages, exactly, per direction and channel.

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "support/recordings.h"
#include "transport/reliable_udp.h"
#include "unit/replay/message_reader.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::test {
namespace {

using transport::ReliableUdp;

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
  Reader(const Recording& recording, Direction direction)
      : recording_(recording), direction_(direction), reader_(recording) {
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
  std::size_t unopened() const { return reader_.unopened(); }

 private:
  // The door answers Connect, and only the datagrams behind it reach a connection.
  bool is_connect(const RecordedDatagram& datagram) const {
    return direction_ == Direction::to_server &&
           wire::parse_datagram(datagram.bytes)->header.peer == wire::peer_unassigned;
  }

  void drain(TimePoint now) {
    while (const auto payload = transport_->next_payload()) messages_.push_back(reader_.read(*payload));
    std::array<std::uint8_t, 1200> out{};
    while (transport_->next_output(now, out) > 0) continue;
  }

  const Recording& recording_;
  Direction direction_;
  TimePoint start_{hours(1)};
  transport::Options options_;
  BufferPool pool_;
  transport::Stats stats_;
  std::unique_ptr<ReliableUdp> transport_;
  MessageReader reader_;
  std::vector<ReadMessage> messages_;
};

// Order holds within a channel only.
template <class Message>
std::vector<Message> on_channel(const std::vector<Message>& all, std::uint8_t channel) {
  std::vector<Message> messages;
  std::ranges::copy_if(all, std::back_inserter(messages),
                       [channel](const Message& message) { return message.channel == channel; });
  return messages;
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
      const auto recorded = on_channel(recorded_in(recording, direction), channel);
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

INSTANTIATE_TEST_SUITE_P(All, RecordedConversations, testing::ValuesIn(recording_names(Transport::udp)),
                         test_name);

}  // namespace
}  // namespace gateway::test
