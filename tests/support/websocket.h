#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "support/http_head.h"

namespace gateway::test {

std::string base64(Bytes bytes);

/// One end of a WebSocket (RFC 6455), handshake included, without socket: bytes are given and taken. Written
/// for tests, so it keeps what came and records what the peer must not do.
class WebSocket {
 public:
  enum class Role : std::uint8_t { client, server };
  /// refused: the answer to the handshake was no upgrade. closed: both close frames passed, or the peer broke
  /// the protocol.
  enum class State : std::uint8_t { handshake, open, refused, closing, closed };

  struct Request {
    std::string target = "/";
    std::string host = "127.0.0.1";
    std::optional<std::string> protocol{};  // as Sec-WebSocket-Protocol says it; several with commas
    std::vector<std::pair<std::string, std::string>> headers{};
  };

  struct Message {
    std::vector<std::uint8_t> bytes;
    bool text = false;
  };

  explicit WebSocket(Role role, std::uint64_t seed = 1) : role_(role), random_(seed) {}

  // Handshake of a client
  void request(const Request& request);

  // Handshake of a server, once head() is there
  /// `protocol` is the one it chooses; empty: none.
  void accept(const std::optional<std::string>& protocol,
              const std::vector<std::pair<std::string, std::string>>& headers = {});
  void refuse(int status, std::string_view body = {});

  /// The peer's half of the handshake: the request, or the response.
  const std::optional<HttpHead>& head() const { return head_; }

  void receive(Bytes bytes);
  std::optional<Message> next_message();

  /// Queues a message in frames of at most `frame_bytes` (0: one frame).
  void send(Bytes message, bool text, std::size_t frame_bytes = 0);
  void ping(Bytes data = {});
  void close(std::uint16_t code, std::string_view reason = {});

  /// What is to be written to the stream, and how much of it was.
  Bytes output() const { return Bytes(output_).subspan(output_taken_); }
  void written(std::size_t bytes);

  State state() const { return state_; }
  /// The peer's close frame: its code, 1005 when it had none.
  std::optional<std::uint16_t> close_code() const { return close_code_; }
  const std::string& close_text() const { return close_text_; }
  std::size_t pings() const { return pings_; }
  std::size_t pongs() const { return pongs_; }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  enum class Opcode : std::uint8_t { more = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
  struct Frame {
    bool last = false;
    Opcode opcode = Opcode::more;
    std::vector<std::uint8_t> payload;
  };

  Bytes held() const { return Bytes(input_).subspan(input_taken_); }
  void read_head();
  void check_response(const HttpHead& head);
  std::optional<Frame> read_frame();
  void take(Frame frame);
  void take_data(Frame frame);
  void take_close(Bytes payload);
  void write_frame(bool last, Opcode opcode, Bytes payload);
  void append(std::string_view text) { output_.insert(output_.end(), text.begin(), text.end()); }
  void violate(const std::string& what);

  const Role role_;
  std::mt19937_64 random_;
  State state_ = State::handshake;
  std::string key_;
  std::optional<HttpHead> head_;
  std::vector<std::uint8_t> input_;
  std::size_t input_taken_ = 0;
  std::vector<std::uint8_t> output_;
  std::size_t output_taken_ = 0;
  std::optional<Message> fragments_;
  std::deque<Message> messages_;
  bool close_sent_ = false;
  std::optional<std::uint16_t> close_code_;
  std::string close_text_;
  std::size_t pings_ = 0;
  std::size_t pongs_ = 0;
  std::vector<std::string> violations_;
};

/// The Sec-WebSocket-Accept that belongs to a Sec-WebSocket-Key.
std::string websocket_accept(std::string_view key);

}  // namespace gateway::test
