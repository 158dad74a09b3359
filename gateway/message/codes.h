#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gateway::message {

/// A code of LoadBalancing by its name, in lower snake_case. Source: README.md, "Codes of LoadBalancing".
struct NamedCode {
  std::string_view name;
  std::uint8_t code = 0;
};

std::span<const NamedCode> operation_names();
std::span<const NamedCode> event_names();

/// Empty when no code has this name.
std::optional<std::uint8_t> find_code(std::span<const NamedCode> names, std::string_view name);

/// The name of a code, or its number where it has none: the word of configuration, log and metrics.
std::string code_word(std::span<const NamedCode> names, std::uint8_t code);

}  // namespace gateway::message
