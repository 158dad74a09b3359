#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace gateway::test {

/// What one datagram of the client link says, as anybody on that link could read it: a line for each command.
/// Ciphertext is shown as such; nothing is opened.
std::vector<std::string> describe_datagram(Bytes datagram);

/// The same for one message: envelope and body.
std::string describe_message(Bytes message);

}  // namespace gateway::test
