#include "session/capture.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "message/codes.h"
#include "message/key_exchange.h"
#include "message/transcript.h"

namespace gateway::session {

namespace {

using message::Type;
using transport::Delivery;

std::string_view name(Delivery delivery) {
  switch (delivery) {
    case Delivery::unreliable:
      return "unreliable";
    case Delivery::reliable:
      return "reliable";
    case Delivery::unsequenced:
      return "unsequenced";
    case Delivery::reliable_unsequenced:
      return "reliable_unsequenced";
  }
  return "unknown";
}

std::string_view name(Fate fate) {
  switch (fate) {
    case Fate::forwarded:
      return "forwarded";
    case Fate::kept:
      return "kept";
    case Fate::ended:
      return "ended";
  }
  return "unknown";
}

std::string type_name(Type type) {
  switch (type) {
    case Type::init:
      return "init";
    case Type::init_response:
      return "init_response";
    case Type::request:
      return "request";
    case Type::response:
      return "response";
    case Type::event:
      return "event";
    case Type::disconnect:
      return "disconnect";
    case Type::internal_request:
      return "internal_request";
    case Type::internal_response:
      return "internal_response";
    case Type::message:
      return "message";
    case Type::raw:
      return "raw";
  }
  return std::to_string(static_cast<unsigned>(type));
}

std::string type_of(const Message& message, bool readable) {
  if (message.payload.form == transport::Form::ping) return "ping";
  if (!readable) return "json";
  return message.envelope ? type_name(message.envelope->type) : "unreadable";
}

std::string seconds_text(Duration duration) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6f", std::chrono::duration<double>(duration).count());
  return text.data();
}

void append_name(std::string& line, const message::Envelope& envelope) {
  const bool event = envelope.type == Type::event;
  if (!event && envelope.type != Type::request && envelope.type != Type::response) return;
  const auto names = event ? message::event_names() : message::operation_names();
  const std::string word = message::code_word(names, *envelope.code());
  if (word == std::to_string(*envelope.code())) return;
  line += R"(,"name":")" + word + '"';
}

// Both ways: a server never sees an exchange, and what it answered all the same is nobody's business.
bool concerns_keys(const message::Envelope& envelope) {
  return message::is_key_exchange(envelope) ||
         (envelope.type == Type::internal_response && envelope.code() == std::uint8_t{0});
}

void append_content(std::string& line, const message::Envelope& envelope,
                    message::Serialization serialization) {
  if (concerns_keys(envelope)) {
    line += R"(,"key_exchange":true)";
  } else if (message::append_transcript(line, envelope, serialization)) {
    append_name(line, envelope);
  }
}

}  // namespace

void Capture::message(Side from, const Message& message, message::Serialization serialization, bool readable,
                      TimePoint now) {
  line_ = R"({"seconds":)" + seconds_text(now - began_);
  line_ += R"(,"direction":")";
  line_ += direction_from(from) == Direction::to_server ? "to_server" : "to_client";
  line_ += R"(","channel":)" + std::to_string(message.payload.channel);
  line_ += R"(,"delivery":")";
  line_ += name(message.payload.delivery);
  line_ += R"(","type":")" + type_of(message, readable);
  line_ += R"(","bytes":)" + std::to_string(message.payload.bytes.size());
  if (message.opaque()) {
    line_ += R"(,"opaque":true)";
  } else if (readable && message.envelope) {
    append_content(line_, *message.envelope, serialization);
  }
}

void Capture::decided(Fate fate, bool encrypted) {
  line_ += R"(,"encrypted":)";
  line_ += encrypted ? "true" : "false";
  line_ += R"(,"fate":")";
  line_ += name(fate);
  line_ += "\"}";
  if (waiting_ + line_.size() > waiting_max) {
    ++dropped_;
    return;
  }
  waiting_ += line_.size();
  lines_.push_back(std::move(line_));
}

std::optional<std::string> Capture::next_line() {
  if (lines_.empty()) return std::nullopt;
  std::string line = std::move(lines_.front());
  lines_.pop_front();
  waiting_ -= line.size();
  return line;
}

}  // namespace gateway::session
