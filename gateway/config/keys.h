#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gateway::config {

/// From when on a changed key holds.
enum class Effect : std::uint8_t {
  live,          // at once, for sessions that live too; none is ended by it but for `access`
  new_sessions,  // for sessions that begin after the reload
  restart,       // never: the reload fails
};

/// What is written as a key's value.
enum class Kind : std::uint8_t {
  version,     // 1
  map,         // with keys of this table
  named_maps,  // a map whose keys are names the operator chose
  maps,        // a list of maps
  servers,     // a list of URLs or maps
  name,
  url,         // scheme://host:port; `words` are its schemes
  host_port,   // host:port
  host_ports,  // a list of them
  file,        // file: and a path
  path,        // an absolute path of a directory
  blocks,      // a list of addresses, CIDR blocks and files of them
  address,     // IPv4 or IPv6, without a port
  addresses,   // a list of addresses
  duration,
  size,
  rate,
  number,
  numbers,     // a list of them
  operations,  // a list of codes of operations, as numbers or names
  events,      // the same of events
  choice,      // one of `words`
  boolean,
};

/// A key of the configuration: the one source of the reference (config/README.md), the schema
/// (config/schema.json) and of what a reload may change. Tests hold it against the parser.
struct Key {
  std::string_view path;  // as in flatten(), `*` for a name; keys of maps in a list follow the list's
  Kind kind = Kind::map;
  bool required = false;            // wherever the map it belongs to is written
  Effect effect = Effect::restart;  // of a map: nothing, its keys have their own
  std::string_view words;    // "a | b": of a choice; of other kinds what may stand there instead of a value
  std::string_view range;    // "1 to 1000", both included; empty: no limits
  std::string_view preset;   // the default as --print-config writes it, without quotes; empty: none
  std::string_view meaning;  // sentences
};

/// Every key there is, each once, sections in the order of --print-config.
std::span<const Key> keys();

/// The key that `path` of flatten() belongs to; nullptr when there is none.
const Key* find_key(std::string_view path);

}  // namespace gateway::config
