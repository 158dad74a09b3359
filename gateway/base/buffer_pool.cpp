#include "base/buffer_pool.h"

#include <bit>
#include <cassert>

namespace gateway {

Buffer::~Buffer() {
  if (data_ != nullptr) pool_->give_back(data_, size_class_);
}

BufferPool::~BufferPool() {
  assert(lent_bytes_ == 0);
  for (auto& list : free_) {
    for (std::uint8_t* data : list) delete[] data;
  }
}

Buffer BufferPool::take(std::size_t size) {
  assert(size <= std::size_t{1} << 30);
  const auto bits = static_cast<std::size_t>(std::bit_width(size > 0 ? size - 1 : 0));
  const std::size_t size_class = bits > smallest_bits ? bits - smallest_bits : 0;
  lent_bytes_ += room(size_class);
  auto& list = free_[size_class];
  std::uint8_t* data = nullptr;
  if (list.empty()) {
    data = new std::uint8_t[room(size_class)];
  } else {
    data = list.back();
    list.pop_back();
    kept_bytes_ -= room(size_class);
  }
  return {this, data, size, static_cast<std::uint8_t>(size_class)};
}

Buffer BufferPool::copy(Bytes bytes) {
  Buffer buffer = take(bytes.size());
  std::copy(bytes.begin(), bytes.end(), buffer.bytes().begin());
  return buffer;
}

void BufferPool::give_back(std::uint8_t* data, std::uint8_t size_class) {
  lent_bytes_ -= room(size_class);
  kept_bytes_ += room(size_class);
  free_[size_class].push_back(data);
}

bool BufferPool::trim() {
  if (surplus_bytes() == 0) return false;
  std::size_t largest = 0;
  for (std::size_t size_class = 1; size_class < classes; ++size_class) {
    if (kept_bytes(size_class) >= kept_bytes(largest)) largest = size_class;
  }
  auto& list = free_[largest];
  for (int few = 8; few > 0 && !list.empty() && surplus_bytes() > 0; --few) {
    delete[] list.back();
    list.pop_back();
    kept_bytes_ -= room(largest);
  }
  return surplus_bytes() > 0;
}

}  // namespace gateway
