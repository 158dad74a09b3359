// How a message passes, in the order of the functions below:
//   1 receive     bytes of one side go into its leg's transport
//   2 settle      what that made possible is done: relay both ways, then see whether a side ended
//   3 relay       next_message (open) → decide → seal → send, one message after another
//   4 decide      the first message, key exchanges and what can't be opened are handled here; all else goes
//   on 5 next_output the other leg's transport writes what leaves
// What the gateway answers itself is in handshake.cpp; reaching the server and ending are in ends.cpp.
#include "session/session.h"

#include <algorithm>

#include "message/key_exchange.h"
#include "transport/disconnect_code.h"

namespace gateway::session {

using transport::Phase;
using transport::ReliableUdp;
using transport::SendStatus;

Session::Session(const Services& services, const transport::Accepted& client, TimePoint now)
    : services_(services),
      legs_{Leg(services.scratch), Leg(services.scratch)},
      confidentiality_(services.options, services.raised),
      channels_(client.channels),
      connect_deadline_(now + services.options.connect_timeout / 2),
      init_deadline_(now + services.options.init_timeout) {
  downstream().transport = ReliableUdp::accepted(services.options.downstream, services.buffers,
                                                 services.stats.of(Side::downstream), client, now);
  record_.opened = now;
  services_.stats.opened.add();
  want_upstream(std::nullopt);
}

Session::~Session() = default;

void Session::receive(Side from, TimePoint now, Bytes bytes) {
  if (!leg(from).exists()) return;
  leg(from).transport->receive(now, bytes);
  if (from == Side::upstream) {
    if (const auto sample = upstream().transport->take_clock_sample()) clock_->observe(*sample);
  }
  settle(now);
}

void Session::settle(TimePoint now) {
  check_connect(now);
  advance_keys(now);
  relay(Side::downstream, now);
  relay(Side::upstream, now);
  carry_ends(now);
}

void Session::relay(Side from, TimePoint now) {
  Leg& source = leg(from);
  Leg& target = leg(opposite(from));
  while (takes(from)) {
    const auto message = source.next_message();
    if (!message) return;
    if (!*message) {
      services_.stats.decrypt_failures.add();
      return fail(now, End::bad_encryption, transport::code_server_logic);
    }
    const Verdict verdict = decide(from, **message, now);
    if (verdict == Verdict::ended) return;
    if (verdict == Verdict::consumed) continue;
    const bool sealed = seals(opposite(from), **message);
    const SendStatus status = target.transport->send(now, target.seal(**message, sealed));
    if (status == SendStatus::overflow) return fail(now, End::buffered, transport::code_server_logic);
    count(from, **message, sealed);
  }
}

// Whether a message of this side may be taken now. What isn't taken waits in its leg.
bool Session::takes(Side from) const {
  if (ended() || !leg(opposite(from)).is(Phase::open)) return false;
  if (from == Side::downstream) return !exchange_waiting_ && (initialized_ || !init_relayed_);
  // The client threw its key away when it asked for another: what is sealed meanwhile would be lost.
  if (exchange_waiting_ && leg(Side::downstream).keys.present()) return false;
  // Clients read the server's clock right after InitResponse, so we should know it by then.
  return init_relayed_ && (initialized_ || clock_->known() || clock_overdue_ || leg(from).ended_by_peer());
}

Session::Verdict Session::decide(Side from, const Message& message, TimePoint now) {
  return from == Side::downstream ? decide_to_server(message, now) : decide_to_client(message, now);
}

Session::Verdict Session::decide_to_server(const Message& message, TimePoint now) {
  if (!init_relayed_) return accept_init(message, now);
  if (message.payload.bytes.size() > services_.options.message_max) {
    fail(now, End::message_size, transport::code_server_logic);
    return Verdict::ended;
  }
  if (!message.envelope) return Verdict::forward;
  if (message.opaque()) {
    // A real server can't read it either, unless the key came with the token.
    if (token_ && !downstream().keys.present() && services_.options.unknown_key == UnknownKey::pass)
      return Verdict::forward;
    services_.stats.decrypt_failures.add();
    fail(now, End::bad_encryption, transport::code_server_logic);
    return Verdict::ended;
  }
  if (message::is_key_exchange(*message.envelope)) return begin_exchange(message, now);
  confidentiality_.requested(*message.envelope, message.encrypted, record_.serialization);
  return Verdict::forward;
}

Session::Verdict Session::decide_to_client(const Message& message, TimePoint now) {
  if (!initialized_) {
    initialized_ = true;
    record_.initialized = now;
    if (!clock_->known()) services_.stats.without_clock.add();
  }
  if (!message.opaque() || (token_ && !downstream().keys.present())) return Verdict::forward;
  services_.stats.unopened_dropped.add();
  return Verdict::consumed;
}

bool Session::seals(Side to, const Message& message) {
  if (to == Side::upstream || !message.envelope || message.opaque()) return false;
  return confidentiality_.seals(*message.envelope) && downstream().keys.confirmed();
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
  services_.stats.messages[index][encrypted ? 1 : 0].add();
  services_.stats.message_bytes[index].add(bytes);
  if (message.opaque()) services_.stats.opaque_messages.add();
  if (!message.envelope && init_relayed_) services_.stats.unparsed_messages.add();
}

std::size_t Session::next_output(Side side, TimePoint now, MutableBytes out) {
  return leg(side).exists() ? leg(side).transport->next_output(now, out) : 0;
}

void Session::advance(TimePoint now) {
  for (Leg& leg : legs_) {
    if (leg.exists()) leg.transport->advance(now);
  }
  downstream().keys.advance(now);
  if (now >= clock_deadline_) clock_overdue_ = true;
  if (!ended() && !initialized_ && now >= init_deadline_)
    fail(now, End::init_timeout, transport::code_timeout);
  settle(now);
}

TimePoint Session::deadline() const {
  TimePoint next = leg(Side::downstream).keys.deadline();
  for (const Leg& leg : legs_) {
    if (leg.exists()) next = std::min(next, leg.transport->deadline());
  }
  if (ended()) return next;
  if (!upstream_connected_) next = std::min(next, connect_deadline_);
  if (!initialized_) next = std::min({next, init_deadline_, clock_overdue_ ? never : clock_deadline_});
  return next;
}

bool Session::closed() const {
  return ended() && leg(Side::downstream).is(Phase::closed) &&
         (!upstream().exists() || upstream().is(Phase::closed));
}

bool Session::matches(std::uint16_t peer, std::uint32_t challenge) const {
  return leg(Side::downstream).transport->matches(peer, challenge);
}

std::size_t Session::buffered_bytes() const {
  std::size_t bytes = 0;
  for (const Leg& leg : legs_) {
    if (leg.exists()) bytes += leg.transport->queued_bytes() + leg.transport->held_bytes();
  }
  return bytes;
}

void Session::ask_server_time(TimePoint now) {
  if (upstream().is(Phase::open)) upstream().transport->request_server_time(now);
}

}  // namespace gateway::session
