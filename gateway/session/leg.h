#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/buffer_pool.h"
#include "base/result.h"
#include "message/envelope.h"
#include "session/keys.h"
#include "transport/framed_stream.h"
#include "transport/reliable_udp.h"
#include "transport/whole_messages.h"

namespace gateway::session {

/// One message on its way from one leg to the other. The views are valid until the next call on the leg it
/// came from.
struct Message {
  transport::Payload payload;                 // clear, unless nobody here could open it (opaque())
  std::optional<message::Envelope> envelope;  // of payload.bytes; empty when they are no message
  bool encrypted = false;                     // it arrived sealed and was opened
  Buffer replaced;                            // the memory of a payload that isn't as it came

  bool opaque() const { return envelope && envelope->encrypted; }
};

enum class OpenError : std::uint8_t { bad_encryption };

/// One side of a session: its connection and its key.
class Leg {
 public:
  /// `scratch` holds one opened or sealed message at a time and is shared by all sessions of the shard.
  explicit Leg(std::vector<std::uint8_t>& scratch) : scratch_(scratch) {}

  std::unique_ptr<transport::Transport> transport;  // empty before the leg is there
  // The same object, where it is one of these; what only they can is asked of them.
  transport::ReliableUdp* udp = nullptr;
  transport::Stream* stream = nullptr;
  transport::WholeMessages* messages = nullptr;

  Keys keys;
  bool understands_unsequenced = true;  // UDP: the peer takes commands 11, 14 and 15
  bool opaque = false;                  // JSON: nothing in it is a message of the binary protocol
  bool confidential = false;            // TLS: bit 80 without a key stands on a clear body

  void attach(std::unique_ptr<transport::ReliableUdp> connection);
  void attach(std::unique_ptr<transport::FramedStream> connection);
  void attach(std::unique_ptr<transport::WholeMessages> connection);

  /// Takes the next message and opens it if it is sealed and there is a key. Every kind of bad ciphertext
  /// gives the same error; so does a type that is never sealed. On TLS, a marked message without a key is
  /// clear and loses its mark.
  std::optional<Result<Message, OpenError>> next_message();

  /// The payload as this leg's peer gets it: sealed if asked, and in a delivery mode it understands.
  transport::Payload seal(const Message& message, bool sealed);

  bool exists() const { return transport != nullptr; }
  bool is(transport::Phase phase) const { return exists() && transport->phase() == phase; }
  /// Over or about to be, and not because we closed it.
  bool ended_by_peer() const;

 private:
  Result<Message, OpenError> open(Message sealed);
  Message without_bit(Message marked);
  MutableBytes scratch(std::size_t bytes);

  std::vector<std::uint8_t>& scratch_;
};

}  // namespace gateway::session
