#pragma once

#include <cstdint>

#include <boost/beast/websocket/rfc6455.hpp>

#include "transport/transport.h"

namespace gateway::net {

/// What a WebSocket's close frame says of `reason`: the code of the other side's close frame passes, its
/// absence too; our own reasons are told by the nearest one. `none`: a frame without a code.
boost::beast::websocket::close_code to_close_code(transport::CloseReason reason);

/// What the code of the peer's close frame says, 0 when it has none.
transport::CloseReason from_close_code(std::uint16_t code);

}  // namespace gateway::net
