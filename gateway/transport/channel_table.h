#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

namespace gateway::transport {

/// State by channel, made by the first command on it: a connection may announce 254 channels and uses two.
/// Iterates in the order of the channel numbers. References stay valid while others are added.
template <class T>
class ChannelTable {
 public:
  struct Entry {
    std::uint8_t channel;
    std::unique_ptr<T> state;
  };

  /// The channel's state; null before its first command.
  T* find(std::uint8_t channel) const {
    const auto at = position(entries_, channel);
    return at != entries_.end() && at->channel == channel ? at->state.get() : nullptr;
  }
  /// The channel's state, made now if it is new.
  T& open(std::uint8_t channel) {
    const auto at = position(entries_, channel);
    if (at != entries_.end() && at->channel == channel) return *at->state;
    return *entries_.insert(at, Entry{channel, std::make_unique<T>()})->state;
  }

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  void clear() { entries_.clear(); }

 private:
  template <class Entries>
  static auto position(Entries& entries, std::uint8_t channel) {
    return std::lower_bound(entries.begin(), entries.end(), channel,
                            [](const Entry& entry, std::uint8_t wanted) { return entry.channel < wanted; });
  }

  std::vector<Entry> entries_;
};

}  // namespace gateway::transport
