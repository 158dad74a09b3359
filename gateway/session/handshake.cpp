// What the gateway answers itself: the first message is checked, the key exchange is terminated.
#include <array>
#include <utility>

#include "message/key_exchange.h"
#include "session/printable.h"
#include "session/session.h"
#include "transport/disconnect_code.h"
#include "wire/frame.h"

namespace gateway::session {

using transport::Delivery;
using transport::SendStatus;

namespace {

constexpr std::size_t client_key_max = 128;  // bytes; longer ones are refused unread
constexpr std::size_t application_max = 32;

// What the client is told with return code −1; it logs the text.
std::string_view text(ExchangeResult why) {
  switch (why) {
    case ExchangeResult::bad_key:
      return "invalid public key";
    case ExchangeResult::bad_mode:
      return "unsupported encryption mode";
    case ExchangeResult::malformed:
      return "invalid key exchange";
    case ExchangeResult::over_limit:
      return "too many key exchanges";
    case ExchangeResult::throttled:
      return "key exchange timed out";
    case ExchangeResult::ok:
    case ExchangeResult::count_:
      break;
  }
  return "key exchange failed";
}

}  // namespace

// The first message is taken as soon as it is there: on TCP it is what makes a server wanted.
void Session::take_init(TimePoint now) {
  while (!init_taken_ && !ended()) {
    const auto payload = downstream().transport->next_payload();
    if (!payload) return;
    if (payload->form == transport::Form::ping) continue;  // nobody is there to answer it
    if (!accept_init(*payload, now)) return;
    init_ = services_.buffers.copy(payload->bytes);
    init_payload_ = *payload;
    init_taken_ = true;
    if (upstream_attempts_ == 0 && !upstream_wanted_) want_upstream(now, std::nullopt);
  }
}

bool Session::accept_init(const transport::Payload& payload, TimePoint now) {
  const auto init = message::parse_init(payload.bytes);
  if (!init || payload.bytes.size() > services_.options->before_init_max) {
    init ? fail(now, End::before_init, transport::code_server_logic) : fail_client(now, End::not_init);
    return false;
  }
  record_.serialization = init->serialization;
  record_.client_version = init->version;
  record_.application = printable(init->application, application_max);
  token_ = init->token;
  if (!stream_) downstream().understands_unsequenced = init->version >= message::unsequenced_since;
  return true;
}

void Session::relay_init(TimePoint now) {
  if (!init_taken_ || init_relayed_ || ended() || !upstream().is(transport::Phase::open)) return;
  init_relayed_ = true;
  if (rewrites()) set_init_family();
  init_payload_.bytes = std::as_const(init_).bytes();
  if (upstream().transport->send(now, init_payload_) == SendStatus::overflow)
    return fail(now, End::buffered, transport::code_server_logic);
  count(Side::downstream, {init_payload_, message::parse_envelope(init_payload_.bytes), false, {}}, false);
  init_ = Buffer();
}

// A server hands out addresses of the family its client came by. Those that are rewritten are the server's
// own, however the client reached us.
void Session::set_init_family() {
  Buffer init = services_.buffers.take(init_.size() + message::init_growth_max);
  const std::size_t size = message::write_init_family(std::as_const(init_).bytes(),
                                                      services_.rewriting->server_ipv6, init.bytes());
  init_ = services_.buffers.copy(std::as_const(init).bytes().first(size));
}

// On WebSocket a client with a token sends its Init as first message, behind the header of a TCP frame, which
// no other message has; true when this was it. See "Streams" in transport/README.md.
bool Session::note_token_init(Bytes message) {
  if (downstream().opaque || message.front() != wire::frame_magic) return false;
  if (message.size() <= wire::frame_header_bytes) return false;
  const auto init = message::parse_init(message.subspan(wire::frame_header_bytes));
  if (!init || init->serialization != record_.serialization) return false;
  record_.client_version = init->version;
  record_.application = printable(init->application, application_max);
  token_ = init->token;
  return true;
}

Session::Verdict Session::begin_exchange(const Message& message, TimePoint now) {
  exchange_channel_ = message.payload.channel;
  const auto request = message::parse_key_exchange(message.envelope->body, record_.serialization);
  const auto refuse = [&](ExchangeResult why) {
    refuse_exchange(now, why);
    return ended() ? Verdict::ended : Verdict::consumed;
  };
  if (!request) return refuse(ExchangeResult::malformed);
  if (request->mode != 0) return refuse(ExchangeResult::bad_mode);
  if (request->client_key.size() > client_key_max) return refuse(ExchangeResult::bad_key);
  if (record_.exchanges >= services_.policy.exchanges_max) return refuse(ExchangeResult::over_limit);
  exchange_job_ = ExchangeJob{{request->client_key.begin(), request->client_key.end()}};
  exchange_waiting_ = true;
  return Verdict::consumed;
}

std::optional<ExchangeJob> Session::take_exchange() {
  if (!initialized_) return std::nullopt;  // nothing goes to the client before the server's InitResponse
  auto job = std::move(exchange_job_);
  exchange_job_.reset();
  return job;
}

void Session::exchange_done(TimePoint now, Result<crypto::Exchanged, ExchangeResult> result) {
  if (!exchange_waiting_ || ended()) return;
  exchange_waiting_ = false;
  if (!downstream().is(transport::Phase::open)) {
    // The client left meanwhile: nobody to answer.
  } else if (result) {
    grant_exchange(now, *result);
  } else {
    refuse_exchange(now, result.error());
  }
  settle(now);
}

void Session::grant_exchange(TimePoint now, const crypto::Exchanged& exchanged) {
  std::array<std::uint8_t, 256> response;
  ByteWriter out(response);
  message::write_key_exchange_granted(out, record_.serialization, exchanged.public_key);
  answer(now, {out.written(), exchange_channel_, Delivery::reliable});
  if (ended()) return;
  ++record_.exchanges;
  services_.stats.exchanges[static_cast<std::size_t>(ExchangeResult::ok)].add();
  const auto* udp = downstream().udp;
  downstream().keys.offer(exchanged.key, exchange_channel_,
                          udp != nullptr ? udp->last_reliable(exchange_channel_) : 0);
  if (udp == nullptr) downstream().keys.confirm();  // whatever follows on a stream arrives behind the key
}

void Session::refuse_exchange(TimePoint now, ExchangeResult why) {
  services_.stats.exchanges[static_cast<std::size_t>(why)].add();
  // The client threw its old key away when it asked, so nothing could be read from here on; and before the
  // server's InitResponse nothing may be said to it.
  const bool ends = downstream().keys.present() || !initialized_;
  const bool counts = why != ExchangeResult::throttled;
  if (ends || (counts && ++refusals_ > services_.policy.refusals_max)) {
    // Our own limits are nothing that a client could know.
    record_.violation = counts && why != ExchangeResult::over_limit;
    return fail(now, End::key_exchange, transport::code_server_logic);
  }
  std::array<std::uint8_t, 256> response;
  ByteWriter out(response);
  message::write_key_exchange_refused(out, record_.serialization, text(why));
  answer(now, {out.written(), exchange_channel_, Delivery::reliable});
}

// Sends a message of our own.
void Session::answer(TimePoint now, const transport::Payload& payload) {
  if (downstream().transport->send(now, payload) == SendStatus::overflow)
    return fail(now, End::buffered, transport::code_server_logic);
  note_congestion(Side::downstream);
}

void Session::advance_keys(TimePoint now) {
  Leg& client = downstream();
  if (client.udp == nullptr) return;
  if (client.udp->used_unsequenced()) client.understands_unsequenced = true;
  if (!client.keys.awaits_acknowledgement()) return;
  if (!client.udp->acknowledged(client.keys.response_channel(), client.keys.response_number())) return;
  client.keys.acknowledged(now, services_.policy.confirm_after);
}

}  // namespace gateway::session
