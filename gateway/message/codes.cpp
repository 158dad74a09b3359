#include "message/codes.h"

#include <algorithm>
#include <array>

namespace gateway::message {

namespace {

constexpr std::array operations = std::to_array<NamedCode>({
    {"join", 255},
    {"leave", 254},
    {"raise_event", 253},
    {"set_properties", 252},
    {"get_properties", 251},
    {"exchange_keys_for_encryption", 250},
    {"change_groups", 248},
    {"authenticate_once", 231},
    {"authenticate", 230},
    {"join_lobby", 229},
    {"leave_lobby", 228},
    {"create_game", 227},
    {"join_game", 226},
    {"join_random_game", 225},
    {"cancel_join_random", 224},
    {"find_friends", 222},
    {"get_lobby_stats", 221},
    {"get_regions", 220},
    {"web_rpc", 219},
    {"server_settings", 218},
    {"get_game_list", 217},
});

// 200 to 212 have none: they are the game's own, and PUN's only in games that use it.
constexpr std::array events = std::to_array<NamedCode>({
    {"join", 255},
    {"leave", 254},
    {"properties_changed", 253},
    {"error_info", 251},
    {"cache_slice_changed", 250},
    {"game_list", 230},
    {"game_list_update", 229},
    {"queue_state", 228},
    {"match", 227},
    {"app_stats", 226},
    {"lobby_stats", 224},
    {"auth_event", 223},
});

}  // namespace

std::span<const NamedCode> operation_names() {
  return operations;
}

std::span<const NamedCode> event_names() {
  return events;
}

std::optional<std::uint8_t> find_code(std::span<const NamedCode> names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &NamedCode::name);
  return found == names.end() ? std::nullopt : std::optional(found->code);
}

std::string code_word(std::span<const NamedCode> names, std::uint8_t code) {
  const auto found = std::ranges::find(names, code, &NamedCode::code);
  return found == names.end() ? std::to_string(code) : std::string(found->name);
}

}  // namespace gateway::message
