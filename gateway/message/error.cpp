#include "message/error.h"

namespace gateway::message {

std::string_view name(Error error) {
  switch (error) {
    case Error::truncated:
      return "truncated";
    case Error::unknown_type:
      return "unknown_type";
    case Error::too_deep:
      return "too_deep";
    case Error::not_init:
      return "not_init";
    case Error::serialization:
      return "serialization";
    case Error::missing_parameter:
      return "missing_parameter";
    case Error::wrong_type:
      return "wrong_type";
    case Error::too_long:
      return "too_long";
    case Error::malformed_json:
      return "malformed_json";
  }
  return "unknown";
}

}  // namespace gateway::message
