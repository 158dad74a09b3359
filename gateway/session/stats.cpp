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

}  // namespace gateway::session
