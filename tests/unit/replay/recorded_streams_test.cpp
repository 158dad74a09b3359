// Recorded TCP conversations of real client libraries, read by the product. TCP has one order over all
// channels, so what comes out must be the recorded messages of a direction, exactly and in sequence; wherever
// the stream is cut. Written by the other role, the same messages and pings must give the recorded bytes.

#include <algorithm>

#include <gtest/gtest.h>

#include "support/recordings.h"
#include "support/vectors.h"
#include "transport/framed_stream.h"
#include "unit/replay/message_reader.h"

namespace gateway::test {
namespace {

using transport::Form;
using transport::FramedStream;
using transport::Payload;
using transport::Role;

/// One end of a connection with all it needs.
struct End {
  explicit End(Role role) : stream(options, pool, stats, role, now) {}

  TimePoint now{hours(1)};
  transport::Options options;
  BufferPool pool;
  transport::Stats stats;
  FramedStream stream;
};

/// What stands in a stream, as views into it.
struct Unit {
  std::size_t begin = 0;
  Payload payload;
};

Role reader_of(Direction direction) {
  return direction == Direction::to_server ? Role::server : Role::client;
}

Role writer_of(Direction direction) {
  return direction == Direction::to_server ? Role::client : Role::server;
}

// The reference for cuts: one piece, whose messages other tests compare with the recorded ones.
std::vector<Unit> units_of(Bytes stream, Direction direction) {
  End end(reader_of(direction));
  end.stream.receive(end.now, stream);
  std::vector<Unit> units;
  std::size_t position = 0;
  while (const auto payload = end.stream.next_payload()) {
    const std::size_t header = payload->form == Form::ping ? 0 : wire::frame_header_bytes;
    units.push_back({position, *payload});
    units.back().payload.bytes = stream.subspan(position + header, payload->bytes.size());
    position += header + payload->bytes.size();
  }
  EXPECT_EQ(position, stream.size());
  return units;
}

bool same(const Payload& a, const Payload& b) {
  return a.channel == b.channel && a.delivery == b.delivery && a.form == b.form &&
         std::ranges::equal(a.bytes, b.bytes);
}

// Takes what is complete and compares it with the units from `next` on; false at the first difference.
bool takes(FramedStream& stream, const std::vector<Unit>& units, std::size_t& next) {
  while (const auto payload = stream.next_payload()) {
    if (next == units.size() || !same(*payload, units[next].payload)) return false;
    ++next;
  }
  return true;
}

class RecordedStreams : public testing::TestWithParam<std::string> {
 protected:
  void expect_read(Direction direction) const {
    End end(reader_of(direction));
    MessageReader reader(recording_);
    std::vector<ReadMessage> read;
    for (const auto& chunk : recording_.chunks) {
      if (chunk.direction != direction) continue;
      end.stream.receive(end.now, chunk.bytes);
      while (const auto payload = end.stream.next_payload()) {
        if (payload->form == Form::message) read.push_back(reader.read(*payload));
      }
    }
    EXPECT_EQ(reader.unopened(), 0u);
    EXPECT_EQ(end.stream.held_bytes(), 0u);
    expect_no_drops(end.stats);
    compare(read, recorded_in(recording_, direction));
  }

  // Cut once at `cut`, the stream gives the same.
  static void expect_same_when_cut(Bytes stream, const std::vector<Unit>& units, Direction direction,
                                   std::size_t cut) {
    End end(reader_of(direction));
    std::size_t taken = 0;
    end.stream.receive(end.now, stream.first(cut));
    ASSERT_TRUE(takes(end.stream, units, taken)) << "unit " << taken << ", cut at " << cut;
    end.stream.receive(end.now, stream.subspan(cut));
    ASSERT_TRUE(takes(end.stream, units, taken)) << "unit " << taken << ", cut at " << cut;
    ASSERT_EQ(taken, units.size()) << "cut at " << cut;
    ASSERT_EQ(end.pool.lent_bytes(), 0u) << "cut at " << cut;
  }

  void expect_written(Direction direction) const {
    const auto recorded = stream_of(recording_, direction);
    End end(writer_of(direction));
    MessageReader reader(recording_);
    for (const Unit& unit : units_of(recorded, direction)) {
      Payload payload = unit.payload;
      std::vector<std::uint8_t> bytes(payload.bytes.begin(), payload.bytes.end());
      if (payload.form == Form::message) bytes = reader.write(reader.read(payload));
      payload.bytes = bytes;
      ASSERT_EQ(end.stream.send(end.now, payload), transport::SendStatus::queued);
    }
    EXPECT_EQ(end.stream.queued_bytes(), recorded.size());
    std::vector<std::uint8_t> written(recorded.size() + 1);
    written.resize(end.stream.next_output(end.now, written));
    EXPECT_TRUE(written == recorded) << to_hex(written) << "\ninstead of\n" << to_hex(recorded);
  }

  const Recording recording_ = load_recording(GetParam());
  static constexpr std::array directions = {Direction::to_server, Direction::to_client};

 private:
  static void compare(const std::vector<ReadMessage>& read, const std::vector<RecordedMessage>& recorded) {
    EXPECT_EQ(read.size(), recorded.size());
    EXPECT_FALSE(read.empty());
    for (std::size_t i = 0; i < std::min(read.size(), recorded.size()); ++i) {
      SCOPED_TRACE("message " + std::to_string(i));
      expect_same(read[i], recorded[i]);
    }
  }
};

TEST_P(RecordedStreams, AreReadExactlyByTheServerRole) {
  expect_read(Direction::to_server);
}

TEST_P(RecordedStreams, AreReadExactlyByTheClientRole) {
  expect_read(Direction::to_client);
}

TEST_P(RecordedStreams, AreWrittenTheSameByTheClientRole) {
  expect_written(Direction::to_server);
}

TEST_P(RecordedStreams, AreWrittenTheSameByTheServerRole) {
  expect_written(Direction::to_client);
}

TEST_P(RecordedStreams, GiveTheSameByteByByte) {
  for (const Direction direction : directions) {
    const auto stream = stream_of(recording_, direction);
    const auto units = units_of(stream, direction);
    End end(reader_of(direction));
    std::size_t taken = 0;
    for (const std::uint8_t& byte : stream) {
      end.stream.receive(end.now, Bytes(&byte, 1));
      ASSERT_TRUE(takes(end.stream, units, taken)) << "unit " << taken;
    }
    EXPECT_EQ(taken, units.size());
  }
}

// Every cut means a walk through the whole stream. A long one is cut at every byte of its beginning, where
// the Init, a ping and the key exchange are, and behind that around every header: from the byte before a unit
// to the one behind its header or ping.
TEST_P(RecordedStreams, GiveTheSameCutAtEveryByte) {
  constexpr std::size_t long_stream = 8000;
  constexpr std::size_t beginning = 500;
  for (const Direction direction : directions) {
    const auto stream = stream_of(recording_, direction);
    const auto units = units_of(stream, direction);
    const std::size_t all = stream.size() < long_stream ? stream.size() : beginning;
    for (std::size_t cut = 0; cut <= all; ++cut) expect_same_when_cut(stream, units, direction, cut);
    for (const Unit& unit : units) {
      const std::size_t last = std::min(unit.begin + wire::pong_bytes + 1, stream.size());
      for (std::size_t cut = std::max(unit.begin, all + 1) - 1; cut <= last; ++cut) {
        expect_same_when_cut(stream, units, direction, cut);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, RecordedStreams, testing::ValuesIn(recording_names(Transport::tcp)), test_name);

}  // namespace
}  // namespace gateway::test
