#include "session/keys.h"

namespace gateway::session {

void Keys::offer(const crypto::Key& key, std::uint8_t channel, std::uint32_t number) {
  cipher_.emplace(key);
  channel_ = channel;
  number_ = number;
  confirm_at_ = never;
}

void Keys::confirm() {
  confirmed_ = true;
  confirm_at_ = never;
}

void Keys::acknowledged(TimePoint now, Duration confirm_after) {
  confirm_at_ = now + confirm_after;
}

void Keys::advance(TimePoint now) {
  if (now >= confirm_at_) confirm();
}

}  // namespace gateway::session
