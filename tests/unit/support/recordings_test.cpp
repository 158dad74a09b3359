#include "support/recordings.h"

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway::test {
namespace {

TEST(Recordings, AreNamedByTransport) {
  EXPECT_EQ(recording_names(Transport::udp).size(), 55u);
  EXPECT_EQ(recording_names(Transport::tcp).size(), 44u);
  EXPECT_EQ(recording_names().size(), 99u);
  for (const auto& name : recording_names(Transport::tcp)) {
    EXPECT_EQ(load_recording(name).transport, Transport::tcp) << name;
  }
}

TEST(Recordings, AllLoadAndHaveBytesAndMessagesInBothDirections) {
  for (const auto& name : recording_names()) {
    SCOPED_TRACE(name);
    const Recording recording = load_recording(name);
    EXPECT_FALSE(recording.init.empty());
    EXPECT_TRUE(recording.serialization == "GpBinaryV16" || recording.serialization == "GpBinaryV18");
    for (const auto& exchange : recording.key_exchanges) EXPECT_EQ(exchange.key.size(), 32u);
    const bool datagrams = recording.transport == Transport::udp;
    EXPECT_EQ(recording.datagrams.empty(), !datagrams);
    EXPECT_EQ(recording.chunks.empty(), datagrams);
    for (const Direction direction : {Direction::to_server, Direction::to_client}) {
      const auto is_in_direction = [direction](const auto& item) { return item.direction == direction; };
      EXPECT_TRUE(std::ranges::any_of(datagrams ? recording.datagrams : recording.chunks, is_in_direction));
      EXPECT_TRUE(std::ranges::any_of(recording.messages, is_in_direction));
    }
  }
}

TEST(Recordings, TellMessagesOfTheSameLengthApart) {
  const auto body = from_hex("00 01 02");
  RecordedMessage message;
  message.length = body.size();
  message.sha256 = "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc";
  EXPECT_TRUE(message.has_body(body));
  EXPECT_FALSE(message.has_body(from_hex("00 01 03")));
  EXPECT_FALSE(message.has_body(from_hex("00 01")));
}

}  // namespace
}  // namespace gateway::test
