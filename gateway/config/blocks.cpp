#include "config/blocks.h"

#include <string>

namespace gateway::config {
namespace {

constexpr std::string_view block_example = "block: { violations: 100, within: 1m, for: 1m }";

}  // namespace

net::BlockOptions read_block(const Value& value) {
  net::BlockOptions block;
  if (value.is("off")) {
    block.violations = 0;
    return block;
  }
  if (!value.is_map())
    value.fail("\"block\" must be a map or off, as in " + std::string(block_example) + ", or block: off");
  const Map map = value.map({"violations", "within", "for"});
  if (const auto violations = map.find("violations")) {
    block.violations = static_cast<std::uint32_t>(violations->number(1, 1'000'000));
  }
  if (const auto within = map.find("within")) block.within = within->duration(seconds(1), hours(1));
  if (const auto duration = map.find("for")) block.duration = duration->duration(seconds(1), hours(24));
  return block;
}

}  // namespace gateway::config
