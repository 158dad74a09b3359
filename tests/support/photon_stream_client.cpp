#include "support/photon_stream_client.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "support/internal_ping.h"
#include "support/json_units.h"

namespace gateway::test {

namespace {

using Kind = ClientEvent::Kind;
using Status = ClientEvent::Status;

constexpr Duration ping_interval_binary = milliseconds(1000);
constexpr Duration ping_interval_json = milliseconds(5000);
constexpr Duration silence_max = seconds(10);
constexpr std::size_t secret_bytes = 20;
constexpr std::size_t message_bytes_min = 3;  // the library reads byte 2 of every message unasked
constexpr std::int64_t json_epoch_ms = 1'700'000'000'000;

/// A number of an array of alternating keys and values.
std::optional<std::int64_t> value_of(const boost::json::object& object, std::int64_t key) {
  const auto* vals = object.if_contains("vals");
  if (vals == nullptr || !vals->is_array()) return std::nullopt;
  const auto& list = vals->get_array();
  for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
    if (list[i].is_int64() && list[i].get_int64() == key && list[i + 1].is_int64()) {
      return list[i + 1].get_int64();
    }
  }
  return std::nullopt;
}

}  // namespace

PhotonStreamClient::PhotonStreamClient(const Generation& generation, Config config)
    : generation_(generation),
      config_(std::move(config)),
      random_(config_.seed),
      application_(generation, config_.init.protocol, violations_) {
  application_.keep_messages(config_.keeps_messages);
}

std::uint32_t PhotonStreamClient::clock(TimePoint now) const {
  const auto elapsed = std::chrono::floor<milliseconds>(now - connected_at_).count();
  return config_.clock_start + static_cast<std::uint32_t>(elapsed);
}

Duration PhotonStreamClient::ping_interval() const {
  return config_.ping_interval.value_or(config_.kind == StreamKind::json ? ping_interval_json
                                                                         : ping_interval_binary);
}

void PhotonStreamClient::connect(TimePoint now) {
  connected_at_ = heard_ = pinged_ = now;
  application_.start(config_.init.key);
  reader_.emplace(violations_);
  received_.clear();
  outgoing_.clear();
  time_offset_.reset();
  round_trip_.reset();
  init_sent_ = wants_time_ = false;
  state_ = State::connecting;
  queue_init();
}

void PhotonStreamClient::queue_init() {
  const bool tcp = config_.kind == StreamKind::tcp;
  if (!config_.sends_init) return;
  if (tcp || (config_.kind == StreamKind::websocket && config_.init.form == InitForm::text)) {
    // The first message of a WebSocket has TCP's frame, and no other.
    const auto frame = write_frame(write_init(generation_, config_.init), 0, wire::Flags::reliable);
    outgoing_.push_back({frame, false});
  }
}

// ---- The network thread

void PhotonStreamClient::receive(TimePoint now, Bytes bytes) {
  if (state_ == State::disconnected) return;
  heard_ = now;
  if (config_.kind == StreamKind::json) return violate("binary message in JSON mode");
  if (config_.kind == StreamKind::websocket) {
    return take(now, {{bytes.begin(), bytes.end()}, 0, wire::Flags::reliable});
  }
  reader_->receive(bytes);
  while (auto unit = reader_->next()) {
    if (unit->pong) {
      pong(now, unit->pong->server_clock, unit->pong->client_clock);
    } else {
      take(now, std::move(unit->message));
    }
  }
}

void PhotonStreamClient::take(TimePoint now, StreamMessage message) {
  if (config_.kind == StreamKind::tcp && !init_sent_) violate("data before Init left");
  if (message.bytes.size() < message_bytes_min) violate("message of fewer than three bytes");
  if (message.bytes.size() < 2) return;
  if (message.bytes[0] != 0xF3)
    return violate("message that starts with " + std::to_string(message.bytes[0]));
  received_sum_.add(message.bytes);
  if (take_internal_pong(now, message.bytes)) return;
  received_.push_back({now, std::move(message), false});
}

/// Answers to pings are taken before the game loop sees them.
bool PhotonStreamClient::take_internal_pong(TimePoint now, Bytes message) {
  if (config_.kind != StreamKind::websocket || message.size() < 3) return false;
  if (message[1] != 7 || message[2] != 1) return false;
  const auto answer = read_internal_pong(config_.init.protocol, message);
  if (answer) {
    pong(now, answer->server_clock, answer->client_clock);
  } else {
    violate("malformed answer to a ping");
  }
  return true;
}

void PhotonStreamClient::pong(TimePoint now, std::uint32_t server_clock, std::uint32_t client_clock) {
  if (pongs_ >= pings_sent_) violate("more pongs than pings");
  ++pongs_;
  const std::uint32_t round_trip = clock(now) - client_clock;
  round_trip_ = milliseconds(round_trip);
  if (!wants_time_) return;
  wants_time_ = false;
  time_offset_ = server_clock + (round_trip >> 1) - clock(now);
}

void PhotonStreamClient::receive_text(TimePoint now, Bytes text) {
  if (state_ == State::disconnected) return;
  heard_ = now;
  if (config_.kind != StreamKind::json) return violate("text message outside JSON mode");
  received_sum_.add(text);
  received_.push_back({now, {{text.begin(), text.end()}, 0, wire::Flags::reliable}, true});
}

void PhotonStreamClient::ended(TimePoint now, Status status) {
  if (state_ == State::disconnected) return;
  dispatch(now);  // what came before the end is still seen
  if (state_ == State::disconnected) return;
  state_ = State::disconnected;
  application_.end(now, status, 0);
}

// ---- The game loop

void PhotonStreamClient::dispatch(TimePoint now) {
  while (!received_.empty() && state_ != State::disconnected) {
    const Received received = std::move(received_.front());
    received_.pop_front();
    if (received.text) {
      dispatch_text(received);
    } else if (application_.receive({received.time, received.message.channel, received.message.delivery,
                                     received.message.bytes})) {
      greeted(now);
    }
  }
  if (state_ == State::disconnected || !config_.gives_up || now - heard_ <= silence_max) return;
  state_ = State::disconnected;
  application_.end(now, Status::timeout, 0);
}

void PhotonStreamClient::greeted(TimePoint now) {
  if (state_ != State::connecting) return;
  state_ = State::connected;
  if (config_.pings) fetch_server_time(now);
}

std::optional<PhotonStreamClient::Outgoing> PhotonStreamClient::send_outgoing(TimePoint now) {
  const bool due = state_ == State::connected && config_.pings && now - pinged_ >= ping_interval();
  if (due) ping(now);
  if (outgoing_.empty()) return std::nullopt;
  Outgoing next = std::move(outgoing_.front());
  outgoing_.pop_front();
  init_sent_ = true;
  return next;
}

void PhotonStreamClient::ping(TimePoint now) {
  pinged_ = now;
  ++pings_sent_;
  switch (config_.kind) {
    case StreamKind::tcp:
      outgoing_.push_back({write_ping(clock(now)), false});
      return;
    case StreamKind::websocket:
      return queue(write_internal_ping(config_.init.protocol, clock(now)), 0, wire::Flags::reliable);
    case StreamKind::json:
      const std::string ms = std::to_string(json_epoch_ms + clock(now));
      return queue_text(write_unit(std::string(json_mark) + "{\"irq\":1,\"vals\":[1," + ms + "]}"));
  }
}

void PhotonStreamClient::queue(Bytes message, std::uint8_t channel, wire::Flags delivery) {
  sent_sum_.add(message);
  if (config_.kind == StreamKind::tcp) {
    outgoing_.push_back({write_frame(message, channel, delivery), false});
  } else {
    outgoing_.push_back({{message.begin(), message.end()}, false});
  }
}

void PhotonStreamClient::queue_text(std::string_view text) {
  sent_sum_.add(bytes_of(text));
  outgoing_.push_back({{text.begin(), text.end()}, true});
}

bool PhotonStreamClient::exchange_keys(TimePoint now) {
  if (state_ != State::connected || config_.kind == StreamKind::json) return false;
  std::vector<std::uint8_t> secret(secret_bytes);
  for (std::uint8_t& byte : secret) byte = static_cast<std::uint8_t>(random_());
  return raw_bytes(now, application_.begin_exchange(secret));
}

bool PhotonStreamClient::operation(TimePoint now, const Operation& operation) {
  return message(now, 2, application_.operation_body(operation.code, operation.parameters), operation.channel,
                 operation.delivery, operation.encrypt);
}

bool PhotonStreamClient::message(TimePoint now, std::uint8_t type, Bytes body, std::uint8_t channel,
                                 wire::Flags delivery, bool encrypt) {
  const auto bytes = application_.write(type, body, encrypt);
  return bytes && raw_bytes(now, *bytes, channel, delivery);
}

bool PhotonStreamClient::raw_bytes(TimePoint, Bytes bytes, std::uint8_t channel, wire::Flags delivery) {
  if (state_ != State::connected || config_.kind == StreamKind::json) return false;
  if (channel >= config_.channels || (wire::is_unsequenced(delivery) && !generation_.unsequenced))
    return false;
  queue(bytes, channel, delivery);
  return true;
}

bool PhotonStreamClient::stream_bytes(Bytes bytes) {
  if (state_ == State::disconnected) return false;
  outgoing_.push_back({{bytes.begin(), bytes.end()}, config_.kind == StreamKind::json});
  return true;
}

void PhotonStreamClient::fetch_server_time(TimePoint now) {
  if (state_ != State::connected) return;
  wants_time_ = true;
  ping(now);
}

void PhotonStreamClient::disconnect(TimePoint now) {
  if (state_ == State::disconnected) return;
  state_ = State::disconnected;
  received_.clear();
  application_.end(now, Status::by_us, 0);
}

std::optional<std::uint32_t> PhotonStreamClient::server_time(TimePoint now) const {
  if (!time_offset_) return std::nullopt;
  return *time_offset_ + clock(now);
}

// ---- JSON

bool PhotonStreamClient::request(TimePoint now, std::uint8_t code, std::string_view vals) {
  const std::string object = "{\"req\":" + std::to_string(code) + ",\"vals\":" + std::string(vals) + "}";
  return raw_text(now, write_unit(std::string(json_mark) + object));
}

bool PhotonStreamClient::raw_text(TimePoint, std::string_view text) {
  if (state_ != State::connected || config_.kind != StreamKind::json) return false;
  queue_text(text);
  return true;
}

void PhotonStreamClient::dispatch_text(const Received& received) {
  const auto units = read_units(text_of(received.message.bytes));
  if (!units) return violate("text that is no unit");
  for (const std::string& unit : *units) dispatch_unit(received.time, unit);
}

void PhotonStreamClient::dispatch_unit(TimePoint time, const std::string& unit) {
  if (unit.starts_with(json_mark)) return dispatch_object(time, unit.substr(json_mark.size()));
  if (application_.initialised()) return violate("second session id");
  application_.greeted();
  ClientEvent event;
  event.time = time;
  event.body.assign(unit.begin(), unit.end());
  application_.add(std::move(event));
  greeted(time);
}

void PhotonStreamClient::dispatch_object(TimePoint time, const std::string& text) {
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error);
  if (error || !value.is_object()) return violate("unit that is no JSON object");
  const auto& object = value.get_object();
  const auto number = [&](const char* key) {
    const auto* found = object.if_contains(key);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
  };
  ClientEvent event;
  event.time = time;
  event.body.assign(text.begin(), text.end());
  event.return_code = static_cast<std::int16_t>(number("err"));
  if (const auto* debug = object.if_contains("msg"); debug != nullptr && debug->is_string()) {
    event.debug = debug->get_string();
  }
  if (object.contains("irs")) {
    const auto client_ms = value_of(object, 1);
    const auto server_ms = value_of(object, 2);
    if (!client_ms || !server_ms) return violate("malformed answer to a ping");
    return pong(time, static_cast<std::uint32_t>(*server_ms),
                static_cast<std::uint32_t>(*client_ms - json_epoch_ms));
  }
  if (object.contains("res")) {
    event.kind = Kind::response;
    event.code = static_cast<std::uint8_t>(number("res"));
  } else if (object.contains("evt")) {
    event.kind = Kind::event;
    event.code = static_cast<std::uint8_t>(number("evt"));
  } else {
    return violate("object of an unknown kind");
  }
  application_.add(std::move(event));
}

}  // namespace gateway::test
