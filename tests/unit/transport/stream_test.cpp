// How a connection over a stream ends, and when it is taken for dead: the same for TCP and for WebSocket.

#include "transport/stream.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "transport/framed_stream.h"
#include "transport/whole_messages.h"
#include "unit/transport/commands.h"
#include "wire/frame.h"

namespace gateway::transport {
namespace {

template <class Kind>
struct EveryStream : testing::Test {
  TimePoint now = test::start_time;
  Options options;
  BufferPool pool;
  Stats stats;
  Kind server{options, pool, stats, Role::server, now};
  Kind client{options, pool, stats, Role::client, now};

  // A message of `size` bytes as it comes in.
  static std::string incoming(std::size_t size) {
    std::string bytes = test::pattern(size);
    if constexpr (std::is_same_v<Kind, FramedStream>) {
      std::array<std::uint8_t, wire::frame_header_bytes> header{};
      ByteWriter out(header);
      wire::write_frame_header(out, size, 0, 1);
      bytes.insert(0, test::as_text(header));
    }
    return bytes;
  }
  void receive(Kind& stream, std::size_t size = 20) { stream.receive(now, test::as_bytes(incoming(size))); }
  SendStatus send(Kind& stream, std::size_t size) {
    const std::string bytes = test::pattern(size);
    return stream.send(now, {test::as_bytes(bytes)});
  }
  std::size_t take_output(Kind& stream) {
    std::vector<std::uint8_t> out(options.message_max + 100);
    return stream.next_output(now, out);
  }
  std::uint64_t dropped(Drop reason) const { return stats.dropped[static_cast<std::size_t>(reason)].value(); }
};

using Kinds = testing::Types<FramedStream, WholeMessages>;
struct KindNames {
  template <class Kind>
  static std::string GetName(int) {
    return std::is_same_v<Kind, FramedStream> ? "FramedStream" : "WholeMessages";
  }
};
TYPED_TEST_SUITE(EveryStream, Kinds, KindNames);

TYPED_TEST(EveryStream, IsOpenFromTheStart) {
  EXPECT_EQ(this->server.phase(), Phase::open);
  EXPECT_EQ(this->client.phase(), Phase::open);
  EXPECT_EQ(this->server.close_reason().cause, Cause::none);
}

TYPED_TEST(EveryStream, TimesOutASilentClient) {
  const TimePoint due = this->now + this->options.silence;
  EXPECT_EQ(this->server.deadline(), due);
  this->server.advance(due - milliseconds(1));
  EXPECT_EQ(this->server.phase(), Phase::open);
  this->server.advance(due);
  EXPECT_EQ(this->server.phase(), Phase::closed);
  EXPECT_EQ(this->server.close_reason().cause, Cause::timeout);
  EXPECT_EQ(this->server.close_reason().code, 2);
  EXPECT_EQ(this->server.deadline(), never);
}

TYPED_TEST(EveryStream, NeverTimesOutASilentServer) {
  EXPECT_EQ(this->client.deadline(), never);
  this->client.advance(this->now + hours(24));
  EXPECT_EQ(this->client.phase(), Phase::open);
}

TYPED_TEST(EveryStream, TakesAnyInputForASignOfLife) {
  this->now += seconds(10);
  this->receive(this->server);
  EXPECT_EQ(this->server.deadline(), this->now + this->options.silence);
}

TYPED_TEST(EveryStream, DoesNotCountSilenceWhileNobodyListens) {
  this->now += seconds(20);
  this->server.not_listening(this->now);
  EXPECT_EQ(this->server.deadline(), this->now + this->options.silence);
}

TYPED_TEST(EveryStream, WantsToBeWokenLaterOnceItIsDrained) {
  this->receive(this->server);
  this->send(this->server, 20);
  while (this->server.next_payload()) continue;
  while (this->take_output(this->server) > 0) continue;
  EXPECT_GT(this->server.deadline(), this->now);
  this->send(this->server, 20);
  this->server.close(this->now, {Cause::local}, Linger::flush);
  EXPECT_GT(this->server.deadline(), this->now);
}

TYPED_TEST(EveryStream, ClosesAtOnceWithNothingToFlush) {
  this->server.close(this->now, {Cause::local, 1}, Linger::flush);
  EXPECT_EQ(this->server.phase(), Phase::closed);
  EXPECT_EQ(this->server.close_reason().cause, Cause::local);
  EXPECT_EQ(this->server.close_reason().code, 1);
}

TYPED_TEST(EveryStream, FlushesWhatIsQueuedAndThenIsClosed) {
  this->send(this->server, 100);
  this->send(this->server, 200);
  this->server.close(this->now, {Cause::local, 1}, Linger::flush);
  EXPECT_EQ(this->server.phase(), Phase::closing);
  while (this->take_output(this->server) > 0) continue;
  EXPECT_EQ(this->server.phase(), Phase::closed);
  EXPECT_EQ(this->server.close_reason().cause, Cause::local);
  EXPECT_EQ(this->server.deadline(), never);
}

TYPED_TEST(EveryStream, DropsWhatIsQueuedWhenItClosesNow) {
  this->send(this->server, 100);
  this->receive(this->server);
  this->server.close(this->now, {Cause::local}, Linger::now);
  EXPECT_EQ(this->server.phase(), Phase::closed);
  EXPECT_EQ(this->server.queued_bytes(), 0u);
  EXPECT_EQ(this->server.held_bytes(), 0u);
  EXPECT_EQ(this->take_output(this->server), 0u);
  EXPECT_FALSE(this->server.next_payload());
  EXPECT_EQ(this->pool.lent_bytes(), 0u);
}

TYPED_TEST(EveryStream, CanStopFlushingButNotBeginAgain) {
  this->send(this->server, 100);
  this->server.close(this->now, {Cause::local, 1}, Linger::flush);
  const TimePoint due = this->server.deadline();
  this->server.close(this->now + seconds(1), {Cause::overflow, 2}, Linger::flush);
  EXPECT_EQ(this->server.deadline(), due);
  this->server.close(this->now, {Cause::overflow, 2}, Linger::now);
  EXPECT_EQ(this->server.phase(), Phase::closed);
  EXPECT_EQ(this->server.close_reason().cause, Cause::local);
  EXPECT_EQ(this->server.close_reason().code, 1);
}

TYPED_TEST(EveryStream, GivesUpFlushingToAPeerThatTakesNothing) {
  this->send(this->server, 100);
  this->server.close(this->now, {Cause::local}, Linger::flush);
  EXPECT_EQ(this->server.deadline(), this->now + this->options.linger);
  this->server.advance(this->now + this->options.linger);
  EXPECT_EQ(this->server.phase(), Phase::closed);
  EXPECT_EQ(this->server.close_reason().cause, Cause::local);
  EXPECT_EQ(this->pool.lent_bytes(), 0u);
}

TYPED_TEST(EveryStream, FlushesAsLongAsThePeerTakesSomethingButNotForEver) {
  const TimePoint begin = this->now;
  for (int i = 0; i < 100; ++i) this->send(this->server, 100);
  this->server.close(this->now, {Cause::local}, Linger::flush);
  while (this->now < begin + this->options.silence - seconds(1)) {
    this->now += seconds(1);
    EXPECT_GT(this->server.deadline(), this->now);
    this->server.advance(this->now);
    std::vector<std::uint8_t> out(107);
    EXPECT_GT(this->server.next_output(this->now, out), 0u);
  }
  EXPECT_EQ(this->server.phase(), Phase::closing);
  EXPECT_EQ(this->server.deadline(), begin + this->options.silence);
  this->server.advance(begin + this->options.silence);
  EXPECT_EQ(this->server.phase(), Phase::closed);
}

TYPED_TEST(EveryStream, DropsWhatComesOrIsSentWhileItCloses) {
  this->send(this->server, 100);
  this->server.close(this->now, {Cause::local}, Linger::flush);
  this->receive(this->server);
  EXPECT_FALSE(this->server.next_payload());
  EXPECT_EQ(this->server.held_bytes(), 0u);
  EXPECT_EQ(this->dropped(Drop::not_open), 1u);
  EXPECT_EQ(this->send(this->server, 20), SendStatus::dropped);
}

TYPED_TEST(EveryStream, EndsWithThePeersEndOfInput) {
  this->send(this->server, 100);
  this->server.end_of_input({Cause::peer});
  EXPECT_EQ(this->server.phase(), Phase::closed);
  EXPECT_EQ(this->server.close_reason().cause, Cause::peer);
  EXPECT_EQ(this->pool.lent_bytes(), 0u);
}

TYPED_TEST(EveryStream, GivesTheMessagesThatCameBeforeTheEndOfInput) {
  this->receive(this->server);
  this->receive(this->server);
  this->server.end_of_input({Cause::reset});
  EXPECT_EQ(this->server.phase(), Phase::open);
  EXPECT_TRUE(this->server.next_payload());
  EXPECT_TRUE(this->server.next_payload());
  EXPECT_FALSE(this->server.next_payload());
  EXPECT_EQ(this->server.phase(), Phase::closed);
  EXPECT_EQ(this->server.close_reason().cause, Cause::reset);
}

TYPED_TEST(EveryStream, TakesNothingBehindTheEndOfInput) {
  this->receive(this->server);
  this->server.end_of_input({Cause::peer});
  this->receive(this->server);
  EXPECT_EQ(this->dropped(Drop::not_open), 1u);
  EXPECT_TRUE(this->server.next_payload());
  EXPECT_FALSE(this->server.next_payload());
}

TYPED_TEST(EveryStream, StillFlushesToAPeerThatSaysNothingMore) {
  this->send(this->server, 100);
  this->server.close(this->now, {Cause::local}, Linger::flush);
  this->server.end_of_input({Cause::peer});
  EXPECT_EQ(this->server.phase(), Phase::closing);
  while (this->take_output(this->server) > 0) continue;
  EXPECT_EQ(this->server.close_reason().cause, Cause::local);
}

TYPED_TEST(EveryStream, StopsFlushingWhenTheStreamBreaks) {
  this->send(this->server, 100);
  this->server.close(this->now, {Cause::local}, Linger::flush);
  this->server.end_of_input({Cause::reset});
  EXPECT_EQ(this->server.phase(), Phase::closed);
  EXPECT_EQ(this->server.close_reason().cause, Cause::local);
  EXPECT_EQ(this->pool.lent_bytes(), 0u);
}

TYPED_TEST(EveryStream, StopsFlushingWhenTheStreamBreaksBehindThePeersEnd) {
  this->send(this->server, 100);
  this->server.close(this->now, {Cause::local}, Linger::flush);
  this->server.end_of_input({Cause::peer});
  this->server.end_of_input({Cause::reset});
  EXPECT_EQ(this->server.phase(), Phase::closed);
}

TYPED_TEST(EveryStream, FlushesNothingIntoABrokenStream) {
  this->receive(this->server);
  this->send(this->server, 100);
  this->server.end_of_input({Cause::reset});
  this->server.close(this->now, {Cause::local}, Linger::flush);
  EXPECT_EQ(this->server.phase(), Phase::closed);
}

TYPED_TEST(EveryStream, SaysWhenMoreIsQueuedThanMayBe) {
  this->options.buffered = 10'000;
  EXPECT_EQ(this->send(this->server, 9000), SendStatus::queued);
  EXPECT_EQ(this->send(this->server, 1001), SendStatus::overflow);
  EXPECT_EQ(this->server.phase(), Phase::open);  // the caller ends it
  EXPECT_EQ(this->send(this->server, 500), SendStatus::queued);
  while (this->take_output(this->server) > 0) continue;
  EXPECT_EQ(this->server.queued_bytes(), 0u);
  EXPECT_EQ(this->send(this->server, 9000), SendStatus::queued);
}

// A byte has a price beside itself: the smallest buffer and its place in the queue.
TYPED_TEST(EveryStream, BoundsTheMemoryOfManySmallMessages) {
  std::size_t sent = 0;
  while (this->send(this->server, 2) == SendStatus::queued && sent < 1'000'000) ++sent;
  EXPECT_GT(sent, 10'000u);
  EXPECT_LE(this->pool.lent_bytes(), this->options.buffered);
}

TYPED_TEST(EveryStream, CountsTheBytesOfBothDirections) {
  const std::string bytes = this->incoming(50);
  this->server.receive(this->now, test::as_bytes(bytes));
  this->send(this->server, 50);
  while (this->take_output(this->server) > 0) continue;
  EXPECT_EQ(this->stats.bytes_received.value(), bytes.size());
  EXPECT_EQ(this->stats.bytes_sent.value(), bytes.size());
}

}  // namespace
}  // namespace gateway::transport
