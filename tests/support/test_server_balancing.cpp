// What the test server does as a part of LoadBalancing: name server, master or game server.

#include "support/photon_crypto.h"
#include "support/test_server_peer.h"

namespace gateway::test {

using message::Serialization;
using message::Type;
using transport::Delivery;
using transport::Payload;
using Role = ServerPart::Role;

namespace {

enum Code : std::uint8_t {
  get_regions = 220,
  join_random = 225,
  join_game = 226,
  create_game = 227,
  join_lobby = 229,
  authenticate_with_key = 230,
  authenticate_once = 231,
};

enum Key : std::uint8_t {
  payload_key = 192,
  token = 221,
  game_list = 222,
  user_id = 225,
  region = 210,
  address = 230,
  room_properties = 248,
  actor_properties = 249,
  actor_list = 252,
  actor_number = 254,
  room_name = 255,
};

constexpr std::uint8_t game_list_event = 230;
constexpr std::int16_t not_now = -3;  // return codes
constexpr std::int16_t no_match = 32760;
constexpr std::int16_t room_is_missing = 32758;
constexpr std::int16_t room_exists = 32766;
constexpr std::int16_t invalid_authentication = 32767;

Protocol protocol_of(Serialization serialization) {
  return serialization == Serialization::v16 ? Protocol::v16 : Protocol::v18;
}

bool is_authentication(std::uint8_t code) {
  return code == authenticate_with_key || code == authenticate_once;
}

/// A request, with its values read.
class Request {
 public:
  Request(Bytes message, Serialization serialization)
      : protocol(protocol_of(serialization)), code(code_of(message)), message_(message) {}

  std::optional<std::string> text(std::uint8_t key) const {
    const auto value = find_value(protocol, message_.subspan(3), key);
    return value ? read_string(protocol, *value) : std::nullopt;
  }

  const Protocol protocol;
  const std::uint8_t code;

 private:
  Bytes message_;
};

}  // namespace

/// False when it is no request for this part.
bool TestServer::balance(TimePoint now, Peer& peer, const Payload& payload) {
  const ServerPart& part = options_.part;
  if (part.role == Role::none) return false;
  const std::uint8_t code = code_of(payload.bytes);
  if (is_authentication(code)) {
    admit(now, peer, payload);
  } else if (part.role == Role::name && code == get_regions) {
    tell_regions(now, peer, payload);
  } else if (!peer.user) {
    respond(now, peer, payload, not_now, {});
  } else if (part.role == Role::master && code == join_lobby) {
    respond(now, peer, payload, 0, {});
    const auto rooms = empty_table_value(protocol_of(peer.serialization));
    answer(now, peer,
           {write_message(peer.serialization, Type::event, game_list_event, {{game_list, rooms}}), 0,
            Delivery::reliable});
  } else if (part.role == Role::master && code >= join_random && code <= create_game) {
    send_to_game(now, peer, payload);
  } else if (part.role == Role::game && (code == join_game || code == create_game)) {
    enter_game(now, peer, payload);
  } else {
    return false;
  }
  return true;
}

void TestServer::respond(TimePoint now, Peer& peer, const Payload& request, std::int16_t return_code,
                         const std::vector<Parameter>& parameters) {
  std::vector<std::uint8_t> response =
      write_message(peer.serialization, Type::response, code_of(request.bytes), parameters);
  const bool big_endian = peer.serialization == Serialization::v16;
  response[big_endian ? 3 : 4] = static_cast<std::uint8_t>(return_code >> 8);
  response[big_endian ? 4 : 3] = static_cast<std::uint8_t>(return_code);
  answer(now, peer, {response, request.channel, request.delivery});
}

/// With a token, of an earlier server, or where there is none yet as a new player.
void TestServer::admit(TimePoint now, Peer& peer, const Payload& payload) {
  const Request request(payload.bytes, peer.serialization);
  LoadBalancing& application = *options_.part.application;
  const auto text = [&](std::string_view value) { return string_value(request.protocol, value); };
  std::vector<Parameter> told;
  if (options_.part.role == Role::name) told.push_back({address, text(application.names().master)});
  if (const auto known = request.text(token)) {
    peer.user = application.user_of(*known);
    if (!peer.user) return respond(now, peer, payload, invalid_authentication, {});
  } else if (options_.part.role == Role::game) {
    return respond(now, peer, payload, invalid_authentication, {});
  } else {
    peer.user = request.text(user_id).value_or("somebody");
    const std::string given = application.admit(*peer.user);
    told.push_back({token, text(given)});
    if (request.code == authenticate_once) {
      told.push_back({payload_key, payload_key_value(request.protocol, LoadBalancing::key_of(given))});
    }
  }
  told.push_back({user_id, text(*peer.user)});
  respond(now, peer, payload, 0, told);
}

void TestServer::tell_regions(TimePoint now, Peer& peer, const Payload& request) {
  const auto names = options_.part.application->names();
  std::vector<std::string> codes;
  std::vector<std::string> addresses;
  for (const auto& [code, server] : names.regions) {
    codes.push_back(code);
    addresses.push_back(server);
  }
  const Protocol protocol = protocol_of(peer.serialization);
  respond(now, peer, request, 0,
          {{region, strings_value(protocol, codes, names.form)},
           {address, strings_value(protocol, addresses, names.form)}});
}

/// The master names the game server where the room is, or where a new one will be.
void TestServer::send_to_game(TimePoint now, Peer& peer, const Payload& payload) {
  const Request request(payload.bytes, peer.serialization);
  LoadBalancing& application = *options_.part.application;
  const auto refuse = [&](std::int16_t code) { respond(now, peer, payload, code, {}); };
  const bool random = request.code == join_random;
  const auto room = random ? application.any_room() : request.text(room_name);
  if (!room) return refuse(random ? no_match : not_now);

  const bool creates = request.code == create_game;
  const auto game = creates ? application.create(*room) : application.find(*room);
  if (!game) return refuse(creates ? room_exists : room_is_missing);
  respond(now, peer, payload, 0,
          {{address, string_value(request.protocol, application.names().games[*game])},
           {room_name, string_value(request.protocol, *room)}});
}

void TestServer::enter_game(TimePoint now, Peer& peer, const Payload& payload) {
  const Request request(payload.bytes, peer.serialization);
  const ServerPart& part = options_.part;
  const auto room = request.text(room_name).value_or("");
  if (request.code != create_game && !part.application->is_open(part.game, room))
    return respond(now, peer, payload, room_is_missing, {});

  part.application->enter({part.game, room, *peer.user});
  peer.room = copy(bytes_of(room));
  peer.actor = 0;
  const auto others = actors_in(*peer.room);
  peer.actor = others.empty() ? 1 : others.rbegin()->first + 1;
  std::vector<std::uint16_t> numbers;
  const auto actors = actors_in(*peer.room);
  for (const auto& [number, actor] : actors) numbers.push_back(static_cast<std::uint16_t>(number));

  const auto told = [&](Serialization serialization, bool properties) {
    const Protocol protocol = protocol_of(serialization);
    std::vector<Parameter> parameters{
        {actor_number, int_value(protocol, static_cast<std::uint16_t>(peer.actor))},
        {actor_list, ints_value(protocol, numbers)},
        {actor_properties, empty_table_value(protocol)}};
    if (properties) parameters.push_back({room_properties, empty_table_value(protocol)});
    return parameters;
  };
  respond(now, peer, payload, 0, told(peer.serialization, true));
  for (const auto& [number, actor] : actors) {
    answer(now, *actor,
           {write_message(actor->serialization, Type::event, join_event, told(actor->serialization, false)),
            payload.channel, Delivery::reliable});
  }
}

// A token that came with Init
// -----------------------------------------------------------------------------------------

/// From then on what is encrypted is so with the token's key, without any exchange.
void TestServer::take_key(Peer& peer, Bytes init, Serialization serialization) {
  if (options_.part.role == Role::none) return;
  constexpr std::string_view head_end = "\r\n\r\n";
  const std::string_view text = text_of(init);
  const std::size_t end = text.find(head_end);
  if (end == std::string_view::npos) return;
  const auto known = read_string(protocol_of(serialization), init.subspan(end + head_end.size()));
  if (known && options_.part.application->user_of(*known)) {
    peer.key.emplace(Bytes{});
    peer.key->use(LoadBalancing::key_of(*known));
  }
}

/// Opens a request with the token's key; what answers it leaves sealed.
void TestServer::operate_sealed(TimePoint now, Peer& peer, const Payload& request) {
  const auto opened = peer.key->open(request.bytes.subspan(2));
  if (!opened) {
    violations_.push_back("an encrypted message that doesn't open");
    return;
  }
  std::vector<std::uint8_t> clear{request.bytes[0], static_cast<std::uint8_t>(request.bytes[1] & 0x7F)};
  clear.insert(clear.end(), opened->begin(), opened->end());
  ++opened_;
  seals_ = true;
  operate(now, peer, {clear, request.channel, request.delivery});
  seals_ = false;
}

std::vector<std::uint8_t> TestServer::seal(const Peer& peer, Bytes message) {
  std::vector<std::uint8_t> sealed{message[0], static_cast<std::uint8_t>(message[1] | 0x80)};
  const auto body = peer.key->seal(message.subspan(2));
  sealed.insert(sealed.end(), body.begin(), body.end());
  return sealed;
}

}  // namespace gateway::test
