#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include "base/bytes.h"

namespace gateway {

class BufferPool;

/// A byte buffer lent by a BufferPool; goes back to it when destroyed. Movable, empty by default.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer(std::move(other)).swap(*this);
    return *this;
  }
  ~Buffer();

  explicit operator bool() const { return data_ != nullptr; }
  std::size_t size() const { return size_; }
  Bytes bytes() const { return {data_, size_}; }
  MutableBytes bytes() { return {data_, size_}; }

  void swap(Buffer& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(size_class_, other.size_class_);
  }

 private:
  friend class BufferPool;
  Buffer(BufferPool* pool, std::uint8_t* data, std::size_t size, std::uint8_t size_class)
      : pool_(pool), data_(data), size_(static_cast<std::uint32_t>(size)), size_class_(size_class) {}

  BufferPool* pool_ = nullptr;
  std::uint8_t* data_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint8_t size_class_ = 0;
};

/// The buffers of one shard's sessions: free lists by power-of-two size, so that once warm no message
/// allocates and an idle session holds none. What comes back is never freed at once, since a session may give
/// back thousands of buffers: whoever owns the pool calls trim(). Not thread-safe; must outlive its buffers.
class BufferPool {
 public:
  static constexpr std::size_t kept_bytes_max = std::size_t{8} << 20;

  /// `kept_max`: bytes of free memory that trim() leaves for reuse.
  explicit BufferPool(std::size_t kept_max = kept_bytes_max) : kept_max_(kept_max) {}
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool();

  /// A buffer of exactly `size` bytes, contents undefined. `size` is at most 1 GiB.
  Buffer take(std::size_t size);
  /// A buffer that holds a copy of `bytes`.
  Buffer copy(Bytes bytes);

  std::size_t lent_bytes() const { return lent_bytes_; }
  std::size_t kept_bytes() const { return kept_bytes_; }
  /// Of what is kept, what trim() will free.
  std::size_t surplus_bytes() const { return kept_bytes_ - std::min(kept_bytes_, kept_max_); }
  /// Frees a few buffers beyond `kept_max`, of the size that takes most; true while there are more.
  bool trim();

 private:
  friend class Buffer;
  void give_back(std::uint8_t* data, std::uint8_t size_class);

  static constexpr std::size_t smallest_bits = 6;  // 64 bytes
  static constexpr std::size_t classes = 25;
  static constexpr std::size_t room(std::size_t size_class) {
    return std::size_t{1} << (size_class + smallest_bits);
  }
  std::size_t kept_bytes(std::size_t size_class) const { return free_[size_class].size() * room(size_class); }

  const std::size_t kept_max_;
  std::array<std::deque<std::uint8_t*>, classes> free_;  // which never move all at once
  std::size_t lent_bytes_ = 0;
  std::size_t kept_bytes_ = 0;
};

}  // namespace gateway
