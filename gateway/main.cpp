// The program: reads the command line and does what it asks for; to run is a Service.
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <iostream>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "base/log_line.h"
#include "config/command_line.h"
#include "config/log.h"
#include "config/print.h"
#include "crypto/library.h"
#include "net/tls.h"
#include "service/loader.h"
#include "service/service.h"

namespace gateway {
namespace {

const std::string version = GATEWAY_VERSION;
const std::string commit = GATEWAY_COMMIT;  // empty when built outside a git checkout

std::string full_version() {
  return "photon-gateway " + version + (commit.empty() ? "" : " (commit " + commit + ")");
}

/// Keys live in this process's memory: no core dump, and no other process of the same user may read it.
void protect_memory() {
#ifdef GATEWAY_PROTECT_MEMORY  // not with sanitizers: the leak check attaches to the process
  if (prctl(PR_SET_DUMPABLE, 0) != 0) spdlog::warn("the process can't be kept from dumping its memory");
#endif
}

/// Descriptors 0 to 2 must not become sockets: somebody writes to them.
void open_standard_descriptors() {
  int descriptor = 0;
  while (descriptor >= 0 && descriptor <= STDERR_FILENO) descriptor = open("/dev/null", O_RDWR);
  if (descriptor > STDERR_FILENO) close(descriptor);
}

/// Until the service listens for these, they ask for nothing that could be done.
void ignore_early_signals() {
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGUSR1, SIG_IGN);
}

int run(const config::CommandLine& line) {
  std::signal(SIGPIPE, SIG_IGN);
  const config::Log log(line.config.log);
  protect_memory();
  Service service(line.file, line.config, log,
                  {.version = version, .commit = commit, .botan = crypto::library_version()});
  spdlog::info(LogLine("starting")
                   .text("version", version)
                   .text("commit", commit.empty() ? "-" : commit)
                   .number("threads", line.config.net.threads)
                   .str());
  return service.run();
}

int act(const config::CommandLine& line) {
  switch (line.action) {
    case config::Action::run:
      return run(line);
    case config::Action::check:
      net::load_all_tls(line.config.net);
      std::cout << "OK: " << (line.file.empty() ? "the command line" : line.file) << " can be used\n";
      return 0;
    case config::Action::print:
      std::cout << config::print(line.config);
      return 0;
    case config::Action::leave:
      return line.exit_code;
  }
  return 0;
}

int act_or_explain(int argc, char** argv) {
  try {
    const int code = act(config::read_command_line(argc, argv, full_version()));
    if (!std::cout.flush()) throw std::runtime_error("what was asked for can't be written to stdout");
    return code;
  } catch (const std::exception& error) {
    std::cerr << "photon-gateway: " << error.what() << "\n";
    return config::exit_failure;
  }
}

}  // namespace
}  // namespace gateway

int main(int argc, char** argv) {
  gateway::open_standard_descriptors();
  gateway::ignore_early_signals();
  const int code = gateway::act_or_explain(argc, argv);
  if (gateway::config::Log::abandoned() || gateway::Loader::abandoned()) std::_Exit(code);
  return code;
}
