#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/photon_stream_client.h"
#include "support/stream_socket.h"
#include "support/test_operations.h"
#include "support/websocket.h"

namespace gateway::test {

/// Runs a PhotonStreamClient over a real TCP socket, with WebSocket and TLS when they are wanted. For
/// end-to-end tests; time is the steady clock.
class StreamSocketClient {
 public:
  enum class Sent : std::uint8_t { by_client, by_server };
  using Trace = std::function<void(Sent, Bytes)>;

  struct Options {
    std::string host = "127.0.0.1";  // a numeric IPv4 or IPv6 address
    std::uint16_t port = 0;
    WebSocket::Request
        upgrade{};  // the sub-protocol of the client's serialization is added unless there is one
    bool offers_protocol = true;  // off: `upgrade` as it is
    std::size_t frame_bytes = 0;  // of the WebSocket messages it sends; 0 = one frame each
    std::optional<TlsChannel::ClientOptions> tls{};
    std::size_t piece_bytes = 0;   // writes so many bytes at a time; 0 = all there is
    int receive_buffer_bytes = 0;  // of the socket; 0 = the system's
    int send_buffer_bytes = 0;
  };

  /// How the server ended the connection.
  struct Ending {
    StreamSocket::End stream = StreamSocket::End::none;
    bool truncated = false;                     // TLS ended without the server saying so
    std::optional<std::uint16_t> close_code{};  // of its close frame
    int http_status = 0;                        // of its answer to the upgrade: 101, or why it is none
  };

  StreamSocketClient(const Generation& generation, PhotonStreamClient::Config config, Options options);
  ~StreamSocketClient();
  StreamSocketClient(const StreamSocketClient&) = delete;
  StreamSocketClient& operator=(const StreamSocketClient&) = delete;

  PhotonStreamClient& client() { return client_; }
  const PhotonStreamClient& client() const { return client_; }
  TimePoint now() const { return std::chrono::steady_clock::now(); }
  /// Begins to connect. Throws std::system_error when there is no socket to be had.
  void connect();
  /// Called for the bytes of the stream, inside TLS, as they are written and read.
  void trace(Trace trace) { trace_ = std::move(trace); }

  /// Off: nothing is read, and the server's window fills.
  void reads(bool on) { reads_ = on; }
  void cuts(std::size_t piece_bytes) { options_.piece_bytes = piece_bytes; }
  /// Sends a FIN behind what is queued, and goes on reading. On TLS with its own goodbye.
  void finish();
  /// Sends an RST, at once.
  void reset();
  /// Sends a close frame and goes on reading.
  void close(std::uint16_t code, std::string_view reason = {});
  /// Writes these bytes into the stream as they are, on TLS inside it.
  void raw(Bytes bytes) { write(bytes); }
  /// A control ping of WebSocket.
  void websocket_ping(Bytes data = {});

  /// The connection is there: TCP, TLS and the upgrade.
  bool connected() const;
  Ending ending() const;
  bool ended() const { return ending().stream != StreamSocket::End::none; }
  /// Bytes that the system hasn't taken yet.
  std::size_t queued() const { return socket_ ? socket_->queued() : 0; }
  /// Null before connect(), and where there is none.
  const StreamSocket* socket() const { return socket_.get(); }
  const WebSocket* websocket() const { return websocket_ ? &*websocket_ : nullptr; }

  /// One turn: what the socket holds, a dispatch and what is to be sent. Doesn't wait.
  void turn();
  /// Turns until `done` or the time is over; false when it is over.
  bool run_until(const std::function<bool()>& done, Duration timeout);
  void run_for(Duration duration);

  static constexpr Duration frame = milliseconds(5);

 private:
  void receive_all();
  void receive(Bytes bytes);
  void receive_websocket(Bytes bytes);
  void take_end();
  void send_all();
  void pass_on(const PhotonStreamClient::Outgoing& outgoing);
  void write(Bytes bytes);
  void leave();
  void wait();

  PhotonStreamClient client_;
  Options options_;
  std::unique_ptr<StreamSocket> socket_;
  std::optional<WebSocket> websocket_;
  Trace trace_;
  bool reads_ = true;
  bool requested_ = false;  // the upgrade
  bool left_ = false;
};

/// Turns several clients together until `done`; false when the time is over.
bool run_together(const std::vector<StreamSocketClient*>& clients, const std::function<bool()>& done,
                  Duration timeout);

message::Serialization serialization_of(const PhotonStreamClient& client);
/// Sends one of the test server's operations without waiting.
bool send(StreamSocketClient& client, Operation code, std::uint32_t argument, Bytes data, bool encrypt,
          std::uint8_t channel = 0, wire::Flags delivery = wire::Flags::reliable);
/// One operation and its answer; null when none comes.
const ClientEvent* ask(StreamSocketClient& client, Operation code, std::uint32_t argument, Bytes data,
                       bool encrypt, std::uint8_t channel = 0, wire::Flags delivery = wire::Flags::reliable);
/// The same in JSON mode; `vals` is the text of an array.
const ClientEvent* ask(StreamSocketClient& client, std::uint8_t code, std::string_view vals);

}  // namespace gateway::test
