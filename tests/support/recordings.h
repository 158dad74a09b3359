#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace gateway::test {

enum class Direction : std::uint8_t { to_server, to_client };
enum class Transport : std::uint8_t { udp, tcp };

/// One key exchange of a recording; all values as bytes, numbers minimal big-endian.
struct RecordedKeyExchange {
  std::vector<std::uint8_t> server_secret;
  std::vector<std::uint8_t> server_public;
  std::vector<std::uint8_t> client_public;
  std::vector<std::uint8_t> shared_secret;
  std::vector<std::uint8_t> key;  // 32 bytes
};

/// One UDP datagram as it was seen at the server's socket.
struct RecordedDatagram {
  Direction direction = Direction::to_server;
  double ms = 0;  // since the recording's start
  std::vector<std::uint8_t> bytes;
};

/// One piece of a TCP stream as it was read at the server's socket: it may hold several frames or a part of
/// one.
using RecordedChunk = RecordedDatagram;

/// One message that a correct implementation reads out of the datagrams or chunks: on UDP in the order of its
/// direction and channel, on TCP in that of its direction. Pings are none.
struct RecordedMessage {
  Direction direction = Direction::to_server;
  double ms = 0;
  std::uint8_t channel = 0;
  bool reliable = false;
  bool unsequenced = false;
  bool encrypted = false;
  bool text_init = false;  // "POST /?init…": no envelope, `body` is the whole message
  std::uint8_t type = 0;   // message type, 0 for a text Init
  std::size_t length = 0;  // of the clear body
  std::optional<std::vector<std::uint8_t>>
      body;            // clear, behind the two envelope bytes; long ones have only `sha256`
  std::string sha256;  // lower-case hex of the clear body when `body` is empty
  std::optional<std::uint8_t> operation;
  std::optional<std::uint8_t> event;
  std::optional<std::int16_t> return_code;

  /// Whether these bytes are the clear body, or have its length and hash.
  bool has_body(Bytes clear) const;
};

/// A conversation of a real client library with a test server. Source: tests/data/README.md.
struct Recording {
  std::string name;
  Transport transport = Transport::udp;
  std::string library;        // version of the client library
  std::string serialization;  // GpBinaryV16 or GpBinaryV18
  std::string closed;         // how it ended
  std::vector<std::uint8_t> init;
  std::vector<RecordedKeyExchange> key_exchanges;
  std::vector<RecordedDatagram> datagrams;  // UDP
  std::vector<RecordedChunk> chunks;        // TCP
  std::vector<RecordedMessage> messages;
};

/// Names of all recordings in tests/data/recordings, sorted: "4.1.8.3-udp-v18-mixed".
std::vector<std::string> recording_names();
/// The same, of one transport.
std::vector<std::string> recording_names(Transport transport);

/// Loads one. Throws when it is missing or malformed.
Recording load_recording(std::string_view name);

/// The whole byte stream of one direction of a TCP recording.
std::vector<std::uint8_t> stream_of(const Recording& recording, Direction direction);

}  // namespace gateway::test
