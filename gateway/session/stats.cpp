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
