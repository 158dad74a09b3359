#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "wire/command.h"

namespace gateway::test {

/// One message of a stream and what its frame said of it.
struct StreamMessage {
  std::vector<std::uint8_t> bytes;
  std::uint8_t channel = 0;
  wire::Flags delivery = wire::Flags::reliable;
};

/// Reads a server's TCP stream as the client library does: nine bytes first, which are a pong or the head of
/// a frame with the first two bytes of its message. Anything else breaks the stream for good.
class PhotonStreamReader {
 public:
  struct Pong {
    std::uint32_t server_clock = 0;
    std::uint32_t client_clock = 0;
  };
  /// A message, or a pong.
  struct Unit {
    std::optional<Pong> pong;
    StreamMessage message;
  };

  explicit PhotonStreamReader(std::vector<std::string>& violations) : violations_(violations) {}

  void receive(Bytes bytes);
  /// The next unit; empty while it is incomplete.
  std::optional<Unit> next();
  /// Bytes that came and make no whole unit yet.
  std::size_t incomplete() const { return bytes_.size() - position_; }

 private:
  std::optional<std::size_t> frame_size(Bytes head);

  std::vector<std::string>& violations_;
  std::vector<std::uint8_t> bytes_;
  std::size_t position_ = 0;
  bool broken_ = false;
};

/// A frame as the library writes it.
std::vector<std::uint8_t> write_frame(Bytes message, std::uint8_t channel, wire::Flags delivery);
/// A client's ping.
std::vector<std::uint8_t> write_ping(std::uint32_t client_clock);

}  // namespace gateway::test
