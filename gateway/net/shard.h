#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/buffer_pool.h"
#include "base/time.h"
#include "crypto/system_random.h"
#include "net/datagram_io.h"
#include "net/due_timers.h"
#include "net/exchange_queue.h"
#include "net/link.h"
#include "net/listener.h"
#include "net/memory_budget.h"
#include "net/options.h"
#include "net/poller.h"
#include "net/record_meter.h"
#include "net/runtime.h"
#include "net/server_pool.h"
#include "net/session_slots.h"
#include "net/shared.h"
#include "net/spare_descriptor.h"
#include "net/stats.h"
#include "net/timer_wheel.h"
#include "net/turn_share.h"
#include "net/websocket_link.h"

namespace gateway::net {

/// One thread's share of the gateway: its sockets of every listener, the sessions whose clients the kernel
/// sends there, and one loop over them. Nothing here is locked; other threads may call stop() and read
/// stats().
class Shard {
 public:
  /// Opens the sockets; throws std::runtime_error. `options` and `shared` outlive this.
  Shard(const FixedOptions& options, const LimitOptions& limits, Shared& shared, Runtime runtime);
  ~Shard();

  /// Drops what came before every shard had bound its sockets: from then on the kernel sends those clients
  /// elsewhere, so an answer from here would leave them waiting. They repeat their Connect.
  void discard_early();
  /// Serves until stopped: the body of the shard's thread.
  void run();
  /// Ends every session; run() returns when all are told, or at `deadline`. Called again, the earliest
  /// counts.
  void stop(TimePoint deadline);
  /// Goes on with `runtime` instead, and ends the sessions that it doesn't admit; ready once this is so.
  std::future<void> use(Runtime runtime);
  /// Ends the first `share` (0 to 1) of the sessions there are.
  void end_some(double share);
  /// Asks the loop to turn, also when nothing happens: then it counts a beat.
  void beat();

  bool running() const { return running_.load(std::memory_order_relaxed); }
  const ShardStats& stats() const { return stats_; }

 private:
  using Index = SessionSlots::Index;

  static constexpr std::uint64_t listener_bit = std::uint64_t{1} << 63;  // of a poller key; the low half is
  static constexpr std::uint64_t stream_bit = std::uint64_t{1} << 62;    // an index

  void open_listeners();
  void open_udp(Listener& listener, std::size_t index);

  // The loop, around turn() (shard_loop.cpp).
  void wait();
  void work();
  void schedule();
  bool turn();
  void log_notices();
  void arm(TimePoint deadline);
  TimePoint deadline() const;

  // Receiving.
  void receive(std::uint64_t key);
  void receive_from_clients(std::uint32_t listener);
  bool admits(Listener& listener, const Address& client);
  void receive_from_server(Index index);
  void receive_from_stream(Index index, Side side);
  void dispatch(std::uint32_t listener, const Received& datagram);
  void ask_door(std::uint32_t listener, const Received& datagram, session::Proof wanted);
  void open_session(std::uint32_t listener, const Received& datagram, const session::DoorAnswer& answer);
  session::Proof proof_against(const SessionSlot& slot) const;
  void replace_session(Listener& listener, const Address& client);

  // What other threads ask (shard_reload.cpp).
  void take(Runtime runtime);
  void update_listeners();
  void end_denied();

  // Streams (shard_streams.cpp).
  void accept_stream(std::uint32_t listener, TcpSocket socket, const Address& client);
  void enter(std::uint32_t listener, const std::shared_ptr<WebSocketLink>& link, const Address& client);
  void entered(std::uint32_t listener, const std::shared_ptr<WebSocketLink>& link, const Address& client,
               HandshakeResult result);
  Index open_stream_session(std::uint32_t listener, const Address& client, const session::StreamClient& how);
  void connect_stream(Index index, const ChosenServer& server);
  void stream_connected(SessionId id, const ConnectResult& result);
  void count_handshake(const SessionSlot& slot, HandshakeResult result);
  void stop_streams();
  void stop_entering(Rejection why);

  // What is due.
  void run_exchanges();
  bool alive(SessionId id) const;
  /// Does it with the slot of each that is alive, first come first served, for a share of the turn; the
  /// others stay.
  template <class Do>
  void for_a_share(std::deque<SessionId>& queue, Do act) {
    if (queue.empty()) return;
    const TurnShare share;
    do {
      const SessionId next = queue.front();
      queue.pop_front();
      if (alive(next)) act(next.slot);
    } while (!queue.empty() && share.left());
  }
  void fire_timers();

  // Flushing.
  void mark(Index index);
  void flush(Listener& listener);
  void time_relayed(Listener& listener);
  void log_findings(Listener& listener);
  void settle(const Listener& listener, Index index);
  void queue_exchange(Index index);
  void drain_to_client(SessionSlot& slot);
  void drain_to_server(Index index);
  void discard_to_server(SessionSlot& slot);
  void queue_opening(Index index);
  void open_upstreams();
  void open_upstream(Index index, const session::UpstreamRequest& request);
  void connect_udp(Index index, const ChosenServer& server);
  void count_failed_connect(const SessionSlot& slot);
  void close_upstream(SessionSlot& slot);
  void count_progress(SessionSlot& slot);

  // Memory (shard_memory.cpp).
  void trim_buffers();
  void watch_memory();
  void note_bookkeeping(SessionSlot& slot);
  void shed_memory(std::size_t bytes, std::size_t used);
  void end_shed();

  // Capturing (shard_capture.cpp).
  void begin_capture(SessionSlot& slot);
  void hand_over_capture(SessionSlot& slot);
  void end_capture(SessionSlot& slot, std::string_view why);
  void end_capture(SessionSlot& slot);

  // Ends.
  void remove_closed();
  void remove(Index index);
  void log_end(const SessionSlot& slot);
  bool shows_clients() const;
  void count_violation(const SessionSlot& slot);
  void end_all();
  void end(Index index, session::End why);
  bool finished() const;

  Listener& listener_of(const SessionSlot& slot) { return listeners_[slot.listener]; }

  const FixedOptions& options_;
  Shared& shared_;
  Runtime runtime_;
  ShardStats stats_;
  BufferPool buffers_;  // both outlive what waits in the context
  LinkRoom links_;
  boost::asio::io_context context_{1};
  Poller poller_;
  boost::asio::posix::stream_descriptor readable_;  // a copy of the poller's descriptor
  boost::asio::steady_timer timer_;
  TimePoint armed_ = never;
  bool waiting_ = false;  // for the poller
  bool posted_ = false;   // another round of work
  bool working_ = false;  // in one, which ends only when nothing is left to do
  std::atomic<bool> running_{false};

  crypto::SystemRandom random_;
  std::vector<std::uint8_t> scratch_;
  SpareDescriptor spare_;
  SharedClocks clocks_;
  std::deque<ServerPool> pools_;                                      // by index of the pools
  std::deque<Listener> listeners_;                                    // by index of the listeners
  std::vector<session::Notices> notices_;                             // by index of the listeners
  std::map<std::shared_ptr<WebSocketLink>, std::uint32_t> entering_;  // with their listener
  SessionSlots sessions_;
  TimerWheel wheel_;
  DueTimers due_;
  ExchangeQueue exchanges_;
  MemoryShare memory_;
  RecordMeter records_;
  RecordMeter block_records_;          // their own: who is blocked often ends many sessions first
  std::size_t bookkeeping_bytes_ = 0;  // of all sessions

  TimePoint now_;           // of this turn
  bool behind_ = false;     // this turn left something to read
  std::uint32_t turn_ = 1;  // its number
  TimePoint turn_began_;    // now_ moves on after key exchanges
  TimePoint worked_;        // when the last round of work was over
  ReceiveBatch received_;
  SendBatch to_clients_;
  SendBatch to_server_;
  std::deque<SessionId> openings_;  // servers to be chosen and reached, first come first served
  std::vector<std::uint32_t> flushing_;
  std::deque<SessionId> closed_;  // sessions to be removed
  std::deque<SessionId> shed_;    // those that end for the memory they hold
  bool stopping_ = false;
  TimePoint stop_by_ = never;
};

}  // namespace gateway::net
