#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/address.h"
#include "net/options.h"

namespace gateway::config {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error };
enum class LogFormat : std::uint8_t { text, json };

struct AdminOptions {
  Address address;
  std::string text;  // as configured, e.g. "http://127.0.0.1:9464"
};

struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;  // one line a message either way
};

/// All an operator can set, checked and with every address resolved.
struct Config {
  net::Options net;
  std::optional<AdminOptions> admin;  // nothing: no admin port
  LogOptions log;
  std::size_t threads = 0;  // as configured; 0: one a core. net.threads is what it came to
};

}  // namespace gateway::config
