#include "net/stream_listener.h"

#include <utility>

#include <spdlog/spdlog.h>

#include "base/log_line.h"
#include "net/stream_socket.h"

namespace gateway::net {

using boost::system::error_code;

namespace {

constexpr Duration accept_pause = milliseconds(100);
constexpr int turned_away_max = 64;  // between two pauses

}  // namespace

StreamListener::StreamListener(boost::asio::io_context& context, const ListenerOptions& options,
                               ListenerStats& stats, SpareDescriptor& spare, Accepted accepted)
    : options_(options),
      stats_(stats),
      spare_(spare),
      acceptor_(open_acceptor(context, options)),
      timer_(context),
      accepted_(std::move(accepted)) {
  acceptor_.non_blocking(true);
}

void StreamListener::accept() {
  acceptor_.async_accept([this](error_code error, Socket socket) {
    if (error == boost::asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (error) return failed(error);
    error_code gone;
    const auto client = socket.remote_endpoint(gone);
    if (!gone) accepted_(std::move(socket), from_endpoint(client));
    accept();
  });
}

// Accepting fails at once, again and again, while there are no descriptors.
void StreamListener::failed(const error_code& error) {
  stats_.accept_failures.add();
  if (!std::exchange(told_, true)) {
    spdlog::warn(LogLine("cannot accept a connection")
                     .text("listener", options_.name)
                     .text("error", error.message())
                     .note("clients wait, or are turned away if it is about open files: then raise "
                           "LimitNOFILE (systemd), ulimit -n or the system's fs.file-max; further ones are "
                           "only counted")
                     .str());
  }
  if (lacks_descriptor(error)) turn_away();
  pause();
}

void StreamListener::turn_away() {
  for (int i = 0; i < turned_away_max && turn_one_away(); ++i) {
    stats_.reject(Rejection::descriptors);
  }
}

/// Whoever waits is told by the end of the connection instead of waiting on.
bool StreamListener::turn_one_away() {
  spare_.give_up();
  error_code error;
  { const Socket closed_at_once = acceptor_.accept(error); }
  spare_.keep();
  return !error;
}

void StreamListener::pause() {
  timer_.expires_after(accept_pause);
  timer_.async_wait([this](error_code error) {
    if (error || !acceptor_.is_open()) return;
    spare_.keep();
    accept();
  });
}

void StreamListener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  timer_.cancel();
}

}  // namespace gateway::net
