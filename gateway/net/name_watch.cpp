#include "net/name_watch.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <pthread.h>
#include <utility>

namespace gateway::net {

struct NameWatch::State {
  std::vector<ServerName> names;
  const Resolve resolve;
  const Duration interval;
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;  // under mutex, as the next; then `names` are used no longer
  bool asking = false;

  void run() {
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, interval, [this] { return stopping; })) {
      for (std::size_t i = 0; i < names.size() && !stopping; ++i) ask(names[i], lock);
    }
  }

  void ask(ServerName& name, std::unique_lock<std::mutex>& lock) {
    const std::string host = name.host();
    const std::uint16_t port = name.port();
    asking = true;
    lock.unlock();
    const Resolved answer = resolve(host, port);
    lock.lock();
    asking = false;
    if (!stopping) name.take(answer, std::chrono::steady_clock::now());
  }
};

NameWatch::NameWatch(std::vector<ServerName> names, Resolve resolve, Duration interval)
    : state_(new State{.names = std::move(names),
                       .resolve = std::move(resolve),
                       .interval = interval,
                       .mutex = {},
                       .changed = {}}) {
  if (state_->names.empty()) return;
  thread_ = std::thread([state = state_] { state->run(); });
  pthread_setname_np(thread_.native_handle(), "names");
}

NameWatch::~NameWatch() {
  if (!thread_.joinable()) return;
  bool asking = false;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    asking = state_->asking;
  }
  state_->changed.notify_all();
  asking ? thread_.detach() : thread_.join();
}

}  // namespace gateway::net
