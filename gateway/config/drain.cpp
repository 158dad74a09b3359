#include "config/drain.h"

namespace gateway::config {

net::DrainOptions read_drain(const Value& value) {
  net::DrainOptions options;
  const Map map = value.map({"announce", "deadline"});
  if (const auto announce = map.find("announce")) options.announce = announce->duration(seconds(0), hours(1));
  if (const auto deadline = map.find("deadline"))
    options.deadline = deadline->duration(seconds(0), hours(24));
  if (options.deadline < options.announce) {
    value.fail(
        "\"deadline\" must be at least \"announce\": both begin with the signal; write drain: { announce: "
        "15s, deadline: 10m }");
  }
  return options;
}

}  // namespace gateway::config
