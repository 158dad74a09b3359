#include "support/photon_application.h"

#include <algorithm>
#include <utility>

namespace gateway::test {

using Kind = ClientEvent::Kind;

void PhotonApplication::start(const std::vector<std::uint8_t>& key) {
  crypto_.reset();
  if (!key.empty()) crypto_.emplace(Bytes{}).use(key);
  initialised_ = false;
}

// ---- What came

bool PhotonApplication::receive(const Incoming& message) {
  const Bytes bytes = message.bytes;
  if (bytes.size() < 2 || (bytes[0] != 0xF3 && bytes[0] != 0xFD)) {
    violate("payload that is no message");
    return false;
  }
  const std::uint8_t type = bytes[1] & 0x7F;
  ClientEvent event;
  event.time = message.time;
  event.channel = message.channel;
  event.delivery = message.delivery;
  event.encrypted = (bytes[1] & 0x80) != 0;
  event.body.assign(bytes.begin() + 2, bytes.end());
  if (type == 1) {
    init_response(std::move(event));
    return true;
  }
  if (event.encrypted) {
    auto clear = crypto_ ? crypto_->open(event.body) : std::nullopt;
    if (!clear) {
      ++undecryptable_;
      return false;
    }
    event.body = std::move(*clear);
  }
  fire(std::move(event), type);
  return false;
}

void PhotonApplication::init_response(ClientEvent event) {
  if (event.encrypted) violate("encrypted InitResponse");
  if (initialised_) violate("second InitResponse");
  initialised_ = true;
  event.encrypted = false;
  add(std::move(event));
}

void PhotonApplication::fire(ClientEvent event, std::uint8_t type) {
  if (type == 3 || type == 7) {
    const auto head = read_response(protocol_, event.body);
    if (!head) return violate("malformed response");
    event.code = head->code;
    event.return_code = head->return_code;
    event.debug = head->debug;
    event.kind = type == 3 ? Kind::response : Kind::internal_response;
    if (type == 7 && head->code == 0) return key_response(std::move(event), *head);
  } else if (type == 4) {
    if (event.body.empty()) return violate("event without a code");
    event.kind = Kind::event;
    event.code = event.body.front();
  } else if (type == 5 && generation_.disconnect_message) {
    event.kind = Kind::disconnect_message;
  } else if ((type == 8 || type == 9) && generation_.messages) {
    event.kind = type == 8 ? Kind::message : Kind::raw;
  } else {
    ++unknown_messages_;
    return;
  }
  add(std::move(event));
}

void PhotonApplication::key_response(ClientEvent event, const ResponseHead& head) {
  if (event.encrypted) violate("encrypted key exchange response");
  event.kind = Kind::encryption_failed;
  if (!crypto_) violate("key exchange response nobody asked for");
  if (crypto_ && head.return_code == 0) {
    if (const auto server_key = read_server_key(protocol_, head.parameters)) {
      crypto_->derive(*server_key);
      event.kind = Kind::encryption_established;
    } else {
      violate("granted key exchange without a key");
    }
  }
  add(std::move(event));
}

void PhotonApplication::end(TimePoint now, ClientEvent::Status status, std::uint8_t reason) {
  ClientEvent event;
  event.time = now;
  event.kind = Kind::disconnected;
  event.status = status;
  event.reason = reason;
  add(std::move(event));
}

void PhotonApplication::add(ClientEvent event) {
  ++counts_[static_cast<std::size_t>(event.kind)];
  const bool rare = event.kind == Kind::connected || event.kind == Kind::disconnected ||
                    event.kind == Kind::encryption_established || event.kind == Kind::encryption_failed;
  if (keeps_messages_ || rare) events_.push_back(std::move(event));
}

// ---- What goes

std::vector<std::uint8_t> PhotonApplication::begin_exchange(Bytes secret) {
  crypto_.emplace(secret);
  return write_key_request(protocol_, crypto_->public_key());
}

std::optional<std::vector<std::uint8_t>> PhotonApplication::write(std::uint8_t type, Bytes body,
                                                                  bool encrypt) const {
  if (encrypt && !encryption_available()) return std::nullopt;
  std::vector<std::uint8_t> bytes{0xF3, static_cast<std::uint8_t>(encrypt ? type | 0x80 : type)};
  const auto sealed = encrypt ? crypto_->seal(body) : std::vector<std::uint8_t>(body.begin(), body.end());
  bytes.insert(bytes.end(), sealed.begin(), sealed.end());
  return bytes;
}

std::vector<std::uint8_t> PhotonApplication::operation_body(
    std::uint8_t code, const std::vector<std::uint8_t>& parameters) const {
  std::vector<std::uint8_t> body{code};
  const auto& written = parameters.empty() ? no_parameters(protocol_) : parameters;
  body.insert(body.end(), written.begin(), written.end());
  return body;
}

const ClientEvent* PhotonApplication::last(Kind kind) const {
  const auto found = std::find_if(events_.rbegin(), events_.rend(),
                                  [kind](const ClientEvent& event) { return event.kind == kind; });
  return found == events_.rend() ? nullptr : &*found;
}

}  // namespace gateway::test
