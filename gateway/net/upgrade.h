#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "message/init.h"

namespace gateway::net {

using UpgradeRequest = boost::beast::websocket::request_type;
using UpgradeResponse = boost::beast::websocket::response_type;
using Refusal = boost::beast::http::response<boost::beast::http::string_body>;

/// Empty for a request that asks for a WebSocket; otherwise what it is answered.
std::optional<Refusal> refuse_upgrade(const UpgradeRequest& request);
/// An answer that ends the connection.
Refusal refusal(const UpgradeRequest& request, boost::beast::http::status status, std::string_view text);

/// The serialization of the sub-protocol that the server chose, or if it chose none, of the client's offer:
/// GpBinaryV16… or GpBinaryV18…. Empty for any other, which mean JSON or something unknown: forwarded
/// untouched. Source: transport/README.md, "Streams".
std::optional<message::Serialization> serialization_of(const UpgradeRequest& request,
                                                       const UpgradeResponse& response);

/// Fills the request to the server from the client's: everything but what belongs to the one connection.
void copy_request(const UpgradeRequest& from_client, UpgradeRequest& to_server);
/// Fills the response to the client from the server's, likewise.
void copy_response(const UpgradeResponse& from_server, UpgradeResponse& to_client);

}  // namespace gateway::net
