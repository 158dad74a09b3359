#pragma once

#include <string>

#include "config/config.h"

namespace gateway::config {

enum class Action {
  run,
  check,  // --check-config: read the configuration and say whether it can be used
  print,  // --print-config: show what is in effect
  leave,  // --help, --version or a mistake: all is said
};

/// What the program was asked to do.
struct CommandLine {
  Action action = Action::run;
  int exit_code = 0;  // for Action::leave
  std::string file;   // --config, or empty
  Config config;      // for all but Action::leave
};

/// Exit code for arguments that can't be understood.
inline constexpr int exit_usage = 2;
/// Exit code for what can't be used, started or written.
inline constexpr int exit_failure = 1;

/// Reads the arguments and the configuration they name. `version` is what --version prints. Help, version and
/// mistakes in the arguments are written here; throws Error for the configuration.
CommandLine read_command_line(int argc, const char* const* argv, const std::string& version);

}  // namespace gateway::config
