#include "support/photon_stream_reader.h"

namespace gateway::test {

namespace {

constexpr std::size_t head_bytes = 9;  // what the library reads before it looks
constexpr std::size_t header_bytes = 7;
constexpr std::uint8_t pong_first = 0xF0;
constexpr std::uint8_t frame_first = 0xFB;

std::uint32_t big_endian(Bytes bytes) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : bytes.first(4)) value = value << 8 | byte;
  return value;
}

void append_big_endian(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

}  // namespace

void PhotonStreamReader::receive(Bytes bytes) {
  if (broken_) return;
  if (position_ > 0) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(position_));
    position_ = 0;
  }
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::optional<PhotonStreamReader::Unit> PhotonStreamReader::next() {
  const Bytes left = Bytes(bytes_).subspan(position_);
  if (broken_ || left.size() < head_bytes) return std::nullopt;
  if (left[0] == pong_first) {
    position_ += head_bytes;
    return Unit{Pong{big_endian(left.subspan(1)), big_endian(left.subspan(5))}, {}};
  }
  const auto size = frame_size(left);
  if (!size || left.size() < *size) return std::nullopt;
  position_ += *size;
  if (left[6] > 3) violations_.push_back("frame with a delivery of " + std::to_string(left[6]));
  const Bytes message = left.subspan(header_bytes, *size - header_bytes);
  return Unit{std::nullopt, {{message.begin(), message.end()}, left[5], static_cast<wire::Flags>(left[6])}};
}

std::optional<std::size_t> PhotonStreamReader::frame_size(Bytes head) {
  const std::size_t size = big_endian(head.subspan(1));
  if (head[0] == frame_first && size >= head_bytes) return size;
  broken_ = true;
  violations_.push_back(head[0] == frame_first ? "frame of " + std::to_string(size) + " bytes"
                                               : "stream unit that starts with " + std::to_string(head[0]));
  return std::nullopt;
}

std::vector<std::uint8_t> write_frame(Bytes message, std::uint8_t channel, wire::Flags delivery) {
  std::vector<std::uint8_t> out{frame_first};
  out.reserve(header_bytes + message.size());
  append_big_endian(out, static_cast<std::uint32_t>(header_bytes + message.size()));
  out.push_back(channel);
  out.push_back(static_cast<std::uint8_t>(delivery));
  out.insert(out.end(), message.begin(), message.end());
  return out;
}

std::vector<std::uint8_t> write_ping(std::uint32_t client_clock) {
  std::vector<std::uint8_t> out{pong_first};
  append_big_endian(out, client_clock);
  return out;
}

}  // namespace gateway::test
