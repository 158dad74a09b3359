#pragma once

#include <optional>

#include "base/buffer_pool.h"
#include "base/ring.h"
#include "transport/options.h"
#include "transport/stats.h"
#include "transport/transport.h"

namespace gateway::transport {

/// What connections over TCP and WebSocket have in common: order and reliability come from below, so all that
/// is left is how they end. Phase open from the start. Source: README.md, "Streams".
class Stream : public Transport {
 public:
  void close(TimePoint now, CloseReason reason, Linger linger) final;
  void advance(TimePoint now) final;
  TimePoint deadline() const final;
  Phase phase() const final { return phase_; }
  CloseReason close_reason() const final { return reason_; }
  /// Bytes accepted by send() that next_output() hasn't given yet.
  std::size_t queued_bytes() const final { return queued_; }
  /// The same with what each message costs besides: what `buffered` bounds.
  std::size_t queue_cost() const { return queued_ + messages_ * message_cost; }

  /// The peer sends nothing more: its FIN or close frame (cause peer), or the stream broke (cause reset,
  /// which may follow). Over when the messages that came before it were taken.
  void end_of_input(CloseReason reason);
  /// Nothing is read from the peer at present, so its silence means nothing.
  void not_listening(TimePoint now) { heard_ = now; }
  /// A part of a message came, which the driver keeps until it is whole.
  void arriving(TimePoint now) { heard_ = now; }

 protected:
  Stream(const Options& options, BufferPool& pool, Stats& stats, Role role, TimePoint now);

  /// Takes note of input; false when it comes too late to be taken.
  bool hears(TimePoint now, std::size_t bytes);
  /// Room for a message of `bytes` more?
  SendStatus admits(std::size_t bytes) const;
  /// One more message of `bytes` is queued.
  void queued(TimePoint now, std::size_t bytes);
  /// `bytes` of the output were taken, which were the rest of `messages`.
  void taken(TimePoint now, std::size_t bytes, std::size_t messages);
  /// Ends it at once: input and output are dropped.
  void fail(CloseReason reason);
  /// To be called when no message is left to be taken: the peer's end may be reached.
  void input_taken();

  /// A message costs more than its bytes: at least a buffer and its place in a queue, which count too.
  static constexpr std::size_t message_cost = 64;
  /// A queue that was long keeps no room for that when it is empty.
  template <class T>
  static void give_room_back(Ring<T>& queue) {
    constexpr std::size_t kept_room = 128;
    if (queue.empty() && queue.room() > kept_room) queue.clear();
  }

  virtual bool has_payload() const = 0;
  virtual void drop_input() = 0;
  virtual void drop_output() = 0;

  const Options& options_;
  BufferPool& pool_;
  Stats& stats_;
  const Role role_;

 private:
  void end(CloseReason reason);

  Phase phase_ = Phase::open;
  CloseReason reason_;
  std::optional<CloseReason> input_end_;
  bool broken_ = false;  // neither direction carries anything any more
  TimePoint heard_;
  TimePoint taken_{};            // when the peer last took something, or had nothing to take
  TimePoint flush_by_ = never;   // closing: moves with what the peer takes,
  TimePoint flush_end_ = never;  // but not beyond this
  std::size_t queued_ = 0;       // bytes
  std::size_t messages_ = 0;     // that wait, the one that was taken in part included
};

}  // namespace gateway::transport
