// A WebSocket's life, in the order of the functions below:
//   1 enter or connect   TLS, the HTTP upgrade
//   2 pump               messages, one write and one read at a time
//   3 finish             close frame, HTTP status, or nothing
#include "net/websocket_link.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "net/close_codes.h"
#include "net/received_bytes.h"
#include "net/stream_socket.h"
#include "transport/disconnect_code.h"

namespace gateway::net {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using transport::Cause;
using transport::CloseReason;

constexpr std::uint32_t header_bytes_max = 16 * 1024;
constexpr std::size_t first_read_bytes = 512;  // of a message: what an idle connection keeps room for
constexpr std::size_t next_read_bytes = 16 * 1024;
constexpr std::size_t kept_input_bytes = 4096;  // of the buffer for reading, between messages
constexpr std::size_t write_buffer_bytes = 2048;
constexpr std::uint64_t farewell_bytes_max = 1024 * 1024;       // of a peer that should only close
constexpr int farewell_looks = 20;                              // at what it sends meanwhile
constexpr std::size_t websocket_bytes = 6 * std::size_t{1024};  // what a link takes, Beast's part included
constexpr std::size_t tls_bytes = 72 * std::size_t{1024};       // and one with TLS more, by Asio and OpenSSL

/// What a client's connection needs only until it is upgraded.
struct Entry {
  explicit Entry(boost::asio::io_context& context) : timer(context) {}

  boost::asio::steady_timer timer;
  beast::flat_buffer buffer{header_bytes_max};
  http::request_parser<http::empty_body> parser;
  WebSocketLink::Entered entered;
  Refusal refusal;
};

template <class Next>
class WebSocketOver final : public WebSocketLink {
 public:
  WebSocketOver(Next next, LinkRoom& room, std::size_t message_max)
      : WebSocketLink(room, estimated_bytes), socket_(std::move(next)), message_max_(message_max) {
    socket_.read_message_max(0);  // read_some() looks at the size: Beast's own way out hides the reason
    socket_.write_buffer_bytes(write_buffer_bytes);
    socket_.auto_fragment(false);
    socket_.set_option(websocket::stream_base::timeout{farewell_time, websocket::stream_base::none(), false});
    if (lowest().is_open()) tune(lowest());
    listen_for_control();
  }

  void enter(Duration limit, Entered entered) override;
  const UpgradeRequest& request() const override { return request_; }
  void accept(const UpgradeResponse& from_server) override;
  void connect(const Address& server, const UpgradeRequest& from_client, Reached reached,
               Connected connected) override;
  const UpgradeResponse& response() const override { return response_; }

  bool pump() override;
  std::size_t held_bytes() const override { return input_.size() + output_.bytes.size(); }
  void finish(CloseReason reason) override;
  void abort() override;

 private:
  static constexpr std::size_t estimated_bytes =
      websocket_bytes + (std::is_same_v<Next, TlsSocket> ? tls_bytes : 0);

  void read_request();
  void take_request(error_code error);
  void entered(HandshakeResult result);
  void upgrade(const UpgradeRequest& from_client, Connected connected);
  bool write();
  void read();
  void read_some();
  void received(error_code error);
  void account_buffers();
  void ended(CloseReason reason);
  CloseReason peers_reason() const { return from_close_code(socket_.reason().code); }
  void listen_for_control();
  void watch_farewell(int looks);
  void say_farewell();
  void refuse(http::status status, std::string_view text);
  void refuse(Refusal refusal);
  void close();

  TcpSocket& lowest() { return beast::get_lowest_layer(socket_); }
  std::shared_ptr<WebSocketOver> self() {
    return std::static_pointer_cast<WebSocketOver>(shared_from_this());
  }

  websocket::stream<Next> socket_;
  const std::size_t message_max_;
  std::unique_ptr<Entry> entry_;
  UpgradeRequest request_;    // until the upgrade is answered
  UpgradeResponse response_;  // likewise
  beast::flat_buffer input_;
  transport::OutgoingMessage output_;
  bool open_ = false;
  bool reading_ = false;
  bool writing_ = false;  // a message, or the answer to the upgrade
  bool input_ended_ = false;
  bool too_big_ = false;      // a message of the peer was longer than any may be
  bool peer_closed_ = false;  // its close frame came
  std::optional<CloseReason> farewell_;
  std::optional<boost::asio::steady_timer> timer_;  // of the farewell
  std::uint64_t received_before_farewell_ = 0;
};

// --- Entering: a client

template <class Next>
void WebSocketOver<Next>::enter(Duration limit, Entered entered) {
  entry_ = std::make_unique<Entry>(room_.context);
  account_buffers();
  entry_->entered = std::move(entered);
  entry_->timer.expires_after(limit);
  entry_->timer.async_wait([self = self()](error_code error) {
    if (!error) self->entered(HandshakeResult::timeout);
  });
  if constexpr (std::is_same_v<Next, TlsSocket>) {
    socket_.next_layer().async_handshake(ssl::stream_base::server, [self = self()](error_code error) {
      if (error) return self->entered(HandshakeResult::tls);
      self->read_request();
    });
  } else {
    read_request();
  }
}

template <class Next>
void WebSocketOver<Next>::read_request() {
  if (!entry_) return;
  entry_->parser.header_limit(header_bytes_max);
  entry_->parser.body_limit(0);
  http::async_read_header(socket_.next_layer(), entry_->buffer, entry_->parser,
                          [self = self()](error_code error, std::size_t) {
                            if (!self->entry_ || !self->entry_->entered) return;
                            self->take_request(error);
                          });
}

template <class Next>
void WebSocketOver<Next>::take_request(error_code error) {
  const bool is_http = !error || error.category() == http::make_error_code(http::error{}).category();
  if (error == http::error::end_of_stream || !is_http) return entered(HandshakeResult::closed);
  request_ = entry_->parser.release();
  auto refused = error ? refusal(request_, http::status::bad_request, "no valid request: " + error.message())
                       : refuse_upgrade(request_);
  if (!refused && entry_->buffer.size() > 0)
    refused =
        refusal(request_, http::status::bad_request, "nothing may follow the request before its answer");
  if (!refused) return entered(HandshakeResult::ok);
  const Entered tell = std::exchange(entry_->entered, nullptr);
  refuse(std::move(*refused));
  tell(HandshakeResult::request);
}

template <class Next>
void WebSocketOver<Next>::entered(HandshakeResult result) {
  if (!entry_ || !entry_->entered) return;
  const Entered tell = std::exchange(entry_->entered, nullptr);
  entry_->timer.cancel();
  if (result != HandshakeResult::ok) close();
  tell(result);
}

template <class Next>
void WebSocketOver<Next>::accept(const UpgradeResponse& from_server) {
  if (!lowest().is_open() || farewell_) return;
  entry_.reset();
  account_buffers();
  socket_.set_option(websocket::stream_base::decorator(
      [from_server](UpgradeResponse& response) { copy_response(from_server, response); }));
  writing_ = true;
  socket_.async_accept(request_, [self = self()](error_code error) {
    self->writing_ = false;
    self->request_ = {};
    self->socket_.set_option(websocket::stream_base::decorator([](UpgradeResponse&) {}));
    self->open_ = !error;
    if (self->farewell_) return self->say_farewell();
    if (self->owner_ == nullptr) return;
    if (error) return self->owner_->ended(self->side_, {Cause::reset, 0});
    self->owner_->again(self->side_);
  });
}

// --- Connecting: to a server

template <class Next>
void WebSocketOver<Next>::connect(const Address& server, const UpgradeRequest& from_client, Reached reached,
                                  Connected connected) {
  request_ = from_client;
  lowest().async_connect(to_endpoint(server), [self = self(), reached = std::move(reached),
                                               connected = std::move(connected)](error_code error) {
    if (!self->lowest().is_open()) return;  // aborted
    if (error) return connected({.error = connect_error_of(error)});
    reached();
    tune(self->lowest());
    self->upgrade(self->request_, connected);
  });
}

template <class Next>
void WebSocketOver<Next>::upgrade(const UpgradeRequest& from_client, Connected connected) {
  socket_.set_option(websocket::stream_base::decorator(
      [&from_client](UpgradeRequest& request) { copy_request(from_client, request); }));
  socket_.set_option(
      websocket::stream_base::timeout{websocket::stream_base::none(), websocket::stream_base::none(), false});
  const auto host = from_client[http::field::host];
  socket_.async_handshake(
      response_, host.empty() ? "localhost" : host, from_client.target(),
      [self = self(), connected = std::move(connected)](error_code error) {
        if (!self->lowest().is_open()) return;  // aborted
        self->request_ = {};
        self->socket_.set_option(websocket::stream_base::decorator([](UpgradeRequest&) {}));
        self->socket_.set_option(
            websocket::stream_base::timeout{farewell_time, websocket::stream_base::none(), false});
        self->open_ = !error;
        if (error == websocket::error::upgrade_declined)
          return connected({.declined = static_cast<std::uint16_t>(self->response_.result_int())});
        if (error) return connected({.error = session::UpstreamError::refused});
        connected({});
      });
}

// --- Messages

template <class Next>
bool WebSocketOver<Next>::pump() {
  if (owner_ == nullptr || !open_) return false;
  const bool wrote = write();
  read();
  return wrote;
}

/// True when a message is on its way.
template <class Next>
bool WebSocketOver<Next>::write() {
  if (writing_ || owner_ == nullptr || input_ended_) return false;
  auto message = owner_->take_message(side_);
  if (!message) return false;
  output_ = std::move(*message);
  writing_ = true;
  socket_.text(output_.text);
  socket_.binary(!output_.text);
  const Bytes bytes = std::as_const(output_.bytes).bytes();
  // One frame a message, as every client and server of this protocol writes them.
  socket_.async_write(boost::asio::buffer(bytes.data(), bytes.size()),
                      [self = self()](error_code error, std::size_t) {
                        self->writing_ = false;
                        self->output_ = {};
                        if (self->farewell_) return self->say_farewell();
                        if (error) return self->ended({Cause::reset, 0});  // unless reading told before
                        if (self->owner_ == nullptr) return;
                        self->write();
                        self->owner_->again(self->side_);
                      });
  return true;
}

template <class Next>
void WebSocketOver<Next>::read() {
  if (reading_ || input_ended_ || !owner_->wants_input(side_)) return;
  reading_ = true;
  read_some();
}

// Memory grows with what came, not with what a frame announces.
template <class Next>
void WebSocketOver<Next>::read_some() {
  const std::size_t left = message_max_ + 1 - input_.size();
  const std::size_t most = std::min(left, input_.size() == 0 ? first_read_bytes : next_read_bytes);
  socket_.async_read_some(input_, most, [self = self()](error_code error, std::size_t) {
    self->account_buffers();
    const bool fits = self->input_.size() <= self->message_max_;
    if (!error && fits && !self->socket_.is_message_done()) {
      if (self->owner_ != nullptr) self->owner_->arriving(self->side_);
      return self->read_some();
    }
    self->reading_ = false;
    self->received(fits ? error : make_error_code(websocket::error::message_too_big));
  });
}

template <class Next>
void WebSocketOver<Next>::received(error_code error) {
  if (error) {
    if (farewell_ && error != websocket::error::message_too_big)
      return close();  // the peer's farewell is through
    too_big_ = error == websocket::error::message_too_big;
    if (too_big_) return ended({Cause::overflow, transport::code_server_logic});
    const bool closed = error == websocket::error::closed;
    return ended(closed ? peers_reason() : CloseReason{Cause::reset, 0});
  }
  const Bytes message(static_cast<const std::uint8_t*>(input_.data().data()), input_.size());
  if (owner_ != nullptr) owner_->received(side_, message, socket_.got_text());
  input_.consume(input_.size());
  if (input_.capacity() > kept_input_bytes) input_ = beast::flat_buffer();
  account_buffers();
}

// A client that is entering may fill its request at any time.
template <class Next>
void WebSocketOver<Next>::account_buffers() {
  account(estimated_bytes + input_.capacity() + (entry_ ? header_bytes_max : 0));
}

template <class Next>
void WebSocketOver<Next>::ended(CloseReason reason) {
  if (std::exchange(input_ended_, true) || owner_ == nullptr) return;
  owner_->ended(side_, reason);
}

// Beast tells of a close frame only when the peer closed its socket too, which may take for ever. It answers
// pings within a read, which goes on behind them.
template <class Next>
void WebSocketOver<Next>::listen_for_control() {
  socket_.control_callback([this](websocket::frame_type kind, beast::string_view) {
    if (kind != websocket::frame_type::close) {
      if (owner_ != nullptr) owner_->control_frame(side_);
      return;
    }
    boost::asio::post(room_.context, [self = self()] {
      self->peer_closed_ = true;
      self->ended(self->peers_reason());
    });
  });
}

// --- Ending

// Whatever the peer does, it is over after a while: closing may wait behind a write that never ends, or for a
// peer that keeps its socket.
template <class Next>
void WebSocketOver<Next>::finish(CloseReason reason) {
  owner_ = nullptr;
  farewell_ = reason;
  if (reason.cause == Cause::reset) return close();
  timer_.emplace(room_.context);
  received_before_farewell_ = received_bytes(lowest().native_handle());
  watch_farewell(farewell_looks);
  if (!writing_) say_farewell();
}

// Beast throws away what comes before the peer's close frame, at whatever speed it comes.
template <class Next>
void WebSocketOver<Next>::watch_farewell(int looks) {
  if (!timer_) return;  // closed, when the timer had already fired
  const std::uint64_t received = received_bytes(lowest().native_handle());
  if (looks == 0 || received > received_before_farewell_ + farewell_bytes_max) return close();
  timer_->expires_after(farewell_time / farewell_looks);
  timer_->async_wait([self = self(), looks](error_code error) {
    if (!error) self->watch_farewell(looks - 1);
  });
}

template <class Next>
void WebSocketOver<Next>::say_farewell() {
  if (!lowest().is_open()) return;
  if (!open_ && entry_) return refuse(http::status::bad_gateway, "no server accepts this connection");
  if (peer_closed_) return;  // Beast is answering it
  if (!open_ || (input_ended_ && !too_big_)) return close();
  const auto code = too_big_ ? websocket::close_code::too_big : to_close_code(*farewell_);
  socket_.async_close(code, [self = self()](error_code) { self->close(); });
}

template <class Next>
void WebSocketOver<Next>::refuse(http::status status, std::string_view text) {
  refuse(refusal(request_, status, text));
}

template <class Next>
void WebSocketOver<Next>::refuse(Refusal refusal) {
  entry_->refusal = std::move(refusal);
  entry_->timer.expires_after(farewell_time);
  entry_->timer.async_wait([self = self()](error_code error) {
    if (!error) self->close();
  });
  http::async_write(socket_.next_layer(), entry_->refusal,
                    [self = self()](error_code, std::size_t) { self->close(); });
}

template <class Next>
void WebSocketOver<Next>::abort() {
  owner_ = nullptr;
  if (entry_) entry_->entered = nullptr;
  close();
}

template <class Next>
void WebSocketOver<Next>::close() {
  error_code ignored;
  if (entry_) entry_->timer.cancel();
  timer_.reset();
  lowest().shutdown(TcpSocket::shutdown_both, ignored);
  lowest().close(ignored);
}

}  // namespace

std::shared_ptr<WebSocketLink> make_websocket_link(TcpSocket socket, LinkRoom& room,
                                                   std::size_t message_max) {
  return std::make_shared<WebSocketOver<TcpSocket>>(std::move(socket), room, message_max);
}

std::shared_ptr<WebSocketLink> make_websocket_link(TlsSocket socket, LinkRoom& room,
                                                   std::size_t message_max) {
  return std::make_shared<WebSocketOver<TlsSocket>>(std::move(socket), room, message_max);
}

}  // namespace gateway::net
