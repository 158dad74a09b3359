// The program: reads the command line, builds the data path and the admin port, and ends on a signal.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <spdlog/spdlog.h>

#include "base/fingerprint.h"
#include "config/command_line.h"
#include "config/log.h"
#include "config/print.h"
#include "crypto/library.h"
#include "metrics/exporter.h"
#include "net/admin.h"
#include "net/gateway.h"
#include "net/tls.h"
#include "net/upstreams_page.h"

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

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// SIGHUP: a certificate was renewed.
void reload(net::Gateway& gateway) {
  try {
    gateway.reload_certificates();
    spdlog::info("certificates read again; the configuration is only read at the start");
  } catch (const std::exception& error) {
    spdlog::error("the old certificates stay in use: {}", error.what());
  }
}

void wait_for_signal(boost::asio::signal_set& signals, boost::asio::io_context& context,
                     net::Gateway& gateway) {
  signals.async_wait([&](const boost::system::error_code& error, int signal) {
    if (error) return;
    if (signal == SIGHUP) {
      reload(gateway);
      wait_for_signal(signals, context, gateway);
      return;
    }
    spdlog::info("stopping signal={}: telling every client", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    context.stop();
  });
}

/// A second signal: whoever asks twice has no more patience. SIGHUP has nothing to say any more.
void wait_for_impatience(boost::asio::signal_set& signals, net::Gateway& gateway, bool& patient) {
  signals.async_wait([&](const boost::system::error_code& error, int signal) {
    if (error) return;
    if (signal == SIGHUP) return wait_for_impatience(signals, gateway, patient);
    patient = false;
    gateway.stop_at_once();
  });
}

/// Stops the data path while the admin port still answers: /readyz says 503 then. False when a second signal
/// came before every client was told.
bool stop(net::Gateway& gateway, boost::asio::io_context& context, boost::asio::signal_set& signals) {
  bool patient = true;
  context.restart();
  wait_for_impatience(signals, gateway, patient);
  std::thread stopper([&] {
    gateway.stop();
    context.stop();
  });
  context.run();
  stopper.join();
  return patient;
}

/// Descriptors 0 to 2 must not become sockets: somebody writes to them.
void open_standard_descriptors() {
  int descriptor = 0;
  while (descriptor >= 0 && descriptor <= STDERR_FILENO) descriptor = open("/dev/null", O_RDWR);
  if (descriptor > STDERR_FILENO) close(descriptor);
}

int run(const config::Config& config) {
  std::signal(SIGPIPE, SIG_IGN);
  const config::Log log(config.log);
  protect_memory();

  boost::asio::io_context context(1);
  boost::asio::signal_set signals(context, SIGTERM, SIGINT, SIGHUP);
  net::Gateway gateway(config.net);
  const metrics::Exporter exporter(
      {.options = gateway.options(),
       .shards = gateway.stats(),
       .servers = gateway.server_stats(),
       .certificates = &gateway.certificate_stats(),
       .build = {.version = version, .commit = commit, .botan = crypto::library_version()},
       .config_hash = fingerprint(config::print(config)),
       .started = seconds_since_1970(),
       .log_lines_dropped = [&log] { return log.lines_dropped(); }});
  std::optional<net::Admin> admin;
  if (config.admin) {
    admin.emplace(context, config.admin->address,
                  net::AdminPages{.metrics = [&exporter, &gateway] { return exporter.text(gateway.ready()); },
                                  .ready = [&gateway] { return gateway.ready(); },
                                  .upstreams =
                                      [&gateway] {
                                        return net::upstreams_page(gateway.options(), gateway.server_stats());
                                      }});
  }
  spdlog::info("starting version={} commit={} threads={}", version, commit.empty() ? "-" : commit,
               config.net.threads);
  if (config.admin) spdlog::info("listening admin={}", config.admin->text);
  gateway.start();  // logs every listener
  wait_for_signal(signals, context, gateway);
  context.run();
  if (!stop(gateway, context, signals)) {
    spdlog::warn("stopped at once, at the second signal: some clients may not have been told");
    return 1;
  }
  spdlog::info("stopped");
  return 0;
}

int act(const config::CommandLine& line) {
  switch (line.action) {
    case config::Action::run:
      return run(line.config);
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
    return 1;
  }
}

}  // namespace
}  // namespace gateway

int main(int argc, char** argv) {
  gateway::open_standard_descriptors();
  const int code = gateway::act_or_explain(argc, argv);
  if (gateway::config::Log::abandoned()) std::_Exit(code);
  return code;
}
