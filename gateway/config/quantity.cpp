#include "config/quantity.h"

#include <charconv>
#include <limits>
#include <span>

namespace gateway::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Smallest first: the writer takes the last one that divides.
constexpr Unit duration_units[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
constexpr Unit size_units[] = {{"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
constexpr Unit rate_units[] = {{"/s", 1}};

std::optional<std::uint64_t> parse(std::string_view text, std::span<const Unit> units, std::uint64_t max) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<std::uint64_t> number = parse_number(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.substr(digits) != unit.name) continue;
    if (*number > max / unit.factor) return std::nullopt;
    return *number * unit.factor;
  }
  return std::nullopt;
}

std::string write(std::uint64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor) + std::string(best->name);
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Duration> parse_duration(std::string_view text) {
  constexpr auto max = static_cast<std::uint64_t>(std::chrono::floor<milliseconds>(Duration::max()).count());
  const std::optional<std::uint64_t> value = parse(text, duration_units, max);
  if (!value) return std::nullopt;
  return milliseconds(static_cast<milliseconds::rep>(*value));
}

std::string write_duration(Duration value) {
  return write(static_cast<std::uint64_t>(std::chrono::floor<milliseconds>(value).count()), duration_units);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse(text, size_units, std::numeric_limits<std::uint64_t>::max());
}

std::string write_size(std::uint64_t bytes) {
  return write(bytes, size_units);
}

std::optional<std::uint64_t> parse_rate(std::string_view text) {
  return parse(text, rate_units, std::numeric_limits<std::uint64_t>::max());
}

std::string write_rate(std::uint64_t per_second) {
  return write(per_second, rate_units);
}

}  // namespace gateway::config
