#pragma once

#include <cstdint>

#include <boost/beast/http.hpp>

#include "net/admin_pages.h"

namespace gateway::net {

using AdminRequest = boost::beast::http::request<boost::beast::http::empty_body>;
using AdminParser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
using AdminResponse = boost::beast::http::response<boost::beast::http::string_body>;

/// Bytes of a request's header, and of what is read before it is parsed.
inline constexpr std::uint32_t admin_header_bytes_max = 8 * 1024;

/// Limits what a request may hold: so long a header, and no body.
void set_limits(AdminParser& parser);

/// The answer to a request; to HEAD only its header is to be sent. 500 with a sentence when a page throws.
AdminResponse answer(const AdminRequest& request, const AdminPages& pages);

}  // namespace gateway::net
