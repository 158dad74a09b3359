#pragma once

#include "base/ring.h"
#include "transport/stream.h"
#include "wire/frame.h"

namespace gateway::transport {

/// Photon over TCP: messages in frames, pings between them, in a stream that may be cut anywhere. Source:
/// README.md, "Streams", and wire/README.md, "TCP frames".
class FramedStream final : public Stream {
 public:
  /// `options` outlives this.
  FramedStream(const Options& options, BufferPool& pool, Stats& stats, Role role, TimePoint now);

  void receive(TimePoint now, Bytes bytes) override;
  SendStatus send(TimePoint now, const Payload& payload) override;
  std::optional<Payload> next_payload() override;
  std::size_t next_output(TimePoint now, MutableBytes out) override;
  std::size_t held_bytes() const override { return end_ - begin_; }
  std::size_t bookkeeping_bytes() const override { return output_.room_bytes(); }

 private:
  Bytes held() const { return input_.bytes().subspan(begin_, end_ - begin_); }
  void make_room(std::size_t bytes);
  bool has_payload() const override;
  void drop_input() override;
  void drop_output() override;

  const wire::StreamRules rules_;
  Buffer input_;  // what came and wasn't taken is in [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Ring<Buffer> output_;
  std::size_t front_taken_ = 0;  // bytes of output_.front()
};

}  // namespace gateway::transport
