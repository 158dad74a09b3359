#include "config/log_sink.h"

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace gateway::config {

void LogSink::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  if (!write({line.data(), line.size()})) lines_lost_.fetch_add(1, std::memory_order_relaxed);
}

/// False when the line, or its end, is lost.
bool LogSink::write(std::string_view line) const {
  while (!line.empty()) {
    const ssize_t written = ::write(descriptor_, line.data(), line.size());
    if (written >= 0) {
      line.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // whoever started us made it non-blocking
      pollfd room{.fd = descriptor_, .events = POLLOUT, .revents = 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace gateway::config
