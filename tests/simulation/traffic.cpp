#include "simulation/traffic.h"

#include <algorithm>
#include <utility>

namespace gateway::test {

using message::Type;
using transport::Delivery;
using wire::Flags;

namespace {

constexpr std::size_t small =
    400;  // fits a datagram of 576 bytes, sealed too: what stays unreliable on every link

bool sequenced(Delivery delivery) {
  return delivery == Delivery::reliable || delivery == Delivery::unreliable;
}

std::map<std::uint8_t, std::vector<const Passed*>> sequenced_by_channel(const Flow& flow,
                                                                        bool reliable_only) {
  std::map<std::uint8_t, std::vector<const Passed*>> channels;
  for (const Passed& passed : flow) {
    if (!sequenced(passed.delivery) || (reliable_only && passed.delivery != Delivery::reliable)) continue;
    channels[passed.channel].push_back(&passed);
  }
  return channels;
}

std::map<std::pair<Delivery, std::vector<std::uint8_t>>, int> unsequenced(const Flow& flow) {
  std::map<std::pair<Delivery, std::vector<std::uint8_t>>, int> counts;
  for (const Passed& passed : flow) {
    if (!sequenced(passed.delivery)) ++counts[{passed.delivery, passed.bytes}];
  }
  return counts;
}

/// Every received one stands in `sent`, in the same order.
bool in_order(const std::vector<const Passed*>& sent, const std::vector<const Passed*>& received) {
  auto at = sent.begin();
  for (const Passed* passed : received) {
    at = std::find_if(at, sent.end(), [&](const Passed* candidate) {
      return candidate->delivery == passed->delivery && candidate->bytes == passed->bytes;
    });
    if (at == sent.end()) return false;
    ++at;
  }
  return true;
}

bool without_gap(const std::vector<const Passed*>& sent, const std::vector<const Passed*>& received) {
  return received.size() <= sent.size() &&
         std::equal(received.begin(), received.end(), sent.begin(),
                    [](const Passed* a, const Passed* b) { return a->bytes == b->bytes; });
}

}  // namespace

bool shows_secret(Bytes bytes) {
  return std::search(bytes.begin(), bytes.end(), secret_marker.begin(), secret_marker.end()) != bytes.end();
}

std::size_t reliable_count(const Flow& flow) {
  return static_cast<std::size_t>(std::count_if(
      flow.begin(), flow.end(), [](const Passed& passed) { return is_reliable(passed.delivery); }));
}

std::vector<std::string> compare(const Flow& sent, const Flow& received, bool complete) {
  std::vector<std::string> problems;
  auto all_sent = sequenced_by_channel(sent, false);
  auto reliable_sent = sequenced_by_channel(sent, true);
  for (const auto& [channel, passed] : sequenced_by_channel(received, false)) {
    if (!in_order(all_sent[channel], passed))
      problems.push_back("channel " + std::to_string(channel) + ": out of order, repeated or never sent");
  }
  for (const auto& [channel, passed] : sequenced_by_channel(received, true)) {
    if (!without_gap(reliable_sent[channel], passed))
      problems.push_back("channel " + std::to_string(channel) + ": a gap among the reliable ones");
  }
  auto unsequenced_sent = unsequenced(sent);
  for (const auto& [what, count] : unsequenced(received)) {
    if (count > unsequenced_sent[what]) problems.push_back("an unsequenced message repeated or never sent");
  }
  if (complete && reliable_count(received) != reliable_count(sent)) {
    problems.push_back(std::to_string(reliable_count(received)) + " of " +
                       std::to_string(reliable_count(sent)) + " reliable messages arrived");
  }
  return problems;
}

// What the client does
// ------------------------------------------------------------------------------------------------

Traffic::Traffic(World& world, ClientHost& host, const Options& options, std::uint64_t seed)
    : world_(world), host_(host), options_(options), random_(seed), left_(options.messages) {
  host_.application([this](TimePoint now, PhotonClient& client) { play(now, client); });
}

void Traffic::play(TimePoint now, PhotonClient& client) {
  if (!client.initialised()) return;
  if (!entered_) return enter(now, client);
  if (!random_.chance(0.4)) return;
  for (std::uint64_t burst = options_.at_once ? left_ : random_.between(1, 3); burst > 0 && left_ > 0;
       --burst) {
    --left_;
    act(now, client);
  }
}

void Traffic::enter(TimePoint now, PhotonClient& client) {
  entered_ = true;
  send(now, client, write_operation(serialization_of(client), Operation::join, 0, {}), 0, Flags::reliable,
       false);
  if (options_.encrypts) client.exchange_keys(now);
}

void Traffic::act(TimePoint now, PhotonClient& client) {
  if (options_.large && !large_sent_ && left_ < options_.messages / 2) return send_large(now, client);
  const double choice = random_.unit();
  if (choice < 0.15) return send_event(now, client);
  if (choice < 0.25 && client.generation().messages) return send_message(now, client);
  send_operation(now, client);
}

void Traffic::send_operation(TimePoint now, PhotonClient& client) {
  // Codes 100…103 are only ever encrypted, 104…107 never, the others both.
  static constexpr std::array codes{Operation::echo,   Operation::echo_late,       Operation::echo_twice,
                                    Operation::silent, Operation::echo_on_channel, Operation::echo_unreliable,
                                    Operation::big};
  const bool can_encrypt = client.encryption_available();
  bool encrypt = can_encrypt && random_.chance(0.5);
  Operation code = codes[random_.between(0, codes.size() - 1)];
  if (random_.chance(0.3)) code = static_cast<Operation>((encrypt ? 100 : 104) + random_.between(0, 3));
  std::uint32_t argument = static_cast<std::uint32_t>(random_.between(0, 300));
  std::size_t bytes = size();
  Flags how = delivery(client);
  if (code == Operation::echo_on_channel) argument = channel(client);
  if (code == Operation::echo_unreliable) bytes = std::min(bytes, small);
  if (code == Operation::big) argument = static_cast<std::uint32_t>(32 + size());
  if (!wire::is_reliable(how)) bytes = std::min(bytes, small);
  send(now, client, write_operation(serialization_of(client), code, argument, data(bytes, encrypt)),
       channel(client), how, encrypt);
}

void Traffic::send_message(TimePoint now, PhotonClient& client) {
  const bool encrypt = client.encryption_available() && random_.chance(0.5);
  const Type type = random_.chance(0.5) ? Type::message : Type::raw;
  std::vector<std::uint8_t> message{message::magic, static_cast<std::uint8_t>(type)};
  const auto body = byte_array_value(serialization_of(client), data(random_.between(1, small), encrypt));
  message.insert(message.end(), body.begin(), body.end());
  send(now, client, message, channel(client), Flags::reliable, encrypt);
}

/// An encrypted event only when everybody in the room can read it: a receiver without a key gets it in the
/// clear.
void Traffic::send_event(TimePoint now, PhotonClient& client) {
  const bool all_read =
      reads_sealed() &&
      std::all_of(others_.begin(), others_.end(), [](const Traffic* other) { return other->reads_sealed(); });
  const bool encrypt = client.encryption_available() && all_read && random_.chance(0.5);
  const auto code = static_cast<std::uint8_t>(random_.between(1, 8));
  const Flags how = random_.chance(0.3) ? Flags::unreliable : Flags::reliable;
  const std::size_t bytes = wire::is_reliable(how) ? size() : random_.between(1, small);
  send(now, client, write_raise_event(serialization_of(client), code, data(bytes, encrypt)), channel(client),
       how, encrypt);
}

void Traffic::send_large(TimePoint now, PhotonClient& client) {
  large_sent_ = true;
  const bool encrypt = client.encryption_available();
  const auto bytes = static_cast<std::uint32_t>(random_.between(100'000, 511'900));
  const bool up = random_.chance(0.5);
  send(now, client,
       write_operation(serialization_of(client), up ? Operation::silent : Operation::big, bytes,
                       data(up ? bytes : 10, encrypt)),
       channel(client), Flags::reliable, encrypt);
}

void Traffic::send(TimePoint now, PhotonClient& client, const std::vector<std::uint8_t>& message,
                   std::uint8_t channel, Flags delivery, bool encrypt) {
  const bool taken = client.message(now, message[1], Bytes(message).subspan(2), channel, delivery, encrypt);
  if (taken) sent_.push_back({channel, static_cast<Delivery>(delivery), message});
}

/// Marker or blank, who sent it and a number, so that no two messages are equal; then filling up to `size`.
std::vector<std::uint8_t> Traffic::data(std::size_t size, bool secret) {
  std::vector<std::uint8_t> out(12, 0);
  if (secret) std::copy(secret_marker.begin(), secret_marker.end(), out.begin());
  out.push_back(host_.address().ip[15]);
  ++counter_;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(counter_ >> shift));
  std::uint8_t byte = static_cast<std::uint8_t>(random_.between(0, 255));
  while (out.size() < size) out.push_back(byte = static_cast<std::uint8_t>(byte * 5 + 3));
  return out;
}

std::size_t Traffic::size() {
  return random_.chance(0.8) ? random_.between(1, small) : random_.between(1, options_.size_max);
}

Flags Traffic::delivery(const PhotonClient& client) {
  const double choice = random_.unit();
  if (choice < 0.6) return Flags::reliable;
  if (choice < 0.8 || !client.generation().unsequenced) return Flags::unreliable;
  return choice < 0.9 ? Flags::unsequenced : Flags::reliable_unsequenced;
}

std::uint8_t Traffic::channel(const PhotonClient& client) {
  return static_cast<std::uint8_t>(random_.between(0, client.config().channels - 1U));
}

// What was seen
// -------------------------------------------------------------------------------------------------------

bool Traffic::reads_sealed() const {
  const auto& events = host_.client().events();
  return std::any_of(events.begin(), events.end(), [](const ClientEvent& event) {
    return event.kind == ClientEvent::Kind::response && event.encrypted;
  });
}

Flow Traffic::received() const {
  Flow flow;
  for (const ClientEvent& event : host_.client().events()) {
    const auto message = message_of(event);
    if (!message.empty()) flow.push_back({event.channel, static_cast<Delivery>(event.delivery), message});
  }
  return flow;
}

Flow Traffic::server_received() const {
  Flow flow;
  const auto peer = world_.gateway->upstream_of(host_.address());
  bool init = true;  // the first message, in any of its forms
  for (const auto& message : world_.servers[0]->server().received()) {
    if (message.peer != peer || std::exchange(init, false)) continue;
    flow.push_back({message.channel, message.delivery, message.bytes});
  }
  return flow;
}

Flow Traffic::server_sent() const {
  Flow flow;
  const auto peer = world_.gateway->upstream_of(host_.address());
  for (const auto& message : world_.servers[0]->server().sent()) {
    if (message.peer != peer || type_of(message.bytes) == Type::init_response) continue;
    flow.push_back({message.channel, message.delivery, message.bytes});
  }
  return flow;
}

bool Traffic::delivered() const {
  return reliable_count(sent_) == reliable_count(server_received()) &&
         reliable_count(server_sent()) == reliable_count(received());
}

}  // namespace gateway::test
