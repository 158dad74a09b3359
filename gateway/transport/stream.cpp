#include "transport/stream.h"

#include <algorithm>

#include "transport/disconnect_code.h"

namespace gateway::transport {

Stream::Stream(const Options& options, BufferPool& pool, Stats& stats, Role role, TimePoint now)
    : options_(options), pool_(pool), stats_(stats), role_(role), heard_(now) {}

bool Stream::hears(TimePoint now, std::size_t bytes) {
  stats_.bytes_received.add(bytes);
  heard_ = now;
  if (phase_ == Phase::open && !input_end_) return true;
  stats_.drop(Drop::not_open);
  return false;
}

SendStatus Stream::admits(std::size_t bytes) const {
  if (phase_ != Phase::open) return SendStatus::dropped;
  const bool fits = queue_cost() + bytes + message_cost <= options_.buffered;
  return fits ? SendStatus::queued : SendStatus::overflow;
}

void Stream::queued(TimePoint now, std::size_t bytes) {
  if (queued_ == 0) taken_ = now;
  queued_ += bytes;
  ++messages_;
}

void Stream::taken(TimePoint now, std::size_t bytes, std::size_t messages) {
  stats_.bytes_sent.add(bytes);
  taken_ = now;
  queued_ -= bytes;
  messages_ -= messages;
  if (phase_ != Phase::closing) return;
  flush_by_ = std::min(now + options_.linger, flush_end_);
  if (queued_ == 0) end(reason_);
}

void Stream::end_of_input(CloseReason reason) {
  broken_ = broken_ || reason.cause == Cause::reset;
  if (!input_end_) input_end_ = reason;
  if (phase_ == Phase::closing && broken_) return fail(reason_);  // nobody takes the rest
  input_taken();
}

void Stream::input_taken() {
  if (phase_ == Phase::open && input_end_ && !has_payload()) fail(*input_end_);
}

void Stream::close(TimePoint now, CloseReason reason, Linger linger) {
  if (phase_ == Phase::closed) return;
  if (phase_ == Phase::open) reason_ = reason;
  drop_input();
  if (linger == Linger::now || queued_ == 0 || broken_) return fail(reason_);
  if (phase_ == Phase::closing) return;
  phase_ = Phase::closing;
  flush_end_ = now + options_.silence;
  flush_by_ = std::min(now + options_.linger, flush_end_);
}

void Stream::advance(TimePoint now) {
  if (now < deadline()) return;
  fail(phase_ == Phase::closing ? reason_ : CloseReason{Cause::timeout, code_timeout});
}

TimePoint Stream::deadline() const {
  if (phase_ == Phase::closing) return flush_by_;
  if (phase_ == Phase::closed) return never;
  // A server has no duty to speak, a client pings; either must take what waits for it.
  const TimePoint silent = role_ == Role::server ? heard_ + options_.silence : never;
  return queued_ > 0 ? std::min(silent, taken_ + options_.silence) : silent;
}

void Stream::fail(CloseReason reason) {
  drop_input();
  drop_output();
  queued_ = messages_ = 0;
  end(reason);
}

void Stream::end(CloseReason reason) {
  phase_ = Phase::closed;
  reason_ = reason;
}

}  // namespace gateway::transport
