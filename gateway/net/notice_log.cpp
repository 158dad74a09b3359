#include "net/notice_log.h"

#include <spdlog/spdlog.h>

namespace gateway::net {

using session::Notice;

LogLine describe(const std::string& listener, const session::Notices::Noted& noted) {
  switch (noted.notice) {
    case Notice::unknown_address:
      return LogLine("a server sends clients past the gateway")
          .text("listener", listener)
          .quoted("target", noted.text)
          .note(
              "no listener fronts that server; put one with a public_address in front of it, and what it "
              "calls itself into its \"advertised\"");
    case Notice::unparsed_response:
      return LogLine("a response that may name a server could not be read")
          .text("listener", listener)
          .note("no address in it was replaced, so players may bypass the gateway");
    case Notice::authenticate_once:
      return LogLine("clients use AuthenticateOnce (operation 231)")
          .text("listener", listener)
          .note(
              "on the servers they are sent to next they take their key from a token, and what they encrypt "
              "there passes unread (encryption.unknown_key). To have it opened here, set AuthMode Auth in "
              "the client");
    case Notice::datagram_encryption:
      return LogLine("a server encrypts whole datagrams")
          .text("listener", listener)
          .note(
              "modes 10 to 13, chosen with AuthenticateOnce, which nobody between it and the client can "
              "read: these sessions can't play. Set EncryptionMode PayloadEncryption or AuthMode Auth in the "
              "client");
  }
  return LogLine("unknown notice");
}

void NoticeLog::write(const std::string& listener, const session::Notices::Noted& noted) {
  {
    const std::lock_guard lock(mutex_);
    if (!written_.emplace(listener, noted.notice, noted.text).second) return;
  }
  spdlog::warn(describe(listener, noted).str());
}

}  // namespace gateway::net
