#pragma once

#include <string>

#include "config/config.h"
#include "config/error.h"

namespace gateway::config {

/// Reads, checks and resolves a configuration file. Throws Error.
Config load_file(const std::string& path);

/// The same from a text; `name` stands for the file in sentences.
Config load_text(const std::string& text, const std::string& name);

/// One listener that forwards to one server, everything else at its default. Throws Error.
Config from_command_line(const std::string& listen, const std::string& upstream);

}  // namespace gateway::config
