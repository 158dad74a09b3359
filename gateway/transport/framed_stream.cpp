#include "transport/framed_stream.h"

#include <algorithm>
#include <bit>

#include "transport/disconnect_code.h"

namespace gateway::transport {

namespace {

constexpr std::size_t input_bytes_min = 256;

wire::StreamRules rules_of(const Options& options, Role role) {
  return {.ping_size = role == Role::server ? wire::ping_bytes : wire::pong_bytes,
          .message_max = options.message_max};
}

}  // namespace

FramedStream::FramedStream(const Options& options, BufferPool& pool, Stats& stats, Role role, TimePoint now)
    : Stream(options, pool, stats, role, now), rules_(rules_of(options, role)) {}

void FramedStream::receive(TimePoint now, Bytes bytes) {
  if (!hears(now, bytes.size())) return;
  // The driver reads only while messages are taken, so this is out of reach unless it doesn't.
  if (held_bytes() + bytes.size() > options_.buffered + options_.message_max) {
    stats_.drop(Drop::held);
    return fail({Cause::overflow, code_server_logic});
  }
  make_room(bytes.size());
  // Not ranges::copy: of g++ 12's two copies that one goes byte by byte, and this is all that is received.
  std::copy(bytes.begin(), bytes.end(), input_.bytes().begin() + static_cast<std::ptrdiff_t>(end_));
  end_ += bytes.size();
}

// Room behind end_: what is held moves to the front, or to a larger buffer. It grows with what came, not with
// what a frame announces: memory for messages that never come would be the cheapest attack there is.
void FramedStream::make_room(std::size_t bytes) {
  if (end_ + bytes <= input_.size()) return;
  const std::size_t needed = held_bytes() + bytes;
  Buffer larger;
  if (needed > input_.size()) larger = pool_.take(std::bit_ceil(std::max(needed, input_bytes_min)));
  const MutableBytes target = larger ? larger.bytes() : input_.bytes();
  std::copy(input_.bytes().begin() + static_cast<std::ptrdiff_t>(begin_),
            input_.bytes().begin() + static_cast<std::ptrdiff_t>(end_), target.begin());
  end_ = held_bytes();
  begin_ = 0;
  if (larger) input_ = std::move(larger);
}

std::optional<Payload> FramedStream::next_payload() {
  if (begin_ == end_) {
    drop_input();  // an idle connection holds no memory
    input_taken();
    return std::nullopt;
  }
  const auto unit = wire::parse_stream_unit(held(), rules_);
  if (!unit) {
    stats_.drop(Drop::malformed);
    const bool too_long = unit.error() == wire::Error::frame_too_long;
    fail({too_long ? Cause::overflow : Cause::protocol_error, code_server_logic});
    return std::nullopt;
  }
  if (!*unit) {
    input_taken();
    return std::nullopt;
  }
  const wire::StreamUnit& found = **unit;
  begin_ += found.payload.size() + (found.ping ? 0 : wire::frame_header_bytes);
  return Payload{found.payload, found.channel, static_cast<Delivery>(found.delivery),
                 found.ping ? Form::ping : Form::message};
}

SendStatus FramedStream::send(TimePoint now, const Payload& payload) {
  const std::size_t header = payload.form == Form::ping ? 0 : wire::frame_header_bytes;
  const std::size_t size = header + payload.bytes.size();
  const SendStatus status = admits(size);
  if (status != SendStatus::queued) return status;
  Buffer buffer = pool_.take(size);
  ByteWriter out(buffer.bytes());
  if (header > 0) {
    wire::write_frame_header(out, payload.bytes.size(), payload.channel,
                             static_cast<std::uint8_t>(payload.delivery));
  }
  out.bytes(payload.bytes);
  output_.push_back(std::move(buffer));
  queued(now, size);
  return status;
}

std::size_t FramedStream::next_output(TimePoint now, MutableBytes out) {
  ByteWriter writer(out);
  std::size_t messages = 0;
  while (!output_.empty() && writer.remaining() > 0) {
    const Bytes left = std::as_const(output_.front()).bytes().subspan(front_taken_);
    const std::size_t size = std::min(left.size(), writer.remaining());
    writer.bytes(left.first(size));
    front_taken_ += size;
    if (size < left.size()) break;
    output_.pop_front();
    front_taken_ = 0;
    ++messages;
  }
  give_room_back(output_);
  if (writer.position() > 0) taken(now, writer.position(), messages);
  return writer.position();
}

// Broken input counts: next_payload() is what says so.
bool FramedStream::has_payload() const {
  const auto unit = wire::parse_stream_unit(held(), rules_);
  return !unit || unit->has_value();
}

void FramedStream::drop_input() {
  input_ = Buffer();
  begin_ = end_ = 0;
}

void FramedStream::drop_output() {
  output_.clear();
  front_taken_ = 0;
}

}  // namespace gateway::transport
