// What a peer's data commands are put together to. An input is a script: commands whose fields agree, with
// some that contradict, and what their receiver does meanwhile. Every byte sent follows from its message and
// place, so that each message that comes out shows whether it is whole.

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fuzz/fuzz.h"
#include "fuzz/script.h"
#include "support/recordings.h"
#include "transport/receive_queue.h"
#include "wire/datagram.h"

namespace gateway::fuzz {
namespace {

using transport::Delivery;
using transport::Options;
using transport::Payload;
using transport::Receipt;
using transport::ReceiveQueue;
using wire::Command;
using wire::CommandType;
using Memory = std::vector<std::uint8_t>;

constexpr std::size_t mark_bytes = 3;  // of every message: channel and number
constexpr std::uint8_t channels = 3;

Options small_limits() {
  Options options;
  options.message_max = 2000;
  options.buffered = 4000;
  options.unreliable_buffered = 500;
  options.reorder_distance = 64;
  options.assemblies_max = 3;
  return options;
}

std::uint8_t byte_of(std::uint8_t channel, std::uint32_t number, std::size_t place) {
  if (place == 0) return channel;
  if (place < mark_bytes) return static_cast<std::uint8_t>(place == 1 ? number >> 8 : number);
  return static_cast<std::uint8_t>(number * 13 + channel * 5 + place * 3);
}

Memory piece_of(std::uint8_t channel, std::uint32_t number, std::size_t offset, std::size_t size) {
  Memory piece(size);
  for (std::size_t i = 0; i < size; ++i) piece[i] = byte_of(channel, number, offset + i);
  return piece;
}

wire::Flags flags_of(CommandType type) {
  switch (type) {
    case CommandType::send_unreliable:
      return wire::Flags::unreliable;
    case CommandType::send_unsequenced:
      return wire::Flags::unsequenced;
    case CommandType::send_reliable_unsequenced:
    case CommandType::send_fragment_unsequenced:
      return wire::Flags::reliable_unsequenced;
    default:
      return wire::Flags::reliable;
  }
}

/// What came out so far.
class Delivered {
 public:
  void add(const Payload& payload) {
    check(payload.bytes.size() >= mark_bytes, "nothing but whole messages comes out");
    const std::uint8_t channel = payload.channel;
    const std::uint32_t number = payload.bytes[1] * 256U + payload.bytes[2];
    check(payload.bytes[0] == channel, "on the channel it was sent on");
    for (std::size_t i = mark_bytes; i < payload.bytes.size(); ++i)
      check(payload.bytes[i] == byte_of(channel, number, i), "every byte is in its place");
    const auto key = std::pair(channel, payload.delivery);
    if (payload.delivery == Delivery::reliable || payload.delivery == Delivery::unreliable) {
      check(number > last_[key], "in order, and once");
      last_[key] = number;
    } else {
      check(seen_[key].insert(number).second, "once");
    }
  }

 private:
  using Key = std::pair<std::uint8_t, Delivery>;
  std::map<Key, std::uint32_t> last_;
  std::map<Key, std::set<std::uint32_t>> seen_;
};

class Life {
 public:
  explicit Life(Bytes input) : script_(input), queue_(options_, pool_, stats_) {}

  void run() {
    while (!script_.over()) {
      step(script_.u8());
      expect_bounds();
    }
    drain(-1);
    now_ += options_.assembly_age + seconds(1);
    queue_.advance(now_);
    check(queue_.deadline() == transport::ReceiveQueue(options_, pool_, stats_).deadline(),
          "no assembly is kept for ever");
    expect_bounds();
    queue_.release();
    expect_bounds();
  }

 private:
  void step(std::uint8_t what) {
    switch (what & 15) {
      case 0:
        return drain(script_.u8());
      case 1:
        return pass_time(milliseconds(script_.u8() * 200));
      case 2:
        return queue_.release();
      case 3:
      case 4:
        return single(CommandType::send_reliable);
      case 5:
        return single(CommandType::send_unreliable);
      case 6:
        return single(CommandType::send_unsequenced);
      case 7:
        return single(CommandType::send_reliable_unsequenced);
      case 8:
        return foreign();
      case 9:
      case 10:
      case 11:
        return fragment(CommandType::send_fragment, (what & 16) != 0);
      case 12:
        return fragments_in_order();
      default:
        return fragment(CommandType::send_fragment_unsequenced, (what & 16) != 0);
    }
  }

  Command command_of(CommandType type, std::uint32_t number) {
    Command command;
    command.type = type;
    command.flags = flags_of(type);
    command.reliable_seq = number;
    return command;
  }

  void receive(Command command, std::uint32_t message, std::size_t offset, std::size_t size) {
    const Memory piece = piece_of(command.channel, message, offset, size);
    command.payload = piece;
    (void)queue_.receive(now_, command);
  }

  void single(CommandType type) {
    const std::uint32_t number = script_.u8() + 1U;
    Command command = command_of(type, number);
    command.channel = script_.u8() % channels;
    command.unreliable_seq = number;
    if (type == CommandType::send_unreliable) command.reliable_seq = script_.u8();
    receive(command, number, 0, mark_bytes + script_.u8());
  }

  void fragment(CommandType type, bool contradicts) {
    const std::uint32_t start = script_.u8() + 1U;
    const std::uint8_t channel = script_.u8() % channels;
    const std::size_t size = script_.u8() + 1U;
    const std::size_t total = script_.u16() % (2 * options_.message_max);
    const std::size_t count = std::max<std::size_t>((total + size - 1) / size, 1);
    send_fragment(type, channel, start, size, total, script_.u8() % count, contradicts);
  }

  void fragments_in_order() {
    const std::uint32_t start = script_.u8() + 1U;
    const std::uint8_t channel = script_.u8() % channels;
    const std::size_t size = script_.u8() + 512U;
    const std::size_t total = script_.u16() % options_.message_max + mark_bytes;
    for (std::size_t i = 0; i * size < total; ++i)
      send_fragment(CommandType::send_fragment, channel, start, size, total, i, false);
  }

  void send_fragment(CommandType type, std::uint8_t channel, std::uint32_t start, std::size_t size,
                     std::size_t total, std::size_t number, bool contradicts) {
    const std::size_t offset = number * size;
    Command command = command_of(type, start + static_cast<std::uint32_t>(number));
    command.channel = channel;
    command.fragment = {.start_seq = start,
                        .count = static_cast<std::uint32_t>((total + size - 1) / size),
                        .number = static_cast<std::uint32_t>(number),
                        .total_length = static_cast<std::uint32_t>(total),
                        .offset = static_cast<std::uint32_t>(offset)};
    if (contradicts) break_one(command);
    receive(command, start, command.fragment.offset, std::min(size, total - std::min(offset, total)));
  }

  /// One field says something else. A fragment alone can't show that its start is wrong.
  void break_one(Command& command) {
    const std::uint8_t by = script_.u8();
    const std::uint32_t value = (by & 4) != 0 ? 0xFFFFFFFFU - (by >> 3) : by >> 3;
    switch (by & 3) {
      case 0:
        command.fragment.count = value;
        return;
      case 1:
        command.fragment.number = value;
        return;
      case 2:
        command.fragment.total_length = value;
        return;
      default:
        command.fragment.offset = value;
        return;
    }
  }

  /// Any fields at all, and a payload without a mark: on a channel of its own whose messages aren't read.
  void foreign() {
    static constexpr CommandType types[] = {CommandType::send_reliable, CommandType::send_fragment,
                                            CommandType::send_fragment_unsequenced,
                                            CommandType::send_reliable_unsequenced};
    Command command = command_of(types[script_.u8() & 3], script_.u16());
    command.channel = channels;
    command.fragment = {script_.u16(), script_.u8(), script_.u8(), script_.u16(), script_.u16()};
    const Memory payload(script_.u8());
    command.payload = payload;
    (void)queue_.receive(now_, command);
  }

  void drain(int most) {
    for (; most != 0; --most) {
      const auto payload = queue_.next();
      if (!payload) return;
      if (payload->channel < channels) delivered_.add(*payload);
    }
  }

  void pass_time(Duration duration) {
    now_ += duration;
    queue_.advance(now_);
    check(queue_.deadline() > now_, "what is due is done");
  }

  void expect_bounds() {
    const std::size_t limit = options_.buffered + options_.message_max;
    check(queue_.held_bytes() <= limit, "what is held is bounded");
    // Buffers have sizes of powers of two, and the one given last isn't held any more.
    check(pool_.lent_bytes() <= 2 * (limit + options_.message_max), "memory is bounded");
  }

  Script script_;
  Options options_ = small_limits();
  BufferPool pool_;
  transport::Stats stats_;
  ReceiveQueue queue_;
  TimePoint now_ = TimePoint{} + hours(1);
  Delivered delivered_;
};

/// Fields of a recorded data command, as a script for it has them.
void add_command(ScriptWriter& out, const Command& command) {
  const std::size_t channel = command.channel;
  const std::size_t size = std::min<std::size_t>(command.payload.size(), 255);
  const wire::FragmentBody& body = command.fragment;
  switch (command.type) {
    case CommandType::send_reliable:
      out.u8(3).u8(command.reliable_seq - 1).u8(channel).u8(size);
      return;
    case CommandType::send_unreliable:
      out.u8(5).u8(command.unreliable_seq - 1).u8(channel).u8(command.reliable_seq).u8(size);
      return;
    case CommandType::send_unsequenced:
      out.u8(6).u8(command.unreliable_seq - 1).u8(channel).u8(size);
      return;
    case CommandType::send_reliable_unsequenced:
      out.u8(7).u8(command.reliable_seq - 1).u8(channel).u8(size);
      return;
    case CommandType::send_fragment:
    case CommandType::send_fragment_unsequenced:
      out.u8(command.type == CommandType::send_fragment ? 9 : 13);
      out.u8(body.start_seq - 1).u8(channel).u8(255).u16(body.count * 256).u8(body.number);
      return;
    default:
      return;
  }
}

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  std::vector<Memory> seeds;
  for (const auto& name : test::recording_names(test::Transport::udp)) {
    ScriptWriter out;
    for (const auto& datagram : test::load_recording(name).datagrams) {
      const auto parsed = wire::parse_datagram(datagram.bytes);
      if (!parsed || datagram.direction != test::Direction::to_server || out.written().size() > 2000)
        continue;
      ByteReader in(parsed->commands);
      for (int i = 0; i < parsed->header.command_count; ++i) {
        const auto command = wire::parse_command(in, wire::Strictness::strict);
        if (command && *command) add_command(out, **command);
      }
      out.u8(0).u8(3);
    }
    seeds.push_back(out.written());
  }
  seeds.push_back(ScriptWriter().u8(12).u8(0).u8(0).u8(0).u16(1900).u8(0).u8(9).written());
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gateway::fuzz::Life(gateway::Bytes(data, size)).run();
  return 0;
}
