#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "crypto/cipher.h"

namespace gateway::session {

/// The key of one leg: none → offered → confirmed. It opens from the moment it is offered; it seals only once
/// the client is known to have it, because a client without the key drops a sealed message for good. Source:
/// gateway/README.md, "Keys".
class Keys {
 public:
  /// The exchange's response was queued on `channel` as reliable message `number`. A key that replaces a
  /// confirmed one seals at once, as a real server does.
  void offer(const crypto::Key& key, std::uint8_t channel, std::uint32_t number);

  /// A message opened under the key: the client has it.
  void confirm();
  /// The client acknowledged the response and everything before it; it derives the key when its game loop
  /// gets there.
  void acknowledged(TimePoint now, Duration confirm_after);
  /// Confirms when the time that acknowledged() set has come.
  void advance(TimePoint now);
  TimePoint deadline() const { return confirm_at_; }

  bool present() const { return cipher_.has_value(); }
  bool confirmed() const { return confirmed_; }
  /// Offered, and the acknowledgement of the response is what is waited for.
  bool awaits_acknowledgement() const { return present() && !confirmed_ && confirm_at_ == never; }
  std::uint8_t response_channel() const { return channel_; }
  std::uint32_t response_number() const { return number_; }

  /// Only when present().
  const crypto::Cipher& cipher() const { return *cipher_; }

 private:
  std::optional<crypto::Cipher> cipher_;
  bool confirmed_ = false;
  std::uint8_t channel_ = 0;
  std::uint32_t number_ = 0;
  TimePoint confirm_at_ = never;
};

}  // namespace gateway::session
