#include "transport/stats.h"

namespace gateway::transport {

std::string_view name(Drop reason) {
  switch (reason) {
    case Drop::datagram:
      return "datagram";
    case Drop::encrypted:
      return "encrypted";
    case Drop::foreign:
      return "foreign";
    case Drop::malformed:
      return "malformed";
    case Drop::unknown_command:
      return "unknown_command";
    case Drop::channel:
      return "channel";
    case Drop::duplicate:
      return "duplicate";
    case Drop::late:
      return "late";
    case Drop::too_far_ahead:
      return "too_far_ahead";
    case Drop::fragment:
      return "fragment";
    case Drop::assemblies:
      return "assemblies";
    case Drop::held:
      return "held";
    case Drop::unreliable_budget:
      return "unreliable_budget";
    case Drop::unknown_ack:
      return "unknown_ack";
    case Drop::not_open:
      return "not_open";
    case Drop::command_rate:
      return "command_rate";
    case Drop::acks:
      return "acks";
    case Drop::count_:
      break;
  }
  return "unknown";
}

}  // namespace gateway::transport
