#include "service/service.h"

#include <chrono>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/address.h"
#include "base/fingerprint.h"
#include "base/log_line.h"
#include "config/print.h"
#include "config/reload.h"
#include "metrics/exporter.h"
#include "net/notify.h"
#include "net/upstreams_page.h"

namespace gateway {

namespace {

using net::DrainPhase;

constexpr Duration drain_step = milliseconds(100);  // between two looks at who is left
constexpr Duration farewells_max = minutes(1);      // after a drain's deadline

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string hash_of(const config::Config& config) {
  return fingerprint(config::print(config));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text.empty() ? "nothing" : text;
}

void tell_admin(const config::AdminOptions& admin) {
  spdlog::info(LogLine("listening").text("admin", admin.text).str());
  if (private_network(admin.address)) return;
  spdlog::warn(LogLine("the admin port may be open to the world")
                   .text("admin", admin.text)
                   .note("it has no access control; listen on loopback or a private address, or see that a "
                         "firewall keeps strangers out")
                   .str());
}

}  // namespace

Service::Service(std::string file, const config::Config& config, const config::Log& log, metrics::Build build)
    : config_(config),
      log_(log),
      file_(std::move(file)),
      signals_(context_),
      drain_timer_(context_),
      watchdog_timer_(context_),
      second_timer_(context_),
      gateway_(config.net),
      build_(std::move(build)),
      started_(seconds_since_1970()),
      state_{.last_success = started_, .hash = hash_of(config)},
      status_page_(std::chrono::steady_clock::now()),
      watchdog_(net::watchdog_limit()),
      loader_(context_, [this](const Loaded& loaded) { take(loaded); }) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) signals_.add(signal);
  if (!config.admin) return;
  admin_.emplace(
      context_, config.admin->address,
      net::AdminPages{
          .metrics = [this] { return metrics::write_text(scrape()); },
          .ready = [this] { return gateway_.ready(); },
          .upstreams = [this] { return net::upstreams_page(gateway_.pools()); },
          .status = [this] { return status_page_.write(scrape(), std::chrono::steady_clock::now()); }});
}

int Service::run() {
  if (config_.admin) tell_admin(*config_.admin);
  gateway_.start();  // logs every listener
  wait_for_signal();
  if (watchdog_) watch_shards();
  every_second();
  net::notify_ready();
  net::notify_status("serving");
  context_.run();
  stop();
  tell_counted(true);
  if (hurried_) {
    spdlog::warn(
        LogLine("stopped at once, at a further signal").note("some clients may not have been told").str());
    return 1;
  }
  spdlog::info("stopped");
  return drain_.drained() ? 0 : 1;
}

void Service::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    wait_for_signal();
    act_on(signal);
  });
}

void Service::act_on(int signal) {
  if (stopping_) return hurry(signal);
  if (signal == SIGHUP) return reload();
  if (signal == SIGUSR1) return gateway_.capture();
  if (signal == SIGTERM) return drain();
  spdlog::info(LogLine("stopping").text("signal", "SIGINT").note("telling every client").str());
  drain_ = {};
  context_.stop();
}

/// While clients are told: whoever asks again has no more patience. The others have nothing to say any more.
void Service::hurry(int signal) {
  if (signal == SIGHUP || signal == SIGUSR1) return;
  hurried_ = true;
  gateway_.stop_at_once();
}

/// Stops the data path while the admin port still answers: /readyz says 503 then.
void Service::stop() {
  stopping_ = true;
  drain_timer_.cancel();
  second_timer_.cancel();
  give_up_reload();
  net::notify_stopping();
  context_.restart();
  std::thread stopper([this] {
    gateway_.stop();
    context_.stop();
  });
  context_.run();
  stopper.join();
}

bool Service::may_reload() {
  if (drain_.phase() == DrainPhase::serving) return true;
  ++state_.refused_reloads;
  spdlog::warn(
      LogLine("reload refused").note("the gateway drains; its successor reads the configuration").str());
  return false;
}

void Service::reload() {
  if (!may_reload()) return;
  if (file_.empty()) {
    return spdlog::info(
        LogLine("nothing to reload").note("the configuration came from the command line").str());
  }
  net::notify_reloading();
  if (!loader_.load(file_)) {
    spdlog::info(LogLine("a reload is under way").note("the configuration is read once more after it").str());
  }
}

/// A drain may have begun since it was asked for.
void Service::take(const Loaded& loaded) {
  if (stopping_ || !may_reload()) return;
  try {
    if (const auto* error = std::get_if<std::string>(&loaded)) throw std::runtime_error(*error);
    tell_reloaded(use(std::get<config::Config>(loaded)));
    ++state_.reloads;
    state_.last_success = seconds_since_1970();
    state_.last_successful = true;
  } catch (const std::exception& error) {
    ++state_.failed_reloads;
    state_.last_successful = false;
    spdlog::error(LogLine("reload failed, the old configuration stays in use").note(error.what()).str());
  }
  net::notify_ready();
}

/// What changed.
std::vector<std::string> Service::use(const config::Config& wanted) {
  std::vector<std::string> changed = config::changes(config_, wanted);
  gateway_.reload(wanted.net);
  config_ = wanted;
  state_.hash = hash_of(wanted);
  return changed;
}

/// At the new level, and a last time at the old one.
void Service::tell_reloaded(const std::vector<std::string>& changed) {
  LogLine line("configuration reloaded");
  line.text("changed", joined(changed)).note("certificates and lists of addresses were read again");
  const auto before = spdlog::get_level();
  log_.use(config_.log.level);
  const auto after = spdlog::get_level();
  if (before < after) spdlog::set_level(before);
  spdlog::info(line.str());
  spdlog::set_level(after);
}

/// The manager still waits for the end of the reload that it asked for.
void Service::give_up_reload() {
  loader_.stop();
  if (loader_.loading()) net::notify_ready();
}

/// What is read may hang for ever, and the thread that reads it can't be ended. A drain gave it up.
void Service::watch_reload() {
  if (drain_.phase() != DrainPhase::serving) return;
  if (!loader_.takes_long(std::chrono::steady_clock::now())) return;
  state_.last_successful = false;
  spdlog::error(LogLine("reload takes long, the old configuration stays in use")
                    .text("file", file_)
                    .note("it, a file that it names or a name server doesn't answer; once that does, the "
                          "reload goes on by itself, and only a restart ends it sooner")
                    .str());
}

void Service::drain() {
  const bool again = drain_.phase() != DrainPhase::serving;
  LogLine line(again ? "a second SIGTERM, every client is told now" : "draining");
  if (!again) line.text("signal", "SIGTERM");
  spdlog::info(line.number("sessions", gateway_.sessions()).str());
  drain_.begin(config_.net.drain, std::chrono::steady_clock::now());
  give_up_reload();
  again ? net::notify_stopping() : net::notify_stopping(config_.net.drain.deadline + farewells_max);
  advance_drain();
}

void Service::advance_drain() {
  const TimePoint now = std::chrono::steady_clock::now();
  const std::size_t sessions = gateway_.sessions();
  const DrainPhase before = drain_.phase();
  const DrainPhase phase = drain_.advance(now, sessions);
  gateway_.announce_end();
  if (phase != DrainPhase::announcing) gateway_.refuse_new();
  if (phase == DrainPhase::ending) gateway_.end_sessions(drain_.share(now));
  if (phase != before) {
    spdlog::info(LogLine("draining").text("phase", name(phase)).number("sessions", sessions).str());
  }
  net::notify_status(fmt::format("draining: {}, {} sessions", name(phase), sessions));
  if (phase == DrainPhase::over) return context_.stop();
  drain_timer_.expires_after(drain_step);
  drain_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) advance_drain();
  });
}

/// The manager hears of us only while every shard's loop turns; idle ones are asked to.
void Service::watch_shards() {
  std::vector<std::uint64_t> beats;
  for (const net::ShardStats* shard : gateway_.stats()) beats.push_back(shard->beats.value());
  if (beats_.all_went_on(std::move(beats))) net::notify_alive();
  gateway_.beat();
  watchdog_timer_.expires_after(*watchdog_ / 2);
  watchdog_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) watch_shards();
  });
}

/// What shards only count, so that no flood is a flood of lines; at the end with what is left of a window.
void Service::tell_counted(bool last) {
  const std::vector<const net::ShardStats*> shards = gateway_.stats();
  for (const auto& [warning, line] : drop_log_.take(net::drops_of(gateway_.options().listeners, shards),
                                                    std::chrono::steady_clock::now(), last)) {
    spdlog::log(warning ? spdlog::level::warn : spdlog::level::info, line.str());
  }
  if (const auto line = left_out_log_.take(shards)) spdlog::warn(line->str());
}

void Service::every_second() {
  tell_counted(false);
  gateway_.look_after();
  watch_reload();
  second_timer_.expires_after(seconds(1));
  second_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !stopping_) every_second();
  });
}

metrics::Scrape Service::scrape() const {
  return {.options = gateway_.options(),
          .shards = gateway_.stats(),
          .pools = gateway_.pools(),
          .certificates_expire = gateway_.certificates_expire(),
          .blocked_sources = gateway_.blocked_sources(),
          .evicted_blocks = gateway_.evicted_blocks(),
          .build = build_,
          .config = state_,
          .started = started_,
          .ready = gateway_.ready(),
          .draining = drain_.phase() != DrainPhase::serving,
          .log_lines_dropped = log_.lines_dropped()};
}

}  // namespace gateway
