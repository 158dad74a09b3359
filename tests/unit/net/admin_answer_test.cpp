#include "net/admin_answer.h"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

namespace http = boost::beast::http;

class AdminAnswer : public testing::Test {
 protected:
  AdminResponse get(std::string_view target, http::verb verb = http::verb::get) {
    return answer(AdminRequest{verb, {target.data(), target.size()}, 11}, pages_);
  }
  /// What reading `text` says.
  static boost::system::error_code read(const std::string& text) {
    AdminParser parser;
    set_limits(parser);
    parser.eager(true);
    boost::system::error_code error;
    parser.put(boost::asio::buffer(text), error);
    return error;
  }

  bool ready_ = true;
  AdminPages pages_{.metrics = [] { return std::string("a 1\n"); },
                    .ready = [this] { return ready_; },
                    .upstreams = []() -> std::string { throw std::runtime_error("no upstreams"); },
                    .status = [] { return std::string("<!DOCTYPE html>"); }};
};

TEST_F(AdminAnswer, ShowsItsPages) {
  const AdminResponse metrics = get("/metrics");
  EXPECT_EQ(metrics.result(), http::status::ok);
  EXPECT_EQ(metrics.body(), "a 1\n");
  EXPECT_EQ(metrics[http::field::content_type], "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(get("/livez").body(), "live\n");
  EXPECT_EQ(get("/readyz?verbose").body(), "ready\n");
}

TEST_F(AdminAnswer, ShowsBrowsersAPageThatFetchesAndRunsNothing) {
  const AdminResponse status = get("/?refresh");
  EXPECT_EQ(status.result(), http::status::ok);
  EXPECT_EQ(status.body(), "<!DOCTYPE html>");
  EXPECT_EQ(status[http::field::content_type], "text/html; charset=utf-8");
  EXPECT_EQ(status[http::field::cache_control], "no-store");
  EXPECT_EQ(status["Content-Security-Policy"], "default-src 'none'; style-src 'unsafe-inline'");
  EXPECT_EQ(status["X-Content-Type-Options"], "nosniff");
}

TEST_F(AdminAnswer, SaysWhenItIsNotReady) {
  ready_ = false;
  EXPECT_EQ(get("/readyz").result(), http::status::service_unavailable);
  EXPECT_EQ(get("/livez").result(), http::status::ok);
}

TEST_F(AdminAnswer, FindsNothingElse) {
  for (const char* target :
       {"", "/status/", "/metrics/", "/Metrics", "//metrics", "*", "http://host/metrics"})
    EXPECT_EQ(get(target).result(), http::status::not_found) << target;
}

TEST_F(AdminAnswer, TakesGetAndHeadOnly) {
  EXPECT_EQ(get("/livez", http::verb::head).result(), http::status::ok);
  for (const http::verb verb : {http::verb::post, http::verb::put, http::verb::delete_, http::verb::trace,
                                http::verb::connect, http::verb::options, http::verb::unknown}) {
    const AdminResponse refusal = get("/livez", verb);
    EXPECT_EQ(refusal.result(), http::status::method_not_allowed);
    EXPECT_EQ(refusal[http::field::allow], "GET, HEAD");
  }
}

TEST_F(AdminAnswer, SaysWhyAPageFailed) {
  const AdminResponse failure = get("/upstreams");
  EXPECT_EQ(failure.result(), http::status::internal_server_error);
  EXPECT_EQ(failure.body(), "no upstreams\n");
}

TEST_F(AdminAnswer, ReadsNoLongHeaderAndNoBody) {
  EXPECT_FALSE(read("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(read("GET /livez HTTP/1.1\r\nHost: " + std::string(9000, 'a')), http::error::header_limit);
  EXPECT_EQ(read("GET /livez HTTP/1.1\r\nContent-Length: 1\r\n\r\na"), http::error::body_limit);
}

}  // namespace
}  // namespace gateway::net
