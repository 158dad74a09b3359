#include "net/close_codes.h"

#include "transport/disconnect_code.h"

namespace gateway::net {

namespace {

using boost::beast::websocket::close_code;

constexpr std::uint16_t no_close_code = close_code::no_status;  // stands for a close frame without

}  // namespace

close_code to_close_code(transport::CloseReason reason) {
  if (reason.code == no_close_code) return close_code::none;
  if (reason.code >= 1000) return static_cast<close_code>(reason.code);
  switch (reason.code) {
    case transport::code_server_logic:
      return close_code::policy_error;
    case transport::code_timeout:
      return close_code::internal_error;
    case transport::code_full:
      return close_code::try_again_later;
    default:
      return close_code::normal;
  }
}

transport::CloseReason from_close_code(std::uint16_t code) {
  return {transport::Cause::peer, code == close_code::none ? no_close_code : code};
}

}  // namespace gateway::net
