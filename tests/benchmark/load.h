#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "benchmark/frame_reader.h"
#include "net/descriptor.h"
#include "support/photon_stream_client.h"
#include "support/tls_channel.h"

namespace gateway::test {

/// Where a load goes, and how.
struct Target {
  std::uint16_t port = 0;
  bool tls = false;
  bool encrypted = false;  // keys are exchanged and every operation is sealed
};

/// One client that has entered, and from then on says the same operation again and again: its bytes are
/// made once, by the test client.
class LoadSession {
 public:
  LoadSession(const Target& target, std::size_t bytes, std::uint64_t seed);

  int descriptor() const { return socket_.get(); }
  /// Sends one operation: in a write of its own and a record of its own, as clients send their messages.
  void request() { write(request_); }
  /// Reads once; the responses that came.
  std::size_t receive();

 private:
  void connect(std::uint16_t port);
  void enter(PhotonStreamClient& client, bool encrypted);
  void turn(PhotonStreamClient& client);
  void check(Bytes response) const;
  Bytes read();
  void write(Bytes bytes);

  net::Descriptor socket_;
  std::unique_ptr<TlsChannel> tls_;
  std::vector<std::uint8_t> request_;
  std::uint8_t response_type_ = 0;  // second byte of every response
  std::vector<std::uint8_t> clear_;
  FrameReader reader_;
};

/// Sessions in turn.
class Load {
 public:
  Load(const Target& target, std::size_t sessions, std::size_t bytes);

  /// With at most `window` operations under way; returns when all are answered.
  void run(std::size_t operations, std::size_t window);

 private:
  std::size_t receive();

  std::vector<std::unique_ptr<LoadSession>> sessions_;
  net::Descriptor epoll_;
  std::size_t next_ = 0;  // whose turn it is
};

}  // namespace gateway::test
