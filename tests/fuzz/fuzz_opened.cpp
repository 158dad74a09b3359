// What comes out of decryption. An input is how the session is carried, and then messages of a client: type
// and clear body each. They are sealed under the session's key and must reach the server as they were.

#include "fuzz/fuzz.h"
#include "fuzz/script.h"
#include "fuzz/session_services.h"
#include "message/key_exchange.h"
#include "support/recordings.h"

namespace gateway::fuzz {
namespace {

using session::Session;
using session::Side;
using session::StreamClient;
using Memory = std::vector<std::uint8_t>;

session::Options options_of(std::uint8_t how) {
  session::Options options;
  if ((how & 2) != 0) options.rules = rules();
  if ((how & 4) != 0) options.responses = session::Responses::match;
  return options;
}

/// A request for a key; what it carries doesn't matter, the key is given.
Memory key_request(message::Serialization serialization) {
  if (serialization == message::Serialization::v16) return {0xF3, 6, 0, 0, 1, 1, 'x', 0, 0, 0, 1, 9};
  return {0xF3, 6, 0, 1, 1, 0x43, 1, 9};
}

class Life {
 public:
  explicit Life(Bytes input)
      : script_(input),
        how_(script_.u8()),
        serialization_((how_ & 1) != 0 ? message::Serialization::v18 : message::Serialization::v16),
        world_(options_of(how_)),
        session_(world_.services(),
                 StreamClient{.framing = StreamClient::Framing::websocket, .serialization = serialization_},
                 now_) {}

  void run() {
    (void)session_.wants_upstream();
    session_.upstream_connecting({0});
    session_.upstream_opened(now_, {0}, world_.clock);
    session_.receive(Side::downstream, now_, key_request(serialization_));
    check(session_.take_exchange().has_value(), "the key is asked for");
    session_.exchange_done(now_, world_.exchanged());
    check(session_.record().exchanges == 1, "and given");
    while (session_.take_message(Side::downstream, now_)) {
    }
    while (!script_.over() && session_.wants_input(Side::downstream)) one();
  }

 private:
  void one() {
    const std::uint8_t type = script_.u8() & 0x7F;
    const Bytes piece = script_.piece();
    const Memory body(piece.begin(), piece.end());  // so that a read beyond it is seen
    if (body.empty()) return;
    session_.receive(Side::downstream, now_, world_.sealed(type, body));
    const bool forwarded = take_forwarded(type, body);
    const bool exchange = type == 6 && body[0] == 0;
    if (session_.take_exchange()) session_.exchange_done(now_, world_.exchanged());
    const bool answered = session_.record().end != session::End::none;
    check(forwarded || exchange || answered || type == 0 || type == 1 || type == 5 || type == 7,
          "a message reaches the server unless it ends the session");
    while (const auto message = session_.take_message(Side::downstream, now_)) {
      const auto envelope = message::parse_envelope(message->bytes.bytes());
      check(envelope && envelope->type == message::Type::internal_response, "nothing but keys is answered");
    }
    check(session_.deadline() > now_, "what is drained wants to be woken later");
  }

  bool take_forwarded(std::uint8_t type, Bytes body) {
    bool forwarded = false;
    while (const auto message = session_.take_message(Side::upstream, now_)) {
      check(!forwarded, "once");
      forwarded = true;
      const auto envelope = message::parse_envelope(message->bytes.bytes());
      check(envelope && !envelope->encrypted && envelope->first == message::magic, "as a clear message");
      check(static_cast<std::uint8_t>(envelope->type) == type, "of its type");
      check(std::ranges::equal(envelope->body, body), "with every byte of its body");
    }
    return forwarded;
  }

  Script script_;
  std::uint8_t how_;
  message::Serialization serialization_;
  TimePoint now_ = TimePoint{} + hours(1);
  SessionServices world_;
  Session session_;
};

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  std::vector<Memory> seeds;
  for (const auto& name : test::recording_names()) {
    const auto recording = test::load_recording(name);
    const std::size_t serialization = recording.serialization == "GpBinaryV18" ? 1 : 0;
    ScriptWriter out;
    out.u8(6 + serialization);
    for (const auto& message : recording.messages) {
      const bool fits = message.body && message.body->size() < 1000 && out.written().size() < 3000;
      if (!fits || message.type == 0 || message.direction != test::Direction::to_server) continue;
      out.u8(message.type).piece(*message.body);
    }
    seeds.push_back(out.written());
  }
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  gateway::fuzz::Life(gateway::Bytes(data, size)).run();
  return 0;
}
