#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "message/error.h"
#include "message/value.h"

namespace gateway::message {

/// What the walkers of both serializations share: a reader, the first error and the depth. After an error the
/// reader fails every read, so a walker reads straight down and result() tells at the end.
class Walk {
 public:
  explicit Walk(ByteReader& in) : in_(in) {}

  Result<void> result() const {
    if (error_) return *error_;
    if (!in_.ok()) return Error::truncated;
    return {};
  }

 protected:
  /// One level of nesting for as long as it lives; beyond depth_max the walk fails.
  class Level {
   public:
    explicit Level(Walk& walk) : walk_(walk) {
      if (++walk_.depth_ > depth_max) walk_.fail(Error::too_deep);
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --walk_.depth_; }

   private:
    Walk& walk_;
  };

  ByteReader& in() { return in_; }

  void fail(Error error) {
    if (in_.ok()) error_ = error;
    in_.fail();
  }

  /// Calls `step` `number` times or until the walk failed. Every step must read at least one byte, so that no
  /// count makes more work than there are bytes.
  template <class Step>
  void repeat(std::size_t number, Step step) {
    for (std::size_t i = 0; i < number && in_.ok(); ++i) step();
  }

 private:
  ByteReader& in_;
  std::optional<Error> error_;
  std::size_t depth_ = 0;
};

}  // namespace gateway::message
