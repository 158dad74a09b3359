#pragma once

#include "base/ring.h"
#include "transport/stream.h"

namespace gateway::transport {

/// One WebSocket message as it leaves: with its own memory, so that a driver can write it as one frame.
struct OutgoingMessage {
  Buffer bytes;
  bool text = false;
};

/// Photon over WebSocket: one message of the protocol is one message of the WebSocket; framing, pings and
/// close frames are the driver's. Source: README.md, "Streams".
class WholeMessages final : public Stream {
 public:
  /// `options` outlives this.
  WholeMessages(const Options& options, BufferPool& pool, Stats& stats, Role role, TimePoint now);

  /// Takes one whole binary message. An empty one is dropped: there is nothing in it.
  void receive(TimePoint now, Bytes message) override;
  /// Takes one whole text message.
  void receive_text(TimePoint now, Bytes message);
  /// Nor is an empty one sent.
  SendStatus send(TimePoint now, const Payload& payload) override;
  std::optional<Payload> next_payload() override;
  /// Copies one whole message; `out` has room for options.message_max.
  std::size_t next_output(TimePoint now, MutableBytes out) override;
  /// The same without copying; empty = drained.
  std::optional<OutgoingMessage> take_message(TimePoint now);
  std::size_t held_bytes() const override { return held_; }
  std::size_t bookkeeping_bytes() const override { return input_.room_bytes() + output_.room_bytes(); }

 private:
  struct Incoming {
    Buffer bytes;
    bool text = false;
  };

  void hold(TimePoint now, Bytes message, bool text);
  bool has_payload() const override { return !input_.empty(); }
  void drop_input() override;
  void drop_output() override;

  Ring<Incoming> input_;
  Buffer current_;  // what next_payload gave last
  std::size_t held_ = 0;
  Ring<OutgoingMessage> output_;
};

}  // namespace gateway::transport
