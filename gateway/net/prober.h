#pragma once

#include <deque>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/buffer_pool.h"
#include "crypto/system_random.h"
#include "net/probe.h"
#include "net/shared_pool.h"

namespace gateway::net {

/// Asks servers that nobody connected to lately whether they live, on a thread of its own: one for all pools.
class Prober {
 public:
  /// Begins at once; does nothing where no pool is probed. `pools` outlive this.
  explicit Prober(std::deque<SharedPool>& pools);
  /// Ends at once: probes under way are dropped.
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

 private:
  void probe_due_ones();
  void probe(SharedPool& pool, const ChosenServer& server);
  TimePoint next_due() const;

  std::deque<SharedPool>& pools_;
  BufferPool buffers_;  // both outlive what waits in the context
  crypto::SystemRandom random_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_;
  ProbeRoom room_;
  std::thread thread_;
};

}  // namespace gateway::net
