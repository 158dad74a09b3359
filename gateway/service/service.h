#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "config/config.h"
#include "config/log.h"
#include "metrics/scrape.h"
#include "metrics/status_page.h"
#include "net/admin.h"
#include "net/beats.h"
#include "net/drain.h"
#include "net/drop_log.h"
#include "net/gateway.h"
#include "net/left_out_log.h"
#include "service/loader.h"

namespace gateway {

/// The running program: data path, admin port and log, and what signals do to them. SIGHUP reloads, SIGTERM
/// drains, SIGINT tells every client and ends, SIGUSR1 captures a session. Each further signal skips what is
/// waited for: first the drain, then the farewells. All of it on the caller's thread, but for the reading of
/// a configuration.
class Service {
 public:
  /// Binds everything; throws std::runtime_error with a sentence. `file` is the configuration's, empty when
  /// it came from the command line. `log` outlives this.
  Service(std::string file, const config::Config& config, const config::Log& log, metrics::Build build);

  /// Serves until a signal ends it: the exit code, 1 when sessions had to be ended by a drain, or when a
  /// further signal left clients untold.
  int run();

 private:
  void wait_for_signal();
  void act_on(int signal);
  void hurry(int signal);
  void stop();

  void reload();
  bool may_reload();
  void take(const Loaded& loaded);
  void give_up_reload();
  void watch_reload();
  std::vector<std::string> use(const config::Config& wanted);
  void tell_reloaded(const std::vector<std::string>& changed);

  void drain();
  void advance_drain();

  void watch_shards();
  void every_second();
  void tell_counted(bool last);

  metrics::Scrape scrape() const;

  config::Config config_;  // in effect
  const config::Log& log_;
  const std::string file_;
  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer drain_timer_;
  boost::asio::steady_timer watchdog_timer_;
  boost::asio::steady_timer second_timer_;
  net::Gateway gateway_;
  const metrics::Build build_;
  const double started_;  // seconds since 1970
  metrics::ConfigState state_;
  metrics::StatusPage status_page_;
  net::Drain drain_;
  std::optional<Duration> watchdog_;
  net::Beats beats_;  // of the shards
  net::DropLog drop_log_;
  net::LeftOutLog left_out_log_;
  std::optional<net::Admin> admin_;
  Loader loader_;
  bool stopping_ = false;
  bool hurried_ = false;  // clients may not have been told
};

}  // namespace gateway
