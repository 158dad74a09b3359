#include "wire/frame.h"

namespace gateway::wire {

namespace {

constexpr std::size_t length_end = 5;  // magic and length

}  // namespace

Result<std::size_t> stream_unit_size(Bytes stream, const StreamRules& rules) {
  if (stream.empty()) return std::size_t{0};
  if (stream[0] == ping_magic) return rules.ping_size;
  if (stream[0] != frame_magic) return Error::frame_start;
  if (stream.size() < length_end) return std::size_t{0};
  const std::size_t length = ByteReader(stream.subspan(1)).u32();
  if (length < frame_bytes_min) return Error::frame_length;
  if (length > rules.message_max + frame_header_bytes) return Error::frame_too_long;
  return length;
}

Result<std::optional<StreamUnit>> parse_stream_unit(Bytes stream, const StreamRules& rules) {
  const auto size = stream_unit_size(stream, rules);
  if (!size) return size.error();
  if (*size == 0 || stream.size() < *size) return std::optional<StreamUnit>();
  const Bytes whole = stream.first(*size);
  if (whole[0] == ping_magic) return std::optional(StreamUnit{.payload = whole, .ping = true});
  return std::optional(StreamUnit{.payload = whole.subspan(frame_header_bytes),
                                  .channel = whole[length_end],
                                  .delivery = whole[length_end + 1]});
}

void write_frame_header(ByteWriter& out, std::size_t message_size, std::uint8_t channel,
                        std::uint8_t delivery) {
  out.u8(frame_magic);
  out.u32(static_cast<std::uint32_t>(message_size + frame_header_bytes));
  out.u8(channel);
  out.u8(delivery);
}

}  // namespace gateway::wire
