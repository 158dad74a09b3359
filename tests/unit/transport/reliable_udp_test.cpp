#include "transport/reliable_udp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

using test::Command;
using test::CommandType;
using test::control;
using test::Flags;
using test::Parsed;
using test::reliable;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t challenge = 0x12345678;
constexpr std::uint16_t peer_id = 42;

// One end under test; the test plays the other by hand.
struct End : testing::Test {
  Options options;
  BufferPool pool;
  Stats stats;
  TimePoint now = test::start_time;
  std::unique_ptr<ReliableUdp> udp;
  wire::DatagramHeader from_peer{.peer = peer_id, .sent_time = 7000, .challenge = challenge};

  void receive(const std::vector<Command>& commands) { receive(test::datagram(from_peer, commands)); }
  void receive(const test::ByteVector& bytes) { udp->receive(now, bytes); }
  SendStatus send(std::string_view text, Delivery delivery = Delivery::reliable, std::uint8_t channel = 0) {
    return udp->send(now, {test::as_bytes(text), channel, delivery});
  }
  // Everything that leaves now; afterwards the deadline must lie ahead.
  std::vector<Parsed> drain() {
    std::vector<Parsed> datagrams;
    std::array<std::uint8_t, 1200> out{};
    while (const std::size_t size = udp->next_output(now, out))
      datagrams.emplace_back(Bytes(out).first(size));
    EXPECT_GT(udp->deadline(), now);
    return datagrams;
  }
  std::vector<Command> drain_commands() {
    std::vector<Command> commands;
    for (Parsed& datagram : drain()) {
      for (const Command& command : datagram.commands) commands.push_back(command);
      kept.push_back(std::move(datagram));
    }
    return commands;
  }
  std::vector<CommandType> drain_types() {
    std::vector<CommandType> types;
    for (const Command& command : drain_commands()) types.push_back(command.type);
    return types;
  }
  std::vector<std::string> payloads() {
    std::vector<std::string> texts;
    while (const auto payload = udp->next_payload()) texts.push_back(test::as_text(payload->bytes));
    return texts;
  }
  void pass(Duration duration) {
    now += duration;
    udp->advance(now);
  }
  std::uint64_t dropped(Drop reason) const { return stats.dropped[static_cast<std::size_t>(reason)].value(); }

  std::vector<Parsed> kept;  // the payloads of drain_commands() point into these
};

struct ServerEnd : End {
  Accepted accepted{.peer = peer_id, .challenge = challenge, .mtu = 1200, .channels = 2, .crc = false};

  void SetUp() override { restart(); }
  void restart() { udp = ReliableUdp::accepted(options, pool, stats, accepted, now); }
};

struct ClientEnd : End {
  void SetUp() override {
    options = Options::upstream_leg();
    from_peer.peer = 0;
    udp = ReliableUdp::connecting(options, pool, stats, {.challenge = challenge, .channels = 2}, now);
  }
  static Command verify_connect() {
    Command command = control(CommandType::verify_connect, 1);
    command.connect = {.peer = peer_id, .mtu = 1200, .channels = 2};
    return command;
  }
  void open() {
    const auto connect = drain();
    receive({test::ack(255, 1, connect[0].header.sent_time), verify_connect()});
    drain();
  }
};

// --- The server role: datagrams ---

TEST_F(ServerEnd, IsOpenAtOnceAndSaysNothingUnasked) {
  EXPECT_EQ(udp->phase(), Phase::open);
  EXPECT_THAT(drain(), IsEmpty());
}

TEST_F(ServerEnd, SendsPeerZeroTheChallengeAndItsClock) {
  send("hello");
  const auto datagrams = drain();
  ASSERT_EQ(datagrams.size(), 1U);
  EXPECT_EQ(datagrams[0].header.peer, 0);
  EXPECT_EQ(datagrams[0].header.challenge, challenge);
  EXPECT_FALSE(datagrams[0].header.crc);
  EXPECT_EQ(datagrams[0].header.sent_time, wire_milliseconds(now));
}

TEST_F(ServerEnd, ShowsTheClockItWasGiven) {
  ServerClock clock;
  clock.observe({now, now, 0xFFFFFFF0});
  udp->use_clock(clock);
  now += milliseconds(16);
  send("hello");
  EXPECT_EQ(drain()[0].header.sent_time, 0U);
}

TEST_F(ServerEnd, DropsWhatIsNotItsPeers) {
  from_peer.challenge ^= 1;
  receive({reliable(1, "a")});
  from_peer.challenge ^= 1;
  from_peer.peer = 43;
  receive({reliable(1, "a")});
  from_peer.peer = 0xFFFF;
  receive({reliable(1, "a")});
  EXPECT_EQ(dropped(Drop::foreign), 3U);
  EXPECT_THAT(payloads(), IsEmpty());
  EXPECT_FALSE(udp->matches(43, challenge));
  EXPECT_TRUE(udp->matches(peer_id, challenge));
}

TEST_F(ServerEnd, DropsDatagramsThatAreNone) {
  receive(test::ByteVector{});
  receive(test::ByteVector(11, 0));
  test::ByteVector encrypted = test::datagram(from_peer, {reliable(1, "a")});
  encrypted[2] = 1;
  EXPECT_FALSE(udp->met_encryption());
  receive(encrypted);
  EXPECT_EQ(dropped(Drop::datagram), 2U);
  EXPECT_EQ(dropped(Drop::encrypted), 1U);
  EXPECT_TRUE(udp->met_encryption());
}

TEST_F(ServerEnd, LatchesTheCrcOfItsPeer) {
  accepted.crc = true;
  restart();
  receive({reliable(1, "plain")});
  EXPECT_EQ(dropped(Drop::datagram), 1U);
  from_peer.crc = true;
  test::ByteVector broken = test::datagram(from_peer, {reliable(1, "broken")});
  broken.back() ^= 1;
  receive(broken);
  EXPECT_EQ(dropped(Drop::datagram), 2U);
  receive({reliable(1, "good")});
  EXPECT_THAT(payloads(), ElementsAre("good"));
  send("answer");
  EXPECT_TRUE(drain()[0].header.crc);
}

TEST_F(ServerEnd, KeepsWhatCameBeforeACommandItCannotRead) {
  test::ByteVector bytes = test::datagram(from_peer, {reliable(1, "a"), reliable(2, "b"), reliable(3, "c")});
  bytes[12 + 13 + 4] = 0xFF;  // the size of the second
  receive(bytes);
  EXPECT_THAT(payloads(), ElementsAre("a"));
  EXPECT_EQ(dropped(Drop::malformed), 1U);
  pass(options.ack_delay);
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack));
}

TEST_F(ServerEnd, IsStrictAboutTheSizeOfControlCommands) {
  test::ByteVector bytes = test::datagram(from_peer, {control(CommandType::ping, 1)});
  bytes.resize(bytes.size() + 8);
  bytes[12 + 7] = 20;
  receive(bytes);
  EXPECT_EQ(dropped(Drop::malformed), 1U);
}

TEST_F(ServerEnd, SkipsCommandsOfUnknownType) {
  Command unknown = reliable(1, "");
  unknown.type = static_cast<CommandType>(13);
  receive({unknown, reliable(1, "a")});
  EXPECT_EQ(dropped(Drop::unknown_command), 1U);
  EXPECT_THAT(payloads(), ElementsAre("a"));
}

TEST_F(ServerEnd, StopsAtTheEndOfADatagramThatAnnouncesMore) {
  test::ByteVector bytes = test::datagram(from_peer, {reliable(1, "a")});
  bytes[3] = 255;
  receive(bytes);
  EXPECT_THAT(payloads(), ElementsAre("a"));
  EXPECT_EQ(dropped(Drop::malformed), 1U);
}

TEST_F(ServerEnd, RefusesChannelsThatWereNotAnnounced) {
  receive({reliable(1, "a", 2), reliable(1, "a", 255), reliable(1, "ok", 1)});
  EXPECT_EQ(dropped(Drop::channel), 2U);
  EXPECT_THAT(payloads(), ElementsAre("ok"));
  EXPECT_EQ(send("x", Delivery::reliable, 2), SendStatus::dropped);
  EXPECT_EQ(dropped(Drop::channel), 3U);
  pass(options.ack_delay);
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack)) << "what is refused is not acknowledged";
}

TEST_F(ServerEnd, IgnoresCopiesOfConnect) {
  Command connect = control(CommandType::connect, 1);
  connect.connect = {.peer = 0, .mtu = 1200, .channels = 2};
  receive({connect});
  pass(options.ack_delay);
  EXPECT_THAT(drain(), IsEmpty());
  EXPECT_EQ(udp->phase(), Phase::open);
}

TEST_F(ServerEnd, DoesNotCountTheAckOfTheDoorsVerifyConnect) {
  receive({test::ack(255, 0x12345, 1), test::ack(255, 9, 1), test::ack(0, 9, 1)});
  EXPECT_EQ(dropped(Drop::unknown_ack), 2U);
}

// --- Acknowledging ---

TEST_F(ServerEnd, AcknowledgesWithTheTimeOfTheCopyAfterAtMostTheDelay) {
  receive({reliable(1, "a")});
  EXPECT_THAT(drain(), IsEmpty());
  EXPECT_EQ(udp->deadline(), now + options.ack_delay);
  pass(options.ack_delay);
  const auto commands = drain_commands();
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].type, CommandType::ack);
  EXPECT_EQ(commands[0].channel, 0);
  EXPECT_EQ(commands[0].flags, Flags::unreliable);
  EXPECT_EQ(commands[0].ack.reliable_seq, 1U);
  EXPECT_EQ(commands[0].ack.sent_time, 7000U);
}

TEST_F(ServerEnd, TakesAcksAlongWithData) {
  receive({reliable(1, "a")});
  send("answer");
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack, CommandType::send_reliable));
}

TEST_F(ServerEnd, AcknowledgesEarlyCommandsToo) {
  receive({reliable(3, "c")});
  pass(options.ack_delay);
  EXPECT_EQ(drain_commands()[0].ack.reliable_seq, 3U);
}

TEST_F(ServerEnd, AcknowledgesDuplicatesAtOnceWithTheirOwnTime) {
  receive({reliable(1, "a")});
  pass(options.ack_delay);
  drain();
  from_peer.sent_time = 7220;
  receive({reliable(1, "a")});
  EXPECT_EQ(drain_commands()[0].ack.sent_time, 7220U);
}

TEST_F(ServerEnd, AcknowledgesServerTimeAtOnceAndAPingLikeData) {
  receive({control(CommandType::ping, 2)});
  EXPECT_THAT(drain(), IsEmpty());
  receive({control(CommandType::server_time, 3)});
  const auto commands = drain_commands();
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(commands[0].channel, 255);
  EXPECT_EQ(commands[1].ack.reliable_seq, 3U);
}

TEST_F(ServerEnd, AcknowledgesUnsequencedCommandsByType16) {
  receive({test::reliable_unsequenced(1, "a")});
  pass(options.ack_delay);
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack_unsequenced));
  EXPECT_TRUE(udp->used_unsequenced());
}

TEST_F(ServerEnd, DoesNotAcknowledgeWhatItRefuses) {
  const std::string text = test::pattern(1500);
  Command bad = test::fragment(1, 0, text, 1000);
  bad.fragment.count = 7;
  receive({reliable(5000, "far"), bad, test::reliable_unsequenced(5000, "far")});
  pass(options.ack_delay);
  EXPECT_THAT(drain(), IsEmpty());
}

TEST_F(ServerEnd, EndsAtAFragmentOfAMessageOverTheLimit) {
  const std::string text = test::pattern(1152);
  Command fragment = test::fragment(1, 0, text, 1152);
  fragment.fragment.total_length = static_cast<std::uint32_t>(options.message_max + 1);
  fragment.fragment.count = static_cast<std::uint32_t>(options.message_max / 1152 + 1);
  receive({fragment});
  EXPECT_EQ(udp->close_reason().cause, Cause::overflow);
  const auto commands = drain_commands();
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].type, CommandType::disconnect);
  EXPECT_EQ(commands[0].reserved, 1);
}

TEST_F(ServerEnd, SendsSixteenAcksWithoutWaiting) {
  std::vector<Command> commands;
  for (std::uint32_t number = 1; number <= 16; ++number) commands.push_back(reliable(number, "x"));
  receive(commands);
  EXPECT_EQ(drain_types().size(), 16U);
}

TEST_F(ServerEnd, SendsAllAcksOfABurstInFullDatagrams) {
  std::vector<Command> commands;
  for (std::uint32_t number = 1; number <= 200; ++number) commands.push_back(reliable(number, "x"));
  receive(commands);
  const auto datagrams = drain();
  ASSERT_EQ(datagrams.size(), 4U);
  EXPECT_EQ(datagrams[0].commands.size(), 59U);
}

// --- Sending ---

TEST_F(ServerEnd, SendsDataOnTheCallThatQueuedIt) {
  send("a");
  send("b", Delivery::reliable, 1);
  send("c", Delivery::unreliable);
  const auto datagrams = drain();
  ASSERT_EQ(datagrams.size(), 1U) << "commands of several channels share a datagram";
  EXPECT_EQ(datagrams[0].commands.size(), 3U);
  EXPECT_EQ(test::as_text(datagrams[0].commands[0].payload), "a");
  EXPECT_EQ(test::as_text(datagrams[0].commands[1].payload), "c");
  EXPECT_EQ(test::as_text(datagrams[0].commands[2].payload), "b");
}

TEST_F(ServerEnd, PutsAtMostAHundredCommandsInADatagram) {
  for (int i = 0; i < 150; ++i) send("", Delivery::reliable);
  for (const Parsed& datagram : drain()) EXPECT_LE(datagram.commands.size(), 100U);
}

TEST_F(ServerEnd, NeverExceedsTheMtuOfItsPeer) {
  accepted.mtu = 100;  // clamped to 576
  accepted.crc = true;
  restart();
  send(test::pattern(10'000));
  send(test::pattern(544));
  for (int i = 0; i < 40; ++i) send(test::pattern(97));
  std::size_t largest = 0;
  for (const Parsed& datagram : drain()) largest = std::max(largest, datagram.bytes.size());
  EXPECT_LE(largest, 576U);
  EXPECT_GE(largest, 560U);
}

TEST_F(ServerEnd, HoldsDataBackAboveTheBytesInTransit) {
  for (int i = 0; i < 60; ++i) send(test::pattern(1000));
  std::size_t bytes = 0;
  std::uint32_t sent = 0;
  TimePoint ack_time = now;
  for (const Command& command : drain_commands()) bytes += 12 + command.payload.size(), ++sent;
  EXPECT_LE(bytes, options.in_transit_max);
  EXPECT_GT(bytes, options.in_transit_max - 1012);
  send("u", Delivery::unreliable);
  EXPECT_THAT(drain(), IsEmpty()) << "unreliable messages wait behind it";
  send("v", Delivery::unreliable, 1);
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::send_unreliable)) << "but not on another channel";
  receive({test::ack(0, 1, wire_milliseconds(ack_time))});
  EXPECT_EQ(drain_commands()[0].reliable_seq, sent + 1);
}

TEST_F(ServerEnd, CountsQueuedBytesUntilTheyAreAcknowledged) {
  send("hello");
  EXPECT_EQ(udp->queued_bytes(), 17U);
  EXPECT_EQ(udp->last_reliable(0), 1U);
  const auto sent = drain();
  EXPECT_FALSE(udp->acknowledged(0, 1));
  receive({test::ack(0, 1, sent[0].header.sent_time)});
  EXPECT_EQ(udp->queued_bytes(), 0U);
  EXPECT_TRUE(udp->acknowledged(0, 1));
}

TEST_F(ServerEnd, OverflowsAboveItsBuffer) {
  const std::string text = test::pattern(500'000);
  EXPECT_EQ(send(text), SendStatus::queued);
  EXPECT_EQ(send(text), SendStatus::queued);
  EXPECT_EQ(send(text), SendStatus::overflow);
  EXPECT_EQ(send(test::pattern(512'017)), SendStatus::overflow);
}

TEST_F(ServerEnd, ResendsWithTheSameNumberAndANewTime) {
  send("hello");
  const auto first = drain();
  pass(milliseconds(219));
  EXPECT_THAT(drain(), IsEmpty());
  pass(milliseconds(1));
  const auto second = drain();
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].commands[0].reliable_seq, 1U);
  EXPECT_EQ(test::as_text(second[0].commands[0].payload), "hello");
  EXPECT_EQ(second[0].header.sent_time, first[0].header.sent_time + 220);
  EXPECT_EQ(stats.commands_resent.value(), 1U);
}

TEST_F(ServerEnd, ClosesWhenACommandStaysUnacknowledged) {
  send("hello");
  drain();
  std::vector<CommandType> last;
  while (udp->phase() != Phase::closed && now < test::start_time + seconds(60)) {
    now = udp->deadline();
    // The peer lives and pings, but does not acknowledge.
    receive({control(CommandType::ping, 1)});
    last = drain_types();
  }
  EXPECT_EQ(now, test::start_time + options.resend_deadline);
  EXPECT_EQ(udp->close_reason().cause, Cause::timeout);
  EXPECT_EQ(udp->close_reason().code, 2);
  EXPECT_EQ(last.back(), CommandType::disconnect);
  EXPECT_EQ(udp->deadline(), never);
  EXPECT_EQ(pool.lent_bytes(), 0U);
}

// --- Pings and silence ---

TEST_F(ServerEnd, PingsAPeerThatIsSilentForASecond) {
  EXPECT_EQ(udp->deadline(), now + seconds(1));
  pass(seconds(1));
  const auto commands = drain_commands();
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].type, CommandType::ping);
  EXPECT_EQ(commands[0].channel, 255);
  EXPECT_EQ(commands[0].reliable_seq, 1U);
}

TEST_F(ServerEnd, PingsAClientThatPingsByItselfOnlyWhenItStops) {
  receive({control(CommandType::ping, 1)});
  pass(milliseconds(1499));
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack));
  pass(milliseconds(1));
  const auto ping = drain();
  ASSERT_EQ(ping.size(), 1U);
  EXPECT_EQ(ping[0].commands[0].type, CommandType::ping);
  receive({test::ack(255, 1, ping[0].header.sent_time)});
  pass(milliseconds(999));
  EXPECT_THAT(drain_types(), IsEmpty());
  pass(milliseconds(1));
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ping));
}

TEST_F(ServerEnd, DoesNotPingAPeerThatTalks) {
  for (int i = 0; i < 20; ++i) {
    pass(milliseconds(500));
    receive({test::unreliable(0, static_cast<std::uint32_t>(i) + 1, "x")});
    EXPECT_THAT(drain(), IsEmpty());
  }
}

TEST_F(ServerEnd, DropsAPeerThatIsSilentForLong) {
  options.resend_deadline = seconds(100);
  restart();
  while (udp->phase() == Phase::open) {
    now = udp->deadline();
    drain();
  }
  EXPECT_EQ(now, test::start_time + options.silence);
  EXPECT_EQ(udp->close_reason().cause, Cause::timeout);
}

TEST_F(ServerEnd, KeepsAPeerThatOnlyAcknowledges) {
  for (int i = 0; i < 100; ++i) {
    now = udp->deadline();
    for (const Parsed& datagram : drain()) {
      for (const Command& command : datagram.commands) {
        receive({test::ack(255, command.reliable_seq, datagram.header.sent_time)});
      }
    }
    drain();
  }
  EXPECT_EQ(udp->phase(), Phase::open);
  EXPECT_GT(now, test::start_time + seconds(60));
}

// --- Ends ---

TEST_F(ServerEnd, AcknowledgesADisconnectAndIsClosed) {
  receive({reliable(1, "last words")});
  receive({control(CommandType::disconnect, 5)});
  EXPECT_EQ(udp->phase(), Phase::closing);
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack, CommandType::ack));
  EXPECT_EQ(udp->phase(), Phase::closed);
  EXPECT_EQ(udp->close_reason().cause, Cause::peer);
  EXPECT_EQ(udp->close_reason().code, 4);
  EXPECT_THAT(payloads(), ElementsAre("last words"));
}

TEST_F(ServerEnd, IsClosedByAClientsTimeoutWithoutAck) {
  Command disconnect = control(CommandType::disconnect, 5);
  disconnect.flags = Flags::unsequenced;
  disconnect.reserved = 2;
  receive({disconnect});
  EXPECT_EQ(udp->phase(), Phase::closed);
  EXPECT_EQ(udp->close_reason().code, 2);
  EXPECT_THAT(drain(), IsEmpty());
}

TEST_F(ServerEnd, TellsTheReasonUntilAcknowledged) {
  send("never sent");
  udp->close(now, {Cause::local, 3}, Linger::now);
  const auto first = drain_commands();
  ASSERT_EQ(first.size(), 1U) << "queues are dropped";
  EXPECT_EQ(first[0].type, CommandType::disconnect);
  EXPECT_EQ(first[0].flags, Flags::reliable);
  EXPECT_EQ(first[0].reserved, 3);
  EXPECT_EQ(udp->phase(), Phase::closing);
  pass(milliseconds(220));
  const auto second = drain_commands();
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].reserved, 3);
  receive({test::ack(255, 1, wire_milliseconds(now))});
  EXPECT_EQ(udp->phase(), Phase::closed);
  EXPECT_EQ(udp->close_reason().cause, Cause::local);
}

TEST_F(ServerEnd, SendsItsDisconnectOnlySoOften) {
  udp->close(now, {Cause::local, 1}, Linger::now);
  std::size_t copies = drain().size();
  while (udp->phase() != Phase::closed) {
    now = udp->deadline();
    copies += drain().size();
  }
  EXPECT_EQ(copies, options.disconnect_copies);
  EXPECT_EQ(now, test::start_time + options.linger);
}

TEST_F(ServerEnd, FlushesWhatIsQueuedBeforeItsDisconnect) {
  for (int i = 0; i < 60; ++i) send(test::pattern(1000));
  udp->close(now, {Cause::local, 1}, Linger::flush);
  std::size_t messages = 0;
  while (udp->phase() != Phase::closed) {
    bool said_goodbye = false;
    for (const Parsed& datagram : drain()) {
      for (const Command& command : datagram.commands) {
        messages += command.type == CommandType::send_reliable;
        said_goodbye |= command.type == CommandType::disconnect;
        receive({test::ack(command.channel, command.reliable_seq, datagram.header.sent_time)});
      }
    }
    EXPECT_EQ(said_goodbye, udp->phase() == Phase::closed);
    ASSERT_EQ(now, test::start_time);
  }
  EXPECT_EQ(messages, 60U);
}

TEST_F(ServerEnd, TakesNoDataAfterBeingClosed) {
  udp->close(now, {Cause::local, 1}, Linger::flush);
  receive({reliable(1, "too late")});
  EXPECT_THAT(payloads(), IsEmpty());
  EXPECT_EQ(dropped(Drop::not_open), 1U);
  EXPECT_EQ(send("too late"), SendStatus::dropped);
}

// --- Round trips ---

TEST_F(ServerEnd, LearnsTheRoundTripFromStoredTimesWhateverTheClockDoes) {
  ServerClock clock;
  udp->use_clock(clock);
  for (int i = 0; i < 60; ++i) {
    send("x");
    const auto sent = drain();
    clock.observe({now, now, static_cast<std::uint32_t>(i) * 1'000'000});  // jumps between sending and ack
    pass(milliseconds(40));
    receive({test::ack(0, sent[0].commands[0].reliable_seq, sent[0].header.sent_time)});
  }
  send("x");
  drain();
  EXPECT_EQ(udp->deadline(), now + options.resend_min);
}

TEST_F(ServerEnd, LetsNoPeerPoisonTheRoundTrip) {
  for (int i = 0; i < 60; ++i) {
    send("x");
    const auto sent = drain();
    pass(milliseconds(40));
    receive({test::ack(0, sent[0].commands[0].reliable_seq, sent[0].header.sent_time - 5000)});
  }
  send("x");
  drain();
  EXPECT_EQ(udp->deadline(), now + milliseconds(220)) << "acknowledged, but no sample was taken";
}

// --- The client role ---

TEST_F(ClientEnd, SendsConnectAloneFromTheUnassignedPeer) {
  send("Init");
  const auto datagrams = drain();
  ASSERT_EQ(datagrams.size(), 1U);
  EXPECT_EQ(datagrams[0].header.peer, 0xFFFF);
  ASSERT_EQ(datagrams[0].commands.size(), 1U);
  const Command& connect = datagrams[0].commands[0];
  EXPECT_EQ(connect.type, CommandType::connect);
  EXPECT_EQ(connect.channel, 255);
  EXPECT_EQ(connect.reliable_seq, 1U);
  EXPECT_EQ(connect.connect.mtu, 1200);
  EXPECT_EQ(connect.connect.channels, 2);
  EXPECT_EQ(udp->phase(), Phase::opening);
}

TEST_F(ClientEnd, ResendsConnectAndGivesUp) {
  std::vector<int> at;
  std::vector<Command> last;
  while (udp->phase() != Phase::closed) {
    last = drain_commands();
    if (!last.empty()) at.push_back(static_cast<int>((now - test::start_time) / milliseconds(1)));
    if (udp->phase() != Phase::closed) now = udp->deadline();
  }
  EXPECT_THAT(at, ElementsAre(0, 220, 660, 1540, 3300, 5300, 7300, 9300, 10'000));
  EXPECT_EQ(last[0].type, CommandType::disconnect);
  EXPECT_EQ(last[0].flags, Flags::unsequenced);
  EXPECT_EQ(last[0].reserved, 2);
  EXPECT_EQ(udp->close_reason().cause, Cause::timeout);
}

TEST_F(ClientEnd, GivesUpAlsoWhenConnectWasAcknowledgedButNeverVerified) {
  const auto connect = drain();
  receive({test::ack(255, 1, connect[0].header.sent_time)});
  EXPECT_THAT(drain(), IsEmpty());
  EXPECT_EQ(udp->deadline(), test::start_time + options.resend_deadline);
}

TEST_F(ClientEnd, AdoptsItsIdAcknowledgesAndSendsInitFirst) {
  send("Init");
  send("second");
  const auto connect = drain();
  receive({test::ack(255, 1, connect[0].header.sent_time), verify_connect()});
  EXPECT_EQ(udp->phase(), Phase::open);
  const auto datagrams = drain();
  ASSERT_EQ(datagrams.size(), 1U);
  EXPECT_EQ(datagrams[0].header.peer, peer_id);
  EXPECT_EQ(datagrams[0].types(),
            (std::vector{CommandType::ack, CommandType::send_reliable, CommandType::send_reliable}));
  EXPECT_EQ(test::as_text(datagrams[0].commands[1].payload), "Init");
  EXPECT_EQ(datagrams[0].commands[1].reliable_seq, 1U);
}

TEST_F(ClientEnd, OpensWithoutTheAckOfConnect) {
  drain();
  receive({verify_connect()});
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack));
  pass(milliseconds(300));
  EXPECT_THAT(drain(), IsEmpty()) << "Connect is not sent again";
}

TEST_F(ClientEnd, AcknowledgesARepeatedVerifyConnectAndIgnoresIt) {
  open();
  Command again = verify_connect();
  again.connect.peer = 77;
  receive({again});
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack));
  send("x");
  EXPECT_EQ(drain()[0].header.peer, peer_id);
}

TEST_F(ClientEnd, LeavesDataBeforeVerifyConnectToBeSentAgain) {
  drain();
  receive({reliable(1, "early")});
  EXPECT_EQ(dropped(Drop::not_open), 1U);
  EXPECT_THAT(drain(), IsEmpty());
}

TEST_F(ClientEnd, IsClosedByADisconnectInsteadOfVerifyConnect) {
  const auto connect = drain();
  Command full = control(CommandType::disconnect, 1);
  full.reserved = 3;
  receive({test::ack(255, 1, connect[0].header.sent_time), full});
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack));
  EXPECT_EQ(udp->phase(), Phase::closed);
  EXPECT_EQ(udp->close_reason().cause, Cause::peer);
  EXPECT_EQ(udp->close_reason().code, 3);
}

TEST_F(ClientEnd, GivesUpOpeningWithOneDisconnect) {
  drain();
  udp->close(now, {Cause::local, 4}, Linger::now);
  const auto commands = drain_commands();
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].flags, Flags::unsequenced);
  EXPECT_EQ(commands[0].reserved, 4);
  EXPECT_EQ(udp->phase(), Phase::closed);
}

TEST_F(ClientEnd, PassesItsUsersTimeoutOn) {
  open();
  udp->close(now, {Cause::timeout, 2}, Linger::now);
  const auto commands = drain_commands();
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].flags, Flags::unsequenced);
  EXPECT_EQ(commands[0].reserved, 2);
  EXPECT_EQ(udp->phase(), Phase::closed);
  EXPECT_EQ(udp->close_reason().cause, Cause::timeout);
}

TEST_F(ClientEnd, TakesAnyPeerIdAndChecksTheChallenge) {
  open();
  from_peer.peer = 999;
  receive({reliable(1, "a")});
  EXPECT_THAT(payloads(), ElementsAre("a"));
  from_peer.challenge ^= 1;
  receive({reliable(2, "b")});
  EXPECT_THAT(payloads(), IsEmpty());
  EXPECT_EQ(dropped(Drop::foreign), 1U);
}

TEST_F(ClientEnd, AcceptsCrcWhenRightAndSendsNone) {
  open();
  from_peer.crc = true;
  receive({reliable(1, "a")});
  EXPECT_THAT(payloads(), ElementsAre("a"));
  send("x");
  EXPECT_FALSE(drain()[0].header.crc);
}

TEST_F(ClientEnd, IsLenientAboutTheSizeOfControlCommands) {
  open();
  test::ByteVector bytes = test::datagram(from_peer, {control(CommandType::ping, 1)});
  bytes[12 + 7] = 20;
  receive(bytes);
  EXPECT_EQ(dropped(Drop::malformed), 0U);
  pass(options.ack_delay);
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack));
}

TEST_F(ClientEnd, KeepsToTheStockClientsWindow) {
  open();
  for (int i = 0; i < 60; ++i) send("x");
  const auto commands = drain_commands();
  EXPECT_EQ(commands.size(), 50U);
  receive({test::ack(0, 2, wire_milliseconds(now))});
  EXPECT_THAT(drain(), IsEmpty());
  receive({test::ack(0, 1, wire_milliseconds(now))});
  EXPECT_EQ(drain_commands().size(), 2U);
}

TEST_F(ClientEnd, TellsAboutTheServersClock) {
  open();
  udp->request_server_time(now);
  const auto sent = drain();
  EXPECT_EQ(sent[0].types(), std::vector{CommandType::server_time});
  EXPECT_EQ(sent[0].commands[0].reliable_seq, 2U);
  const TimePoint left = now;
  pass(milliseconds(30));
  from_peer.sent_time = 0x80001000;
  receive({test::ack(255, 2, sent[0].header.sent_time)});
  const auto sample = udp->take_clock_sample();
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->sent, left);
  EXPECT_EQ(sample->received, now);
  EXPECT_EQ(sample->server_time, 0x80001000U);
  EXPECT_FALSE(udp->take_clock_sample());
}

TEST_F(ClientEnd, AsksForServerTimeOnlyWhenOpen) {
  udp->request_server_time(now);
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::connect));
}

TEST_F(ClientEnd, CoalescesAcksForLongerThanTowardClients) {
  open();
  receive({reliable(1, "a")});
  EXPECT_EQ(udp->deadline(), now + milliseconds(40));
}

// --- Memory ---

TEST_F(ServerEnd, HoldsNoBuffersWhenIdle) {
  for (std::uint32_t number = 1; number <= 20; ++number) {
    receive({reliable(number, test::pattern(500))});
    send(test::pattern(500));
    for (const Parsed& datagram : drain()) {
      for (const Command& command : datagram.commands) {
        if (command.type == CommandType::send_reliable)
          receive({test::ack(0, command.reliable_seq, datagram.header.sent_time)});
      }
    }
    payloads();
  }
  EXPECT_EQ(pool.lent_bytes(), 0U);
  EXPECT_LE(sizeof(ReliableUdp), 1024U);
}

TEST_F(ClientEnd, PingsAServerThatOnlyStreamsUnreliably) {
  open();
  std::size_t pings = 0;
  for (std::uint32_t i = 1; i <= 50; ++i) {
    pass(milliseconds(100));
    receive({test::unreliable(0, i, "x")});
    for (const Command& command : drain_commands()) {
      if (command.type != CommandType::ping) continue;
      ++pings;
      receive({test::ack(255, command.reliable_seq, kept.back().header.sent_time)});
    }
  }
  EXPECT_GE(pings, 3U);
}

TEST_F(ClientEnd, AcknowledgesWhatItDropsForItsChannel) {
  open();
  receive({reliable(1, "x", 9)});
  pass(options.ack_delay);
  EXPECT_THAT(drain_types(), ElementsAre(CommandType::ack));
  EXPECT_THAT(payloads(), IsEmpty());
}

// --- What floods ---

TEST_F(ServerEnd, DropsWhatComesBeyondTheRateOfCommandsAndGoesOn) {
  options.commands_per_second = 1000;
  restart();
  const std::vector<Command> pings(50, control(CommandType::ping, 1));
  for (int i = 0; i < 100; ++i) receive(pings);
  EXPECT_EQ(dropped(Drop::command_rate), 80U);
  EXPECT_EQ(udp->phase(), Phase::open);
  drain();
  receive({reliable(1, "lost")});
  EXPECT_THAT(payloads(), IsEmpty());
  EXPECT_THAT(drain(), IsEmpty()) << "no ack: the client sends it again";
  pass(milliseconds(10));
  receive({reliable(1, "again")});
  EXPECT_THAT(payloads(), ElementsAre("again"));
}

TEST_F(ServerEnd, CountsADatagramWithoutCommandsAsOne) {
  options.commands_per_second = 1000;
  restart();
  test::ByteVector empty = test::datagram(from_peer, {control(CommandType::ping, 1)});
  empty[3] = 0;  // commands
  for (int i = 0; i < 1500; ++i) receive(empty);
  EXPECT_EQ(dropped(Drop::command_rate), 500U);
}

TEST_F(ClientEnd, TakesWhateverItsServerSends) {
  open();
  const std::vector<Command> pings(50, control(CommandType::ping, 2));
  for (int i = 0; i < 2000; ++i) receive(pings);
  EXPECT_EQ(dropped(Drop::command_rate), 0U);
}

TEST_F(ServerEnd, CountsTheAcksThatItCannotOwe) {
  for (std::uint32_t i = 0; i < Acknowledgements::owed_max + 30; ++i) {
    Command ping = control(CommandType::ping, i + 1);
    receive({ping});
  }
  EXPECT_EQ(dropped(Drop::acks), 30U);
}

}  // namespace
}  // namespace gateway::transport
