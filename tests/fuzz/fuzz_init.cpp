// The first message of a connection, in all its forms. An input is one.

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/script.h"
#include "message/init.h"
#include "support/recordings.h"

namespace gateway::fuzz {
namespace {

using message::Init;
using Memory = std::vector<std::uint8_t>;

Memory with_family(Bytes message, bool ipv6) {
  Memory out(message.size() + message::init_growth_max);
  const std::size_t size = message::write_init_family(message, ipv6, out);
  check(size <= out.size(), "it grows no more than the docstring says");
  out.resize(size);
  return out;
}

/// Binary Inits of old clients have no room for it.
bool can_say_family(Bytes message, const Init& init) {
  constexpr std::size_t mark_at = 8;
  return init.form != Init::Form::binary || message[mark_at] != 7;
}

void expect_same(const Init& first, const Init& second) {
  check(first.form == second.form && first.serialization == second.serialization, "the same form");
  check(first.version == second.version && first.application == second.application, "of the same client");
  check(first.token == second.token, "with the same token");
}

void write_family(Bytes message, const Init& init, bool ipv6) {
  const Memory changed = with_family(message, ipv6);
  const auto again = message::parse_init(changed);
  check(again.has_value(), "what was valid stays valid");
  expect_same(init, *again);
  if (can_say_family(message, init)) check(again->ipv6 == ipv6, "it says the family");
  check(with_family(changed, ipv6) == changed, "once is enough");
  if (init.ipv6 == ipv6) check(std::ranges::equal(changed, message), "what says it already stays");
}

void read(Bytes message) {
  const auto init = message::parse_init(message);
  if (!init) {
    check(std::ranges::equal(with_family(message, true), message), "what is no Init stays");
    return;
  }
  check(lies_in(bytes_of(init->application), message), "the name lies in the message");
  write_family(message, *init, true);
  write_family(message, *init, false);
}

Memory text(std::string_view line) {
  const Bytes bytes = bytes_of(line);
  return {bytes.begin(), bytes.end()};
}

/// F5, flags, protocol, version, SDK, application, token, a dictionary.
Memory third_form(std::uint8_t protocol, std::uint8_t flags, std::string_view token, std::uint8_t entries) {
  ScriptWriter out;
  out.u8(0xF5).u16(flags).u8(protocol).u8(4).u8(1).u8(8).u8(3).u16(0x1E00);
  out.u8(3).bytes(bytes_of("app")).piece(bytes_of(token));
  return out.u8(0x44).u8(0x79).u8(0x79).u16(entries).written();
}

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  std::set<Memory> different;
  for (const auto& name : test::recording_names()) different.insert(test::load_recording(name).init);
  std::vector<Memory> seeds(different.begin(), different.end());
  for (const std::string_view line :
       {"POST /?init&app=LoadBalancing&clientversion=4.1.6.17&protocol=GpBinaryV16&IPv6 "
        "HTTP/1.1\r\n\r\ntoken",
        "GET /?app=a&protocol=GpBinaryV18&sid=30&IPv6&x=y HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /?IPv6&protocol=GpBinaryV18\r\n"}) {
    seeds.push_back(text(line));
  }
  for (const auto protocol : {std::uint8_t{16}, std::uint8_t{18}}) {
    seeds.push_back(third_form(protocol, 0, "", 0));
    seeds.push_back(third_form(protocol, 2, "a token", 1));
  }
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> exact(data, data + size);  // so that a read beyond it is seen
  gateway::fuzz::read(exact);
  return 0;
}
