#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace gateway::metrics {

// Numbers as people read them.

/// With commas between thousands: "1,234,567".
std::string grouped(std::uint64_t number);

/// A number a second: "0", "12.3", "1,234".
std::string rate_text(double per_second);

/// A number of bytes in powers of 1024: "512 B", "1.4 MiB".
std::string bytes_text(double size);

/// Whole seconds: "17 s", "5 min 17 s", "2 d 3 h 5 min 17 s"; a negative one counts as none at all.
std::string span_text(Duration span);

/// A time in seconds since 1970: "2026-11-27 15:30:12 UTC".
std::string time_text(double seconds_since_1970);

}  // namespace gateway::metrics
