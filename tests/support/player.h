#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/photon_application.h"
#include "support/server_address.h"
#include "support/test_operations.h"

namespace gateway::test {

/// What a player has of its client library, whatever the transport.
class PhotonPeer {
 public:
  virtual ~PhotonPeer() = default;
  virtual bool exchange_keys(TimePoint now) = 0;
  virtual bool operation(TimePoint now, std::uint8_t code, const std::vector<std::uint8_t>& parameters,
                         bool encrypt) = 0;
  virtual void disconnect(TimePoint now) = 0;
  virtual bool encryption_available() const = 0;
  virtual const std::vector<ClientEvent>& events() const = 0;
  /// What no server and no gateway should have done.
  virtual std::vector<std::string> violations() const = 0;
};

/// That of PhotonClient and PhotonStreamClient.
template <class Client>
class PeerOf final : public PhotonPeer {
 public:
  explicit PeerOf(Client& client) : client_(client) {}

  bool exchange_keys(TimePoint now) override { return client_.exchange_keys(now); }
  bool operation(TimePoint now, std::uint8_t code, const std::vector<std::uint8_t>& parameters,
                 bool encrypt) override {
    typename Client::Operation operation;
    operation.code = code;
    operation.parameters = parameters;
    operation.encrypt = encrypt;
    return client_.operation(now, operation);
  }
  void disconnect(TimePoint now) override { client_.disconnect(now); }
  bool encryption_available() const override { return client_.encryption_available(); }
  const std::vector<ClientEvent>& events() const override { return client_.events(); }
  std::vector<std::string> violations() const override {
    auto all = client_.violations();
    if (client_.undecryptable() > 0) all.emplace_back("a message that can't be opened");
    return all;
  }

 private:
  Client& client_;
};

struct PlayerOptions {
  enum class First : std::uint8_t { name, master };
  enum class Encryption : std::uint8_t {
    none,        // asks for no key
    stock,       // GetRegions and what logs in without a token
    everything,  // every operation
  };
  enum class Entry : std::uint8_t { random = 225, join = 226, create = 227 };

  First first = First::name;
  Protocol protocol = Protocol::v18;
  Encryption encryption = Encryption::stock;
  bool once = false;  // AuthOnce: a key exchange with the name server alone, then the token's key
  bool asks_regions = false;
  Entry entry = Entry::create;
  std::string user = "alice";
  std::string room = "room";
};

/// A game above the client library, as LoadBalancing clients play: it knows its first server's address, lets
/// itself be sent from the name server to the master and on to a game server, and enters a room there. It
/// owns no connection: whoever does makes a new one for each address that it wants.
class Player {
 public:
  enum class Place : std::uint8_t { name, master, game, room, refused };

  Player(PlayerOptions options, std::string first_address);

  /// Where to connect to next, once: what went before is left. Empty while it stays where it is.
  std::optional<ServerAddress> take_address();
  bool wants_to_move() const { return next_.has_value(); }
  /// What the next connection begins with.
  InitFields init() const;

  /// One frame of the game, between dispatching and sending.
  void play(TimePoint now, PhotonPeer& peer);
  /// Raises an event in the room.
  bool raise(TimePoint now, PhotonPeer& peer, std::uint8_t code, Bytes data, bool encrypt) const;

  Place place() const { return place_; }
  bool in_room() const { return place_ == Place::room; }
  /// In the room it wanted, or nowhere.
  bool done() const { return place_ == Place::room || place_ == Place::refused; }
  /// Why it got no further, and the return code if a server said so.
  const std::string& refusal() const { return refusal_; }
  std::int16_t return_code() const { return return_code_; }
  int actor() const { return actor_; }
  /// Every address it went to, as it was told.
  const std::vector<std::string>& addresses() const { return addresses_; }
  /// What the name server called the regions, and their addresses.
  const std::vector<std::string>& regions() const { return regions_; }
  const std::vector<std::string>& region_addresses() const { return region_addresses_; }
  const PlayerOptions& options() const { return options_; }

 private:
  void take(TimePoint now, PhotonPeer& peer, const ClientEvent& event);
  void take_response(TimePoint now, PhotonPeer& peer, const ClientEvent& event);
  void take_regions(Bytes parameters);
  void take_login(TimePoint now, PhotonPeer& peer, Bytes parameters);
  void take_join(const ClientEvent& event);
  void connected(TimePoint now, PhotonPeer& peer);
  void begin(TimePoint now, PhotonPeer& peer);
  void log_in(TimePoint now, PhotonPeer& peer);
  void enter(TimePoint now, PhotonPeer& peer);
  void move_on(TimePoint now, PhotonPeer& peer, Place place, Bytes parameters);
  void refuse(std::string why, std::int16_t code = 0);
  bool exchanges() const;
  void request(TimePoint now, PhotonPeer& peer, std::uint8_t code, const std::vector<Parameter>& parameters);
  std::optional<std::string> text(Bytes parameters, std::uint8_t key) const;

  PlayerOptions options_;
  Place place_;
  std::optional<std::string> next_;  // address
  std::size_t seen_ = 0;             // events of this connection
  bool leaving_ = false;
  std::string token_;
  std::vector<std::uint8_t> key_;  // of the token
  int actor_ = 0;
  std::string refusal_;
  std::int16_t return_code_ = 0;
  std::vector<std::string> addresses_;
  std::vector<std::string> regions_;
  std::vector<std::string> region_addresses_;
};

}  // namespace gateway::test
