#include "net/admin.h"

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "base/time.h"
#include "net/address.h"
#include "net/admin_answer.h"
#include "net/spare_descriptor.h"
#include "net/stream_socket.h"

namespace gateway::net {

namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr Duration accept_pause = milliseconds(200);

}  // namespace

class Admin::Server : public std::enable_shared_from_this<Server> {
 public:
  Server(boost::asio::io_context& context, const Address& listen, AdminPages pages, Duration patience)
      : acceptor_(context), timer_(context), pages_(std::move(pages)), patience_(patience) {
    try {
      acceptor_ = tcp::acceptor(context, to_endpoint(listen));
      acceptor_.non_blocking(true);
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error("admin: cannot listen on http://" + to_text(listen) + ": " +
                               error.code().message() +
                               "; change admin.listen in the configuration file, or write admin: off");
    }
  }

  void accept();
  void close() {
    error_code ignored;
    acceptor_.close(ignored);
    timer_.cancel();
  }

  const AdminPages& pages() const { return pages_; }
  Duration patience() const { return patience_; }
  /// Ends a connection; its place becomes the spare one that is missing, before a shard can take it.
  void close(tcp::socket& socket) {
    --connections_;
    error_code error;
    const int descriptor = socket.is_open() ? socket.release(error) : -1;
    if (descriptor >= 0 && !error) spare_to_keep().keep_instead_of(descriptor, null_.get());
    keep_spares();
  }

 private:
  void take(tcp::socket socket);
  void accept_with_spares();
  void keep_spares();
  SpareDescriptor& spare_to_keep() { return spares_[0].kept() ? spares_[1] : spares_[0]; }
  void pause();

  tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;
  AdminPages pages_;
  const Duration patience_;
  std::size_t connections_ = 0;
  // One for a connection, the other for what its answer reads below /proc: while descriptors are exhausted
  // the operator wants to see it.
  std::array<SpareDescriptor, 2> spares_;
  const Descriptor null_{open("/dev/null", O_RDONLY | O_CLOEXEC)};  // what stands in the place of a spare one
};

namespace {

/// One connection: a request, its answer, the next request. It keeps itself alive through its handlers.
template <class Server>
class Connection : public std::enable_shared_from_this<Connection<Server>> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<Server> server)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), server_(std::move(server)) {}
  ~Connection() { server_->close(socket_); }

  void read() {
    parser_.emplace();
    set_limits(*parser_);
    wait();
    http::async_read(socket_, buffer_, *parser_,
                     [self = this->shared_from_this()](error_code error, std::size_t) {
                       if (!error) self->write();
                     });
  }

 private:
  // Not that of Beast's stream, which closes the socket itself: then its descriptor is anybody's.
  void wait() {
    timer_.expires_after(server_->patience());
    timer_.async_wait([weak = this->weak_from_this()](error_code error) {
      const auto self = weak.lock();
      error_code ignored;
      // Not cancel(): between two steps of a read there is nothing to cancel, and it would go on for ever.
      if (self && !error) self->socket_.shutdown(tcp::socket::shutdown_both, ignored);
    });
  }

  void write() {
    wait();
    const bool head = parser_->get().method() == http::verb::head;
    response_ = answer(parser_->get(), server_->pages());
    serializer_.emplace(response_);
    serializer_->split(head);  // the header of HEAD's answer says how long the body would be
    const auto done = [self = this->shared_from_this()](error_code error, std::size_t) {
      if (!error) self->written();
    };
    if (head) {
      http::async_write_header(socket_, *serializer_, done);
    } else {
      http::async_write(socket_, *serializer_, done);
    }
  }

  void written() {
    if (response_.keep_alive()) return read();
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }

  tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<Server> server_;
  boost::beast::flat_buffer buffer_{admin_header_bytes_max};
  std::optional<AdminParser> parser_;
  AdminResponse response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
};

}  // namespace

void Admin::Server::accept() {
  acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
    if (!self->acceptor_.is_open()) return;
    if (error) {
      if (lacks_descriptor(error)) self->accept_with_spares();
      return self->pause();
    }
    self->take(std::move(socket));
    self->accept();
  });
}

void Admin::Server::accept_with_spares() {
  for (SpareDescriptor& spare : spares_) spare.give_up();
  error_code error;
  tcp::socket socket = acceptor_.accept(error);
  if (error) return keep_spares();
  take(std::move(socket));
}

void Admin::Server::keep_spares() {
  for (SpareDescriptor& spare : spares_) spare.keep();
}

/// Accepting fails at once, again and again, while there are no descriptors.
void Admin::Server::pause() {
  timer_.expires_after(accept_pause);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (error || !self->acceptor_.is_open()) return;
    self->keep_spares();
    self->accept();
  });
}

void Admin::Server::take(tcp::socket socket) {
  if (connections_ >= connections_max) return;  // which closes it
  ++connections_;
  std::make_shared<Connection<Server>>(std::move(socket), shared_from_this())->read();
}

Admin::Admin(boost::asio::io_context& context, const Address& listen, AdminPages pages, Duration patience)
    : server_(std::make_shared<Server>(context, listen, std::move(pages), patience)) {
  server_->accept();
}

Admin::~Admin() {
  server_->close();
}

}  // namespace gateway::net
