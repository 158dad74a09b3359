#include "net/prober.h"

#include <algorithm>
#include <chrono>
#include <pthread.h>

namespace gateway::net {

Prober::Prober(std::deque<SharedPool>& pools)
    : pools_(pools), timer_(context_), room_{.context = context_, .buffers = buffers_, .random = random_} {
  if (next_due() == never) return;
  thread_ = std::thread([this] {
    probe_due_ones();
    context_.run();
  });
  pthread_setname_np(thread_.native_handle(), "prober");
}

Prober::~Prober() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

// What a success put off is found not to be due yet and waited for again.
void Prober::probe_due_ones() {
  for (SharedPool& pool : pools_) {
    while (const auto server = pool.next_probe(std::chrono::steady_clock::now())) probe(pool, *server);
  }
  timer_.expires_at(next_due());
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) probe_due_ones();
  });
}

void Prober::probe(SharedPool& pool, const ChosenServer& server) {
  const auto start = is_stream(pool.scheme()) ? probe_tcp : probe_udp;
  start(room_, server.address, pool.health().timeout, [&pool, server](ProbeResult result) {
    pool.probed(server, result, std::chrono::steady_clock::now());
  });
}

TimePoint Prober::next_due() const {
  TimePoint due = never;
  for (const SharedPool& pool : pools_) due = std::min(due, pool.probe_due());
  return due;
}

}  // namespace gateway::net
