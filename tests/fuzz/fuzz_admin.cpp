// The admin port. An input is a byte that says how the pages fare and how long slices are, then what a
// connection brings: requests, one behind the other. The parser, its limits and its buffer are the admin
// port's own; each request is answered, and the answer must be one whole message of HTTP that holds nothing
// but a page.

#include <algorithm>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>

#include <boost/beast/core/flat_buffer.hpp>

#include "fuzz/fuzz.h"
#include "net/admin_answer.h"

namespace gateway::fuzz {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

const std::string metrics_page = "# TYPE a counter\na 1\n";
const std::string upstreams_page = "{\"upstreams\":[]}";
const std::string status_page = "<!DOCTYPE html>";

net::AdminPages pages(bool well) {
  const auto page = [well](const std::string& text) {
    if (!well) throw std::runtime_error("no page");
    return text;
  };
  return {.metrics = [page] { return page(metrics_page); },
          .ready = [well] { return well; },
          .upstreams = [page] { return page(upstreams_page); },
          .status = [page] { return page(status_page); }};
}

/// What a connection brings, as http::async_read() takes it: slice after slice into a buffer that is bounded.
class Connection {
 public:
  Connection(Bytes bytes, std::size_t slice) : rest_(bytes), slice_(slice) {}

  /// The next request; empty when there is none, or nothing more is to be read.
  std::optional<net::AdminRequest> next() {
    net::AdminParser parser;
    net::set_limits(parser);
    parser.eager(true);
    while (!parser.is_done()) {
      error_code error;
      buffer_.consume(parser.put(buffer_.data(), error));
      if (error && error != http::error::need_more) return std::nullopt;
      if (!parser.is_done() && !fill()) return std::nullopt;
    }
    return parser.release();
  }

 private:
  bool fill() {
    const std::size_t size = std::min({slice_, rest_.size(), buffer_.max_size() - buffer_.size()});
    if (size == 0) return false;
    const auto room = buffer_.prepare(size);
    std::copy_n(rest_.begin(), size, static_cast<std::uint8_t*>(room.data()));
    buffer_.commit(size);
    rest_ = rest_.subspan(size);
    return true;
  }

  Bytes rest_;
  std::size_t slice_;
  boost::beast::flat_buffer buffer_{net::admin_header_bytes_max};
};

bool known(const net::AdminResponse& response) {
  const std::string& text = response.body();
  switch (response.result()) {
    case http::status::ok:
      return text == metrics_page || text == upstreams_page || text == status_page || text == "live\n" ||
             text == "ready\n";
    case http::status::not_found:
      return text == "not found\n";
    case http::status::method_not_allowed:
      return text == "GET only\n";
    case http::status::service_unavailable:
      return text == "not ready\n";
    case http::status::internal_server_error:
      return text == "no page\n";
    default:
      return false;
  }
}

std::string written(const net::AdminResponse& response) {
  std::ostringstream out;
  out << response;
  return out.str();
}

/// What is written is read back as one message with nothing behind it.
void check_written(const net::AdminResponse& response) {
  const std::string text = written(response);
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  error_code error;
  check(parser.put(boost::asio::buffer(text), error) == text.size(), "all of the answer is read back");
  check(!error && parser.is_done(), "the answer is whole");
  check(parser.get().result() == response.result(), "and says the same");
  check(parser.get().body() == response.body(), "with the same body");
}

void check_answer(const net::AdminRequest& request, const net::AdminResponse& response) {
  check(known(response), "the answer is a page");
  const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
  check(reads != (response.result() == http::status::method_not_allowed), "GET and HEAD are answered");
  check(response.keep_alive() == request.keep_alive(), "the connection stays as asked");
  check_written(response);
}

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  std::vector<std::vector<std::uint8_t>> seeds;
  const auto add = [&seeds](std::uint8_t how, const std::string& text) {
    std::vector<std::uint8_t> seed{how};
    const Bytes bytes = bytes_of(text);
    seed.insert(seed.end(), bytes.begin(), bytes.end());
    seeds.push_back(seed);
  };
  for (const std::uint8_t how : std::vector<std::uint8_t>{0x00, 0x01, 0xFF}) {
    for (const char* path : {"/metrics", "/livez", "/readyz?a=b", "/upstreams", "/", "*"}) {
      const std::string target(path);
      add(how, "GET " + target + " HTTP/1.1\r\nHost: localhost:9464\r\n\r\n");
      add(how, "HEAD " + target + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    }
    add(how, "GET / HTTP/1.1\r\n\r\n");
    add(how, "GET /livez HTTP/1.1\r\n\r\nGET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n");
    add(how, "POST /livez HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody");
    add(how, "POST /livez HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n");
    add(how, "GET /livez HTTP/1.1\r\nExpect: 100-continue\r\nUpgrade: websocket\r\n folded: a\r\n\r\n");
    add(how, "GET /livez HTTP/1.1\r\nA: " + std::string(8000, 'a') + "\r\nB: " + std::string(300, 'b') +
                 "\r\n\r\n");
  }
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway;
  if (size == 0) return 0;
  const bool well = (data[0] & 1U) != 0;
  const std::size_t slice = 1 + (data[0] >> 1U) * 16U;
  const net::AdminPages pages = fuzz::pages(well);
  fuzz::Connection connection(Bytes(data, size).subspan(1), slice);
  while (const auto request = connection.next()) {
    const net::AdminResponse response = net::answer(*request, pages);
    fuzz::check_answer(*request, response);
    if (!response.keep_alive()) break;
  }
  return 0;
}
