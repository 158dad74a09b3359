#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace gateway::test {

/// One end of TLS over bytes that are given and taken, without socket.
class TlsChannel {
 public:
  /// `version_max` is 12 for TLS 1.2 and so on down to 10; 0 = whatever OpenSSL offers.
  struct ClientOptions {
    std::string authority{};    // file with certificates to trust; empty = anything is trusted
    std::string server_name{};  // sent as SNI and, with an authority, checked
    int version_max = 0;
  };
  struct ServerOptions {
    std::string certificate;  // files
    std::string key;
  };

  /// Throw std::runtime_error when a file can't be used.
  explicit TlsChannel(const ClientOptions& options);
  explicit TlsChannel(const ServerOptions& options);
  ~TlsChannel();
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  /// Takes what came from the peer and gives what was inside.
  std::vector<std::uint8_t> receive(Bytes sealed);
  /// Queues clear bytes; before the handshake is done they wait for it.
  void send(Bytes clear);
  /// What must go to the peer now.
  std::vector<std::uint8_t> take_output();
  /// Tells the peer that nothing more comes.
  void close();

  bool open() const;
  /// The handshake or a record failed.
  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }
  /// The peer told its end.
  bool peer_closed() const { return peer_closed_; }
  /// As OpenSSL names it: "TLSv1.3".
  std::string version() const;
  /// The peer's certificate as SHA-256 in hex; empty when it has none.
  std::string peer_fingerprint() const;

 private:
  struct State;
  void shake();
  void write_waiting();
  void fail(int result);

  std::unique_ptr<State> state_;
  std::vector<std::uint8_t> waiting_;
  std::string failure_;
  bool peer_closed_ = false;
};

}  // namespace gateway::test
