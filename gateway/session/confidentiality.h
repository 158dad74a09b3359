#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>

#include "message/envelope.h"
#include "message/init.h"
#include "session/options.h"
#include "session/raised_events.h"

namespace gateway::session {

/// Decides which messages to the client must be sealed, by one rule: a message that may answer an encrypted
/// one never leaves in the clear. It knows only what the client asked for; a key must exist for its answer to
/// matter. Source: gateway/README.md, "Confidentiality".
class Confidentiality {
 public:
  /// Both outlive this; `policy` may be another from one call to the next.
  Confidentiality(const Policy& policy, RaisedEvents& raised);

  /// Takes note of a clear or opened message of the client, before it is forwarded. `encrypted`: it arrived
  /// sealed.
  void requested(const message::Envelope& message, bool encrypted, message::Serialization serialization);

  /// True when this message of the server must be sealed toward a client that has a key. Call once a message:
  /// `responses: match` counts.
  bool seals(const message::Envelope& message);

 private:
  // For `match`: how many requests of a code are unanswered.
  struct Outstanding {
    std::array<std::uint8_t, 256> encrypted{};
    std::array<std::uint8_t, 256> clear{};
    std::bitset<256> saturated;  // a count overflowed: no longer known, so sealed for good
  };

  void follow_policy();
  void raised(const message::Envelope& request, message::Serialization serialization);
  void await(std::uint8_t code, bool encrypted);
  bool seals_response(std::uint8_t code);
  bool seals_matched(std::uint8_t code);
  bool seals_event(std::uint8_t code) const;

  const Policy& policy_;
  RaisedEvents& raised_;
  std::bitset<256> encrypted_codes_;  // ever asked for encrypted, across re-keys
  std::bitset<256> clear_codes_;      // ever asked for in the clear
  bool encrypted_messages_ = false;   // an encrypted message of type 8 or 9 came
  bool any_encrypted_ = false;
  std::unique_ptr<Outstanding> outstanding_;  // only for `match`
};

}  // namespace gateway::session
