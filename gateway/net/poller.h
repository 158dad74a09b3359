#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/epoll.h>

#include "net/descriptor.h"

namespace gateway::net {

/// The sockets of one shard's data path in an epoll descriptor of their own, level-triggered. Asio only waits
/// until that one descriptor is readable: a registration with Asio and a completion for each datagram would
/// cost a third of the whole relay.
class Poller {
 public:
  static constexpr std::size_t events_max = 256;  // a call

  /// Throws std::system_error when there is no descriptor.
  Poller();

  /// Becomes readable when a socket has something.
  int descriptor() const { return epoll_.get(); }
  /// Watches `socket` for `events`; `key` comes back from ready(). False when the kernel has no memory or
  /// watch left.
  bool add(int socket, std::uint64_t key, std::uint32_t events = EPOLLIN);
  /// For other events than before.
  void change(int socket, std::uint64_t key, std::uint32_t events);
  void remove(int socket);
  /// Keys of sockets with something to do, at most events_max, without blocking. Valid until the next
  /// call.
  std::span<const epoll_event> ready();

 private:
  Descriptor epoll_;
  std::array<epoll_event, events_max> events_;
};

}  // namespace gateway::net
