#include "config/command_line.h"

#include <CLI/CLI.hpp>

#include "config/load.h"

namespace gateway::config {
namespace {

constexpr const char* description =
    "Takes Photon clients in, opens what they send encrypted, and forwards it to a server that needs no "
    "cryptography.";
constexpr const char* footer =
    "Signals: SIGHUP reads the configuration again. SIGTERM lets the sessions end and then ends (drain); a "
    "second one tells every client and ends, as SIGINT does at once; while they are told, a further one ends "
    "at once. SIGUSR1 captures the next session, where capture is configured.\n"
    "Exit codes: 0 ended as asked, or the configuration is good; 1 the configuration can't be used, nothing "
    "could be started, a drain had to end sessions, or clients may not have been told; 2 the arguments can't "
    "be understood.";

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv, const std::string& version) {
  std::string file;
  std::string listen;
  std::string upstream;
  bool check = false;
  bool print = false;

  CLI::App app(description, "photon-gateway");
  app.footer(footer);
  app.set_version_flag("--version", version);
  CLI::Option* config_option = app.add_option("--config", file, "Configuration file (YAML)");
  CLI::Option* check_option = app.add_flag("--check-config", check, "Check the configuration and end");
  app.add_flag("--print-config", print, "Show the configuration in effect, defaults included, and end")
      ->excludes(check_option);
  CLI::Option* listen_option = app.add_option(
      "--listen", listen, "Without a file: where clients connect, as udp://0.0.0.0:5055; udp, tcp or ws");
  CLI::Option* upstream_option = app.add_option(
      "--upstream", upstream, "Without a file: the server, as udp://127.0.0.1:15055; the same transport");
  listen_option->needs(upstream_option)->excludes(config_option);
  upstream_option->needs(listen_option)->excludes(config_option);
  try {
    app.parse(argc, argv);
    if (file.empty() && listen.empty()) throw CLI::RequiredError("--config, or --listen and --upstream,");
  } catch (const CLI::ParseError& error) {
    const bool answered = app.exit(error) == 0;  // prints help, version or the mistake
    return {.action = Action::leave, .exit_code = answered ? 0 : exit_usage, .file = {}, .config = {}};
  }

  const Action action = check ? Action::check : print ? Action::print : Action::run;
  return {.action = action,
          .exit_code = 0,
          .file = file,
          .config = file.empty() ? from_command_line(listen, upstream) : load_file(file)};
}

}  // namespace gateway::config
