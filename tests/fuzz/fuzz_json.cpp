// Messages in JSON mode, as a client's or a server's text may be: bytes of any kind. The other half of what
// is checked needs another reader of JSON: Boost.JSON's, into a tree.

#include <string>

#include <boost/json/parse.hpp>

#include "fuzz/fuzz.h"
#include "message/json_message.h"
#include "message/json_units.h"

namespace gateway::fuzz {
namespace {

using message::JsonMessage;

std::string written_again(std::string_view payload) {
  std::vector<std::uint8_t> out(payload.size() + 32);
  ByteWriter writer(out);
  check(message::write_json_unit(writer, payload), "what was read can be written");
  return std::string(text_of(writer.written()));
}

/// What was understood is what a reader of the standard finds.
void compare(std::string_view payload, const JsonMessage& understood) {
  boost::json::parse_options options;
  options.max_depth = 40;
  boost::json::error_code error;
  const auto value = boost::json::parse(payload.substr(message::json_mark.size()), error, {}, options);
  check(!error && value.is_object(), "it is an object");
  std::size_t codes = 0;
  for (const auto& [key, member] : value.get_object()) {
    if (member.is_int64() && member.get_int64() == understood.code) ++codes;
  }
  check(codes > 0, "its code is in it");
}

void read(std::string_view text) {
  message::JsonUnits units(text);
  std::string whole;
  while (const auto unit = units.next()) {
    whole += unit->whole;
    check(unit->whole.ends_with(unit->payload), "the payload is the end of the unit");
    const std::string again = written_again(unit->payload);
    message::JsonUnits second(again);
    const auto same = second.next();
    check(same && same->payload == unit->payload && second.rest().empty(),
          "a unit written again is read the same");
    if (const auto parsed = message::parse_json_message(unit->payload)) compare(unit->payload, *parsed);
  }
  check(text.starts_with(whole), "units lie one behind the other");
  check(text.substr(whole.size()) == units.rest(), "the rest is what is left");
}

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const std::string_view text :
       {R"(~m~36~m~2f9b3c1e-3a57-4c7f-9d7c-0a3f5b0a1d11)",
        R"(~m~43~m~~j~{"req":230,"vals":[220,"1.0",224,"app"]})",
        R"(~m~65~m~~j~{"res":230,"err":0,"msg":"","vals":[230,"ws://10.0.0.5:9090"]})",
        R"(~m~29~m~~j~{"evt":255,"vals":[254,1]}~m~37~m~~j~{"irq":1,"vals":[1,1700000000000]})",
        R"(~m~34~m~~j~{"REQ":1,"vals":[221,null,[],{}]})"}) {
    const Bytes bytes = bytes_of(text);
    seeds.emplace_back(bytes.begin(), bytes.end());
  }
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> exact(data, data + size);  // so that a read beyond it is seen
  gateway::fuzz::read(gateway::text_of(exact));
  return 0;
}
