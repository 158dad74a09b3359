// Reaching the server, and how each way of ending is carried to the other side.
#include <algorithm>

#include "session/session.h"
#include "transport/disconnect_code.h"

namespace gateway::session {

using transport::Cause;
using transport::CloseReason;
using transport::code_full;
using transport::code_normal;
using transport::code_server_logic;
using transport::code_timeout;
using transport::Connecting;
using transport::Linger;
using transport::Phase;
using transport::ReliableUdp;

namespace {

constexpr std::uint8_t attempts_max = 2;          // the first server and one other
constexpr Duration refusals_within = seconds(1);  // two network errors in this time: the server is gone

constexpr CloseReason leave{Cause::local, code_normal};

/// What one side said at its end, as the other side is told it: a stream that broke is broken off, a
/// WebSocket's close code passes.
CloseReason passed_on(CloseReason reason) {
  return {reason.cause == Cause::reset ? Cause::reset : Cause::local, reason.code};
}

bool left(Cause cause) {
  return cause == Cause::peer || cause == Cause::reset;
}

}  // namespace

void Session::want_upstream(TimePoint now, std::optional<upstream::ServerId> excluded) {
  connect_deadline_ = now + services_.options->connect_timeout / 2;
  upstream_wanted_ = true;
  excluded_ = excluded;
}

std::optional<UpstreamRequest> Session::wants_upstream() {
  if (!upstream_wanted_ || ended()) return std::nullopt;
  upstream_wanted_ = false;
  ++upstream_attempts_;
  // The former server's clock may end with this session's link to it.
  if (downstream().udp != nullptr) downstream().udp->forget_clock();
  clock_ = nullptr;
  return UpstreamRequest{excluded_};
}

void Session::upstream_opened(TimePoint now, upstream::ServerId server, transport::ServerClock& clock) {
  if (ended()) return;
  server_ = server;
  network_error_seen_ = false;
  if (stream_) {
    attach_stream(Side::upstream, transport::Role::client, now);
    return settle(now);
  }
  clock_ = &clock;
  const Connecting how{services_.random.u32() >> 1, channels_};
  upstream().attach(ReliableUdp::connecting(services_.options->upstream, services_.buffers,
                                            services_.stats.of(Side::upstream), how, now));
  downstream().udp->use_clock(clock);
}

void Session::attach_stream(Side side, transport::Role role, TimePoint now) {
  const auto& options =
      side == Side::downstream ? services_.options->downstream : services_.options->upstream;
  transport::Stats& stats = services_.stats.of(side);
  if (stream_->framing == StreamClient::Framing::tcp) {
    leg(side).attach(std::make_unique<transport::FramedStream>(options, services_.buffers, stats, role, now));
  } else {
    leg(side).attach(
        std::make_unique<transport::WholeMessages>(options, services_.buffers, stats, role, now));
    leg(side).opaque = !stream_->serialization;
  }
}

void Session::agreed(std::optional<message::Serialization> serialization) {
  stream_->serialization = serialization;
  record_.serialization = serialization.value_or(record_.serialization);
  downstream().opaque = !serialization;
}

// Another server of the pool would say the same.
void Session::upstream_declined(TimePoint now, std::uint16_t status) {
  if (ended()) return;
  finish(End::upgrade_declined, status);
  downstream().transport->close(now, {Cause::local, code_normal}, Linger::now);
}

void Session::upstream_error(TimePoint now, UpstreamError kind) {
  if (ended()) return;
  if (kind == UpstreamError::no_capacity) return fail(now, End::no_capacity, code_full);
  if (!upstream().is(Phase::opening) && !upstream().is(Phase::open)) {  // no socket was to be had
    connect_failed(now, End::upstream_refused);
    return settle(now);
  }
  const bool again = network_error_seen_ && now - first_network_error_ <= refusals_within;
  if (!again) {  // one alone may be an echo of the past
    first_network_error_ = now;
    network_error_seen_ = true;
    return;
  }
  connect_failed(now, End::upstream_refused);
  settle(now);
}

// Before a server took the session, one other may.
void Session::connect_failed(TimePoint now, End why) {
  if (upstream_connected_ || upstream_attempts_ >= attempts_max) return lose_server(now, why);
  if (upstream().exists()) upstream().transport->close(now, leave, Linger::now);
  want_upstream(now, server_);
}

void Session::check_connect(TimePoint now) {
  if (ended() || upstream_connected_) return;
  if (upstream().is(Phase::open)) {
    upstream_connected_ = true;
    connected(now);
  } else if (now >= connect_deadline_) {
    connect_failed(now, End::upstream_connect);
  }
}

void Session::connected(TimePoint now) {
  if (upstream().udp != nullptr) {
    clock_deadline_ = now + services_.options->clock_timeout;
    if (!clock_->known()) upstream().udp->request_server_time(now);
  } else if (upstream().messages != nullptr) {
    initialized_ = true;  // the upgrade is all the Init there is
    record_.initialized = now;
  }
}

void Session::carry_ends(TimePoint now) {
  if (ended()) return;
  // The messages before the client's farewell come first; those behind a running key exchange wait for it.
  const bool all_taken = !exchange_waiting_ && !unfinished(Side::downstream);
  if (downstream().ended_by_peer() && all_taken) return client_ended(now);
  const bool replaced = upstream_wanted_;
  if (!replaced && upstream().ended_by_peer() && !unfinished(Side::upstream)) return server_ended(now);
  if (!client_may_speak() && downstream().transport->held_bytes() > services_.options->before_init_max) {
    fail(now, End::before_init, code_server_logic);
  }
}

void Session::client_ended(TimePoint now) {
  const CloseReason reason = downstream().transport->close_reason();
  const Cause cause = reason.cause;
  if (left(cause)) {
    finish(End::client_disconnect, stream_ ? reason.code : 0);
    const CloseReason farewell = stream_ ? passed_on(reason) : leave;
    if (upstream().exists()) upstream().transport->close(now, farewell, Linger::flush);
    return;
  }
  if (cause == Cause::overflow) return fail_client(now, End::message_size);
  record_.violation = cause == Cause::protocol_error && is_known_client();
  finish(cause == Cause::timeout ? End::client_timeout : End::protocol_error, 0);
  if (upstream().exists()) upstream().transport->close(now, {Cause::timeout, code_timeout}, Linger::now);
}

void Session::server_ended(TimePoint now) {
  const CloseReason reason = upstream().transport->close_reason();
  if (left(reason.cause)) {
    finish(End::server_disconnect, reason.code);
    downstream().transport->close(now, passed_on(reason), Linger::flush);
    return;
  }
  if (reason.cause == Cause::overflow) return fail(now, End::message_size, code_server_logic);
  if (!upstream_connected_) return connect_failed(now, End::upstream_connect);
  lose_server(now, reason.cause == Cause::timeout ? End::server_timeout : End::protocol_error);
}

// The server is gone without a word: what it had sent still reaches the client, then "timeout".
void Session::lose_server(TimePoint now, End why) {
  finish(why, code_timeout);
  downstream().transport->close(now, {Cause::local, code_timeout}, Linger::flush);
  if (upstream().exists()) upstream().transport->close(now, leave, Linger::now);
}

// The gateway ends it: the client is told at once, nothing more of the server reaches it; the server gets
// what the client had sent before, unless that is the memory that is wanted back.
void Session::fail(TimePoint now, End why, std::uint16_t code) {
  finish(why, code);
  downstream().transport->close(now, {Cause::local, code}, Linger::now);
  const Linger linger = why == End::memory ? Linger::now : Linger::flush;
  if (upstream().exists()) upstream().transport->close(now, leave, linger);
}

// The same for what no client of the protocol does.
void Session::fail_client(TimePoint now, End why) {
  record_.violation = is_known_client();
  fail(now, why, code_server_logic);
}

void Session::end(TimePoint now, End why, std::uint16_t code) {
  if (!ended()) fail(now, why, code);
}

void Session::finish(End why, std::uint16_t code) {
  record_.end = why;
  record_.code = code;
  services_.stats.ended[static_cast<std::size_t>(why)].add();
}

}  // namespace gateway::session
