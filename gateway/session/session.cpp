// How a message passes, in the order of the functions below:
//   1 receive     bytes of one side go into its leg's transport
//   2 settle      what that made possible is done: Init is taken, relay both ways, then see whether a side
//                 ended
//   3 relay       next_message (open) → decide → seal → send, one message after another
//   4 decide      key exchanges and what can't be opened are handled here, and what rules demand (rules.cpp);
//                 all else goes on
//   5 next_output the other leg's transport writes what leaves
// What the gateway answers itself is in handshake.cpp; reaching the server and ending are in ends.cpp.
#include "session/session.h"

#include <algorithm>
#include <utility>

#include "message/key_exchange.h"
#include "transport/disconnect_code.h"

namespace gateway::session {

using transport::Phase;
using transport::ReliableUdp;
using transport::SendStatus;

namespace {

/// Messages of a side that are taken at once: a peer can make thousands ready with one datagram, and whoever
/// else plays on the shard waits meanwhile. A server isn't told to wait for what a rate would allow it.
constexpr std::size_t share_of(Side from) {
  return from == Side::downstream ? 64 : 512;
}
constexpr Duration share_pause = microseconds(100);  // shards look once a millisecond

}  // namespace

Session::Session(const Services& services, TimePoint now)
    : services_(services),
      legs_{Leg(services.scratch), Leg(services.scratch)},
      confidentiality_(services.policy, services.raised),
      init_deadline_(now + services.options->init_timeout),
      message_rate_(services.options->messages_per_second),
      control_rate_(services.options->messages_per_second) {
  record_.opened = now;
  services_.stats.opened.add();
}

Session::Session(const Services& services, const transport::Accepted& client, TimePoint now)
    : Session(services, now) {
  channels_ = client.channels;
  downstream().attach(ReliableUdp::accepted(services.options->downstream, services.buffers,
                                            services.stats.of(Side::downstream), client, now));
  want_upstream(now, std::nullopt);
}

Session::Session(const Services& services, const StreamClient& client, TimePoint now)
    : Session(services, now) {
  stream_ = client;
  attach_stream(Side::downstream, transport::Role::server, now);
  downstream().confidential = client.confidential;
  if (client.framing == StreamClient::Framing::tcp) return;
  record_.serialization = client.serialization.value_or(record_.serialization);
  init_taken_ = init_relayed_ = true;
  want_upstream(now, std::nullopt);
}

Session::~Session() = default;

void Session::receive(Side from, TimePoint now, Bytes bytes) {
  if (!leg(from).exists()) return;
  leg(from).transport->receive(now, bytes);
  count_empty(from, now, bytes);
  if (from == Side::upstream && upstream().udp != nullptr) {
    const auto sample = upstream().udp->take_clock_sample();
    if (sample && clock_ != nullptr) clock_->observe(*sample);
    if (upstream().udp->met_encryption()) services_.notices.note(Notice::datagram_encryption);
  }
  settle(now);
}

void Session::receive_text(Side from, TimePoint now, Bytes message) {
  if (leg(from).messages == nullptr) return;
  leg(from).messages->receive_text(now, message);
  count_empty(from, now, message);
  settle(now);
}

void Session::end_of_input(Side from, TimePoint now, transport::CloseReason reason) {
  if (leg(from).stream == nullptr) return;
  leg(from).stream->end_of_input(reason);
  settle(now);
}

// Time passes here too: an input may come at the very moment at which something is due.
void Session::settle(TimePoint now) {
  downstream().keys.advance(now);
  if (now >= clock_deadline_) clock_overdue_ = true;
  if (now >= resume_at_) resume_at_ = never;
  take_init(now);
  check_connect(now);
  relay_init(now);
  advance_keys(now);
  relay(Side::downstream, now);
  relay(Side::upstream, now);
  if (!ended() && !initialized_ && now >= init_deadline_)
    fail(now, End::init_timeout, transport::code_timeout);
  carry_ends(now);
}

void Session::relay(Side from, TimePoint now) {
  Leg& source = leg(from);
  Leg& target = leg(opposite(from));
  unfinished(from) = false;
  for (std::size_t left = share_of(from); takes(from); --left) {
    if (left == 0) {
      unfinished(from) = true;  // perhaps for nothing, but only a look shows that the last one was taken
      goes_on_at_ = now + share_pause;
      return;
    }
    auto message = source.next_message();
    if (!message) return;
    if (from == Side::downstream && !within_rate(now)) return;
    if (!*message) {
      services_.stats.decrypt_failures.add();
      return fail_client(now, End::bad_encryption);
    }
    if (capture_ != nullptr) capture_message(from, **message, now);
    const Verdict verdict = decide(from, **message, now);
    const bool sealed = verdict == Verdict::forward && seals(opposite(from), **message);
    if (capture_ != nullptr) capture_verdict(**message, verdict, sealed);
    if (verdict == Verdict::ended) return;
    if (verdict == Verdict::consumed) continue;
    const SendStatus status = target.transport->send(now, target.seal(**message, sealed));
    if (status == SendStatus::overflow) return fail(now, End::buffered, transport::code_server_logic);
    note_congestion(opposite(from));
    count(from, **message, sealed);
  }
}

// Whether a message of this side may be taken now. What isn't taken waits in its leg.
bool Session::takes(Side from) const {
  const Side to = opposite(from);
  if (ended() || !leg(from).exists() || !leg(to).is(Phase::open)) return false;
  if (congested_[static_cast<std::size_t>(to)]) return false;
  if (from == Side::downstream) return !exchange_waiting_ && resume_at_ == never && client_may_speak();
  // The client threw its key away when it asked for another: what is sealed meanwhile would be lost.
  if (exchange_waiting_ && leg(Side::downstream).keys.present()) return false;
  if (stream_ || !init_relayed_) return init_relayed_;
  // Clients read the server's clock right after InitResponse, so we should know it by then.
  return initialized_ || clock_->known() || clock_overdue_ || leg(from).ended_by_peer();
}

// On UDP the server's InitResponse comes first: what other channels carry could overtake Init. On a stream
// nothing can, and the client's pings should not wait.
bool Session::client_may_speak() const {
  return initialized_ || (stream_ && init_relayed_);
}

// Counts a message of the client. A stream that is over the rate is paused behind it, so that TCP slows its
// client; a datagram socket can't be paused: there the session ends.
bool Session::within_rate(TimePoint now) {
  if (message_rate_.count(now)) return true;
  if (!stream_) {
    fail(now, End::message_rate, transport::code_server_logic);
    return false;
  }
  services_.stats.paused_reads.add();
  resume_at_ = message_rate_.resumes();
  return true;
}

// The transport drops an empty message of a WebSocket, so it is never taken; to read it costs as much as
// another.
void Session::count_empty(Side from, TimePoint now, Bytes message) {
  if (from == Side::downstream && downstream().messages != nullptr && message.empty()) within_rate(now);
}

// A stream is paused while more than half of `buffered` is queued behind it, until less than a quarter is. A
// datagram socket can't be paused: there an overflow ends the session.
void Session::note_congestion(Side side) {
  if (!stream_) return;
  const std::size_t queued = leg(side).stream->queue_cost();
  const transport::Options& options =
      side == Side::downstream ? services_.options->downstream : services_.options->upstream;
  bool& congested = congested_[static_cast<std::size_t>(side)];
  congested = queued > (congested ? options.buffered / 4 : options.buffered / 2);
}

void Session::arriving(Side from, TimePoint now) {
  if (leg(from).stream != nullptr) leg(from).stream->arriving(now);
}

void Session::control_frame(Side from, TimePoint now) {
  if (from == Side::upstream || ended() || control_rate_.count(now)) return;
  fail(now, End::message_rate, transport::code_server_logic);
}

bool Session::wants_input(Side side) const {
  if (side == Side::downstream && !init_taken_) return leg(side).is(Phase::open);
  return leg(side).is(Phase::open) && takes(side) && !unfinished_[static_cast<std::size_t>(side)];
}

Session::Verdict Session::decide(Side from, Message& message, TimePoint now) {
  return from == Side::downstream ? decide_to_server(message, now) : decide_to_client(message, now);
}

Session::Verdict Session::decide_to_server(Message& message, TimePoint now) {
  if (message.payload.bytes.size() > services_.options->message_max) {
    fail_client(now, End::message_size);
    return Verdict::ended;
  }
  const bool first = downstream().messages != nullptr && !std::exchange(first_message_seen_, true);
  if (first && note_token_init(message.payload.bytes)) return Verdict::forward;
  if (!message.envelope) return obey_to_server(message, now);
  if (message.opaque()) {
    // A real server can't read it either, unless the key came with the token.
    if (token_ && !downstream().keys.present() && services_.policy.unknown_key == UnknownKey::pass)
      return Verdict::forward;
    services_.stats.decrypt_failures.add();
    fail_client(now, End::bad_encryption);
    record_.violation = !token_;  // with one the key may be a genuine one, which the operator doesn't want
    return Verdict::ended;
  }
  if (message::is_key_exchange(*message.envelope)) return begin_exchange(message, now);
  note_authentication(*message.envelope);
  // What is refused gets no answer of the server, so it must not count as asked for.
  const Verdict verdict = obey_to_server(message, now);
  if (verdict == Verdict::forward)
    confidentiality_.requested(*message.envelope, message.encrypted, record_.serialization);
  return verdict;
}

Session::Verdict Session::decide_to_client(Message& message, TimePoint now) {
  if (!initialized_ && message.payload.form != transport::Form::ping) {
    initialized_ = true;
    record_.initialized = now;
    if (clock_ != nullptr && !clock_->known()) services_.stats.without_clock.add();
  }
  const bool unreadable =
      message.opaque() ? !token_ || downstream().keys.present() : may_leak_unread(message);
  if (unreadable) {
    services_.stats.unopened_dropped.add();
    return Verdict::consumed;
  }
  rewrite(message);
  return obey_to_client(message, now);
}

// What is no message of the protocol can't be sealed, no client would take it for an answer, and who knows
// what is in it.
bool Session::may_leak_unread(const Message& message) const {
  const bool ping = message.payload.form == transport::Form::ping;
  const Leg& client = leg(Side::downstream);
  return !message.envelope && !ping && !client.opaque && client.keys.confirmed();
}

bool Session::seals(Side to, const Message& message) {
  if (to == Side::upstream || !message.envelope || message.opaque()) return false;
  return confidentiality_.seals(*message.envelope) && downstream().keys.confirmed();
}

// As it arrived: what is decided about it may take its memory.
void Session::capture_message(Side from, const Message& message, TimePoint now) {
  capture_->message(from, message, record_.serialization, !leg(from).opaque, now);
}

void Session::capture_verdict(const Message& message, Verdict verdict, bool sealed) {
  const Fate fate = verdict == Verdict::forward    ? Fate::forwarded
                    : verdict == Verdict::consumed ? Fate::kept
                                                   : Fate::ended;
  capture_->decided(fate, message.encrypted || sealed);
}

void Session::count(Side from, const Message& message, bool sealed) {
  const Direction direction = direction_from(from);
  const auto index = static_cast<std::size_t>(direction);
  const bool encrypted = message.encrypted || sealed;
  const std::size_t bytes = message.payload.bytes.size();
  Traffic& traffic = record_.of(direction);
  ++traffic.messages;
  traffic.encrypted += encrypted ? 1 : 0;
  traffic.bytes += bytes;
  const std::size_t secrecy = encrypted ? 1 : 0;
  services_.stats.messages[index][secrecy][static_cast<std::size_t>(kind_of(message.envelope))].add();
  ++services_.stats.relayed[index][secrecy];
  services_.stats.message_bytes[index].add(bytes);
  if (message.opaque()) services_.stats.opaque_messages.add();
  const bool parses = !leg(from).opaque && message.payload.form == transport::Form::message;
  if (!message.envelope && parses) services_.stats.unparsed_messages.add();
}

std::size_t Session::next_output(Side side, TimePoint now, MutableBytes out) {
  if (!leg(side).exists()) return 0;
  const std::size_t size = leg(side).transport->next_output(now, out);
  if (size > 0) output_taken(side, now);
  return size;
}

std::optional<transport::OutgoingMessage> Session::take_message(Side side, TimePoint now) {
  if (leg(side).messages == nullptr) return std::nullopt;
  auto message = leg(side).messages->take_message(now);
  if (message) output_taken(side, now);
  return message;
}

// Room was made: what waited for it goes on.
void Session::output_taken(Side side, TimePoint now) {
  if (!congested_[static_cast<std::size_t>(side)]) return;
  note_congestion(side);
  if (!congested_[static_cast<std::size_t>(side)]) settle(now);
}

void Session::advance(TimePoint now) {
  if (stream_ && !wants_input(Side::downstream)) downstream().stream->not_listening(now);
  for (Leg& leg : legs_) {
    if (leg.exists()) leg.transport->advance(now);
  }
  settle(now);
}

TimePoint Session::deadline() const {
  TimePoint next = never;
  for (const Leg& leg : legs_) {
    if (leg.exists()) next = std::min(next, leg.transport->deadline());
  }
  if (ended()) return next;  // nothing is sealed any more
  if (unfinished_[0] || unfinished_[1]) next = std::min(next, goes_on_at_);
  next = std::min({next, resume_at_, leg(Side::downstream).keys.deadline()});
  if (!upstream_connected_) next = std::min(next, connect_deadline_);
  if (!initialized_) next = std::min({next, init_deadline_, clock_overdue_ ? never : clock_deadline_});
  return next;
}

bool Session::closed() const {
  return ended() && leg(Side::downstream).is(Phase::closed) &&
         (!upstream().exists() || upstream().is(Phase::closed));
}

bool Session::matches(std::uint16_t peer, std::uint32_t challenge) const {
  return leg(Side::downstream).udp->matches(peer, challenge);
}

std::size_t Session::buffered_bytes() const {
  std::size_t bytes = 0;
  for (const Leg& leg : legs_) {
    if (leg.exists()) bytes += leg.transport->queued_bytes() + leg.transport->held_bytes();
  }
  return bytes;
}

std::size_t Session::bookkeeping_bytes() const {
  std::size_t bytes = 0;
  for (const Leg& leg : legs_) {
    if (leg.exists()) bytes += leg.transport->bookkeeping_bytes();
  }
  return bytes;
}

void Session::ask_server_time(TimePoint now) {
  if (upstream().udp != nullptr && upstream().is(Phase::open)) upstream().udp->request_server_time(now);
}

}  // namespace gateway::session
