#include "transport/fragments.h"

#include <algorithm>
#include <utility>

namespace gateway::transport {

namespace {

// Clients cut at MTU − 48, old ones at MTU − 44, and the smallest MTU is 576.
constexpr std::size_t plausible_fragment = 512;

constexpr std::size_t kept_places = 128;  // that an assembly keeps room for between messages

}  // namespace

std::optional<Piece> check_fragment(const wire::Command& fragment, std::size_t message_max) {
  const wire::FragmentBody& body = fragment.fragment;
  const std::size_t data = fragment.payload.size();
  if (data == 0 || body.total_length > message_max) return std::nullopt;
  if (body.count < 2 || body.count > body.total_length || body.count > message_max / plausible_fragment + 1)
    return std::nullopt;
  if (body.number >= body.count || body.start_seq == 0) return std::nullopt;
  if (std::uint64_t{body.start_seq} + body.number != fragment.reliable_seq) return std::nullopt;
  if (std::uint64_t{body.offset} + data > body.total_length) return std::nullopt;

  const bool last = body.number == body.count - 1;
  const std::size_t size = last ? body.offset / body.number : data;
  if (std::uint64_t{size} * body.number != body.offset) return std::nullopt;
  if (size == 0 || (body.total_length + size - 1) / size != body.count) return std::nullopt;
  if (last && body.offset + data != body.total_length) return std::nullopt;
  return Piece{body.number, body.total_length, static_cast<std::uint32_t>(size)};
}

void Assembly::begin(std::uint32_t start, const Piece& piece, TimePoint now) {
  abandon();
  start_ = start;
  shape_ = piece;
  since_ = now;
}

void Assembly::abandon() {
  while (!pieces_.empty()) pieces_.pop_front();
  if (pieces_.room() > kept_places) pieces_.clear();
  shape_ = {};
  held_ = 0;
}

bool Assembly::agrees(std::uint32_t number, const Piece& piece) const {
  return active() && number - piece.index == start() && piece.total == shape_.total &&
         piece.size == shape_.size;
}

void Assembly::add(const Piece& piece, Buffer data) {
  held_ += held_cost(data.size());
  pieces_.push_back({std::move(data), piece.index});
}

Buffer Assembly::join(BufferPool& pool) {
  Buffer whole = pool.take(shape_.total);
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const Bytes piece = std::as_const(pieces_[i].data).bytes();
    const std::size_t offset = std::size_t{pieces_[i].index} * shape_.size;
    std::copy(piece.begin(), piece.end(), whole.bytes().subspan(offset).begin());
  }
  abandon();
  return whole;
}

void Assembly::release() {
  if (!active()) pieces_.clear();
}

}  // namespace gateway::transport
