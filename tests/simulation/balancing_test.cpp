// LoadBalancing under a bad network, one seed each: two players are sent from the name server's listener to
// the master's and to that of one game server, and hear each other in the room.

#include <algorithm>
#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/balanced_world.h"
#include "simulation/seeds.h"
#include "simulation/stream_world.h"

namespace gateway::test {
namespace {

using Encryption = PlayerOptions::Encryption;
using Entry = PlayerOptions::Entry;
using Kind = ClientEvent::Kind;
using testing::IsEmpty;
using testing::IsSubsetOf;

std::vector<std::string> listeners() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < BalancedAddresses::count; ++i) all.push_back(BalancedAddresses::listener(i));
  return all;
}

PlayerOptions random_player(SeededRandom& random, Entry entry, bool once) {
  PlayerOptions options;
  options.protocol = random.chance(0.5) ? Protocol::v16 : Protocol::v18;
  options.encryption = once ? Encryption::stock : static_cast<Encryption>(random.between(0, 2));
  options.once = once;
  options.asks_regions = random.chance(0.3);
  options.entry = entry;
  options.user = entry == Entry::create ? "the secret name of alice" : "the secret name of bob";
  return options;
}

/// Every address was a listener's, and the last one that of the game server where the room is.
void expect_guided(const Player& player, LoadBalancing& application) {
  EXPECT_THAT(player.addresses(), IsSubsetOf(listeners()));
  const auto game = application.find(player.options().room);
  ASSERT_TRUE(game);
  EXPECT_EQ(player.addresses().back(), BalancedAddresses::listener(2 + *game));
  for (const auto& entered : application.entered()) EXPECT_EQ(entered.game, *game);
}

// Datagrams
// -----------------------------------------------------------------------------------------------------------

Link random_link(SeededRandom& random, Duration delay) {
  Link link;
  link.delay = delay;
  link.jitter = random.chance(0.5) ? delay : Duration{};
  link.loss = random.chance(0.3) ? 0 : random.unit() * 0.05;
  link.duplication = random.chance(0.4) ? 0.05 : 0;
  link.reordering = random.chance(0.4) ? 0.05 : 0;
  return link;
}

BalancedWorld::Options random_world(std::uint64_t seed, SeededRandom& random) {
  BalancedWorld::Options options;
  options.seed = seed;
  options.client_link = random_link(random, milliseconds(random.between(1, 80)));
  options.server_link = random_link(random, microseconds(random.between(100, 5000)));
  options.exchange_delay = random.chance(0.5) ? Duration{} : milliseconds(random.between(1, 300));
  return options;
}

/// One seed.
class Game {
 public:
  explicit Game(std::uint64_t seed)
      : random_(seed), world_(random_world(seed, random_)), once_(random_.chance(0.2)) {
    world_.network.filter([this](const Packet& packet, std::size_t) { return eavesdrop(packet); });
  }

  void play() {
    auto& alice = enter(Entry::create);
    if (!alice.player.in_room()) return;
    auto& bob = enter(Entry::join);
    if (!bob.player.in_room()) return;
    expect_guided(alice.player, world_.application());
    expect_guided(bob.player, world_.application());
    talk(alice, bob);
    talk(bob, alice);
    for (const Playing* const playing : {&alice, &bob}) {
      for (const auto& line : playing->lines) resends_ += line->client().sender().resends();
    }
    EXPECT_EQ(leaks_, 0U) << "a name in the clear on a client's link";
    EXPECT_THAT(world_.violations(), IsEmpty());
  }

  std::size_t gave_up() const { return gave_up_; }
  std::size_t sealed() const { return sealed_; }
  std::size_t resends() const { return resends_; }

 private:
  using Playing = BalancedWorld::Playing;

  Playing& enter(Entry entry) {
    const PlayerOptions options = random_player(random_, entry, once_);
    if (options.encryption != Encryption::none) secrets_.push_back(options.user);
    Playing& playing = world_.add_player(options, *generations[random_.between(0, generations.size() - 1)]);
    EXPECT_TRUE(world_.run_until([&] { return playing.player.done(); }, seconds(60))) << "stuck";
    note_end(playing);
    EXPECT_TRUE(playing.player.in_room() || gave_up_ > 0)
        << playing.player.refusal() << " " << playing.player.return_code();
    return playing;
  }

  /// A client gives up by its own rule after some resends, with and without a gateway.
  void note_end(Playing& playing) {
    const auto* const end = playing.client().last(Kind::disconnected);
    if (end != nullptr && end->status == ClientEvent::Status::timeout) ++gave_up_;
  }

  void talk(Playing& from, Playing& to) {
    const bool encrypt = from.client().encryption_available();
    if (to.client().encryption_available() && !ask_sealed(to)) return;
    const std::uint8_t code = encrypt ? 20 : 10;
    const std::vector<std::uint8_t> data{1, 2, 3};
    ASSERT_TRUE(from.player.raise(world_.network.now(), *from.peer, code, data, encrypt));
    const auto heard = [&] {
      const auto* const event = to.client().last(Kind::event);
      return event != nullptr && event->code == code;
    };
    const bool arrived = world_.run_until(heard, seconds(20));
    note_end(from);
    note_end(to);
    if (gave_up_ > 0) return;
    ASSERT_TRUE(arrived);
    EXPECT_EQ(to.client().last(Kind::event)->encrypted, encrypt && to.client().encryption_available());
    sealed_ += encrypt ? 1 : 0;
  }

  /// From the answer on the gateway seals events.
  bool ask_sealed(Playing& playing) {
    constexpr auto echo = static_cast<std::uint8_t>(Operation::echo);
    EXPECT_TRUE(playing.peer->operation(world_.network.now(), echo, {}, true));
    const auto answered = [&] {
      const auto* const response = playing.client().last(Kind::response);
      return response->code == echo;
    };
    const bool done = world_.run_until(answered, seconds(20));
    note_end(playing);
    EXPECT_TRUE(done || gave_up_ > 0);
    return done;
  }

  /// At the name server the name is asked for sealed and answered sealed.
  bool eavesdrop(const Packet& packet) {
    const auto is_name = [](const Address& address) {
      return address.ip[15] == BalancedAddresses::first_listener;
    };
    const auto is_server = [](const Address& address) {
      return address.ip[15] >= BalancedAddresses::first_server;
    };
    const bool near = is_name(packet.from) || is_name(packet.to);
    const bool far = is_server(packet.from) || is_server(packet.to);
    const auto shows = [&](const std::string& secret) {
      return text_of(packet.bytes).find(secret) != std::string_view::npos;
    };
    if (near && !far && std::ranges::any_of(secrets_, shows)) ++leaks_;
    return false;
  }

  SeededRandom random_;
  BalancedWorld world_;
  bool once_;  // of both: what one seals with its token's key the gateway can't know to be secret
  std::vector<std::string> secrets_;  // names of those who log in sealed
  std::size_t leaks_ = 0;
  std::size_t gave_up_ = 0;
  std::size_t sealed_ = 0;
  std::size_t resends_ = 0;
};

TEST(BalancedSession, EveryPlayerReachesTheRoomThroughListenersUnderEverySeed) {
  const Seeds which = seeds(200);
  std::size_t gave_up = 0;
  std::size_t sealed = 0;
  std::size_t resends = 0;
  for (std::uint64_t seed = which.first; seed < which.first + which.count; ++seed) {
    SCOPED_TRACE(replay(seed, "BalancedSession.*"));
    Game game(seed);
    game.play();
    gave_up += game.gave_up();
    sealed += game.sealed();
    resends += game.resends();
    if (HasFailure()) return;
  }
  std::printf("%zu events raised sealed, %zu resends of clients; %zu clients gave up by their own rule\n",
              sealed, resends, gave_up);
  if (which.count >= 100) {
    EXPECT_LE(gave_up, which.count / 50);
    EXPECT_GT(sealed, which.count / 4) << "hardly anything was sealed: the simulation shows nothing";
    EXPECT_GT(resends, which.count / 4) << "hardly anything was lost: the simulation shows nothing";
  }
}

// Streams
// -------------------------------------------------------------------------------------------------------------

Pipe::Options random_pipe(SeededRandom& random, Duration delay) {
  return {.delay = delay,
          .capacity = random.between(1'000, 200'000),
          .slice = random.chance(0.3) ? 3 : random.between(1, 5'000)};
}

/// One player over streams; every server it is sent to is a world of its own.
class StreamGame {
 public:
  StreamGame(std::uint64_t seed, LoadBalancing& application, Entry entry)
      : random_(seed * 2 + (entry == Entry::join ? 1 : 0)),
        application_(application),
        table_(BalancedAddresses::table()),
        kind_(random_.chance(0.5) ? StreamKind::tcp : StreamKind::websocket),
        player_(random_player(random_, entry, random_.chance(0.2)), BalancedAddresses::listener(0)) {}

  void play() {
    while (const auto address = player_.take_address()) visit(player_.addresses().back());
    EXPECT_TRUE(player_.in_room()) << player_.refusal() << " " << player_.return_code();
    expect_guided(player_, application_);
  }

 private:
  StreamWorldOptions world_of(std::size_t index) {
    StreamWorldOptions options;
    options.seed = random_.between(1, 1'000'000);
    options.client.kind = kind_;
    options.client.init = player_.init();
    options.client.seed = options.seed;
    options.server.part = BalancedAddresses::part(index, application_);
    options.rewriting.addresses = &table_;
    options.client_link = random_pipe(random_, milliseconds(random_.between(1, 80)));
    options.server_link = random_pipe(random_, milliseconds(random_.between(0, 5)));
    options.exchange_delay = random_.chance(0.5) ? Duration{} : milliseconds(random_.between(1, 300));
    return options;
  }

  void visit(const std::string& address) {
    const auto known = listeners();
    const auto found = std::ranges::find(known, address);
    ASSERT_NE(found, known.end()) << address << " is past the gateway";
    StreamWorld world(world_of(static_cast<std::size_t>(found - known.begin())));
    PeerOf<PhotonStreamClient> peer(world.client());
    const auto done = [&] {
      player_.play(world.now(), peer);
      return player_.done() || player_.wants_to_move();
    };
    ASSERT_TRUE(world.run_until(done, seconds(60))) << "stuck at " << address;
    world.leave({transport::Cause::peer, static_cast<std::uint16_t>(kind_ == StreamKind::tcp ? 0 : 1000)});
    EXPECT_TRUE(world.run_until([&] { return world.session().closed(); }, seconds(5)));
    EXPECT_THAT(world.violations(), IsEmpty());
    EXPECT_THAT(peer.violations(), IsEmpty());
    if (address == known.front() && player_.options().encryption != Encryption::none) {
      EXPECT_FALSE(world.overheard(bytes_of(player_.options().user)))
          << "a name in the clear on the client's link";
    }
  }

  SeededRandom random_;
  LoadBalancing& application_;
  policy::Addresses table_;
  StreamKind kind_;
  Player player_;
};

TEST(BalancedStream, EveryPlayerReachesTheRoomThroughListenersUnderEverySeed) {
  const Seeds which = seeds(60);
  for (std::uint64_t seed = which.first; seed < which.first + which.count; ++seed) {
    SCOPED_TRACE(replay(seed, "BalancedStream.*"));
    LoadBalancing application;
    application.names(BalancedAddresses::names());
    StreamGame(seed, application, Entry::create).play();
    StreamGame(seed, application, Entry::join).play();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace gateway::test
