#include "net/admin_answer.h"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace gateway::net {

namespace http = boost::beast::http;

namespace {

AdminResponse reply(const AdminRequest& request, http::status status, std::string text) {
  AdminResponse response{status, request.version()};
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.keep_alive(request.keep_alive());
  response.body() = std::move(text);
  response.prepare_payload();
  return response;
}

AdminResponse page(const AdminRequest& request, const std::string& text, std::string_view type) {
  AdminResponse response = reply(request, http::status::ok, text);
  response.set(http::field::content_type, {type.data(), type.size()});
  return response;
}

/// A page for browsers: what it shows stands in it, and nothing is fetched or run.
AdminResponse html_page(const AdminRequest& request, const std::string& text) {
  AdminResponse response = page(request, text, "text/html; charset=utf-8");
  response.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  response.set("X-Content-Type-Options", "nosniff");
  return response;
}

AdminResponse refuse_method(const AdminRequest& request) {
  AdminResponse response = reply(request, http::status::method_not_allowed, "GET only\n");
  response.set(http::field::allow, "GET, HEAD");
  return response;
}

AdminResponse page_of(const AdminRequest& request, const AdminPages& pages) {
  if (request.method() != http::verb::get && request.method() != http::verb::head)
    return refuse_method(request);
  const std::string_view target(request.target().data(), request.target().size());
  const std::string_view path = target.substr(0, target.find('?'));
  if (path == "/") return html_page(request, pages.status());
  if (path == "/metrics") return page(request, pages.metrics(), "text/plain; version=0.0.4; charset=utf-8");
  if (path == "/upstreams") return page(request, pages.upstreams(), "application/json");
  if (path == "/livez") return reply(request, http::status::ok, "live\n");
  if (path != "/readyz") return reply(request, http::status::not_found, "not found\n");
  if (pages.ready()) return reply(request, http::status::ok, "ready\n");
  return reply(request, http::status::service_unavailable, "not ready\n");
}

}  // namespace

void set_limits(AdminParser& parser) {
  parser.header_limit(admin_header_bytes_max);
  parser.body_limit(0);
}

AdminResponse answer(const AdminRequest& request, const AdminPages& pages) {
  try {
    return page_of(request, pages);
  } catch (const std::exception& error) {
    return reply(request, http::status::internal_server_error, std::string(error.what()) + "\n");
  }
}

}  // namespace gateway::net
