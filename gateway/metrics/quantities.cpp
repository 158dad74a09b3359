#include "metrics/quantities.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace gateway::metrics {
namespace {

constexpr std::array<const char*, 7> byte_units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

std::string one_decimal(double number) {
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.1f", number);
  return digits.data();
}

}  // namespace

std::string grouped(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string rate_text(double per_second) {
  if (per_second <= 0) return "0";
  if (per_second < 99.95) return one_decimal(per_second);
  return grouped(static_cast<std::uint64_t>(std::llround(per_second)));
}

std::string bytes_text(double size) {
  std::size_t unit = 0;
  // What would be rounded to 1024.0 is one of the next unit already.
  for (; size >= 1023.95 && unit + 1 < byte_units.size(); ++unit) size /= 1024;
  std::string text = unit == 0 ? std::to_string(std::llround(size)) : one_decimal(size);
  text += ' ';
  text += byte_units[unit];
  return text;
}

std::string span_text(Duration span) {
  const auto whole = std::max(std::chrono::floor<seconds>(span), seconds(0));
  const std::array<seconds::rep, 4> parts = {whole / hours(24), whole % hours(24) / hours(1),
                                             whole % hours(1) / minutes(1), (whole % minutes(1)).count()};
  constexpr std::array<const char*, 4> units = {" d", " h", " min", " s"};
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    if (text.empty() && parts[i] == 0 && !last) continue;
    if (!text.empty()) text += ' ';
    text += std::to_string(parts[i]);
    text += units[i];
  }
  return text;
}

std::string time_text(double seconds_since_1970) {
  using std::chrono::days;
  const std::chrono::sys_seconds time{seconds(static_cast<seconds::rep>(seconds_since_1970))};
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d UTC", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace gateway::metrics
