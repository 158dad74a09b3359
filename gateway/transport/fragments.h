#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/buffer_pool.h"
#include "base/ring.h"
#include "base/time.h"
#include "wire/command.h"

namespace gateway::transport {

/// Where a fragment belongs in its message, checked. All fragments of a message but the last have the same
/// size, and each fragment alone tells it, so everything else a fragment claims can be checked against it.
struct Piece {
  std::uint32_t index = 0;  // 0…count−1
  std::uint32_t total = 0;  // bytes of the whole message
  std::uint32_t size = 0;   // bytes of a fragment that isn't the last; 0: not a fragment at all

  explicit operator bool() const { return size != 0; }
  std::uint32_t count() const { return (total + size - 1) / size; }
};

/// Checks the fields of a fragment command against each other and against the longest message.
/// Empty when they contradict. Source: README.md, "Fragments".
std::optional<Piece> check_fragment(const wire::Command& fragment, std::size_t message_max);

/// One message being put together from fragments that arrive in any order. Its memory grows with the pieces
/// that came: nothing has the size that a peer only announced, not even a place for a missing piece.
class Assembly {
 public:
  /// Begins a message whose first fragment has the number `start`. What was there before is dropped.
  void begin(std::uint32_t start, const Piece& piece, TimePoint now);
  /// Drops everything.
  void abandon();

  bool active() const { return shape_.size != 0; }
  std::uint32_t start() const { return start_; }
  TimePoint since() const { return since_; }
  /// True when the fragment `number` can be one of this message.
  bool agrees(std::uint32_t number, const Piece& piece) const;
  /// True when the reliable number lies in this message.
  bool covers(std::uint32_t number) const { return active() && number - start() < shape_.count(); }

  /// Adds a fragment that agrees and isn't there yet.
  void add(const Piece& piece, Buffer data);
  bool complete() const { return active() && pieces_.size() == shape_.count(); }
  /// The whole message in one buffer; the assembly is inactive afterwards.
  Buffer join(BufferPool& pool);

  /// What the fragments held cost, as counted by ReceiveQueue.
  std::size_t held_bytes() const { return held_; }
  /// Bytes of the places that pieces have, beside their buffers.
  std::size_t room_bytes() const { return pieces_.room_bytes(); }
  /// Gives memory back that an idle connection doesn't need.
  void release();

 private:
  struct Kept {
    Buffer data;
    std::uint32_t index = 0;
  };

  Ring<Kept> pieces_;  // as they came: sorting them would be work that a peer can ask for
  Piece shape_;        // index unused
  std::uint32_t start_ = 0;
  std::size_t held_ = 0;
  TimePoint since_{};
};

/// What holding `size` received bytes counts: a buffer and its slot, so that tiny commands count too.
constexpr std::size_t held_cost(std::size_t size) {
  return size + 64;
}

}  // namespace gateway::transport
