#pragma once

#include <string>

#include "base/time.h"
#include "net/session_slots.h"
#include "policy/stats.h"
#include "session/record.h"

namespace gateway::net {

/// One line about a session that is over. `server`: as configured, empty if it never had one. The player's
/// address is left out: whoever needs it asks for the level debug.
std::string describe_end(const std::string& listener, const session::Record& record,
                         const std::string& server, TimePoint now);

/// One line about an address that gets no new sessions for a while, which `last` brought about.
std::string describe_block(const std::string& listener, const session::Record& last,
                           const BlockOptions& block);

/// One line about something that a rule does for the first time.
std::string describe_finding(const std::string& listener, const policy::Finding& finding);

}  // namespace gateway::net
