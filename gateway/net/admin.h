#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "base/address.h"
#include "net/admin_pages.h"

namespace gateway::net {

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
