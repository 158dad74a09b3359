#pragma once

#include "policy/addresses.h"
#include "policy/options.h"

namespace gateway::session {

/// What a listener's clients may be told about other servers. Source: gateway/README.md, "Addresses".
struct Rewriting {
  const policy::Addresses* addresses = nullptr;  // none: no message is looked into
  policy::UnknownAddresses unknown = policy::UnknownAddresses::pass;
  bool server_ipv6 = false;  // with `addresses`: what Init says instead of how the client came
};

}  // namespace gateway::session
