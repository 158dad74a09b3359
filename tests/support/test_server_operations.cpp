// What the test server does with a request, the same on every transport.

#include <algorithm>

#include "message/value.h"
#include "support/test_server_peer.h"

namespace gateway::test {

using message::Serialization;
using message::Type;
using transport::Delivery;
using transport::Payload;

namespace {

constexpr std::uint8_t room_parameter = 255;

/// A request's parameters, byte for byte, as a successful response.
std::vector<std::uint8_t> echo_of(Bytes request, Serialization serialization) {
  std::vector<std::uint8_t> out = write_message(serialization, Type::response, code_of(request), {});
  out.resize(6);  // without the empty parameters: envelope, code, return code, null
  out.insert(out.end(), request.begin() + 3, request.end());
  return out;
}

/// A response whose whole message has `size` bytes; a size that no length encoding gives is missed by one.
std::vector<std::uint8_t> response_of(std::size_t size, std::uint8_t code, Serialization serialization) {
  std::vector<std::uint8_t> data(size);
  for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
  std::vector<std::uint8_t> out;
  for (std::size_t length = size; length > 0; length -= std::min(length, out.size() - size)) {
    out = write_message(serialization, Type::response, code,
                        {{argument_parameter, byte_array_value(serialization, Bytes(data).first(length))}});
    if (out.size() <= size) break;
  }
  return out;
}

}  // namespace

void TestServer::operate(TimePoint now, Peer& peer, const Payload& request) {
  if (request.bytes.size() < 3 || balance(now, peer, request)) return;
  const auto argument = read_argument(peer.serialization, request.bytes);
  const std::uint32_t number = argument ? argument->number : 0;
  const auto reply = [&](std::uint8_t channel, Delivery delivery) {
    answer(now, peer, {echo_of(request.bytes, peer.serialization), channel, delivery});
  };
  switch (static_cast<Operation>(code_of(request.bytes))) {
    case Operation::echo_late:
      late_.push_back({now + milliseconds(number), peer.address, request.channel, request.delivery,
                       echo_of(request.bytes, peer.serialization)});
      return;
    case Operation::echo_twice:
      reply(request.channel, request.delivery);
      return reply(request.channel, request.delivery);
    case Operation::silent:
      return;
    case Operation::echo_on_channel:
      return reply(static_cast<std::uint8_t>(number), request.delivery);
    case Operation::echo_unreliable:
      return reply(request.channel, Delivery::unreliable);
    case Operation::big:
      return answer(now, peer,
                    {response_of(number, code_of(request.bytes), peer.serialization), request.channel,
                     Delivery::reliable});
    case Operation::unasked: {
      std::vector<std::uint8_t> response = echo_of(request.bytes, peer.serialization);
      response[2] = static_cast<std::uint8_t>(number);
      return answer(now, peer, {response, request.channel, request.delivery});
    }
    case Operation::kick:
      return disconnect(now, peer.address, static_cast<std::uint16_t>(number));
    case Operation::join:
      return join(now, peer, request);
    case Operation::set_properties:
    case Operation::raise_event:
      return raise(now, peer, request);
    case Operation::echo:
      break;
  }
  reply(request.channel, request.delivery);
}

void TestServer::join(TimePoint now, Peer& peer, const Payload& request) {
  const auto room = message::find_parameter(request.bytes.subspan(2), peer.serialization, room_parameter);
  peer.room = room ? copy(*room) : std::vector<std::uint8_t>{};
  answer(now, peer, {echo_of(request.bytes, peer.serialization), request.channel, request.delivery});
  for (const auto& [address, other] : peers_) {
    if (other->room != peer.room) continue;
    answer(now, *other,
           {write_message(other->serialization, Type::event, join_event, {}), request.channel,
            Delivery::reliable});
  }
}

/// The event of a RaiseEvent goes to the others in the room, that of a SetProperties to the raiser too.
void TestServer::raise(TimePoint now, Peer& peer, const Payload& request) {
  if (!peer.room) return;
  const bool properties = code_of(request.bytes) == static_cast<std::uint8_t>(Operation::set_properties);
  const auto parameter = [&](std::uint8_t key) {
    return message::find_parameter(request.bytes.subspan(2), peer.serialization, key);
  };
  std::uint8_t code = properties_event;
  if (!properties) {
    const auto value = parameter(event_code_parameter);
    const auto byte =
        value ? message::as_byte(*value, peer.serialization) : message::Result<std::uint8_t>(std::uint8_t{0});
    code = byte ? *byte : std::uint8_t{0};
  }
  std::vector<std::uint8_t> data;
  const auto value = parameter(event_data_parameter);
  const auto bytes =
      value ? message::as_byte_array(*value, peer.serialization) : message::Result<Bytes>(Bytes{});
  if (bytes) data = copy(*bytes);

  for (const auto& [address, other] : peers_) {
    if (other->room != peer.room || (other.get() == &peer && !properties)) continue;
    answer(now, *other,
           {write_message(other->serialization, Type::event, code,
                          {{event_data_parameter, byte_array_value(other->serialization, data)}}),
            request.channel, request.delivery});
  }
}

}  // namespace gateway::test
