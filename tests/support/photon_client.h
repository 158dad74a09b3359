#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "support/photon_application.h"
#include "support/photon_receiver.h"
#include "support/photon_sender.h"

namespace gateway::test {

/// A stand-in for the real client library over UDP, on top of wire/ alone: transport, messages and crypto are
/// written anew from the protocol's description, so that the gateway is not tested against its own
/// misreading.
///
/// No socket, clock or thread: bytes and time are given. It behaves as the library does, habits included:
/// receive() is the network thread, dispatch() and send_outgoing() are the game loop. What a correct gateway
/// would never send is recorded in violations().
class PhotonClient {
 public:
  enum class State : std::uint8_t { disconnected, connecting, connected };

  struct Config {
    InitFields init{};
    std::uint8_t channels = 2;
    std::uint16_t mtu = 1200;
    bool crc = false;
    bool corruption = false;                   // its link changes bytes: a wrong CRC is nobody's mistake
    std::uint32_t last_group = 0;              // unsequenced group an earlier connection ended with
    bool tracing = false;                      // announces peer id −2 instead of −1
    std::uint64_t seed = 1;                    // of challenge and key-exchange secrets
    std::uint32_t clock_start = 80;            // ms its clock shows when connect() is called
    std::optional<std::uint32_t> challenge{};  // instead of one from the seed
  };

  struct Operation {
    std::uint8_t code = 0;
    std::vector<std::uint8_t> parameters{};  // with their count, as they follow the code; empty = none
    std::uint8_t channel = 0;
    wire::Flags delivery = wire::Flags::reliable;
    bool encrypt = false;
  };

  PhotonClient(const Generation& generation, Config config);
  PhotonClient(const PhotonClient&) = delete;
  PhotonClient& operator=(const PhotonClient&) = delete;

  void connect(TimePoint now);
  /// The network thread: acks are executed at once, everything else waits for dispatch().
  void receive(TimePoint now, Bytes datagram);
  /// The socket failed, for example by an ICMP port unreachable.
  void network_error(TimePoint now);
  /// Executes what was received and fires the events.
  void dispatch(TimePoint now);
  /// One send call: at most one datagram. Call until empty.
  std::optional<std::vector<std::uint8_t>> send_outgoing(TimePoint now);
  /// What the background thread sends while the game loop is stalled.
  std::optional<std::vector<std::uint8_t>> send_acks_only(TimePoint now);

  /// Starts a key exchange with a fresh secret; the key it had is thrown away at once. False unless
  /// connected.
  bool exchange_keys(TimePoint now);
  /// Queues an operation request. False as the library refuses it: not connected, unknown delivery, no key to
  /// encrypt.
  bool operation(TimePoint now, const Operation& operation);
  /// Queues a message of any type; `body` is what follows the two envelope bytes. False as above.
  bool message(TimePoint now, std::uint8_t type, Bytes body, std::uint8_t channel = 0,
               wire::Flags delivery = wire::Flags::reliable, bool encrypt = false);
  /// Queues these bytes as they are: for what the library would never send.
  bool raw_bytes(TimePoint now, Bytes bytes, std::uint8_t channel = 0,
                 wire::Flags delivery = wire::Flags::reliable);
  void fetch_server_time(TimePoint now);
  void disconnect(TimePoint now);

  State state() const { return state_; }
  /// True after InitResponse was dispatched, until the end.
  bool initialised() const { return application_.initialised() && state_ == State::connected; }
  bool encryption_available() const { return application_.encryption_available(); }
  const std::vector<ClientEvent>& events() const { return application_.events(); }
  std::size_t count(ClientEvent::Kind kind) const { return application_.count(kind); }
  /// The last event of a kind; null when there was none.
  const ClientEvent* last(ClientEvent::Kind kind) const { return application_.last(kind); }
  const std::vector<std::string>& violations() const { return violations_; }
  /// Messages dropped because they couldn't be opened.
  std::size_t undecryptable() const { return application_.undecryptable(); }
  /// Messages of a type this generation doesn't dispatch.
  std::size_t unknown_messages() const { return application_.unknown_messages(); }

  /// The server's clock as the application sees it; empty until it is known.
  std::optional<std::uint32_t> server_time(TimePoint now) const;
  /// ServerTime commands sent so far, repeated fetches included.
  std::size_t time_fetches() const { return time_fetches_; }

  std::uint16_t peer_id() const { return peer_; }
  std::uint32_t challenge() const { return challenge_; }
  const PhotonSender& sender() const { return *sender_; }
  const PhotonReceiver& receiver() const { return *receiver_; }
  const PhotonCrypto* crypto() const { return application_.crypto(); }
  const Generation& generation() const { return generation_; }
  const Config& config() const { return config_; }

 private:
  Milliseconds clock(TimePoint now) const;
  void violate(const std::string& what) { violations_.push_back(what); }
  std::vector<std::uint8_t> random_bytes(std::size_t count);

  void parse_commands(Milliseconds now, const wire::Datagram& datagram);
  void take_command(Milliseconds now, const wire::DatagramHeader& header, const wire::Command& command);
  bool well_formed(const wire::Command& command);
  void acknowledged(Milliseconds now, const wire::Command& command);
  void finish_time_fetch(Milliseconds now, Milliseconds round_trip);

  void execute(TimePoint now, OwnedCommand owned);
  void verify_connect();
  void disconnected_by_server(TimePoint now, std::uint8_t reason);
  void end(TimePoint now, ClientEvent::Status status, std::uint8_t reason);

  std::optional<std::vector<std::uint8_t>> send(TimePoint now, PhotonSender::Call call);

  const Generation& generation_;
  Config config_;
  std::mt19937_64 random_;
  State state_ = State::disconnected;
  TimePoint connected_at_{};
  std::uint16_t peer_ = wire::peer_unassigned;
  std::uint32_t challenge_ = 0;
  bool init_sent_ = false;
  std::vector<std::string> violations_;
  PhotonApplication application_;
  std::optional<PhotonSender> sender_;
  std::optional<PhotonReceiver> receiver_;
  std::deque<OwnedCommand> received_;
  std::optional<std::vector<std::uint8_t>> last_datagram_;
  std::size_t time_fetches_ = 0;
  std::uint32_t server_sent_time_ = 0;  // of the most recent datagram
  std::optional<std::uint32_t> time_offset_;
};

}  // namespace gateway::test
