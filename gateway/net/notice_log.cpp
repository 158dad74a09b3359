#include "net/notice_log.h"

#include <spdlog/spdlog.h>

namespace gateway::net {

using session::Notice;

std::string describe(const session::Notices::Noted& noted) {
  switch (noted.notice) {
    case Notice::unknown_address:
      return fmt::format(
          "a server sends clients to \"{}\", which no listener fronts: players bypass the gateway. Put a "
          "listener "
          "with a public_address in front of that server, and what it calls itself into its \"advertised\"",
          noted.text);
    case Notice::unparsed_response:
      return "a response that may name a server could not be read, so no address in it was replaced: players "
             "may "
             "bypass the gateway";
    case Notice::authenticate_once:
      return "clients use AuthenticateOnce (operation 231): on the servers they are sent to next they take "
             "their "
             "key from a token, and what they encrypt there passes unread (encryption.unknown_key). To have "
             "it "
             "opened here, set AuthMode Auth in the client";
    case Notice::datagram_encryption:
      return "a server encrypts whole datagrams (modes 10 to 13, chosen with AuthenticateOnce), which nobody "
             "between it and the client can read: these sessions can't play. Set EncryptionMode "
             "PayloadEncryption "
             "or AuthMode Auth in the client";
  }
  return {};
}

void NoticeLog::write(const std::string& listener, const session::Notices::Noted& noted) {
  {
    const std::lock_guard lock(mutex_);
    if (!written_.emplace(listener, noted.notice, noted.text).second) return;
  }
  spdlog::warn("{} listener={}", describe(noted), listener);
}

}  // namespace gateway::net
