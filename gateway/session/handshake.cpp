// What the gateway answers itself: the first message is checked, the key exchange is terminated.
#include <algorithm>
#include <array>

#include "message/key_exchange.h"
#include "session/session.h"
#include "transport/disconnect_code.h"

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

// For the log: a peer's bytes must not be able to forge lines.
std::string printable(std::string_view text) {
  std::string result(text.substr(0, application_max));
  std::ranges::replace_if(
      result, [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

}  // namespace

Session::Verdict Session::accept_init(const Message& message, TimePoint now) {
  const auto init = message::parse_init(message.payload.bytes);
  if (!init || message.payload.bytes.size() > services_.options.before_init_max) {
    fail(now, init ? End::before_init : End::not_init, transport::code_server_logic);
    return Verdict::ended;
  }
  record_.serialization = init->serialization;
  record_.client_version = init->version;
  record_.application = printable(init->application);
  token_ = init->token;
  downstream().understands_unsequenced = init->version >= message::unsequenced_since;
  init_relayed_ = true;
  return Verdict::forward;
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
  if (record_.exchanges >= services_.options.exchanges_max) return refuse(ExchangeResult::over_limit);
  exchange_job_ = ExchangeJob{{request->client_key.begin(), request->client_key.end()}};
  exchange_waiting_ = true;
  return Verdict::consumed;
}

std::optional<ExchangeJob> Session::take_exchange() {
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
  answer(now, out.written());
  if (ended()) return;
  ++record_.exchanges;
  services_.stats.exchanges[static_cast<std::size_t>(ExchangeResult::ok)].add();
  downstream().keys.offer(exchanged.key, exchange_channel_,
                          downstream().transport->last_reliable(exchange_channel_));
}

void Session::refuse_exchange(TimePoint now, ExchangeResult why) {
  services_.stats.exchanges[static_cast<std::size_t>(why)].add();
  // The client threw its old key away when it asked, so nothing could be read from here on.
  if (downstream().keys.present()) return fail(now, End::key_exchange, transport::code_server_logic);
  if (why != ExchangeResult::throttled && ++refusals_ > services_.options.refusals_max) {
    return fail(now, End::key_exchange, transport::code_server_logic);
  }
  std::array<std::uint8_t, 256> response;
  ByteWriter out(response);
  message::write_key_exchange_refused(out, record_.serialization, text(why));
  answer(now, out.written());
}

// Sends a message of our own, clear and reliable, on the channel of the request.
void Session::answer(TimePoint now, Bytes message) {
  const transport::Payload payload{message, exchange_channel_, Delivery::reliable};
  if (downstream().transport->send(now, payload) == SendStatus::overflow)
    fail(now, End::buffered, transport::code_server_logic);
}

void Session::advance_keys(TimePoint now) {
  Leg& client = downstream();
  if (client.transport->used_unsequenced()) client.understands_unsequenced = true;
  if (!client.keys.awaits_acknowledgement()) return;
  if (!client.transport->acknowledged(client.keys.response_channel(), client.keys.response_number())) return;
  client.keys.acknowledged(now, services_.options.confirm_after);
}

}  // namespace gateway::session
