#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/address.h"

namespace gateway::net {

/// What the admin port answers: GET only.
struct AdminPages {
  std::function<std::string()> metrics;    // /metrics: Prometheus text format
  std::function<bool()> ready;             // /readyz: 200 or 503; /livez is always 200
  std::function<std::string()> upstreams;  // /upstreams: JSON
};

/// A small HTTP server for the operator, on the caller's io_context. Throws std::runtime_error when it can't
/// listen.
class Admin {
 public:
  Admin(boost::asio::io_context& context, const Address& listen, AdminPages pages);
  ~Admin();

 private:
  class Server;
  std::shared_ptr<Server> server_;
};

}  // namespace gateway::net
