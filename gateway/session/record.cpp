#include "session/record.h"

namespace gateway::session {

std::string_view name(End end) {
  switch (end) {
    case End::none:
      return "none";
    case End::client_disconnect:
      return "client_disconnect";
    case End::server_disconnect:
      return "server_disconnect";
    case End::client_timeout:
      return "client_timeout";
    case End::server_timeout:
      return "server_timeout";
    case End::upstream_refused:
      return "upstream_refused";
    case End::upstream_connect:
      return "upstream_connect";
    case End::upgrade_declined:
      return "upgrade_declined";
    case End::init_timeout:
      return "init_timeout";
    case End::no_capacity:
      return "no_capacity";
    case End::not_init:
      return "not_init";
    case End::bad_encryption:
      return "bad_encryption";
    case End::key_exchange:
      return "key_exchange";
    case End::message_size:
      return "message_size";
    case End::policy:
      return "policy";
    case End::message_rate:
      return "message_rate";
    case End::before_init:
      return "before_init";
    case End::buffered:
      return "buffered";
    case End::memory:
      return "memory";
    case End::protocol_error:
      return "protocol_error";
    case End::replaced:
      return "replaced";
    case End::access:
      return "access";
    case End::shutdown:
      return "shutdown";
    case End::count_:
      break;
  }
  return "unknown";
}

}  // namespace gateway::session
