#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "support/photon_crypto.h"
#include "support/photon_generation.h"
#include "support/photon_message.h"
#include "wire/command.h"

namespace gateway::test {

/// What an application above the client library would see.
struct ClientEvent {
  enum class Kind : std::uint8_t {
    connected,  // InitResponse was dispatched
    encryption_established,
    encryption_failed,
    response,            // type 3
    internal_response,   // type 7 other than of the key exchange
    event,               // type 4
    disconnect_message,  // type 5
    message,             // type 8
    raw,                 // type 9
    disconnected,        // see status
  };
  static constexpr std::size_t kinds = static_cast<std::size_t>(Kind::disconnected) + 1;
  enum class Status : std::uint8_t { none, by_us, by_server, timeout, network_error };

  TimePoint time;
  Kind kind = Kind::connected;
  std::uint8_t channel = 0;
  wire::Flags delivery = wire::Flags::reliable;
  bool encrypted = false;
  std::uint8_t code = 0;           // operation or event
  std::int16_t return_code = 0;    // of responses
  std::string debug;               // of responses
  std::vector<std::uint8_t> body;  // clear, behind the two envelope bytes
  Status status = Status::none;
  std::uint8_t reason = 0;  // of a server's Disconnect
};

/// The client library above its transport, the same on every one: what messages contain, the key exchange,
/// what is opened and sealed, and what the application sees of it.
class PhotonApplication {
 public:
  /// A message as the transport hands it over.
  struct Incoming {
    TimePoint time;
    std::uint8_t channel = 0;
    wire::Flags delivery = wire::Flags::reliable;
    Bytes bytes;
  };

  /// `violations` outlives this.
  PhotonApplication(const Generation& generation, Protocol protocol, std::vector<std::string>& violations)
      : generation_(generation), protocol_(protocol), violations_(violations) {}

  /// A new connection: without InitResponse, and without key unless one goes with its token. The events stay.
  void start(const std::vector<std::uint8_t>& key = {});
  /// Takes one message; true when it was InitResponse.
  bool receive(const Incoming& message);
  /// The connection is over.
  void end(TimePoint now, ClientEvent::Status status, std::uint8_t reason);
  /// An event that doesn't come from a message of the binary protocol.
  void add(ClientEvent event);
  /// The server's word that the client is in, other than by InitResponse.
  void greeted() { initialised_ = true; }

  /// A fresh key object; the key it had is thrown away at once. Gives the request to send.
  std::vector<std::uint8_t> begin_exchange(Bytes secret);
  /// A whole message; empty when it can't be sealed because there is no key.
  std::optional<std::vector<std::uint8_t>> write(std::uint8_t type, Bytes body, bool encrypt) const;
  /// The body of an operation request. Empty parameters: none.
  std::vector<std::uint8_t> operation_body(std::uint8_t code,
                                           const std::vector<std::uint8_t>& parameters) const;

  /// Off: messages are counted by kind and no longer kept, for a test that moves too many of them.
  void keep_messages(bool keep) { keeps_messages_ = keep; }

  bool initialised() const { return initialised_; }
  bool encryption_available() const { return crypto_ && crypto_->has_key(); }
  const std::vector<ClientEvent>& events() const { return events_; }
  std::size_t count(ClientEvent::Kind kind) const { return counts_[static_cast<std::size_t>(kind)]; }
  const ClientEvent* last(ClientEvent::Kind kind) const;
  std::size_t undecryptable() const { return undecryptable_; }
  std::size_t unknown_messages() const { return unknown_messages_; }
  const PhotonCrypto* crypto() const { return crypto_ ? &*crypto_ : nullptr; }

 private:
  void violate(const std::string& what) { violations_.push_back(what); }
  void init_response(ClientEvent event);
  void fire(ClientEvent event, std::uint8_t type);
  void key_response(ClientEvent event, const ResponseHead& head);

  const Generation& generation_;
  Protocol protocol_;
  std::vector<std::string>& violations_;
  bool initialised_ = false;
  bool keeps_messages_ = true;
  std::optional<PhotonCrypto> crypto_;
  std::vector<ClientEvent> events_;
  std::array<std::size_t, ClientEvent::kinds> counts_{};
  std::size_t undecryptable_ = 0;
  std::size_t unknown_messages_ = 0;
};

}  // namespace gateway::test
