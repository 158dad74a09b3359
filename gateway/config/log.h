#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

namespace gateway::config {

/// Makes the process log to stdout as configured, one line a message, each written out at once from level
/// info up. text: `2026-01-31T12:00:00.000Z info message`; json:
/// `{"time":"…","level":"info","message":"message"}`.
void start_log(const LogOptions& options);

/// `text` as the inside of a JSON string: quotes, backslashes and control characters escaped.
std::string json_escaped(std::string_view text);

}  // namespace gateway::config
