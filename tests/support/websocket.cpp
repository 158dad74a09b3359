#include "support/websocket.h"

#include <algorithm>
#include <array>
#include <openssl/evp.h>

namespace gateway::test {

namespace {

constexpr std::size_t control_bytes_max = 125;
constexpr std::uint16_t code_none = 1005;  // stands for a close frame without one
constexpr std::uint16_t code_protocol_error = 1002;

void mask(MutableBytes bytes, const std::array<std::uint8_t, 4>& key) {
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= key[i & 3];
}

}  // namespace

std::string base64(Bytes bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha1(), nullptr);
  return base64(Bytes(hash).first(size));
}

// Handshake
// ---------------------------------------------------------------------------------------------------------

void WebSocket::request(const Request& request) {
  std::array<std::uint8_t, 16> nonce{};
  for (std::uint8_t& byte : nonce) byte = static_cast<std::uint8_t>(random_());
  key_ = base64(nonce);
  HttpHead head{"GET " + request.target + " HTTP/1.1",
                {{"Host", request.host},
                 {"Upgrade", "websocket"},
                 {"Connection", "Upgrade"},
                 {"Sec-WebSocket-Key", key_},
                 {"Sec-WebSocket-Version", "13"}}};
  if (request.protocol) head.headers.emplace_back("Sec-WebSocket-Protocol", *request.protocol);
  head.headers.insert(head.headers.end(), request.headers.begin(), request.headers.end());
  append(write_http_head(head));
}

void WebSocket::accept(const std::optional<std::string>& protocol,
                       const std::vector<std::pair<std::string, std::string>>& headers) {
  HttpHead answer{
      "HTTP/1.1 101 Switching Protocols",
      {{"Upgrade", "websocket"},
       {"Connection", "Upgrade"},
       {"Sec-WebSocket-Accept", websocket_accept(head_->header("Sec-WebSocket-Key").value_or(""))}}};
  if (protocol) answer.headers.emplace_back("Sec-WebSocket-Protocol", *protocol);
  answer.headers.insert(answer.headers.end(), headers.begin(), headers.end());
  append(write_http_head(answer));
  state_ = State::open;
  receive({});
}

void WebSocket::refuse(int status, std::string_view body) {
  append(write_http_head({"HTTP/1.1 " + std::to_string(status) + " Refused",
                          {{"Content-Length", std::to_string(body.size())}, {"Connection", "close"}}}));
  append(body);
  state_ = State::refused;
}

void WebSocket::read_head() {
  std::size_t size = 0;
  auto head = read_http_head(text_of(held()), size);
  if (!head) return;
  input_taken_ += size;
  if (role_ == Role::client) {
    check_response(*head);
  } else if (head->method() != "GET" || !head->header("Sec-WebSocket-Key")) {
    violate("no upgrade request: " + head->first_line);
  }
  head_ = std::move(head);
}

void WebSocket::check_response(const HttpHead& head) {
  if (head.status() != 101) {
    state_ = State::refused;
    return;
  }
  state_ = State::open;
  if (head.header("Sec-WebSocket-Accept") != websocket_accept(key_)) violate("a wrong Sec-WebSocket-Accept");
  if (head.count("Sec-WebSocket-Extensions") > 0) violate("an extension nobody offered");
}

// Receiving
// ---------------------------------------------------------------------------------------------------------

void WebSocket::receive(Bytes bytes) {
  if (state_ == State::closed) return;
  if (input_taken_ > 0) {
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(input_taken_));
    input_taken_ = 0;
  }
  input_.insert(input_.end(), bytes.begin(), bytes.end());
  if (state_ == State::handshake && !head_) read_head();
  while (state_ == State::open || state_ == State::closing) {
    auto frame = read_frame();
    if (!frame) return;
    take(std::move(*frame));
  }
}

std::optional<WebSocket::Frame> WebSocket::read_frame() {
  ByteReader in(held());
  const std::uint8_t first = in.u8();
  const std::uint8_t second = in.u8();
  std::uint64_t size = second & 0x7F;
  if (size == 126) {
    size = in.u16();
  } else if (size == 127) {
    const std::uint64_t high = in.u32();
    size = high << 32 | in.u32();
  }
  const bool masked = (second & 0x80) != 0;
  std::array<std::uint8_t, 4> key{};
  if (masked)
    std::ranges::copy(in.bytes(in.remaining() < key.size() ? key.size() + 1 : key.size()), key.begin());
  const Bytes payload = in.bytes(in.ok() ? static_cast<std::size_t>(size) : 0);
  if (!in.ok()) return std::nullopt;
  input_taken_ += in.position();

  Frame frame{(first & 0x80) != 0, static_cast<Opcode>(first & 0x0F), {payload.begin(), payload.end()}};
  if (masked) mask(frame.payload, key);
  if (masked != (role_ == Role::server)) violate(masked ? "a masked frame" : "a frame without a mask");
  if ((first & 0x70) != 0) violate("a reserved bit");
  return frame;
}

void WebSocket::take(Frame frame) {
  const bool control = static_cast<std::uint8_t>(frame.opcode) >= 8;
  if (control && (!frame.last || frame.payload.size() > control_bytes_max))
    violate("a control frame too large");
  switch (frame.opcode) {
    case Opcode::more:
    case Opcode::text:
    case Opcode::binary:
      return take_data(std::move(frame));
    case Opcode::close:
      return take_close(frame.payload);
    case Opcode::ping:
      ++pings_;
      if (!close_sent_) write_frame(true, Opcode::pong, frame.payload);
      return;
    case Opcode::pong:
      ++pongs_;
      return;
  }
  violate("an unknown opcode");
}

void WebSocket::take_data(Frame frame) {
  const bool more = frame.opcode == Opcode::more;
  if (more != fragments_.has_value()) return violate("fragments out of order");
  if (!more) fragments_ = Message{{}, frame.opcode == Opcode::text};
  auto& bytes = fragments_->bytes;
  if (bytes.empty()) {
    bytes = std::move(frame.payload);
  } else {
    bytes.insert(bytes.end(), frame.payload.begin(), frame.payload.end());
  }
  if (!frame.last) return;
  messages_.push_back(std::move(*fragments_));
  fragments_.reset();
}

void WebSocket::take_close(Bytes payload) {
  ByteReader in(payload);
  close_code_ = payload.empty() ? code_none : in.u16();
  if (!in.ok()) violate("a close frame of one byte");
  close_text_ = text_of(in.bytes(in.remaining()));
  if (!close_sent_) write_frame(true, Opcode::close, payload);
  close_sent_ = true;
  state_ = State::closed;
}

std::optional<WebSocket::Message> WebSocket::next_message() {
  if (messages_.empty()) return std::nullopt;
  Message message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

/// The stream can't be read any further.
void WebSocket::violate(const std::string& what) {
  violations_.push_back(what);
  if (state_ != State::handshake && !close_sent_) close(code_protocol_error);
  state_ = State::closed;
}

// Sending
// ---------------------------------------------------------------------------------------------------------

void WebSocket::send(Bytes message, bool text, std::size_t frame_bytes) {
  if (close_sent_) return;
  Opcode opcode = text ? Opcode::text : Opcode::binary;
  while (frame_bytes > 0 && message.size() > frame_bytes) {
    write_frame(false, std::exchange(opcode, Opcode::more), message.first(frame_bytes));
    message = message.subspan(frame_bytes);
  }
  write_frame(true, opcode, message);
}

void WebSocket::ping(Bytes data) {
  if (!close_sent_) write_frame(true, Opcode::ping, data);
}

void WebSocket::close(std::uint16_t code, std::string_view reason) {
  if (close_sent_) return;
  std::vector<std::uint8_t> payload{static_cast<std::uint8_t>(code >> 8), static_cast<std::uint8_t>(code)};
  payload.insert(payload.end(), reason.begin(), reason.end());
  write_frame(true, Opcode::close, code == code_none ? Bytes{} : Bytes(payload));
  close_sent_ = true;
  if (state_ == State::open) state_ = State::closing;
}

void WebSocket::write_frame(bool last, Opcode opcode, Bytes payload) {
  output_.push_back(static_cast<std::uint8_t>((last ? 0x80 : 0) | static_cast<int>(opcode)));
  const std::uint8_t masked = role_ == Role::client ? 0x80 : 0;
  const std::uint64_t size = payload.size();
  const int size_bytes = size < 126 ? 0 : size < 0x1'0000 ? 2 : 8;
  const std::uint64_t short_size = size_bytes == 0 ? size : size_bytes == 2 ? 126 : 127;
  output_.push_back(static_cast<std::uint8_t>(masked | short_size));
  for (int i = size_bytes; i-- > 0;) output_.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
  std::array<std::uint8_t, 4> key{};
  if (masked != 0) {
    for (std::uint8_t& byte : key) byte = static_cast<std::uint8_t>(random_());
    output_.insert(output_.end(), key.begin(), key.end());
  }
  output_.insert(output_.end(), payload.begin(), payload.end());
  if (masked != 0) mask(MutableBytes(output_).last(payload.size()), key);
}

void WebSocket::written(std::size_t bytes) {
  output_taken_ += bytes;
  if (output_taken_ < output_.size()) return;
  output_.clear();
  output_taken_ = 0;
}

}  // namespace gateway::test
