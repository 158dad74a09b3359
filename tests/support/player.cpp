#include "support/player.h"

#include "support/photon_values.h"

namespace gateway::test {

using Kind = ClientEvent::Kind;
using Encryption = PlayerOptions::Encryption;

namespace {

enum Code : std::uint8_t {
  get_regions = 220,
  join_lobby = 229,
  authenticate = 230,
  authenticate_once = 231,
};

enum Key : std::uint8_t {
  payload_key = 192,
  expected_protocol = 195,
  region = 210,
  version = 220,
  token = 221,
  application = 224,
  user_id = 225,
  address = 230,
  actor_number = 254,
  room_name = 255,
};

message::Serialization serialization_of(Protocol protocol) {
  return protocol == Protocol::v16 ? message::Serialization::v16 : message::Serialization::v18;
}

}  // namespace

Player::Player(PlayerOptions options, std::string first_address)
    : options_(std::move(options)),
      place_(options_.first == PlayerOptions::First::name ? Place::name : Place::master),
      next_(std::move(first_address)) {}

// Connections
// -------------------------------------------------------------------------------------------------------

std::optional<ServerAddress> Player::take_address() {
  if (!next_ || place_ == Place::refused) return std::nullopt;
  addresses_.push_back(*std::exchange(next_, std::nullopt));
  seen_ = 0;
  leaving_ = false;
  const auto address = read_server_address(addresses_.back());
  if (!address) refuse("no address: " + addresses_.back());
  return address;
}

InitFields Player::init() const {
  InitFields init;
  init.protocol = options_.protocol;
  if (options_.once && !token_.empty()) {
    init.form = InitForm::text;
    init.token = token_;
    init.key = key_;
  }
  return init;
}

bool Player::exchanges() const {
  return options_.encryption != Encryption::none && (!options_.once || place_ == Place::name);
}

/// The connection ends here, and the next server is the one that was named.
void Player::move_on(TimePoint now, PhotonPeer& peer, Place place, Bytes parameters) {
  next_ = text(parameters, address);
  if (!next_) return refuse("a response without an address");
  if (const auto room = text(parameters, room_name)) options_.room = *room;
  place_ = place;
  leaving_ = true;
  peer.disconnect(now);
}

void Player::refuse(std::string why, std::int16_t code) {
  place_ = Place::refused;
  refusal_ = std::move(why);
  return_code_ = code;
}

// What comes
// --------------------------------------------------------------------------------------------------------

void Player::play(TimePoint now, PhotonPeer& peer) {
  while (!leaving_ && place_ != Place::refused && seen_ < peer.events().size()) {
    take(now, peer, ClientEvent(peer.events()[seen_++]));
  }
}

void Player::take(TimePoint now, PhotonPeer& peer, const ClientEvent& event) {
  switch (event.kind) {
    case Kind::connected:
      return connected(now, peer);
    case Kind::encryption_established:
      return begin(now, peer);
    case Kind::encryption_failed:
      return refuse("no key", event.return_code);
    case Kind::response:
      return take_response(now, peer, event);
    case Kind::event:
      return take_join(event);
    case Kind::disconnect_message:
    case Kind::disconnected:
      return refuse("disconnected", event.reason);
    case Kind::internal_response:
    case Kind::message:
    case Kind::raw:
      return;
  }
}

void Player::take_response(TimePoint now, PhotonPeer& peer, const ClientEvent& event) {
  if (place_ == Place::room) return;
  const auto head = read_response(options_.protocol, event.body);
  if (!head) return refuse("an unreadable response");
  if (head->return_code != 0) return refuse("operation " + std::to_string(event.code), head->return_code);
  if (options_.encryption == Encryption::everything && !event.encrypted)
    return refuse("a clear response to an encrypted request");
  switch (event.code) {
    case get_regions:
      take_regions(head->parameters);
      return log_in(now, peer);
    case authenticate:
    case authenticate_once:
      return take_login(now, peer, head->parameters);
    case join_lobby:
      return enter(now, peer);
    default:
      if (event.code < static_cast<std::uint8_t>(PlayerOptions::Entry::random)) return;
      if (place_ == Place::master) return move_on(now, peer, Place::game, head->parameters);
  }
}

void Player::take_regions(Bytes parameters) {
  const auto texts = [&](std::uint8_t key) {
    const auto value = find_value(options_.protocol, parameters, key);
    const auto read = value ? read_strings(options_.protocol, *value) : std::nullopt;
    return read.value_or(std::vector<std::string>{});
  };
  regions_ = texts(region);
  region_addresses_ = texts(address);
}

void Player::take_login(TimePoint now, PhotonPeer& peer, Bytes parameters) {
  if (const auto given = text(parameters, token)) token_ = *given;
  if (const auto value = find_value(options_.protocol, parameters, payload_key))
    key_ = read_payload_key(options_.protocol, *value).value_or(key_);
  if (place_ == Place::name) return move_on(now, peer, Place::master, parameters);
  if (place_ == Place::master) return request(now, peer, join_lobby, {});
  enter(now, peer);
}

/// Its own join event is the end of the way.
void Player::take_join(const ClientEvent& event) {
  if (place_ != Place::game || event.code != join_event) return;
  const auto value = find_value(options_.protocol, Bytes(event.body).subspan(1), actor_number);
  const auto number = value ? read_int(options_.protocol, *value) : std::nullopt;
  if (!number) return refuse("a join event without a number");
  actor_ = *number;
  place_ = Place::room;
}

// What goes
// ---------------------------------------------------------------------------------------------------------

void Player::connected(TimePoint now, PhotonPeer& peer) {
  if (exchanges()) {
    peer.exchange_keys(now);
  } else {
    begin(now, peer);
  }
}

void Player::begin(TimePoint now, PhotonPeer& peer) {
  if (place_ == Place::name && options_.asks_regions) {
    return request(now, peer, get_regions, {{application, string_value(options_.protocol, "application")}});
  }
  log_in(now, peer);
}

void Player::log_in(TimePoint now, PhotonPeer& peer) {
  const auto write = [&](std::string_view value) { return string_value(options_.protocol, value); };
  const std::uint8_t code = options_.once ? authenticate_once : authenticate;
  if (!token_.empty()) return request(now, peer, code, {{token, write(token_)}});
  std::vector<Parameter> parameters{
      {version, write("1.0")}, {application, write("application")}, {user_id, write(options_.user)}};
  if (!regions_.empty()) parameters.push_back({region, write(regions_.front())});
  if (options_.once) parameters.push_back({expected_protocol, byte_value(options_.protocol, 0)});
  request(now, peer, code, parameters);
}

/// At the game server a room that was found at random is one to join.
void Player::enter(TimePoint now, PhotonPeer& peer) {
  const bool random = options_.entry == PlayerOptions::Entry::random;
  const auto code = random && place_ == Place::game ? PlayerOptions::Entry::join : options_.entry;
  request(now, peer, static_cast<std::uint8_t>(code),
          {{room_name, string_value(options_.protocol, options_.room)}});
}

void Player::request(TimePoint now, PhotonPeer& peer, std::uint8_t code,
                     const std::vector<Parameter>& parameters) {
  const bool secret =
      code == get_regions || (token_.empty() && (code == authenticate || code == authenticate_once));
  const bool encrypt =
      options_.encryption == Encryption::everything || (options_.encryption == Encryption::stock && secret);
  if (!peer.operation(now, code, write_parameters(serialization_of(options_.protocol), parameters), encrypt))
    refuse("an operation that the library refuses");
}

bool Player::raise(TimePoint now, PhotonPeer& peer, std::uint8_t code, Bytes data, bool encrypt) const {
  const auto message = write_raise_event(serialization_of(options_.protocol), code, data);
  return peer.operation(now, message[2], {message.begin() + 3, message.end()}, encrypt);
}

std::optional<std::string> Player::text(Bytes parameters, std::uint8_t key) const {
  const auto value = find_value(options_.protocol, parameters, key);
  return value ? read_string(options_.protocol, *value) : std::nullopt;
}

}  // namespace gateway::test
