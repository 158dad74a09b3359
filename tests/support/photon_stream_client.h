#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "support/photon_application.h"
#include "support/photon_stream_reader.h"
#include "support/running_sum.h"
#include "support/stream_kind.h"

namespace gateway::test {

/// A stand-in for the real client library over TCP and WebSocket, written apart from gateway/wire on purpose:
/// both ends of a test must not share one mistake.
///
/// No socket, clock or thread. As PhotonClient: receive() is the network thread, dispatch() and
/// send_outgoing() are the game loop, violations() is what a correct gateway would never send. On TCP bytes
/// come in any slices, on WebSocket one whole message a call; the handshake of WebSocket is not its business.
class PhotonStreamClient {
 public:
  enum class State : std::uint8_t { disconnected, connecting, connected };

  struct Config {
    StreamKind kind = StreamKind::tcp;
    /// On WebSocket there is no Init, but with form `text` the token goes ahead as the first message.
    InitFields init{};
    std::uint8_t channels = 2;
    std::uint64_t seed = 1;                   // of key-exchange secrets
    std::uint32_t clock_start = 80;           // ms its clock shows when connect() is called
    bool gives_up = true;                     // disconnects itself after 10 s without a byte
    bool sends_init = true;                   // off: for what the library would never do
    bool pings = true;                        // by itself; fetch_server_time() works without
    bool keeps_messages = true;               // off: only counts and received_sum()
    std::optional<Duration> ping_interval{};  // instead of 1000 ms, of JSON 5000 ms
  };

  struct Operation {
    std::uint8_t code = 0;
    std::vector<std::uint8_t> parameters{};  // with their count, as they follow the code; empty = none
    std::uint8_t channel = 0;
    wire::Flags delivery = wire::Flags::reliable;
    bool encrypt = false;
  };

  /// What leaves next: on TCP a frame or a ping, on WebSocket one message.
  struct Outgoing {
    std::vector<std::uint8_t> bytes;
    bool text = false;
  };

  PhotonStreamClient(const Generation& generation, Config config);
  PhotonStreamClient(const PhotonStreamClient&) = delete;
  PhotonStreamClient& operator=(const PhotonStreamClient&) = delete;

  /// The stream is there: connected, on WebSocket upgraded.
  void connect(TimePoint now);
  void receive(TimePoint now, Bytes bytes);
  /// One whole text message.
  void receive_text(TimePoint now, Bytes text);
  /// The stream is over: by_server (its end or close frame) or network_error (reset, refused).
  void ended(TimePoint now, ClientEvent::Status status);
  /// Fires the events of what was received, and gives up on a silent server.
  void dispatch(TimePoint now);
  /// Call until empty.
  std::optional<Outgoing> send_outgoing(TimePoint now);

  /// These five as PhotonClient's. False when not connected, or without a key to encrypt; in JSON mode
  /// always.
  bool exchange_keys(TimePoint now);
  bool operation(TimePoint now, const Operation& operation);
  bool message(TimePoint now, std::uint8_t type, Bytes body, std::uint8_t channel = 0,
               wire::Flags delivery = wire::Flags::reliable, bool encrypt = false);
  bool raw_bytes(TimePoint now, Bytes bytes, std::uint8_t channel = 0,
                 wire::Flags delivery = wire::Flags::reliable);
  /// Pings at once; the answer sets the server's time.
  void fetch_server_time(TimePoint now);
  /// JSON mode: {"req":code,"vals":vals}, where `vals` is the text of an array.
  bool request(TimePoint now, std::uint8_t code, std::string_view vals);
  /// JSON mode: any text, as it is.
  bool raw_text(TimePoint now, std::string_view text);
  /// Queues these bytes of the stream, on WebSocket this message, as they are and in any state but
  /// disconnected.
  bool stream_bytes(Bytes bytes);
  /// Leaves. There is no message for it: the owner of the stream ends it when what is to be sent is gone.
  void disconnect(TimePoint now);

  State state() const { return state_; }
  bool initialised() const { return application_.initialised() && state_ == State::connected; }
  bool encryption_available() const { return application_.encryption_available(); }
  /// In JSON mode `body` of an event is the text of its object, of `connected` the session id.
  const std::vector<ClientEvent>& events() const { return application_.events(); }
  std::size_t count(ClientEvent::Kind kind) const { return application_.count(kind); }
  const ClientEvent* last(ClientEvent::Kind kind) const { return application_.last(kind); }
  const std::vector<std::string>& violations() const { return violations_; }
  std::size_t undecryptable() const { return application_.undecryptable(); }
  std::size_t unknown_messages() const { return application_.unknown_messages(); }

  /// TCP: bytes of a frame or pong that isn't complete. At the end of a stream a sign that it was cut.
  std::size_t incomplete() const { return reader_ ? reader_->incomplete() : 0; }

  std::optional<std::uint32_t> server_time(TimePoint now) const;
  /// Of the last ping that was answered.
  std::optional<Duration> round_trip() const { return round_trip_; }
  std::size_t pings_sent() const { return pings_sent_; }
  std::size_t pongs() const { return pongs_; }
  /// Whole messages that came, as they were on the link; pongs of TCP are none.
  const RunningSum& received_sum() const { return received_sum_; }
  /// The same of what was handed out by send_outgoing().
  const RunningSum& sent_sum() const { return sent_sum_; }

  const PhotonCrypto* crypto() const { return application_.crypto(); }
  const Generation& generation() const { return generation_; }
  const Config& config() const { return config_; }

 private:
  struct Received {
    TimePoint time;
    StreamMessage message;
    bool text = false;
  };

  std::uint32_t clock(TimePoint now) const;
  void violate(const std::string& what) { violations_.push_back(what); }
  Duration ping_interval() const;

  void queue(Bytes message, std::uint8_t channel, wire::Flags delivery);
  void queue_text(std::string_view text);
  void queue_init();
  void ping(TimePoint now);

  void take(TimePoint now, StreamMessage message);
  bool take_internal_pong(TimePoint now, Bytes message);
  void pong(TimePoint now, std::uint32_t server_clock, std::uint32_t client_clock);
  void greeted(TimePoint now);

  void dispatch_text(const Received& received);
  void dispatch_unit(TimePoint time, const std::string& unit);
  void dispatch_object(TimePoint time, const std::string& object);

  const Generation& generation_;
  Config config_;
  std::mt19937_64 random_;
  State state_ = State::disconnected;
  TimePoint connected_at_{};
  TimePoint heard_{};
  TimePoint pinged_{};
  std::vector<std::string> violations_;
  PhotonApplication application_;
  std::optional<PhotonStreamReader> reader_;
  std::deque<Received> received_;
  std::deque<Outgoing> outgoing_;
  bool init_sent_ = false;
  bool wants_time_ = false;  // the next pong sets the server's time
  std::optional<std::uint32_t> time_offset_;
  std::optional<Duration> round_trip_;
  std::size_t pings_sent_ = 0;
  std::size_t pongs_ = 0;
  RunningSum received_sum_;
  RunningSum sent_sum_;
};

}  // namespace gateway::test
