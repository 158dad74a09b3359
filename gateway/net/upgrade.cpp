#include "net/upgrade.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace gateway::net {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using http::field;

constexpr std::size_t key_characters = 24;  // base64 of 16 bytes
// Far more than any client or proxy writes, and few enough to be looked at.
constexpr std::ptrdiff_t fields_max = 100;
constexpr std::size_t connection_tokens_max = 16;

// What a handshake of its own writes anew on each connection; compression is not offered on to anybody.
constexpr std::array own_fields = {field::connection,
                                   field::upgrade,
                                   field::keep_alive,
                                   field::proxy_connection,
                                   field::te,
                                   field::trailer,
                                   field::transfer_encoding,
                                   field::content_length,
                                   field::sec_websocket_key,
                                   field::sec_websocket_version,
                                   field::sec_websocket_accept,
                                   field::sec_websocket_extensions};

/// What the `Connection` headers name, all of them together: views into `message`.
std::vector<beast::string_view> connection_tokens(const http::fields& message) {
  std::vector<beast::string_view> tokens;
  const auto [first, last] = message.equal_range(field::connection);
  for (auto header = first; header != last; ++header) {
    for (const auto token : http::token_list(header->value())) tokens.push_back(token);
  }
  return tokens;
}

void copy_fields(const http::fields& from, http::fields& to) {
  to.erase(field::user_agent);  // Beast's own
  to.erase(field::server);
  auto named = connection_tokens(from);  // what the sender says is for this connection only
  std::sort(named.begin(), named.end(), beast::iless{});
  const auto passes = [&named](const http::fields::value_type& entry) {
    return std::find(own_fields.begin(), own_fields.end(), entry.name()) == own_fields.end() &&
           !std::binary_search(named.begin(), named.end(), entry.name_string(), beast::iless{});
  };
  for (const auto& entry : from) {
    if (passes(entry)) to.erase(entry.name_string());
  }
  for (const auto& entry : from) {
    if (passes(entry)) to.insert(entry.name_string(), entry.value());
  }
}

bool is_oversized(const UpgradeRequest& request) {
  return std::distance(request.begin(), request.end()) > fields_max ||
         connection_tokens(request).size() > connection_tokens_max;
}

bool has_body(const UpgradeRequest& request) {
  const auto length = request[field::content_length];
  return request.count(field::transfer_encoding) > 0 || !(length.empty() || length == "0");
}

}  // namespace

Refusal refusal(const UpgradeRequest& request, http::status status, std::string_view text) {
  Refusal response{status, request.version() >= 11 ? 11U : 10U};
  response.set(field::content_type, "text/plain; charset=utf-8");
  response.set(field::connection, "close");
  response.body() = std::string(text) + "\n";
  response.prepare_payload();
  return response;
}

std::optional<Refusal> refuse_upgrade(const UpgradeRequest& request) {
  if (is_oversized(request))
    return refusal(request, http::status::bad_request, "too many header fields or Connection tokens");
  if (!boost::beast::websocket::is_upgrade(request)) {
    Refusal response = refusal(request, http::status::upgrade_required, "this port speaks WebSocket");
    response.set(field::upgrade, "websocket");
    response.set(field::connection, "close, upgrade");
    return response;
  }
  const bool key = request.count(field::sec_websocket_key) == 1 &&
                   request[field::sec_websocket_key].size() == key_characters;
  const bool origin_form = request.target().starts_with('/') && request.count(field::host) == 1;
  if (!key || !origin_form || has_body(request) || request[field::sec_websocket_version] != "13") {
    Refusal response = refusal(request, http::status::bad_request, "no valid WebSocket handshake");
    response.set(field::sec_websocket_version, "13");
    return response;
  }
  return std::nullopt;
}

std::optional<message::Serialization> serialization_of(const UpgradeRequest& request,
                                                       const UpgradeResponse& response) {
  const auto chosen = response[field::sec_websocket_protocol];
  const auto agreed = chosen.empty() ? request[field::sec_websocket_protocol] : chosen;
  const std::string_view name(agreed.data(), agreed.size());
  if (name.starts_with("GpBinaryV16")) return message::Serialization::v16;
  if (name.starts_with("GpBinaryV18")) return message::Serialization::v18;
  return std::nullopt;
}

void copy_request(const UpgradeRequest& from_client, UpgradeRequest& to_server) {
  copy_fields(from_client, to_server);
}

void copy_response(const UpgradeResponse& from_server, UpgradeResponse& to_client) {
  copy_fields(from_server, to_client);
}

}  // namespace gateway::net
