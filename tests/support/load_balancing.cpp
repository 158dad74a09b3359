#include "support/load_balancing.h"

#include <algorithm>
#include <utility>

namespace gateway::test {

void LoadBalancing::names(Names names) {
  const std::lock_guard lock(mutex_);
  names_ = std::move(names);
}

LoadBalancing::Names LoadBalancing::names() const {
  const std::lock_guard lock(mutex_);
  return names_;
}

std::string LoadBalancing::admit(const std::string& user) {
  const std::lock_guard lock(mutex_);
  std::string token = "token " + std::to_string(users_.size() + 1) + " of " + user;
  users_[token] = user;
  return token;
}

std::optional<std::string> LoadBalancing::user_of(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  const auto found = users_.find(token);
  return found == users_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::uint8_t> LoadBalancing::key_of(const std::string& token) {
  std::vector<std::uint8_t> key(32, 0xA5);
  for (std::size_t i = 0; i < token.size(); ++i) key[i % 32] ^= static_cast<std::uint8_t>(token[i] * 7);
  return key;
}

std::optional<std::size_t> LoadBalancing::create(const std::string& room) {
  const std::lock_guard lock(mutex_);
  const auto [placed, is_new] = rooms_.try_emplace(room, rooms_.size() % names_.games.size());
  return is_new ? std::optional(placed->second) : std::nullopt;
}

std::optional<std::size_t> LoadBalancing::find(const std::string& room) const {
  const std::lock_guard lock(mutex_);
  const auto found = rooms_.find(room);
  return found == rooms_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> LoadBalancing::any_room() const {
  const std::lock_guard lock(mutex_);
  return rooms_.empty() ? std::nullopt : std::optional(rooms_.begin()->first);
}

void LoadBalancing::enter(const Entered& entered) {
  const std::lock_guard lock(mutex_);
  entered_.push_back(entered);
}

bool LoadBalancing::is_open(std::size_t game, const std::string& room) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(
      entered_, [&](const Entered& entered) { return entered.game == game && entered.room == room; });
}

std::vector<LoadBalancing::Entered> LoadBalancing::entered() const {
  const std::lock_guard lock(mutex_);
  return entered_;
}

}  // namespace gateway::test
