#pragma once

#include <functional>
#include <string>

namespace gateway::net {

/// What the admin port answers: GET only.
struct AdminPages {
  std::function<std::string()> metrics;    // /metrics: Prometheus text format
  std::function<bool()> ready;             // /readyz: 200 or 503; /livez is always 200
  std::function<std::string()> upstreams;  // /upstreams: JSON
  std::function<std::string()> status;     // /: HTML
};

}  // namespace gateway::net
