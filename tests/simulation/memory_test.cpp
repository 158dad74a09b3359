// What a session costs in memory: allocations per message once warm, and bytes of an idle one.

#include <array>
#include <cstdio>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/door.h"
#include "session/session.h"
#include "simulation/allocations.h"
#include "simulation/world.h"
#include "support/borrowed.h"

namespace gateway::test {
namespace {

/// What the sessions of one shard share.
struct Shard {
  session::Options options;
  BufferPool buffers;
  SeededRandom random{1};
  session::Stats stats;
  session::RaisedEvents raised;
  session::Notices notices;
  std::vector<std::uint8_t> scratch;
  session::DoorStats door_stats;
  session::Door door{{}, random, door_stats};
  transport::ServerClock clock;
  TestServer server{{.records = false}, 2};
  Allocations allocations;  // of the sessions alone

  session::Services services() {
    return {options, borrowed<session::Terms>(options), buffers, random, stats, raised, scratch, notices,
            nullptr};
  }
};

/// One client, its session and the server without a network between them; only what the session does is
/// counted.
class Line {
 public:
  Line(Shard& shard, std::uint16_t number)
      : shard_(shard),
        local_(simulated_address(first_client_host, number)),
        upstream_(simulated_address(gateway_host, number)) {
    PhotonClient::Config config;
    config.seed = number;
    client_ = std::make_unique<PhotonClient>(generation_4_1_8, config);
  }

  PhotonClient& client() { return *client_; }

  /// One frame of the game loop, and everything that follows from it.
  void frame(TimePoint now) {
    client_->dispatch(now);
    if (session_ && session_->deadline() <= now) counted([&] { session_->advance(now); });
    while (const auto datagram = client_->send_outgoing(now)) from_client(now, *datagram);
    serve(now);
  }

 private:
  template <class Use>
  void counted(Use&& use) {
    const CountAllocations counting(shard_.allocations);
    use();
  }

  void from_client(TimePoint now, Bytes datagram) {
    if (session_) return counted([&] { session_->receive(session::Side::downstream, now, datagram); });
    std::array<std::uint8_t, 128> reply{};
    const auto answer = shard_.door.receive(now, local_, datagram, false, reply);
    if (answer.reply_bytes > 0) client_->receive(now, Bytes(reply).first(answer.reply_bytes));
    if (!answer.proven) return;
    counted([&] {
      session_ = std::make_unique<session::Session>(shard_.services(), *answer.proven, now);
      session_->receive(session::Side::downstream, now, datagram);
    });
  }

  void serve(TimePoint now) {
    if (!session_) return;
    std::array<std::uint8_t, 1200> datagram{};
    for (bool more = true; more;) {
      more = false;
      while (const std::size_t bytes = next(session::Side::downstream, now, datagram))
        client_->receive(now, Bytes(datagram).first(bytes));
      while (const std::size_t bytes = next(session::Side::upstream, now, datagram))
        shard_.server.receive(now, upstream_, Bytes(datagram).first(bytes));
      while (const auto output = shard_.server.next_output(now)) {
        more = true;
        counted([&] { session_->receive(session::Side::upstream, now, output->bytes); });
      }
      counted([&] {
        if (session_->wants_upstream()) {
          session_->upstream_opened(now, {0}, shard_.clock);
          more = true;
        }
        if (const auto job = session_->take_exchange()) {
          auto exchanged = crypto::exchange(job->client_key, shard_.random);
          session_->exchange_done(now, std::move(*exchanged));
          more = true;
        }
      });
    }
  }

  std::size_t next(session::Side side, TimePoint now, MutableBytes out) {
    std::size_t bytes = 0;
    counted([&] { bytes = session_->next_output(side, now, out); });
    return bytes;
  }

  Shard& shard_;
  Address local_;
  Address upstream_;
  std::unique_ptr<PhotonClient> client_;
  std::unique_ptr<session::Session> session_;
};

constexpr Duration frame = milliseconds(10);

TEST(Memory, MessageOnceWarmAllocatesNothing) {
  Shard shard;
  Line line(shard, 1);
  TimePoint now{hours(1)};
  const auto frames = [&](int count) {
    for (int i = 0; i < count; ++i) line.frame(now += frame);
  };
  const std::vector<std::uint8_t> data(100);
  const auto play = [&](int operations) {
    for (int i = 0; i < operations; ++i) {
      line.client().operation(now, operation_of(line.client(), Operation::echo, 0, data, i % 2 == 0));
      frames(1);
    }
  };
  line.client().connect(now);
  frames(100);
  ASSERT_TRUE(line.client().initialised());
  line.client().exchange_keys(now);
  frames(100);
  ASSERT_TRUE(line.client().encryption_available());
  play(200);
  const std::size_t before = shard.allocations.count;
  const std::size_t answers = line.client().count(ClientEvent::Kind::response);
  play(1000);
  frames(10);
  EXPECT_GE(line.client().count(ClientEvent::Kind::response), answers + 1000);
  EXPECT_EQ(shard.allocations.count - before, 0U);
}

TEST(Memory, IdleSessionStaysWithinItsBound) {
  constexpr std::uint16_t sessions = 1000;
  constexpr std::ptrdiff_t bound = 4 * 1024;
  Shard shard;
  std::vector<std::unique_ptr<Line>> lines;
  TimePoint now{hours(1)};
  for (std::uint16_t number = 1; number <= sessions; ++number) {
    lines.push_back(std::make_unique<Line>(shard, number));
    Line& line = *lines.back();
    line.client().connect(now);
    for (int i = 0; i < 10; ++i) line.frame(now += milliseconds(1));
    line.client().exchange_keys(now);
    for (int i = 0; i < 5; ++i) line.frame(now += milliseconds(1));
    line.client().operation(now, operation_of(line.client(), Operation::echo, 0, {}, true));
    for (int i = 0; i < 5; ++i) line.frame(now += milliseconds(1));
    ASSERT_EQ(line.client().count(ClientEvent::Kind::response), 1U);
  }
  const std::ptrdiff_t each = shard.allocations.live / sessions;
  std::printf("an idle session that has a key and played takes %td bytes\n", each);
  EXPECT_GT(each, 0);
  EXPECT_LE(each, bound);
}

}  // namespace
}  // namespace gateway::test
