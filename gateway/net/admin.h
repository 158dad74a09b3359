#pragma once

#include <cstddef>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "base/address.h"
#include "base/time.h"
#include "net/admin_pages.h"

namespace gateway::net {

/// A small HTTP server for the operator, on the caller's io_context.
class Admin {
 public:
  static constexpr std::size_t connections_max = 64;

  /// A connection ends that takes longer than `patience` for a request, for its answer, or between two.
  /// Throws std::runtime_error when it can't listen.
  Admin(boost::asio::io_context& context, const Address& listen, AdminPages pages,
        Duration patience = seconds(10));
  ~Admin();

 private:
  class Server;
  std::shared_ptr<Server> server_;
};

}  // namespace gateway::net
