#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "support/seeded_random.h"
#include "transport/transport.h"

namespace gateway::test {

/// One direction of a connection over a simulated TCP: nothing is lost or reordered, but everything takes
/// time, is cut anywhere and stops when the receiver doesn't read. A WebSocket's messages stay whole.
class Pipe {
 public:
  struct Options {
    Duration delay = milliseconds(10);
    std::size_t capacity = 64 * 1024;  // bytes on the way or unread; beyond it the sender waits
    std::size_t slice = 1500;          // longest piece that arrives at once, on TCP
    bool whole = false;                // messages, not bytes
  };
  struct Piece {
    std::vector<std::uint8_t> bytes;
    bool text = false;
  };

  Pipe(const Options& options, std::uint64_t seed) : options_(options), random_(seed) {}

  std::size_t room() const { return held_ < options_.capacity ? options_.capacity - held_ : 0; }
  bool whole() const { return options_.whole; }
  void push(TimePoint now, Bytes bytes, bool text = false) {
    held_ += bytes.size();
    pieces_.push_back({now + options_.delay, {{bytes.begin(), bytes.end()}, text}});
  }
  /// The sender says nothing more.
  void end(transport::CloseReason reason) {
    if (!end_) end_ = reason;
  }

  /// What has arrived, or a part of it.
  std::optional<Piece> pop(TimePoint now) {
    if (pieces_.empty() || pieces_.front().first > now) return std::nullopt;
    const Piece& front = pieces_.front().second;
    const Bytes left = Bytes(front.bytes).subspan(front_taken_);
    const std::size_t size =
        std::min(left.size(), options_.whole ? left.size() : random_.between(1, options_.slice));
    held_ -= size;
    Piece piece{{left.begin(), left.begin() + static_cast<std::ptrdiff_t>(size)}, front.text};
    front_taken_ += size;
    if (size == left.size()) {
      pieces_.pop_front();
      front_taken_ = 0;
    }
    return piece;
  }
  /// The sender's end, once all before it was popped.
  std::optional<transport::CloseReason> ended() const { return pieces_.empty() ? end_ : std::nullopt; }
  bool empty() const { return pieces_.empty(); }

 private:
  Options options_;
  SeededRandom random_;
  std::deque<std::pair<TimePoint, Piece>> pieces_;
  std::size_t front_taken_ = 0;  // bytes of the first
  std::size_t held_ = 0;
  std::optional<transport::CloseReason> end_;
};

}  // namespace gateway::test
