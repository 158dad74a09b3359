#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/error.h"
#include "config/keys.h"

namespace gateway::config {

/// What is in effect, key by key, written as in a file: "limits.message_size" → "500KiB",
/// "listeners.master.listen" → "udp://0.0.0.0:5055", "upstreams.game.servers" → "[…]". Listeners and
/// upstreams go by their names, so their order means nothing.
std::map<std::string, std::string> flatten(const Config& config);

/// The effect of a path of flatten(); restart for one that is no key.
Effect effect_of(std::string_view path);

/// The paths whose values differ, sorted. Throws Error when one of them needs a restart: the sentence names
/// it and both values.
std::vector<std::string> changes(const Config& running, const Config& wanted);

}  // namespace gateway::config
