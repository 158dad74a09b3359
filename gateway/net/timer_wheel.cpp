#include "net/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace gateway::net {

TimerWheel::TimerWheel(TimePoint now) : heads_(slots, none), current_(tick_before(now)) {}

TimerWheel::Tick TimerWheel::tick_before(TimePoint time) {
  return time.time_since_epoch() / slot;
}

TimerWheel::Tick TimerWheel::tick_after(TimePoint time) {
  if (time == never) return tick_before(time);
  return tick_before(time + (slot - Duration(1)));
}

void TimerWheel::set(Key key, TimePoint deadline) {
  if (key >= entries_.size()) entries_.resize(std::size_t{key} + 1);
  Entry& entry = entries_[key];
  entry.deadline = deadline;
  if (entry.linked && entry.tick <= tick_after(deadline)) return;
  if (entry.linked) unlink(key);
  if (deadline != never) link(key);
}

void TimerWheel::remove(Key key) {
  if (key < entries_.size() && entries_[key].linked) unlink(key);
}

void TimerWheel::advance(TimePoint now, std::vector<Key>& due) {
  const Tick last = tick_before(now);
  // After a long pause every slot is visited once, not once a round.
  const Tick first = std::max(current_ + 1, last - static_cast<Tick>(slots) + 1);
  current_ = std::max(current_, last);
  for (Tick tick = first; tick <= last; ++tick) visit(tick, now, due);
}

void TimerWheel::visit(Tick tick, TimePoint now, std::vector<Key>& due) {
  Key key = heads_[index(tick)];
  while (key != none) {
    const Key next = entries_[key].next;
    unlink(key);
    if (entries_[key].deadline <= now) {
      due.push_back(key);
    } else if (entries_[key].deadline != never) {
      link(key);
    }
    key = next;
  }
}

TimePoint TimerWheel::next() const {
  const std::size_t start = index(current_ + 1);
  for (std::size_t step = 0; step <= used_.size(); ++step) {
    const std::size_t word = (start / 64 + step) % used_.size();
    std::uint64_t bits = used_[word];
    if (step == 0) bits &= ~std::uint64_t{0} << (start % 64);
    if (step == used_.size()) bits &= ~(~std::uint64_t{0} << (start % 64));
    if (bits == 0) continue;
    const std::size_t found = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    const Tick distance = static_cast<Tick>((found + slots - start) % slots);
    return TimePoint(slot * (current_ + 1 + distance));
  }
  return never;
}

void TimerWheel::link(Key key) {
  Entry& entry = entries_[key];
  // At least the next slot, so that a deadline in the past can't make advance() loop; at most the last of
  // this round.
  entry.tick = std::clamp(tick_after(entry.deadline), current_ + 1, current_ + static_cast<Tick>(slots) - 1);
  const std::size_t place = index(entry.tick);
  entry.previous = none;
  entry.next = heads_[place];
  if (entry.next != none) entries_[entry.next].previous = key;
  heads_[place] = key;
  entry.linked = true;
  used_[place / 64] |= std::uint64_t{1} << (place % 64);
}

void TimerWheel::unlink(Key key) {
  Entry& entry = entries_[key];
  const std::size_t place = index(entry.tick);
  if (entry.next != none) entries_[entry.next].previous = entry.previous;
  if (entry.previous != none) {
    entries_[entry.previous].next = entry.next;
  } else {
    heads_[place] = entry.next;
    if (entry.next == none) used_[place / 64] &= ~(std::uint64_t{1} << (place % 64));
  }
  entry.linked = false;
}

}  // namespace gateway::net
