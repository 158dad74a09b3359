#include "net/capacity.h"

#include <algorithm>
#include <climits>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <string>
#include <sys/resource.h>

#include "net/descriptor.h"

namespace gateway::net {

namespace {

constexpr std::size_t spare = 128;  // log, admin port with its connections, libraries
constexpr std::size_t per_shard = 8;
constexpr const char* port_range_file = "/proc/sys/net/ipv4/ip_local_port_range";

/// Descriptors of one session. Which listeners they will come by isn't known, so the dearest is assumed.
std::size_t per_session(const Options& options) {
  const bool streams =
      std::any_of(options.listeners.begin(), options.listeners.end(),
                  [](const ListenerOptions& listener) { return is_stream(listener.scheme); });
  return streams ? 2 : 1;
}

std::size_t overhead(const Options& options) {
  std::size_t probes = 0;  // at most one a server
  for (const PoolOptions& pool : options.pools) probes += pool.servers.size();
  return options.threads * (options.listeners.size() + per_shard) + probes + spare;
}

std::size_t raise_descriptors(std::size_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < wanted) {  // only with CAP_SYS_RESOURCE
    rlimit more{.rlim_cur = wanted, .rlim_max = wanted};
    if (setrlimit(RLIMIT_NOFILE, &more) == 0) return wanted;
  }
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::size_t>(limit.rlim_cur);
}

std::size_t local_ports() {
  std::ifstream file(port_range_file);
  std::size_t first = 0;
  std::size_t last = 0;
  if (!(file >> first >> last) || last < first) return 28'232;  // the kernel's default
  return last - first + 1;
}

}  // namespace

SystemLimits raise_system_limits(std::size_t wanted) {
  return {.descriptors = raise_descriptors(wanted), .ports = local_ports()};
}

void reserve_descriptors(std::size_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t places =
      std::min({count, static_cast<std::size_t>(limit.rlim_cur), std::size_t{INT_MAX}});
  const Descriptor any(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!any || places == 0) return;
  const Descriptor last(fcntl(any.get(), F_DUPFD_CLOEXEC, static_cast<int>(places) - 1));
}

std::size_t descriptors_needed(const Options& options) {
  return options.limits.sessions * per_session(options) + overhead(options);
}

std::size_t fitting_sessions(const Options& options, const SystemLimits& system) {
  const std::size_t wanted = options.limits.sessions;
  const std::size_t left = system.descriptors - std::min(system.descriptors, overhead(options));
  const std::size_t by_descriptors = left / per_session(options);
  // The kernel picks the port of a UDP socket before it looks at the destination: one range for all servers.
  // TCP can use a port again toward another server, but nothing keeps the sessions from all having the same
  // one.
  const std::size_t fitting = std::min({wanted, by_descriptors, system.ports});
  if (fitting == wanted || (options.limits.sessions_auto && fitting > 0)) return fitting;
  const std::string instead =
      fitting > 0 ? " or set limits.sessions to " + std::to_string(fitting) + " or less" : "";
  const std::string sessions = "limits.sessions is " + std::to_string(wanted);
  if (fitting == by_descriptors) {
    throw std::runtime_error(sessions + ", which needs " + std::to_string(descriptors_needed(options)) +
                             " open files, but " + std::to_string(system.descriptors) +
                             " are allowed: raise LimitNOFILE (systemd) or ulimit -n" +
                             (instead.empty() ? "" : ",") + instead);
  }
  throw std::runtime_error(sessions + ", but there are only " + std::to_string(system.ports) +
                           " local ports for connections to servers: widen net.ipv4.ip_local_port_range" +
                           instead);
}

}  // namespace gateway::net
