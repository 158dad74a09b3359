#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/time.h"

namespace gateway::transport {

/// Whom this end of a connection plays.
enum class Role : std::uint8_t { server, client };

/// opening: the handshake runs, payloads may be queued. closing: what is queued still leaves. closed: over,
/// see close_reason().
enum class Phase : std::uint8_t { opening, open, closing, closed };

/// How a message travels. The values are UDP's command flags and TCP's delivery byte.
enum class Delivery : std::uint8_t {
  unreliable = 0,
  reliable = 1,
  unsequenced = 2,
  reliable_unsequenced = 3
};

inline bool is_reliable(Delivery delivery) {
  return (static_cast<std::uint8_t>(delivery) & 1) != 0;
}

/// What a payload is, where a connection carries more than messages of the protocol.
enum class Form : std::uint8_t {
  message,
  ping,  // TCP only: F0, which travels outside frames; 5 bytes to the server, 9 to the client
  text,  // WebSocket only: a text message
};

/// One application message and how it travels.
struct Payload {
  Bytes bytes;
  std::uint8_t channel = 0;
  Delivery delivery = Delivery::reliable;
  Form form = Form::message;
};

enum class SendStatus : std::uint8_t {
  queued,
  dropped,   // unreliable and over its budget: counted, nothing to do
  overflow,  // reliable and over `buffered`: the caller closes the connection
};

/// Who or what ended a connection.
enum class Cause : std::uint8_t {
  none,
  local,           // we closed it
  peer,            // the peer's Disconnect, end of stream or close frame
  reset,           // a stream broke off without an end
  timeout,         // a reliable command stayed unacknowledged, or the peer was silent
  refused,         // the network said that nobody listens there
  protocol_error,  // the peer broke the protocol
  overflow,        // more queued than `buffered`, or a message over message_max
};

/// Why a connection ends. Given to close() it says what the peer is told; close_reason() says what happened.
/// `code` is the reserved byte of UDP's Disconnect (disconnect_code.h), or from 1000 on a WebSocket's close
/// code; TCP tells none.
struct CloseReason {
  Cause cause = Cause::none;
  std::uint16_t code = 4;

  std::uint8_t disconnect_code() const { return static_cast<std::uint8_t>(code); }
};

enum class Linger : std::uint8_t {
  flush,  // what is queued and unacknowledged first, for at most options.linger
  now,    // queues are dropped, on either way, and the peer is told at once
};

/// One Photon connection in either role, without socket, clock or thread. The contract, in order of use:
/// one input (receive, send, close or advance), then drain next_payload() and next_output(), then deadline().
class Transport {
 public:
  virtual ~Transport() = default;

  /// Takes one datagram, any slice of a stream, or one whole WebSocket message.
  virtual void receive(TimePoint now, Bytes bytes) = 0;
  /// Queues one message (the bytes are copied). Call only in Phase opening or open.
  virtual SendStatus send(TimePoint now, const Payload& payload) = 0;
  /// Ends the connection. A second call can only shorten the first (flush, then now).
  virtual void close(TimePoint now, CloseReason reason, Linger linger) = 0;
  /// Fires what is due.
  virtual void advance(TimePoint now) = 0;
  /// When advance() is next wanted; `never` when nothing is pending. After draining it lies behind `now`.
  virtual TimePoint deadline() const = 0;
  /// The next message in order; the view is valid until the next call on this object.
  virtual std::optional<Payload> next_payload() = 0;
  /// Writes what leaves next: on UDP one datagram, on a stream up to out.size() bytes. 0 = drained.
  virtual std::size_t next_output(TimePoint now, MutableBytes out) = 0;
  /// Bytes accepted by send() and not yet acknowledged (UDP) or taken (stream).
  virtual std::size_t queued_bytes() const = 0;
  /// Bytes received and not yet taken by next_payload(), incomplete messages included.
  virtual std::size_t held_bytes() const = 0;
  /// Bytes of what is kept about channels and messages, beside the pool's buffers.
  virtual std::size_t bookkeeping_bytes() const = 0;

  virtual Phase phase() const = 0;
  virtual CloseReason close_reason() const = 0;
};

}  // namespace gateway::transport
