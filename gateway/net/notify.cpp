#include "net/notify.h"

#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>
#include <systemd/sd-daemon.h>

namespace gateway::net {

namespace {

constexpr int keep_environment = 0;

/// systemd compares it with when it asked for the reload.
std::uint64_t monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

}  // namespace

void notify_ready() {
  sd_notify(keep_environment, "READY=1");
}

void notify_reloading() {
  const std::string text = "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds());
  sd_notify(keep_environment, text.c_str());
}

void notify_stopping() {
  sd_notify(keep_environment, "STOPPING=1");
}

void notify_stopping(Duration limit) {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(limit).count();
  sd_notify(keep_environment, ("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(microseconds)).c_str());
}

void notify_status(std::string_view status) {
  sd_notify(keep_environment, ("STATUS=" + std::string(status)).c_str());
}

std::optional<Duration> watchdog_limit() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(keep_environment, &microseconds) <= 0) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::microseconds(microseconds));
}

void notify_alive() {
  sd_notify(keep_environment, "WATCHDOG=1");
}

}  // namespace gateway::net
