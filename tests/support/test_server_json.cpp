// What the test server does with clients in JSON mode: the operations of LoadBalancing that a client needs to
// get from its first connection into a room. Any other operation is answered with its own parameters.

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "support/json_units.h"
#include "support/test_server_peer.h"

namespace gateway::test {

namespace json = boost::json;
using transport::Delivery;
using transport::Form;
using Role = ServerPart::Role;

namespace {

enum class Request : std::int64_t {
  silent = 4,
  kick = 9,
  join = 226,
  create = 227,
  authenticate = 230,
  raise_event = 253,
  leave = 254,
};

enum Key : std::int64_t {
  join_mode = 215,
  token = 221,
  user_id = 225,
  address = 230,
  data = 245,
  receivers = 246,
  event_code = 244,
  room_properties = 248,
  actor_properties = 249,
  actor_list = 252,
  actor_number = 254,
  room_name = 255,
};

constexpr std::int64_t create_if_missing = 1;  // of join_mode
constexpr std::int64_t to_all = 1;             // of receivers
constexpr std::int64_t room_exists = 32766;    // return codes
constexpr std::int64_t room_is_missing = 32758;
constexpr std::int64_t invalid_authentication = 32767;
constexpr std::int64_t leave_event = 254;

/// A parameter of `vals`, where keys and values alternate; null when it is missing.
json::value value_of(const json::array& vals, std::int64_t key) {
  for (std::size_t i = 0; i + 1 < vals.size(); i += 2) {
    if (vals[i] == key) return vals[i + 1];
  }
  return nullptr;
}

/// Of a string; empty for any other value.
std::string text_in(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : std::string();
}

json::object response(std::int64_t code, json::array vals, std::int64_t error = 0, const char* text = "") {
  return {{"res", code}, {"err", error}, {"msg", text}, {"vals", std::move(vals)}};
}

json::object event(std::int64_t code, json::array vals) {
  return {{"evt", code}, {"vals", std::move(vals)}};
}

}  // namespace

// Texts
// -------------------------------------------------------------------------------------------------------------

void TestServer::take_text(TimePoint now, Peer& peer, std::string_view text) {
  const auto units = read_units(text);
  if (!units) {
    violations_.push_back("a text that is no unit");
    return;
  }
  for (const std::string& unit : *units) {
    if (unit.starts_with(json_mark)) {
      take_object(now, peer, unit.substr(json_mark.size()));
    } else {
      violations_.push_back("a unit that is no object");
    }
  }
}

void TestServer::take_object(TimePoint now, Peer& peer, const std::string& text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  const auto* object = error ? nullptr : value.if_object();
  const auto* request = object != nullptr ? object->if_contains("req") : nullptr;
  const auto* ping = object != nullptr ? object->if_contains("irq") : nullptr;
  const auto* vals = object != nullptr ? object->if_contains("vals") : nullptr;
  if ((request == nullptr && ping == nullptr) || vals == nullptr || !vals->is_array()) {
    violations_.push_back("an object that is no request: " + text);
    return;
  }
  if (ping == nullptr) {
    return operate(now, peer, request->is_int64() ? request->get_int64() : 0, vals->get_array());
  }
  json::array pong = vals->get_array();
  pong.insert(pong.end(), {2, static_cast<std::int32_t>(clock_at(now))});
  answer_object(now, peer, {{"irs", 1}, {"err", 0}, {"msg", ""}, {"vals", pong}});
}

void TestServer::answer_object(TimePoint now, Peer& peer, const json::object& object) {
  answer_unit(now, peer, std::string(json_mark) + json::serialize(object));
}

void TestServer::answer_unit(TimePoint now, Peer& peer, std::string_view payload) {
  const std::string unit = write_unit(payload);
  answer(now, peer, {bytes_of(unit), 0, Delivery::reliable, Form::text});
}

// Operations
// --------------------------------------------------------------------------------------------------------

void TestServer::operate(TimePoint now, Peer& peer, std::int64_t code, const json::array& vals) {
  switch (static_cast<Request>(code)) {
    case Request::silent:
      return;
    case Request::kick:
      return disconnect(now, peer.address, 1);
    case Request::authenticate:
      if (options_.part.role != Role::none) return admit(now, peer, vals);
      return authenticate(now, peer, vals);
    case Request::join:
    case Request::create:
      if (options_.part.role == Role::master) return send_to_game(now, peer, code, vals);
      return join(now, peer, code, vals);
    case Request::raise_event:
      return raise(now, peer, vals);
    case Request::leave:
      answer_object(now, peer, response(code, {}));
      return leave(now, peer);
  }
  answer_object(now, peer, response(code, vals));
}

void TestServer::authenticate(TimePoint now, Peer& peer, const json::array& vals) {
  peer.has_token = value_of(vals, token).is_string();
  json::array answered = vals;
  if (!peer.has_token && !game_address_.empty()) answered.insert(answered.end(), {token, "token"});
  answer_object(now, peer, response(static_cast<std::int64_t>(Request::authenticate), answered));
}

/// As a part of LoadBalancing: with a token of an earlier server, or as a new player.
void TestServer::admit(TimePoint now, Peer& peer, const json::array& vals) {
  const auto code = static_cast<std::int64_t>(Request::authenticate);
  const json::value known = value_of(vals, token);
  LoadBalancing& application = *options_.part.application;
  peer.user = known.is_string() ? application.user_of(text_in(known)) : text_in(value_of(vals, user_id));
  if (!peer.user)
    return answer_object(now, peer, response(code, {}, invalid_authentication, "unknown token"));
  json::array told{user_id, *peer.user};
  if (options_.part.role == Role::name) told.insert(told.end(), {address, application.names().master});
  if (!known.is_string()) told.insert(told.end(), {token, application.admit(*peer.user)});
  answer_object(now, peer, response(code, told));
}

/// As the master: to the game server where the room is, or where a new one will be.
void TestServer::send_to_game(TimePoint now, Peer& peer, std::int64_t code, const json::array& vals) {
  const json::value name = value_of(vals, room_name);
  const bool creates = code == static_cast<std::int64_t>(Request::create);
  LoadBalancing& application = *options_.part.application;
  const auto game = creates ? application.create(text_in(name)) : application.find(text_in(name));
  if (game) {
    const std::string server = application.names().games[*game];
    return answer_object(now, peer, response(code, {address, server, room_name, name}));
  }
  answer_object(now, peer,
                creates ? response(code, {}, room_exists, "room exists")
                        : response(code, {}, room_is_missing, "no such room"));
}

/// Into a room, or to where one gets into it. Rooms are there as long as somebody is in them.
void TestServer::join(TimePoint now, Peer& peer, std::int64_t code, const json::array& vals) {
  const json::value name = value_of(vals, room_name);
  const std::string text = json::serialize(name);
  const bool exists = !actors_in(copy(bytes_of(text))).empty();
  const bool creates = code == static_cast<std::int64_t>(Request::create);
  if (creates && exists) return answer_object(now, peer, response(code, {}, room_exists, "room exists"));
  if (!creates && !exists && value_of(vals, join_mode) != create_if_missing) {
    return answer_object(now, peer, response(code, {}, room_is_missing, "no such room"));
  }
  if (!peer.has_token && !game_address_.empty()) {
    return answer_object(now, peer, response(code, {address, game_address_, room_name, name}));
  }
  if (options_.part.role == Role::game) {
    options_.part.application->enter({options_.part.game, text_in(name), peer.user.value_or("")});
  }
  peer.room = copy(bytes_of(text));
  peer.properties = value_of(vals, actor_properties);
  enter(now, peer, code, vals);
}

void TestServer::enter(TimePoint now, Peer& peer, std::int64_t code, const json::array& vals) {
  peer.actor = 0;
  auto actors = actors_in(*peer.room);
  peer.actor = actors.empty() ? 1 : actors.rbegin()->first + 1;
  actors[peer.actor] = &peer;

  json::array numbers;
  json::object properties;
  for (const auto& [number, actor] : actors) {
    numbers.emplace_back(number);
    if (actor != &peer) properties[std::to_string(number)] = actor->properties;
  }
  answer_object(now, peer,
                response(code, {actor_number, peer.actor, actor_list, numbers, actor_properties, properties,
                                room_properties, value_of(vals, room_properties)}));
  for (const auto& [number, actor] : actors) {
    answer_object(now, *actor,
                  event(join_event,
                        {actor_number, peer.actor, actor_list, numbers, actor_properties, peer.properties}));
  }
}

/// To the others in the room, and to the raiser where it asks for that. There is no response.
void TestServer::raise(TimePoint now, Peer& peer, const json::array& vals) {
  if (peer.actor == 0) return;
  const json::value code = value_of(vals, event_code);
  const bool all = value_of(vals, receivers) == to_all;
  for (const auto& [number, actor] : actors_in(*peer.room)) {
    if (actor == &peer && !all) continue;
    answer_object(now, *actor,
                  event(code.is_int64() ? code.get_int64() : 0,
                        {actor_number, peer.actor, data, value_of(vals, data)}));
  }
}

void TestServer::leave(TimePoint now, Peer& peer) {
  const int left = std::exchange(peer.actor, 0);
  if (left == 0) return;
  const auto others = actors_in(*std::exchange(peer.room, std::nullopt));
  json::array numbers;
  for (const auto& [number, actor] : others) numbers.emplace_back(number);
  for (const auto& [number, actor] : others) {
    answer_object(now, *actor, event(leave_event, {actor_number, left, actor_list, numbers}));
  }
}

std::map<int, TestServer::Peer*> TestServer::actors_in(const std::vector<std::uint8_t>& room) const {
  std::map<int, Peer*> actors;
  for (const auto& [address, peer] : peers_) {
    if (peer->actor != 0 && peer->room == room) actors[peer->actor] = peer.get();
  }
  return actors;
}

}  // namespace gateway::test
