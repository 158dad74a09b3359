#include "transport/lifecycle.h"

#include "transport/disconnect_code.h"

namespace gateway::transport {

Lifecycle::Lifecycle(const Options& options, Role role, TimePoint now)
    : options_(options),
      role_(role),
      state_(role == Role::client ? State::opening : State::open),
      heard_(now),
      acknowledged_(now),
      // Connect may be acknowledged and VerifyConnect still not come: then nothing is left that could time
      // out.
      until_(now + options.resend_deadline) {}

Phase Lifecycle::phase() const {
  switch (state_) {
    case State::opening:
      return Phase::opening;
    case State::open:
      return Phase::open;
    case State::flushing:
    case State::leaving:
    case State::left:
    case State::last_word:
    case State::acknowledging:
      return Phase::closing;
    case State::closed:
      break;
  }
  return Phase::closed;
}

void Lifecycle::verified(TimePoint now) {
  if (state_ == State::opening) state_ = State::open;
  acknowledged_ = now;
}

void Lifecycle::close(TimePoint now, CloseReason reason, Linger linger) {
  if (!keeps_data() || (state_ == State::flushing && linger == Linger::flush)) return;
  const bool was_opening = state_ == State::opening;
  end(reason);
  // What a client sends that gives up, or that timed out: unreliably, and it does not wait.
  if (role_ == Role::client && (was_opening || reason_.cause == Cause::timeout))
    return say_last_word(now, wire::Flags::unsequenced);
  if (linger == Linger::now) return leave(now);
  state_ = State::flushing;
  until_ = now + options_.linger;
}

void Lifecycle::peer_left(TimePoint now, std::uint8_t code, bool owes_ack) {
  if (state_ == State::closed) return;
  end({Cause::peer, code});
  state_ = owes_ack ? State::acknowledging : State::closed;
  until_ = now + options_.linger;
}

void Lifecycle::unanswered(TimePoint now) {
  if (state_ == State::opening || state_ == State::open) return time_out(now);
  if (state_ == State::flushing) leave(now);
}

void Lifecycle::flushed(TimePoint now) {
  if (state_ == State::flushing) leave(now);
}

void Lifecycle::acks_left() {
  if (state_ == State::acknowledging) state_ = State::closed;
}

std::optional<Lifecycle::Farewell> Lifecycle::farewell() const {
  if (state_ == State::leaving) return Farewell{wire::Flags::reliable, reason_.disconnect_code(), true};
  if (state_ == State::last_word) return Farewell{last_flags_, reason_.disconnect_code(), false};
  return std::nullopt;
}

void Lifecycle::farewell_sent() {
  if (state_ == State::leaving) state_ = State::left;
  if (state_ == State::last_word) state_ = State::closed;
}

void Lifecycle::farewell_acknowledged() {
  if (state_ == State::left) state_ = State::closed;
}

void Lifecycle::advance(TimePoint now) {
  if (now < deadline()) return;
  switch (state_) {
    case State::opening:
    case State::open:
      return time_out(now);
    case State::flushing:
      return leave(now);
    case State::leaving:
    case State::left:
    case State::last_word:
    case State::acknowledging:
      state_ = State::closed;
      return;
    case State::closed:
      return;
  }
}

TimePoint Lifecycle::deadline() const {
  if (state_ == State::closed) return never;
  return state_ == State::open ? heard_ + options_.silence : until_;
}

TimePoint Lifecycle::ping_due() const {
  if (state_ != State::open) return never;
  // A server may judge its clients by what it hears from them, also while it only streams to them. So a
  // client pings when it has long had no ack, a server when it has heard nothing.
  if (role_ == Role::client) return acknowledged_ + options_.ping_after;
  // A client that pings does so a second and a round trip after its last ack: just too late for our own
  // second.
  return heard_ + options_.ping_after + (peer_pings_ ? options_.ping_grace : Duration{});
}

void Lifecycle::leave(TimePoint now) {
  state_ = State::leaving;
  until_ = now + options_.linger;
}

void Lifecycle::say_last_word(TimePoint now, wire::Flags flags) {
  state_ = State::last_word;
  last_flags_ = flags;
  until_ = now + options_.linger;
}

void Lifecycle::time_out(TimePoint now) {
  end({Cause::timeout, code_timeout});
  // The server role asks for an ack, as a server does, but doesn't wait for it: the peer was silent for long
  // enough.
  say_last_word(now, role_ == Role::client ? wire::Flags::unsequenced : wire::Flags::reliable);
}

// What ended the connection first is the reason.
void Lifecycle::end(CloseReason reason) {
  if (reason_.cause == Cause::none) reason_ = reason;
}

}  // namespace gateway::transport
