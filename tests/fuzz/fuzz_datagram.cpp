// Datagrams as anybody may send them: an input is one, whose CRC is also put right, since no input has it by
// chance.

#include <algorithm>
#include <vector>

#include "fuzz/fuzz.h"
#include "support/recordings.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::fuzz {
namespace {

using wire::Command;
using wire::Datagram;
using wire::Strictness;
using Memory = std::vector<std::uint8_t>;

struct Reading {
  std::vector<Command> commands;
  bool whole = true;  // every command that the header counts could be read
};

Memory written(const Command& command) {
  Memory out(wire::command_bytes(command.type) + command.payload.size());
  ByteWriter writer(out);
  wire::write_command(writer, command);
  check(writer.ok() && writer.remaining() == 0, "a command is as long as its type and payload say");
  return out;
}

/// Written again, a command is what was read: every byte but those that nobody reads.
void write_again(const Command& command, Bytes read) {
  const Memory out = written(command);
  check(out.size() == read.size(), "as long as what was read");
  ByteReader in(out);
  const auto again = wire::parse_command(in, Strictness::strict);
  check(again && *again && in.remaining() == 0, "what is written can be read");
  check(written(**again) == out, "and says the same");
  if (command.type == wire::CommandType::connect || command.type == wire::CommandType::verify_connect) return;
  Memory expected(read.begin(), read.end());
  expected[2] &= 3;                           // the flags
  std::copy(&out[4], &out[8], &expected[4]);  // the size, which a server may have wrong
  check(out == expected, "with the same bytes");
}

Reading read_commands(const Datagram& datagram, Strictness strictness) {
  Reading reading;
  ByteReader in(datagram.commands);
  for (int i = 0; i < datagram.header.command_count; ++i) {
    const std::size_t begin = in.position();
    const auto command = wire::parse_command(in, strictness);
    reading.whole = command.has_value();
    if (!reading.whole) break;
    check(in.position() >= begin + 12, "every command has a header");
    if (!*command) continue;
    write_again(**command, datagram.commands.subspan(begin, in.position() - begin));
    reading.commands.push_back(**command);
  }
  return reading;
}

void write_datagram(const Datagram& datagram, const Reading& reading) {
  Memory out(wire::header_bytes_max + datagram.commands.size());
  wire::DatagramWriter writer(out, datagram.header);
  for (const Command& command : reading.commands) {
    wire::write_command(writer.commands(), command);
    writer.count_command();
  }
  out.resize(writer.finish());
  check(out.empty() == reading.commands.empty(), "a datagram without commands is none");
  if (out.empty()) return;
  const auto again = wire::parse_datagram(out);
  check(again.has_value(), "what is written can be read");
  check(again->header.peer == datagram.header.peer && again->header.crc == datagram.header.crc &&
            again->header.sent_time == datagram.header.sent_time &&
            again->header.challenge == datagram.header.challenge,
        "with the same header");
  const Reading same = read_commands(*again, Strictness::strict);
  check(same.whole && same.commands.size() == reading.commands.size(), "and as many commands");
}

void read(Bytes bytes) {
  (void)wire::is_region_ping(bytes);
  const auto datagram = wire::parse_datagram(bytes);
  if (!datagram) return;
  const Reading strict = read_commands(*datagram, Strictness::strict);
  const Reading lenient = read_commands(*datagram, Strictness::lenient);
  check(lenient.commands.size() >= strict.commands.size(), "lenient takes all that strict takes");
  write_datagram(*datagram, lenient);
}

void read_with_right_crc(Memory bytes) {
  if (bytes.size() < wire::header_bytes_max) return;
  bytes[2] = 0xCC;
  ByteWriter(MutableBytes(bytes).subspan(wire::header_bytes)).u32(wire::datagram_crc(bytes));
  check(wire::parse_datagram(bytes).has_value(), "a right CRC is taken");
  read(bytes);
  bytes.back() ^= 1;
  check(!wire::parse_datagram(bytes), "and a wrong one isn't");
}

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  constexpr std::size_t of_each = 40;
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const auto& name : test::recording_names(test::Transport::udp)) {
    const auto recording = test::load_recording(name);
    for (std::size_t i = 0; i < std::min(of_each, recording.datagrams.size()); ++i)
      seeds.push_back(recording.datagrams[i].bytes);
  }
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> exact(data, data + size);  // so that a read beyond it is seen
  gateway::fuzz::read(exact);
  gateway::fuzz::read_with_right_crc(exact);
  return 0;
}
