// What other threads ask of a shard while it serves, each carried out between two turns of its loop.
#include <algorithm>
#include <cmath>
#include <utility>

#include <boost/asio/post.hpp>

#include "net/shard.h"

namespace gateway::net {

void Shard::stop(TimePoint deadline) {
  boost::asio::post(context_, [this, deadline] {
    stopping_ = true;
    stop_by_ = std::min(stop_by_, deadline);
    stop_streams();
    end_all();
    work();
  });
}

std::future<void> Shard::use(Runtime runtime) {
  std::packaged_task<void()> task(
      [this, runtime = std::move(runtime)]() mutable { take(std::move(runtime)); });
  std::future<void> done = task.get_future();
  boost::asio::post(context_, std::move(task));
  return done;
}

void Shard::take(Runtime runtime) {
  runtime_ = std::move(runtime);
  update_listeners();
  exchanges_.use(runtime_.exchange_queue, runtime_.exchange_wait);
  exchanges_.rates_changed();
  end_denied();
  schedule();
}

/// Those whose WebSocket is on its way are looked at when it arrives.
void Shard::end_denied() {
  now_ = std::chrono::steady_clock::now();
  for (Index i = 0; i < sessions_.size(); ++i) {
    if (!runtime_.access.admits(sessions_[i].client)) end(i, session::End::access);
  }
}

void Shard::end_some(double share) {
  boost::asio::post(context_, [this, share] {
    now_ = std::chrono::steady_clock::now();
    const auto count = static_cast<Index>(std::ceil(share * sessions_.size()));
    for (Index i = 0; i < count; ++i) end(i, session::End::shutdown);
    schedule();
  });
}

void Shard::beat() {
  boost::asio::post(context_, [this] { stats_.beats.add(); });
}

}  // namespace gateway::net
