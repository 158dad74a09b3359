#include "net/stream_listener.h"

#include <utility>

#include "net/stream_socket.h"

namespace gateway::net {

using boost::system::error_code;

namespace {

constexpr Duration accept_pause = milliseconds(100);

}  // namespace

StreamListener::StreamListener(boost::asio::io_context& context, const ListenerOptions& options,
                               Accepted accepted)
    : acceptor_(open_acceptor(context, options)), timer_(context), accepted_(std::move(accepted)) {}

void StreamListener::accept() {
  acceptor_.async_accept([this](error_code error, Socket socket) {
    if (error == boost::asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (error) return pause();
    error_code gone;
    const auto client = socket.remote_endpoint(gone);
    if (!gone) accepted_(std::move(socket), from_endpoint(client));
    accept();
  });
}

// Accepting fails at once, again and again, while there are no descriptors.
void StreamListener::pause() {
  timer_.expires_after(accept_pause);
  timer_.async_wait([this](error_code error) {
    if (!error && acceptor_.is_open()) accept();
  });
}

void StreamListener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  timer_.cancel();
}

}  // namespace gateway::net
