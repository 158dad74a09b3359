#include "session/door.h"

#include <algorithm>
#include <array>
#include <bit>
#include <initializer_list>

#include "transport/disconnect_code.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::session {

namespace {

using wire::Command;
using wire::CommandType;

constexpr std::size_t bucket_entries = 8;  // entries a challenge may stand in; the oldest gives way
constexpr std::uint32_t number_min = 1U << 16;
constexpr std::uint32_t number_mask = 0x7FFFFFFF;
constexpr std::uint16_t peer_max = 0xFFFD;  // 0xFFFE and 0xFFFF mean "none yet"
constexpr std::uint32_t full_number = 1;    // our first on channel 0xFF

bool is_unassigned(std::uint16_t peer) {
  return peer == wire::peer_unassigned || peer == wire::peer_tracing;
}

// The Connect of a datagram: its first command, and nothing else will do.
std::optional<Command> parse_connect(const wire::Datagram& datagram) {
  ByteReader in(datagram.commands);
  const auto command = wire::parse_command(in, wire::Strictness::strict);
  if (!command || !*command || (*command)->type != CommandType::connect) return std::nullopt;
  if ((*command)->connect.channels == 0 || (*command)->connect.channels == wire::control_channel)
    return std::nullopt;
  return *command;
}

Command acknowledge(const Command& command, std::uint32_t sent_time) {
  Command ack;
  ack.type = CommandType::ack;
  ack.channel = command.channel;
  ack.flags = wire::Flags::unreliable;
  ack.ack = {command.reliable_seq, sent_time};
  return ack;
}

// A peer that acknowledges this number of ours has received it.
bool acknowledges(const wire::Datagram& datagram, std::uint32_t number) {
  ByteReader in(datagram.commands);
  for (int i = 0; i < datagram.header.command_count; ++i) {
    const auto command = wire::parse_command(in, wire::Strictness::strict);
    if (!command) return false;
    if (*command && (*command)->type == CommandType::ack && (*command)->ack.reliable_seq == number)
      return true;
  }
  return false;
}

Command farewell_full() {
  Command command;
  command.type = CommandType::disconnect;
  command.reserved = transport::code_full;
  command.reliable_seq = full_number;
  return command;
}

// One datagram to a client, in the form of the one it answers.
DoorAnswer reply(TimePoint now, const wire::DatagramHeader& to, std::initializer_list<Command> commands,
                 MutableBytes out) {
  wire::DatagramWriter writer(
      out, {.crc = to.crc, .sent_time = wire_milliseconds(now), .challenge = to.challenge});
  for (const Command& command : commands) {
    wire::write_command(writer.commands(), command);
    writer.count_command();
  }
  return {.reply_bytes = writer.finish(), .proven = {}};
}

}  // namespace

Door::Door(const DoorOptions& options, Random& random, DoorStats& stats)
    : options_(options),
      stats_(stats),
      keyed_hash_(random),
      table_(std::bit_ceil(std::max(options.half_open, bucket_entries))),
      region_pings_(options.region_pings) {}

bool Door::wants(Bytes datagram) {
  ByteReader in(datagram);
  const std::uint16_t peer = in.u16();
  return in.ok() && (is_unassigned(peer) || wire::is_region_ping(datagram));
}

DoorAnswer Door::receive(TimePoint now, const Address& from, Bytes datagram, bool full, MutableBytes out,
                         Proof wanted) {
  if (wire::is_region_ping(datagram)) return echo(now, from, datagram, out);
  if (wants(datagram)) return answer_connect(now, from, datagram, full, out);
  return prove(now, from, datagram, full, out, wanted);
}

DoorAnswer Door::answer_connect(TimePoint now, const Address& from, Bytes datagram, bool full,
                                MutableBytes out) {
  const auto parsed = wire::parse_datagram(datagram);
  const auto connect = parsed ? parse_connect(*parsed) : std::nullopt;
  if (!connect) return drop();
  const wire::DatagramHeader& header = parsed->header;
  const std::uint64_t hash_value = hash(from, header.challenge);
  const Cookie cookie_value = cookie(hash_value);
  const std::uint16_t mtu = std::clamp<std::uint16_t>(connect->connect.mtu, wire::mtu_min, options_.mtu_max);

  // A copy of a Connect whose session lives is no new one: "full" would end that session.
  const Announced* known = recall(hash_value, from, header.challenge);
  Command answer;
  if (full && (known == nullptr || !known->proven)) {
    answer = farewell_full();
    stats_.refused.add();
  } else {
    answer.type = CommandType::verify_connect;
    answer.reliable_seq = cookie_value.number;
    answer.connect = {cookie_value.peer, mtu, connect->connect.channels};
    remember(hash_value,
             {from, header.challenge, ++clock_, mtu, connect->connect.channels, header.crc, false});
    stats_.connects.add();
  }
  return reply(now, header, {acknowledge(*connect, header.sent_time), answer}, out);
}

DoorAnswer Door::echo(TimePoint now, const Address& from, Bytes datagram, MutableBytes out) {
  switch (region_pings_.take(now, keyed_hash_(limit_key(from).ip))) {
    case SourceRate::Verdict::over_rate:
      stats_.region_pings_dropped.add();
      return {};
    case SourceRate::Verdict::over_share:
      stats_.region_pings_over_share.add();
      return {};
    case SourceRate::Verdict::within:
      break;
  }
  stats_.region_pings.add();
  std::ranges::copy(datagram, out.begin());
  return {.reply_bytes = datagram.size(), .proven = {}};
}

// Any datagram with the right address, peer id and challenge will do: after a loss a client sends its Init
// alone, without the ack of VerifyConnect.
DoorAnswer Door::prove(TimePoint now, const Address& from, Bytes datagram, bool full, MutableBytes out,
                       Proof wanted) {
  ByteReader in(datagram);  // see "Datagram header" in wire/README.md; a CRC costs more than a hash
  const std::uint16_t peer = in.u16();
  in.skip(6);
  const std::uint64_t hash_value = hash(from, in.u32());
  if (!in.ok() || peer != cookie(hash_value).peer) return drop();
  const auto parsed = wire::parse_datagram(datagram);
  if (!parsed) return drop();
  const bool acknowledged = acknowledges(*parsed, cookie(hash_value).number);
  if (wanted == Proof::number && !acknowledged) return drop();
  const wire::DatagramHeader& header = parsed->header;
  Announced* announced = recall(hash_value, from, header.challenge);
  if (announced != nullptr && announced->proven) return drop();  // its session is over
  if (full) {  // became so since Connect; the client repeats its datagram if this answer is lost
    stats_.refused.add();
    return reply(now, header, {farewell_full()}, out);
  }
  transport::Accepted accepted{.peer = header.peer, .challenge = header.challenge, .crc = header.crc};
  if (announced != nullptr) {
    announced->proven = true;
    accepted.mtu = announced->mtu;
    accepted.channels = announced->channels;
    accepted.crc = announced->crc;
  } else {  // the smallest MTU and all channels suit every client
    stats_.proven_forgotten.add();
    remember(hash_value,
             {from, header.challenge, ++clock_, accepted.mtu, accepted.channels, accepted.crc, true});
  }
  stats_.proven.add();
  return {.reply_bytes = 0, .proven = accepted, .acknowledged = acknowledged};
}

DoorAnswer Door::drop() {
  stats_.dropped.add();
  return {};
}

std::uint64_t Door::hash(const Address& from, std::uint32_t challenge) const {
  std::array<std::uint8_t, 22> input{};
  ByteWriter writer(input);
  writer.bytes(from.ip);
  writer.u16(from.port);
  writer.u32(challenge);
  return keyed_hash_(input);
}

Door::Cookie Door::cookie(std::uint64_t hash) {
  const auto peer = static_cast<std::uint16_t>(1 + (hash & 0xFFFF) % peer_max);
  const auto number = static_cast<std::uint32_t>(hash >> 16) & number_mask;
  return {peer, std::max(number, number_min)};
}

std::span<Door::Announced> Door::bucket(std::uint64_t hash) {
  const std::size_t first = (hash >> 48) * bucket_entries & (table_.size() - 1);
  return std::span(table_).subspan(first, bucket_entries);
}

void Door::remember(std::uint64_t hash, const Announced& announced) {
  if (recall(hash, announced.from, announced.challenge) != nullptr) return;  // a copy says nothing new
  // The oldest gives way. Ages are compared as differences, since the counter wraps.
  *std::ranges::max_element(bucket(hash), {}, [this](const Announced& entry) {
    return entry.channels == 0 ? ~std::uint32_t{0} : clock_ - entry.age;
  }) = announced;
}

Door::Announced* Door::recall(std::uint64_t hash, const Address& from, std::uint32_t challenge) {
  for (Announced& entry : bucket(hash)) {
    if (entry.channels != 0 && entry.challenge == challenge && entry.from == from) return &entry;
  }
  return nullptr;
}

}  // namespace gateway::session
