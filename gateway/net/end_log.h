#pragma once

#include <string>

#include "base/log_line.h"
#include "base/time.h"
#include "net/session_slots.h"
#include "policy/stats.h"
#include "session/record.h"

namespace gateway::net {

/// The record of a session that is over. `server`: as configured, empty if it never had one. The player's
/// address is left out: see RecordOptions.
LogLine describe_end(const std::string& listener, const session::Record& record, const std::string& server,
                     TimePoint now);

/// The record of an address that gets no new sessions for a while, which `last` brought about.
LogLine describe_block(const std::string& listener, const session::Record& last, const BlockOptions& block);

/// The record of something that a rule does for the first time.
LogLine describe_finding(const std::string& listener, const policy::Finding& finding);

}  // namespace gateway::net
