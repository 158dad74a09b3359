// A shard's loop, and one turn of it:
//   1 receive        every readable socket, in batches, a listener's for a quarter of a millisecond: a
//                    client's datagram goes to the session of its address, or to the door; a server's to
//                    the session that owns the socket
//   2 run exchanges  for a quarter of a millisecond
//   3 fire timers    of the sessions whose deadline has come; so many at most, and later while input waits
//   4 flush          each session that any of this touched, once: all datagrams to clients of one listener
//                    leave together, those to a server through the session's own socket; then servers are
//                    chosen, for a quarter of one
//   5 remove         the sessions that are over, for as long; then see whether all of them hold
//                    too much memory
// Data never waits on a timer: the loop sleeps only when nothing is readable, due or dirty.
#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>

#include "net/shard.h"

namespace gateway::net {

namespace {

constexpr int turns_max = 16;                     // before Asio's own work gets a chance
constexpr Duration work_pause = milliseconds(1);  // longest time that Asio's own work gets between two rounds

}  // namespace

void Shard::run() {
  for (Listener& listener : listeners_) {
    if (listener.stream) listener.stream->start();
  }
  wait();
  running_ = true;
  // A storm of TLS handshakes makes Asio's handlers a hundred at a time, a millisecond each.
  while (context_.run_one() > 0) {
    if (std::chrono::steady_clock::now() - worked_ > work_pause) work();
  }
  running_ = false;
}

void Shard::wait() {
  waiting_ = true;
  readable_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this](boost::system::error_code error) {
                         waiting_ = false;
                         if (!error) work();
                       });
}

void Shard::work() {
  bool more = true;
  working_ = true;
  for (int turns = 0; more && turns < turns_max; ++turns) more = turn();
  working_ = false;
  worked_ = std::chrono::steady_clock::now();
  if (finished()) {
    for (Index i = 0; i < sessions_.size(); ++i) remove(i);
    return context_.stop();
  }
  arm(deadline());
  if (!more) {
    if (!waiting_) wait();
  } else {
    schedule();
  }
}

/// Another round once what is ready by now was handled.
void Shard::schedule() {
  if (working_ || std::exchange(posted_, true)) return;
  boost::asio::post(context_, [this] {
    posted_ = false;
    work();
  });
}

/// True when there is more to do at once.
bool Shard::turn() {
  now_ = turn_began_ = std::chrono::steady_clock::now();
  ++turn_;
  const auto ready = poller_.ready();
  behind_ = ready.size() == Poller::events_max;
  for (const epoll_event& event : ready) receive(event.data.u64);
  run_exchanges();
  fire_timers();
  for (Listener& listener : listeners_) flush(listener);
  open_upstreams();
  remove_closed();
  trim_buffers();
  watch_memory();
  log_notices();
  // What became readable meanwhile ends the wait for the poller at once.
  return behind_ || due_.left() || !openings_.empty() || !closed_.empty() || !shed_.empty() ||
         buffers_.surplus_bytes() > 0 || exchanges_.deadline() <= now_ ||
         std::any_of(listeners_.begin(), listeners_.end(),
                     [](const Listener& l) { return !l.dirty.empty(); });
}

void Shard::log_notices() {
  for (std::size_t i = 0; i < notices_.size(); ++i) {
    while (notices_[i].has_new()) shared_.notices.write(options_.listeners[i].name, notices_[i].take());
  }
}

/// Asio's timer is as lazy as the wheel: it moves only to an earlier time.
void Shard::arm(TimePoint deadline) {
  if (deadline >= armed_) return;
  armed_ = deadline;
  timer_.expires_at(deadline);
  const TimePoint asked = std::max(deadline, now_);  // it is past already where timers wait for input
  timer_.async_wait([this, asked](boost::system::error_code error) {
    if (error) return;  // moved
    armed_ = never;
    stats_.loop_lag.observe(std::chrono::steady_clock::now() - asked);
    work();
  });
}

TimePoint Shard::deadline() const {
  return std::min({wheel_.next(), exchanges_.deadline(), memory_.deadline(), stop_by_});
}

bool Shard::finished() const {
  return stopping_ && ((sessions_.used() == 0 && links_.links == 0) || now_ >= stop_by_);
}

}  // namespace gateway::net
