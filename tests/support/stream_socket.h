#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "support/tls_channel.h"

namespace gateway::test {

/// A TCP socket that doesn't block, with TLS inside when it is given one. Bytes to write are queued without
/// bound: a test sees what waits in queued().
class StreamSocket {
 public:
  /// How the other end ended the stream. fin: with TLS, see truncated().
  enum class End : std::uint8_t { none, fin, reset, refused, tls_failure };

  /// Owns the descriptor, which may still be connecting.
  explicit StreamSocket(int descriptor, std::unique_ptr<TlsChannel> tls = nullptr);
  ~StreamSocket();
  StreamSocket(const StreamSocket&) = delete;
  StreamSocket& operator=(const StreamSocket&) = delete;

  /// What came, at most some 64 KB; empty when there is nothing now or nothing any more.
  std::vector<std::uint8_t> read();
  void write(Bytes bytes);
  /// Gives the system what it takes, in calls of at most `piece_bytes` (0: as they come) and at most one such
  /// call.
  void flush(std::size_t piece_bytes = 0);
  /// FIN, after what is queued.
  void finish();
  /// RST, at once.
  void reset();

  /// The connection is there, with TLS the handshake too.
  bool connected() const;
  std::size_t queued() const { return output_.size() - output_taken_; }
  bool finished() const { return fin_sent_; }
  End end() const { return end_; }
  /// TLS ended without the peer saying so.
  bool truncated() const { return end_ == End::fin && tls_ && !tls_->peer_closed(); }
  int descriptor() const { return descriptor_; }
  const TlsChannel* tls() const { return tls_.get(); }
  /// Bytes on the wire.
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  void queue_tls();
  void failed();
  bool write_some(std::size_t piece_bytes);

  int descriptor_;
  std::unique_ptr<TlsChannel> tls_;
  std::vector<std::uint8_t> output_;
  std::size_t output_taken_ = 0;
  mutable bool connected_ = false;
  bool fin_wanted_ = false;
  bool fin_sent_ = false;
  End end_ = End::none;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace gateway::test
