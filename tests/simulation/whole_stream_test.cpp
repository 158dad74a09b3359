// Whole sessions over streams, one seed each: a client and a server whose connections are slow, cut anywhere
// and stop now and then; a random mix of what clients send; then an end from one of the sides.

#include <algorithm>
#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/seeds.h"
#include "simulation/stream_world.h"
#include "simulation/traffic.h"

namespace gateway::test {
namespace {

enum class Ending : std::uint8_t {
  client_leaves,
  client_resets,
  server_closes,
  server_resets,
  gateway_stops
};

StreamWorldOptions random_world(std::uint64_t seed, SeededRandom& random) {
  StreamWorldOptions options;
  options.seed = seed;
  options.client.kind = random.chance(0.6) ? StreamKind::tcp : StreamKind::websocket;
  options.client.init.protocol = random.chance(0.5) ? Protocol::v16 : Protocol::v18;
  options.client.init.form = static_cast<InitForm>(random.between(0, 2));
  if (options.client.kind == StreamKind::websocket && options.client.init.form == InitForm::v3)
    options.client.init.form = InitForm::binary;
  options.client.seed = seed;
  options.server.transport.buffered = std::size_t{32}
                                      << 20;  // answers wait there for a slow client; it isn't to give up
  options.exchange_delay = random.chance(0.5) ? Duration{} : milliseconds(random.between(1, 300));
  options.client_link = {.delay = milliseconds(random.between(1, 80)),
                         .capacity = random.between(1'000, 200'000),
                         .slice = random.chance(0.3) ? 3 : random.between(1, 5'000)};
  options.server_link = {.delay = milliseconds(random.between(0, 5)),
                         .capacity = random.between(1'000, 200'000),
                         .slice = random.chance(0.3) ? 3 : random.between(1, 5'000)};
  return options;
}

/// A seed that is played, and what was seen.
class Game {
 public:
  explicit Game(std::uint64_t seed)
      : random_(seed),
        world_(random_world(seed, random_)),
        left_(random_.between(20, 60)),
        encrypts_(random_.chance(0.9)) {}

  void play() {
    auto& client = world_.client();
    ASSERT_TRUE(world_.run_until([&] { return client.initialised(); }, seconds(5))) << "no InitResponse";
    while (left_ > 0) act();
    ASSERT_TRUE(world_.run_until([&] { return delivered(); }, patience()))
        << received_by_server().size() << " of " << sent_.size() << " messages reached the server";
    compare_flows();
    end();
    EXPECT_FALSE(world_.overheard(secret_marker)) << "a secret in the clear on the client's link";
    EXPECT_THAT(world_.violations(), testing::IsEmpty());
    EXPECT_EQ(client.undecryptable(), 0U);
  }

  std::size_t messages() const { return sent_.size(); }
  std::size_t secrets() const { return secrets_; }

 private:
  void act() {
    --left_;
    auto& client = world_.client();
    const double choice = random_.unit();
    if (encrypts_ && (choice < 0.05 || (!client.encryption_available() && choice < 0.3))) return exchange();
    if (choice < 0.10) return pause([this](Duration time) { world_.stall_client(time); });
    if (choice < 0.15) return pause([this](Duration time) { world_.stall_server(time); });
    send();
    if (random_.chance(0.7)) run_for(milliseconds(random_.between(0, 40)));
  }

  template <class Stall>
  void pause(Stall stall) {
    stall(milliseconds(random_.between(50, 3'000)));
  }
  void run_for(Duration duration) {
    world_.run_until([] { return false; }, duration);
  }

  /// Nothing encrypted is on its way meanwhile: what arrives after a client asked for a key is lost to it,
  /// also without a gateway.
  void exchange() {
    auto& client = world_.client();
    ASSERT_TRUE(world_.run_until([&] { return delivered(); }, patience()));
    const std::size_t before = client.count(ClientEvent::Kind::encryption_established);
    if (before >= 4) return;
    ASSERT_TRUE(client.exchange_keys(world_.now()));
    ASSERT_TRUE(world_.run_until(
        [&] { return client.count(ClientEvent::Kind::encryption_established) > before; }, seconds(10)));
  }

  void send() {
    auto& client = world_.client();
    const bool encrypt = client.encryption_available() && random_.chance(0.5);
    const std::size_t size = random_.chance(0.03)  ? random_.between(100'000, 500'000)
                             : random_.chance(0.2) ? random_.between(1'000, 20'000)
                                                   : random_.between(12, 200);
    std::vector<std::uint8_t> data(size);
    for (std::uint8_t& byte : data) byte = static_cast<std::uint8_t>(random_.between(0, 255));
    if (encrypt) std::ranges::copy(secret_marker, data.begin());
    secrets_ += encrypt ? 1 : 0;
    // Codes that are asked for encrypted are never asked for in the clear here, so every answer has its form.
    const std::uint8_t base = encrypt ? 100 : 50;
    const auto code = static_cast<Operation>(base + random_.between(0, 9));
    const auto message = write_operation(serialization(), code, 0, data);
    const auto channel = static_cast<std::uint8_t>(random_.between(0, 1));
    const auto delivery = static_cast<wire::Flags>(random_.between(0, 3));
    ASSERT_TRUE(
        client.message(world_.now(), message[1], Bytes(message).subspan(2), channel, delivery, encrypt));
    sent_.push_back({channel, static_cast<transport::Delivery>(delivery), message});
  }

  message::Serialization serialization() {
    return world_.client().config().init.protocol == Protocol::v16 ? message::Serialization::v16
                                                                   : message::Serialization::v18;
  }
  bool tcp() { return world_.client().config().kind == StreamKind::tcp; }

  static bool is_request(const TestServer::Message& message) {
    return message.bytes.size() > 2 && message.bytes[0] == message::magic &&
           type_of(message.bytes) == message::Type::request;
  }
  Flow received_by_server() {
    Flow flow;
    for (const auto& message : world_.server().received()) {
      if (is_request(message)) flow.push_back({message.channel, message.delivery, message.bytes});
    }
    return flow;
  }
  /// A link carries its capacity in its delay and no more, 12 KB/s at worst; pauses come on top.
  Duration patience() const {
    std::size_t bytes = 0;
    for (const auto& message : sent_) bytes += message.bytes.size();
    Duration longest{};
    for (const Pipe::Options& link : {world_.options().client_link, world_.options().server_link}) {
      const auto loads = static_cast<Duration::rep>(bytes / link.capacity + 1);
      longest = std::max(longest, loads * (link.delay + milliseconds(1)));
    }
    return seconds(30) + 3 * longest;
  }
  std::size_t answers() { return world_.client().count(ClientEvent::Kind::response); }
  /// Asked for at every step, so it copies nothing.
  bool delivered() {
    const auto arrived = std::ranges::count_if(world_.server().received(), is_request);
    return static_cast<std::size_t>(arrived) == sent_.size() && answers() == sent_.size();
  }

  /// A stream has one order over all channels; WebSocket has no channels.
  void compare_flows() {
    const Flow received = received_by_server();
    ASSERT_EQ(received.size(), sent_.size());
    for (std::size_t i = 0; i < sent_.size(); ++i) {
      EXPECT_EQ(received[i].bytes, sent_[i].bytes) << "message " << i;
      if (!tcp()) continue;
      EXPECT_EQ(received[i].channel, sent_[i].channel);
      EXPECT_EQ(received[i].delivery, sent_[i].delivery);
    }
    std::size_t i = 0;
    for (const ClientEvent& event : world_.client().events()) {
      if (event.kind != ClientEvent::Kind::response) continue;
      EXPECT_EQ(event.code, code_of(sent_[i].bytes));
      EXPECT_EQ(event.encrypted, event.code >= 100) << "answer " << i;
      ++i;
    }
  }

  void end() {
    const auto ending = static_cast<Ending>(random_.between(0, 4));
    SCOPED_TRACE("ending " + std::to_string(static_cast<int>(ending)));
    using transport::Cause;
    switch (ending) {
      case Ending::client_leaves:
        world_.leave({Cause::peer, static_cast<std::uint16_t>(tcp() ? 0 : 1000)});
        break;
      case Ending::client_resets:
        world_.leave({Cause::reset, 0});
        break;
      case Ending::server_closes:
        world_.server().disconnect_all(world_.now(), tcp() ? 1 : 1001);
        break;
      case Ending::server_resets:
        world_.reset_server();
        break;
      case Ending::gateway_stops:
        world_.session().end(world_.now(), session::End::shutdown, 1);
        break;
    }
    EXPECT_TRUE(world_.run_until([&] { return world_.session().closed(); }, seconds(5)));
    expect_told(ending);
  }

  void expect_told(Ending ending) {
    const auto& client = world_.client();
    const auto why = world_.session().record().end;
    if (ending == Ending::client_leaves || ending == Ending::client_resets) {
      EXPECT_EQ(why, session::End::client_disconnect);
      EXPECT_TRUE(world_.run_until([&] { return !world_.server().ended().empty(); }, seconds(5)));
      return;
    }
    const bool by_server = ending != Ending::gateway_stops;
    EXPECT_EQ(why, by_server ? session::End::server_disconnect : session::End::shutdown);
    EXPECT_TRUE(
        world_.run_until([&] { return client.count(ClientEvent::Kind::disconnected) > 0; }, seconds(5)));
    EXPECT_EQ(client.incomplete(), 0U) << "the stream was cut inside a message";
  }

  SeededRandom random_;
  StreamWorld world_;
  std::size_t left_;
  bool encrypts_;
  std::size_t secrets_ = 0;
  Flow sent_;
};

TEST(WholeStream, EveryMessageArrivesOnceInOrderAndNoSecretShows) {
  const Seeds range = seeds(30);
  std::size_t messages = 0;
  std::size_t secrets = 0;
  for (std::uint64_t seed = range.first; seed < range.first + range.count; ++seed) {
    SCOPED_TRACE(replay(seed, "WholeStream.*"));
    Game game(seed);
    game.play();
    messages += game.messages();
    secrets += game.secrets();
    if (testing::Test::HasFailure()) return;
  }
  std::printf("%zu messages, %zu of them encrypted\n", messages, secrets);
}

TEST(StalledStream, AServerThatTakesNothingForTenSecondsLosesNothingAndMemoryStaysBounded) {
  for (const StreamKind kind : {StreamKind::tcp, StreamKind::websocket}) {
    StreamWorldOptions options;
    options.client.kind = kind;
    options.client.gives_up = false;  // while its pings are stuck behind its own data
    StreamWorld world(options);
    auto& client = world.client();
    ASSERT_TRUE(world.run_until([&] { return client.initialised(); }, seconds(5)));
    world.stall_server(seconds(10));
    const std::vector<std::uint8_t> data(50'000, 0x5A);
    constexpr std::size_t count = 100;
    for (std::size_t i = 0; i < count; ++i) {
      const auto message = write_operation(message::Serialization::v16, Operation::silent,
                                           static_cast<std::uint32_t>(i), data);
      ASSERT_TRUE(client.message(world.now(), message[1], Bytes(message).subspan(2)));
    }
    EXPECT_FALSE(world.run_until([&] { return world.server().received().size() > 10; }, seconds(9)));
    EXPECT_LE(world.held_max(), options.gateway.upstream.buffered);
    EXPECT_TRUE(world.run_until([&] { return world.server().received().size() > count; }, seconds(10)));
    EXPECT_THAT(world.violations(), testing::IsEmpty());
  }
}

}  // namespace
}  // namespace gateway::test
