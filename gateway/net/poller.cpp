#include "net/poller.h"

#include <cerrno>
#include <system_error>

namespace gateway::net {

Poller::Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "cannot create an epoll descriptor");
}

namespace {

epoll_event event_of(std::uint64_t key, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  return event;
}

}  // namespace

bool Poller::add(int socket, std::uint64_t key, std::uint32_t events) {
  epoll_event event = event_of(key, events);
  return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &event) == 0;
}

void Poller::change(int socket, std::uint64_t key, std::uint32_t events) {
  epoll_event event = event_of(key, events);
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, socket, &event);
}

void Poller::remove(int socket) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
}

std::span<const epoll_event> Poller::ready() {
  const int count = epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), 0);
  return {events_.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

}  // namespace gateway::net
