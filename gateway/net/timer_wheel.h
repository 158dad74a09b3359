#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace gateway::net {

/// One deadline for each of many keys (small dense numbers), fired up to one slot late. Lazy: a deadline that
/// moves later, as most do with every datagram, only overwrites a number; the key is moved when its old slot
/// is visited. Everything is O(1) and nothing allocates once every key was seen.
class TimerWheel {
 public:
  using Key = std::uint32_t;
  static constexpr Duration slot = milliseconds(1);
  static constexpr std::size_t slots =
      4096;  // deadlines further away are looked at again after so many slots

  explicit TimerWheel(TimePoint now);

  /// Sets the only deadline of `key`; `never` is allowed.
  void set(Key key, TimePoint deadline);
  void remove(Key key);

  /// Appends the keys whose deadline has come; they have none until the next set(). `now` doesn't go back.
  void advance(TimePoint now, std::vector<Key>& due);
  /// When advance() is next wanted: at most one slot after the earliest deadline, and perhaps long before it.
  TimePoint next() const;

 private:
  using Tick = std::int64_t;
  static constexpr Key none = ~Key{0};
  struct Entry {
    TimePoint deadline = never;
    Tick tick = 0;  // of the slot it is in
    Key previous = none;
    Key next = none;
    bool linked = false;
  };

  static Tick tick_before(TimePoint time);
  static Tick tick_after(TimePoint time);
  static std::size_t index(Tick tick) { return static_cast<std::size_t>(tick) % slots; }
  void link(Key key);
  void unlink(Key key);
  void visit(Tick tick, TimePoint now, std::vector<Key>& due);

  std::vector<Entry> entries_;
  std::vector<Key> heads_;
  std::array<std::uint64_t, slots / 64> used_{};  // a bit a slot: it has keys
  Tick current_;                                  // visited up to here
};

}  // namespace gateway::net
