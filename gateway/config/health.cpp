#include "config/health.h"

#include <algorithm>
#include <string>

#include "config/quantity.h"

namespace gateway::config {
namespace {

constexpr std::string_view health_example = "health_check: { interval: 10s, timeout: 2s, rise: 1, fall: 3 }";

void read_count(const Map& map, std::string_view key, std::uint32_t& count) {
  if (const auto value = map.find(key)) count = static_cast<std::uint32_t>(value->number(1, 1000));
}

}  // namespace

upstream::ServerState read_server_state(const Value& value) {
  using upstream::ServerState;
  return value.choice<ServerState>({{"active", ServerState::active},
                                    {"draining", ServerState::draining},
                                    {"disabled", ServerState::disabled}});
}

upstream::HealthOptions read_health_check(const Value& value) {
  upstream::HealthOptions health;
  if (value.is("off")) {
    health.probes = false;
    return health;
  }
  if (!value.is_map())
    value.fail("\"health_check\" must be a map or off, as in " + std::string(health_example) +
               ", or health_check: off");
  const Map map = value.map({"interval", "timeout", "rise", "fall"});
  if (const auto interval = map.find("interval")) {
    health.interval = interval->duration(milliseconds(100), hours(1));
  }
  const auto timeout = map.find("timeout");
  health.timeout =
      timeout ? timeout->duration(milliseconds(50), minutes(1)) : std::min(health.timeout, health.interval);
  read_count(map, "rise", health.rise);
  read_count(map, "fall", health.fall);
  if (health.timeout > health.interval) {
    timeout->fail("\"timeout\" (" + write_duration(health.timeout) +
                  ") must not be longer than \"interval\" (" + write_duration(health.interval) +
                  "): a probe ends before the next one begins");
  }
  return health;
}

}  // namespace gateway::config
