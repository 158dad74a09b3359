#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/error.h"

namespace gateway::config {

/// From when on a changed key holds.
enum class Effect : std::uint8_t {
  live,          // at once, for sessions that live too; none is ended by it but for `access`
  new_sessions,  // for sessions that begin after the reload
  restart,       // never: the reload fails
};

/// A key and its effect. `path` is as in flatten(), `*` stands for a name the operator chose.
struct KeyEffect {
  std::string_view path;
  Effect effect;
};

/// Every key there is, each once. What stands in a list of maps (servers, rules) is one value to flatten().
std::span<const KeyEffect> key_effects();

/// What is in effect, key by key, written as in a file: "limits.message_size" → "500KiB",
/// "listeners.master.listen" → "udp://0.0.0.0:5055", "upstreams.game.servers" → "[…]". Listeners and
/// upstreams go by their names, so their order means nothing.
std::map<std::string, std::string> flatten(const Config& config);

/// The effect of a path of flatten(); restart for one that key_effects() doesn't know.
Effect effect_of(std::string_view path);

/// The paths whose values differ, sorted. Throws Error when one of them needs a restart: the sentence names
/// it and both values.
std::vector<std::string> changes(const Config& running, const Config& wanted);

}  // namespace gateway::config
