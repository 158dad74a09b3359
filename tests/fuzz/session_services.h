#pragma once

#include "crypto/key_exchange.h"
#include "fuzz/fuzz.h"
#include "session/session.h"
#include "support/borrowed.h"
#include "support/seeded_random.h"

namespace gateway::fuzz {

/// Limits small enough for an input to reach them.
inline session::Options small_limits() {
  session::Options options;
  options.message_max = 3000;
  options.before_init_max = 1000;
  options.messages_per_second = 100;
  for (transport::Options* leg : {&options.downstream, &options.upstream}) {
    leg->message_max = 3016;
    leg->buffered = 8000;
    leg->unreliable_buffered = 1000;
    leg->reorder_distance = 64;
    leg->assemblies_max = 3;
  }
  return options;
}

/// Rules of every kind: 231 may not come without a key, 230 not with parameter 225, 240 ends the session.
inline policy::Rules rules() {
  policy::Rules rules;
  policy::OperationRule reject;
  reject.operations.set(231);
  policy::OperationRule parameter;
  parameter.operations.set(230);
  parameter.without_parameter = 225;
  policy::OperationRule disconnect;
  disconnect.operations.set(240);
  disconnect.otherwise = policy::Refusal::disconnect;
  rules.operations = {reject, parameter, disconnect};
  policy::EventRule event;
  event.events.set(200);
  event.otherwise = policy::Unsealable::drop;
  rules.events = {event};
  return rules;
}

inline const policy::Addresses& addresses() {
  static const policy::Addresses table = [] {
    policy::Addresses made;
    check(made.add({"10.0.0.5", 5055}, "gw.example.net:6055"), "an address is added");
    return made;
  }();
  return table;
}

/// All that a session needs, and one key for every exchange.
struct SessionServices {
  explicit SessionServices(const session::Options& how) : options(how) {}

  session::Options options;
  BufferPool buffers;
  test::SeededRandom random{1};
  session::Stats stats;
  session::RaisedEvents raised;
  session::Notices notices;
  std::vector<std::uint8_t> scratch;
  transport::ServerClock clock;
  session::Rewriting rewriting{.addresses = &addresses()};
  crypto::Key key = crypto::Key(crypto::key_bytes, 7);

  session::Services services() {
    return {
        options,   test::borrowed<session::Terms>(options), buffers, random, stats, raised, scratch, notices,
        &rewriting};
  }
  crypto::Exchanged exchanged() const { return {key, {1, 2, 3}}; }
  /// A message with its body sealed under the key.
  std::vector<std::uint8_t> sealed(std::uint8_t type, Bytes body) const {
    std::vector<std::uint8_t> message(2 + crypto::sealed_size(body.size()));
    message[0] = message::magic;
    message[1] = static_cast<std::uint8_t>(type | message::encrypted_bit);
    (void)crypto::Cipher(key).seal(body, MutableBytes(message).subspan(2));
    return message;
  }
};

}  // namespace gateway::fuzz
