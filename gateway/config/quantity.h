#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace gateway::config {

// Quantities are a whole number and a unit, without a space. Parsers give nothing for anything else, also for
// a number that doesn't fit; the writers give the largest unit that keeps the number whole.

/// "250ms", "30s", "10m", "2h".
std::optional<Duration> parse_duration(std::string_view text);
std::string write_duration(Duration value);

/// "512B", "64KiB", "1MiB", "1GiB", in bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string write_size(std::uint64_t bytes);

/// "2000/s": how many a second.
std::optional<std::uint64_t> parse_rate(std::string_view text);
std::string write_rate(std::uint64_t per_second);

/// Digits only.
std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace gateway::config
