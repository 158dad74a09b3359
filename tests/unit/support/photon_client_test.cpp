#include "support/photon_client.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway::test {
namespace {

using wire::CommandType;
using wire::Flags;
using Kind = ClientEvent::Kind;

constexpr std::uint16_t assigned_peer = 42;
constexpr std::uint32_t server_clock = 1'000'000;
const std::vector<std::uint8_t> init_response{0xF3, 0x01, 0x00};

struct Sent {
  wire::DatagramHeader header;
  std::vector<wire::Command> commands;  // payloads are not kept
  std::vector<std::size_t> payload_sizes;

  std::size_t count(CommandType type) const {
    return static_cast<std::size_t>(std::count_if(
        commands.begin(), commands.end(), [type](const auto& command) { return command.type == type; }));
  }
};

/// A client under test and a server that says exactly what the test wants.
class Conversation {
 public:
  explicit Conversation(const Generation& generation, PhotonClient::Config config = {})
      : client(generation, std::move(config)) {
    client.connect(now);
  }

  void give(const std::vector<wire::Command>& commands) { client.receive(now, write(commands)); }

  std::vector<std::uint8_t> write(const std::vector<wire::Command>& commands) const {
    std::vector<std::uint8_t> datagram(4096);
    const auto clock = server_clock + static_cast<std::uint32_t>((now - start) / milliseconds(1));
    wire::DatagramWriter out(
        datagram, {.crc = client.config().crc, .sent_time = clock, .challenge = client.challenge()});
    for (const wire::Command& command : commands) {
      wire::write_command(out.commands(), command);
      out.count_command();
    }
    datagram.resize(out.finish());
    return datagram;
  }

  /// One send call of the client.
  std::optional<Sent> sent() {
    const auto datagram = client.send_outgoing(now);
    if (!datagram) return std::nullopt;
    const wire::Datagram parsed = *wire::parse_datagram(*datagram);
    Sent result;
    result.header = parsed.header;
    ByteReader in(parsed.commands);
    for (int i = 0; i < parsed.header.command_count; ++i) {
      const auto command = wire::parse_command(in, wire::Strictness::strict);
      result.commands.push_back(**command);
      result.payload_sizes.push_back(result.commands.back().payload.size());
      result.commands.back().payload = {};
    }
    return result;
  }

  /// Everything the client wants to send now; the number of its commands of a type.
  std::size_t sent_of(CommandType type) {
    std::size_t count = 0;
    while (const auto datagram = sent()) count += datagram->count(type);
    return count;
  }

  static wire::Command ack(const Sent& datagram, const wire::Command& command) {
    wire::Command ack;
    ack.type = wire::is_unsequenced(command.flags) ? CommandType::ack_unsequenced : CommandType::ack;
    ack.channel = command.channel;
    ack.flags = Flags::unreliable;
    ack.ack = {command.reliable_seq, datagram.header.sent_time};
    return ack;
  }

  static std::vector<wire::Command> acks(const Sent& datagram) {
    std::vector<wire::Command> acks;
    for (const wire::Command& command : datagram.commands) {
      if (wire::is_reliable(command.flags)) acks.push_back(ack(datagram, command));
    }
    return acks;
  }

  static wire::Command reliable(std::uint32_t number, Bytes payload, std::uint8_t channel = 0) {
    wire::Command command;
    command.type = CommandType::send_reliable;
    command.channel = channel;
    command.reliable_seq = number;
    command.payload = payload;
    return command;
  }

  static wire::Command unreliable(std::uint32_t reliable_number, std::uint32_t number, Bytes payload) {
    wire::Command command = reliable(reliable_number, payload);
    command.type = CommandType::send_unreliable;
    command.flags = Flags::unreliable;
    command.unreliable_seq = number;
    return command;
  }

  static wire::Command verify_connect() {
    wire::Command command;
    command.type = CommandType::verify_connect;
    command.reliable_seq = 1;
    command.connect = {.peer = assigned_peer, .mtu = 1200, .channels = 2};
    return command;
  }

  /// Connect, VerifyConnect, Init, InitResponse; everything acknowledged, ServerTime included.
  void establish() {
    auto commands = acks(*sent());
    commands.push_back(verify_connect());
    give(commands);
    client.dispatch(now);
    commands = acks(*sent());
    commands.push_back(reliable(1, init_response));
    give(commands);
    client.dispatch(now);
    give(acks(*sent()));
  }

  void pass(Duration duration) { now += duration; }

  const TimePoint start{hours(1)};
  TimePoint now = start;
  PhotonClient client;
};

std::vector<std::uint8_t> event_message(std::uint8_t code) {
  return {0xF3, 0x04, code, 0x00, 0x00};
}

std::vector<std::uint8_t> event_codes(const PhotonClient& client) {
  std::vector<std::uint8_t> codes;
  for (const ClientEvent& event : client.events()) {
    if (event.kind == Kind::event) codes.push_back(event.code);
  }
  return codes;
}

TEST(PhotonClient, ConnectsAndAsksForTheServersTime) {
  Conversation talk(generation_4_1_8);
  talk.establish();
  EXPECT_TRUE(talk.client.initialised());
  EXPECT_EQ(talk.client.peer_id(), assigned_peer);
  EXPECT_EQ(talk.client.count(Kind::connected), 1u);
  EXPECT_EQ(talk.client.time_fetches(), 1u);
  EXPECT_EQ(talk.client.server_time(talk.now), server_clock);
  EXPECT_EQ(talk.client.violations(), std::vector<std::string>{});
}

TEST(PhotonClient, FetchesTheTimeAgainWhileTheAnswerIsSlow) {
  Conversation talk(generation_4_1_8);
  talk.establish();
  talk.client.fetch_server_time(talk.now);
  const auto slow = talk.sent();
  talk.pass(milliseconds(40));  // the average is 15 ms
  talk.give(Conversation::acks(*slow));
  EXPECT_EQ(talk.client.time_fetches(), 3u);
  EXPECT_EQ(talk.sent_of(CommandType::server_time), 1u);
}

struct GivingUp {
  const Generation* generation;
  std::vector<int> transmissions;  // ms
  int timeout;
};

class PhotonClientGivesUp : public testing::TestWithParam<GivingUp> {};

// The times an unanswered Connect is sent, from the description of the protocol.
TEST_P(PhotonClientGivesUp, WhenItsGenerationDoes) {
  Conversation talk(*GetParam().generation);
  std::vector<int> times;
  while (talk.client.state() == PhotonClient::State::connecting && talk.now < talk.start + seconds(30)) {
    const auto sent = talk.sent();
    if (sent) times.push_back(static_cast<int>((talk.now - talk.start) / milliseconds(1)));
    if (sent && sent->commands.front().type == CommandType::disconnect) {
      EXPECT_EQ(sent->commands.front().flags, Flags::unsequenced);
      EXPECT_EQ(sent->commands.front().reserved, 2);
    }
    talk.pass(milliseconds(1));
  }
  ASSERT_EQ(times.size(), GetParam().transmissions.size() + 1);
  // The wait must be over, so each resend comes a millisecond later than the last one's.
  for (std::size_t i = 0; i + 1 < times.size(); ++i) {
    EXPECT_EQ(times[i], GetParam().transmissions[i] + static_cast<int>(i));
  }
  EXPECT_EQ(times.back(), GetParam().timeout + static_cast<int>(times.size()) - 1);
  ASSERT_NE(talk.client.last(Kind::disconnected), nullptr);
  EXPECT_EQ(talk.client.last(Kind::disconnected)->status, ClientEvent::Status::timeout);
}

INSTANTIATE_TEST_SUITE_P(Generations, PhotonClientGivesUp,
                         testing::Values(GivingUp{&generation_4_0, {0, 300, 900, 2100, 4500, 9300}, 18900},
                                         GivingUp{
                                             &generation_4_1_8, {0, 220, 660, 1540, 3300, 6820}, 13860}));

TEST(PhotonClient, PingsAfterASecondWithoutAcksAndOnlyThen) {
  Conversation talk(generation_4_1_8);
  talk.establish();
  talk.sent_of(CommandType::ping);
  talk.pass(milliseconds(1000));
  EXPECT_EQ(talk.sent_of(CommandType::ping), 0u);
  talk.pass(milliseconds(1));
  EXPECT_EQ(talk.sent_of(CommandType::ping), 1u);
  EXPECT_EQ(talk.sent_of(CommandType::ping), 0u);  // that one is unacknowledged now
}

TEST(PhotonClient, RunsAtMostItsWindowAhead) {
  for (const Generation* generation : {&generation_4_1_8, &generation_4_0}) {
    Conversation talk(*generation);
    talk.establish();
    const auto message = event_message(1);
    for (int i = 0; i < 200; ++i) talk.client.raw_bytes(talk.now, message, 1);
    std::vector<Sent> datagrams;
    while (auto datagram = talk.sent()) datagrams.push_back(std::move(*datagram));
    const std::size_t sent = 200 - talk.client.sender().waiting();
    EXPECT_EQ(sent, generation->send_window == 0 ? 200u : 49u);
    for (const Sent& datagram : datagrams) talk.give(Conversation::acks(datagram));
    EXPECT_EQ(talk.sent_of(CommandType::send_reliable), generation->send_window == 0 ? 0u : 50u);
  }
}

TEST(PhotonClient, SplitsWhatIsLongerThanAFragment) {
  Conversation talk(generation_3_2_2);
  talk.establish();
  const std::vector<std::uint8_t> message(1157, 0xF3);
  talk.client.raw_bytes(talk.now, message, 0, Flags::unreliable);  // goes as reliable fragments
  std::vector<std::size_t> sizes;
  while (const auto datagram = talk.sent()) {
    if (datagram->count(CommandType::send_fragment) > 0) sizes.push_back(datagram->payload_sizes.back());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1156, 1}));
}

TEST(PhotonClient, DeliversReliableMessagesInOrderAndOnce) {
  Conversation talk(generation_4_1_8);
  talk.establish();
  const auto first = event_message(1);
  const auto second = event_message(2);
  talk.give({Conversation::reliable(3, second)});
  talk.client.dispatch(talk.now);
  EXPECT_TRUE(event_codes(talk.client).empty());
  talk.give({Conversation::reliable(2, first), Conversation::reliable(3, second)});
  talk.client.dispatch(talk.now);
  EXPECT_EQ(event_codes(talk.client), (std::vector<std::uint8_t>{1, 2}));
  EXPECT_EQ(talk.client.receiver().dropped(), 1u);
  EXPECT_EQ(talk.sent_of(CommandType::ack), 3u);  // the duplicate too
}

TEST(PhotonClient, DropsUnreliableMessagesThatAReliableOneOvertook) {
  Conversation talk(generation_4_1_8);
  talk.establish();
  const auto late = event_message(1);
  const auto reliable = event_message(2);
  const auto ahead = event_message(3);
  talk.give({Conversation::unreliable(2, 2, ahead)});
  talk.client.dispatch(talk.now);
  EXPECT_TRUE(event_codes(talk.client).empty());  // waits for reliable number 2
  talk.give({Conversation::reliable(2, reliable)});
  talk.client.dispatch(talk.now);
  talk.give({Conversation::unreliable(1, 1, late)});
  talk.client.dispatch(talk.now);
  EXPECT_EQ(event_codes(talk.client), (std::vector<std::uint8_t>{2, 3}));
}

TEST(PhotonClient, PutsFragmentsTogetherInWhateverOrderTheyCome) {
  Conversation talk(generation_4_1_8);
  talk.establish();
  const std::vector<std::uint8_t> message{0xF3, 0x04, 9, 1, 2, 3, 4};
  for (const std::uint32_t number : {2u, 0u, 1u}) {
    const std::size_t offset = number * 3;
    wire::Command fragment = Conversation::reliable(
        2 + number, Bytes(message).subspan(offset, std::min<std::size_t>(3, message.size() - offset)));
    fragment.type = CommandType::send_fragment;
    fragment.fragment = {
        .start_seq = 2, .count = 3, .number = number, .total_length = 7, .offset = number * 3};
    EXPECT_TRUE(event_codes(talk.client).empty());
    talk.give({fragment});
    talk.client.dispatch(talk.now);
  }
  ASSERT_NE(talk.client.last(Kind::event), nullptr);
  EXPECT_EQ(to_hex(talk.client.last(Kind::event)->body), "0901020304");
  EXPECT_EQ(talk.client.violations(), std::vector<std::string>{});
}

TEST(PhotonClient, ReportsTheServersReasonAndAnswersWithItsOwnDisconnect) {
  Conversation talk(generation_4_1_8);
  talk.establish();
  talk.sent_of(CommandType::ack);
  wire::Command kick;
  kick.type = CommandType::disconnect;
  kick.reserved = 3;
  kick.reliable_seq = 2;
  talk.give({kick});
  talk.client.dispatch(talk.now);
  ASSERT_NE(talk.client.last(Kind::disconnected), nullptr);
  EXPECT_EQ(talk.client.last(Kind::disconnected)->reason, 3);
  const auto last = talk.sent();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->count(CommandType::ack), 1u);
  EXPECT_EQ(last->commands.back().type, CommandType::disconnect);
  EXPECT_EQ(last->commands.back().flags, Flags::reliable);
  EXPECT_FALSE(talk.sent());
}

TEST(PhotonClient, DropsWhatItCantOpen) {
  Conversation talk(generation_4_1_8);
  talk.establish();
  const std::vector<std::uint8_t> sealed{0xF3, 0x84, 1, 2, 3};
  talk.give({Conversation::reliable(2, sealed)});
  talk.client.dispatch(talk.now);
  EXPECT_EQ(talk.client.undecryptable(), 1u);
  EXPECT_EQ(talk.client.state(), PhotonClient::State::connected);
  EXPECT_FALSE(talk.client.operation(talk.now, {.code = 1, .encrypt = true}));
}

TEST(PhotonClient, SendsNothingNewInAcksOnlyCalls) {
  Conversation talk(generation_4_1_8);
  talk.establish();
  const auto message = event_message(1);
  talk.give({Conversation::reliable(2, message)});
  talk.client.operation(talk.now, {.code = 1});
  const auto datagram = talk.client.send_acks_only(talk.now);
  ASSERT_TRUE(datagram);
  EXPECT_EQ(datagram->size(), 32u);  // one ack
  EXPECT_EQ(talk.client.sender().waiting(), 1u);
}

struct Offence {
  std::string violation;
  std::vector<wire::Command> commands;
};

TEST(PhotonClient, RecordsWhatAGatewayMustNeverSend) {
  static const auto message = event_message(1);
  static const std::vector<std::uint8_t> no_message{1, 2, 3};
  const auto changed = [](wire::Command command, auto change) {
    change(command);
    return std::vector<wire::Command>{command};
  };
  using Command = wire::Command;
  const Command data = Conversation::reliable(2, message);
  const std::vector<Offence> offences{
      {"command on channel 2", changed(data, [](Command& command) { command.channel = 2; })},
      {"wrong direction or flags in a command of type 6",
       changed(data, [](Command& command) { command.flags = Flags::unreliable; })},
      {"unsequenced command to a client that doesn't know it",
       changed(data,
               [](Command& command) {
                 command.type = CommandType::send_reliable_unsequenced;
                 command.flags = Flags::reliable_unsequenced;
               })},
      {"wrong direction or flags in a command of type 12",
       changed(Command{}, [](Command& command) { command.type = CommandType::server_time; })},
      {"ack of a number that was never assigned", changed(Command{},
                                                          [](Command& command) {
                                                            command.type = CommandType::ack;
                                                            command.flags = Flags::unreliable;
                                                            command.ack.reliable_seq = 77;
                                                          })},
      {"payload that is no message", changed(data, [](Command& command) { command.payload = no_message; })},
      {"data command without a payload", changed(data, [](Command& command) { command.payload = {}; })},
      {"second InitResponse", changed(data, [](Command& command) { command.payload = init_response; })},
  };
  for (const Offence& offence : offences) {
    Conversation talk(generation_4_0);
    talk.establish();
    talk.give(offence.commands);
    talk.client.dispatch(talk.now);
    EXPECT_EQ(talk.client.violations(), std::vector<std::string>{offence.violation});
  }
}

TEST(PhotonClient, RecordsDataThatComesBeforeInitLeft) {
  Conversation talk(generation_4_1_8);
  talk.sent();
  talk.give({Conversation::verify_connect(), Conversation::reliable(1, init_response)});
  EXPECT_EQ(talk.client.violations(), std::vector<std::string>{"data before Init left"});
}

TEST(PhotonClient, RecordsDatagramsItCouldNotHaveReceivedOrUnderstood) {
  Conversation talk(generation_4_1_8, {.mtu = 576});
  talk.establish();
  const std::vector<std::uint8_t> long_message(600, 0xF3);
  talk.give({Conversation::reliable(2, long_message)});
  const auto message = event_message(1);
  auto other = talk.write({Conversation::reliable(2, message)});
  other[8] ^= 1;  // challenge
  talk.client.receive(talk.now, other);
  auto padded = talk.write({Conversation::reliable(2, message)});
  padded.push_back(0);
  talk.client.receive(talk.now, padded);
  auto cut = talk.write({Conversation::reliable(3, message)});
  cut.pop_back();
  talk.client.receive(talk.now, cut);
  EXPECT_EQ(
      talk.client.violations(),
      (std::vector<std::string>{"datagram longer than the MTU: 624", "datagram with another challenge",
                                "bytes behind the last command", "unreadable command: command_truncated"}));
}

TEST(PhotonCrypto, AgreesWithTheVectorsOfRealClients) {
  const auto vectors = load_vectors("dh.json");
  const auto& cases = vectors.at("cases").as_array();
  EXPECT_FALSE(cases.empty());
  for (const auto& entry : cases) {
    const auto field = [&entry](const char* name) { return from_hex(entry.at(name).as_string()); };
    SCOPED_TRACE(entry.at("name").as_string().c_str());
    PhotonCrypto crypto(field("client_secret"));
    EXPECT_EQ(to_hex(crypto.public_key()), entry.at("client_public").as_string());
    crypto.derive(field("server_public"));
    EXPECT_EQ(to_hex(crypto.key()), entry.at("aes_key").as_string());
  }
}

TEST(PhotonCrypto, OpensWhatItSealedAndNothingElse) {
  PhotonCrypto crypto(from_hex("17de794bbf98d53e155770a2f5021ecedd2a5472"));
  EXPECT_FALSE(crypto.open(from_hex("ac631d2da03a8c4aa42ac3b36fde7193")));
  crypto.derive(PhotonCrypto(from_hex("4d1948867cd550b2a318ee60f2898f6cbc3e65c6")).public_key());
  EXPECT_EQ(to_hex(crypto.seal(from_hex("e6"))), "b3f2c199274c3ba0a5a8ce6c9bd483fe");
  auto sealed = crypto.seal(from_hex("000102030405060708090a0b0c0d0e"));
  EXPECT_EQ(to_hex(sealed), "2ce98e85bf61d1fa297286407431fe66");
  EXPECT_EQ(crypto.open(sealed), from_hex("000102030405060708090a0b0c0d0e"));
  sealed.pop_back();
  EXPECT_FALSE(crypto.open(sealed));
}

}  // namespace
}  // namespace gateway::test
