#include "session/stats.h"

namespace gateway::session {

std::string_view name(ExchangeResult result) {
  switch (result) {
    case ExchangeResult::ok:
      return "ok";
    case ExchangeResult::bad_key:
      return "bad_key";
    case ExchangeResult::bad_mode:
      return "bad_mode";
    case ExchangeResult::malformed:
      return "malformed";
    case ExchangeResult::over_limit:
      return "over_limit";
    case ExchangeResult::throttled:
      return "throttled";
    case ExchangeResult::count_:
      break;
  }
  return "unknown";
}

std::string_view name(MessageKind kind) {
  switch (kind) {
    case MessageKind::operation:
      return "operation";
    case MessageKind::response:
      return "response";
    case MessageKind::event:
      return "event";
    case MessageKind::internal:
      return "internal";
    case MessageKind::other:
      return "other";
    case MessageKind::count_:
      break;
  }
  return "unknown";
}

MessageKind kind_of(const std::optional<message::Envelope>& envelope) {
  if (!envelope) return MessageKind::other;
  switch (envelope->type) {
    case message::Type::request:
      return MessageKind::operation;
    case message::Type::response:
      return MessageKind::response;
    case message::Type::event:
      return MessageKind::event;
    case message::Type::internal_request:
    case message::Type::internal_response:
      return MessageKind::internal;
    case message::Type::init:
    case message::Type::init_response:
    case message::Type::disconnect:
    case message::Type::message:
    case message::Type::raw:
      break;
  }
  return MessageKind::other;
}

std::string_view name(AddressResult result) {
  switch (result) {
    case AddressResult::rewritten:
      return "rewritten";
    case AddressResult::unknown_target:
      return "unknown_target";
    case AddressResult::refused:
      return "refused";
    case AddressResult::unparsed:
      return "unparsed";
    case AddressResult::count_:
      break;
  }
  return "unknown";
}

}  // namespace gateway::session
