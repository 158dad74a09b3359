#include "simulation/stream_world.h"

#include <algorithm>

#include "crypto/key_exchange.h"
#include "support/borrowed.h"
#include "support/network.h"

namespace gateway::test {

using transport::Cause;

namespace {

constexpr Duration frame = milliseconds(5);  // of the client's game loop

Pipe::Options for_kind(Pipe::Options options, StreamKind kind) {
  options.whole = kind != StreamKind::tcp;
  return options;
}

session::StreamClient how(const PhotonStreamClient::Config& client) {
  using session::StreamClient;
  if (client.kind == StreamKind::tcp) return {};
  StreamClient made;
  made.framing = StreamClient::Framing::websocket;
  if (client.kind == StreamKind::websocket) {
    made.serialization =
        client.init.protocol == Protocol::v16 ? message::Serialization::v16 : message::Serialization::v18;
  }
  return made;
}

message::Serialization serialization_at_server(const PhotonStreamClient::Config& client) {
  return client.init.protocol == Protocol::v16 ? message::Serialization::v16 : message::Serialization::v18;
}

}  // namespace

StreamWorld::StreamWorld(const StreamWorldOptions& options)
    : options_(options),
      address_(simulated_address(2, 40'000)),
      client_(generation_4_1_8, options.client),
      server_(options.server, options.seed + 1),
      random_(options.seed + 2),
      services_{options_.gateway,
                borrowed<session::Terms>(options_.gateway),
                buffers_,
                random_,
                stats_,
                raised_,
                scratch_,
                notices_,
                &options_.rewriting},
      session_(std::make_unique<session::Session>(services_, how(options.client), now_)),
      to_gateway_(for_kind(options.client_link, options.client.kind), options.seed + 3),
      to_client_(for_kind(options.client_link, options.client.kind), options.seed + 4),
      to_server_(for_kind(options.server_link, options.client.kind), options.seed + 5),
      from_server_(for_kind(options.server_link, options.client.kind), options.seed + 6),
      buffer_(std::size_t{1} << 20) {
  if (options.client.kind == StreamKind::tcp) client_.connect(now_);
}

StreamWorld::~StreamWorld() = default;

void StreamWorld::step() {
  now_ += milliseconds(1);
  run_client();
  run_server();
  if (session_->deadline() <= now_) session_->advance(now_);
  serve();
}

bool StreamWorld::run_until(const std::function<bool()>& done, Duration limit) {
  for (const TimePoint end = now_ + limit; now_ < end;) {
    if (done()) return true;
    step();
  }
  return done();
}

// The gateway, as StreamPair and the links drive it
// -----------------------------------------------------------------------------------

void StreamWorld::serve() {
  for (bool moved = true; moved;) {
    moved = false;
    for (const Side side : {Side::downstream, Side::upstream}) {
      moved |= write(side);
      moved |= read(side);
    }
    serve_wishes();
  }
  for (const Side side : {Side::downstream, Side::upstream}) {
    if (session_->closed(side)) out(side).end(session_->close_reason(side));
  }
  held_max_ = std::max(held_max_, session_->buffered_bytes());
  if (!session_->closed() && session_->deadline() <= now_) violations_.emplace_back("a deadline isn't ahead");
}

void StreamWorld::serve_wishes() {
  if (session_->wants_upstream()) {
    session_->upstream_connecting({0});
    session_->upstream_opened(now_, {0}, clock_);
    server_.open_stream(now_, address_, options_.client.kind, serialization_at_server(options_.client));
    server_opened_ = true;
    if (options_.client.kind != StreamKind::tcp) client_.connect(now_);  // the upgrade is answered
  }
  if (auto job = session_->take_exchange())
    exchange_.emplace(now_ + options_.exchange_delay, std::move(*job));
  if (!exchange_ || exchange_->first > now_) return;
  const session::ExchangeJob job = std::exchange(exchange_, std::nullopt)->second;
  auto result = crypto::exchange(job.client_key, random_);
  if (result) session_->exchange_done(now_, std::move(*result));
}

bool StreamWorld::write(Side side) {
  Pipe& pipe = out(side);
  if (pipe.room() == 0) return false;
  if (pipe.whole()) {
    const auto message = session_->take_message(side, now_);
    if (!message) return false;
    pipe.push(now_, message->bytes.bytes(), message->text);
    return true;
  }
  const std::size_t room = std::min(pipe.room(), random_.between(1, 16'384));
  const std::size_t size = session_->next_output(side, now_, MutableBytes(buffer_).first(room));
  if (size == 0) return false;
  pipe.push(now_, Bytes(buffer_).first(size));
  return true;
}

bool StreamWorld::read(Side side) {
  if (!session_->wants_input(side)) return false;
  if (const auto piece = in(side).pop(now_)) {
    if (piece->text) {
      session_->receive_text(side, now_, piece->bytes);
    } else {
      session_->receive(side, now_, piece->bytes);
    }
    return true;
  }
  const auto end = in(side).ended();
  if (!end) return false;
  session_->end_of_input(side, now_, *end);
  return session_->closed(side);
}

// The ends
// -------------------------------------------------------------------------------------------------------------

void StreamWorld::run_client() {
  while (now_ >= client_stalled_until_) {
    const auto piece = to_client_.pop(now_);
    if (!piece) break;
    overheard_.insert(overheard_.end(), piece->bytes.begin(), piece->bytes.end());
    if (piece->text) {
      client_.receive_text(now_, piece->bytes);
    } else {
      client_.receive(now_, piece->bytes);
    }
  }
  if (to_client_.ended() && !std::exchange(client_told_, true)) {
    const bool reset = to_client_.ended()->cause == Cause::reset;
    client_.ended(now_, reset ? ClientEvent::Status::network_error : ClientEvent::Status::by_server);
  }
  if (now_.time_since_epoch() % frame == Duration{}) client_.dispatch(now_);
  while (to_gateway_.room() > 0) {
    const auto outgoing = client_.send_outgoing(now_);
    if (!outgoing) break;
    overheard_.insert(overheard_.end(), outgoing->bytes.begin(), outgoing->bytes.end());
    to_gateway_.push(now_, outgoing->bytes, outgoing->text);
  }
}

void StreamWorld::run_server() {
  if (!server_opened_) return;
  if (now_ < server_stalled_until_) {
    server_.not_listening(now_, address_);
  } else {
    while (const auto piece = to_server_.pop(now_))
      server_.receive_stream(now_, address_, piece->bytes, piece->text);
    if (to_server_.ended() && !std::exchange(server_told_, true)) {
      const auto end = *to_server_.ended();
      server_.end_of_input(now_, address_,
                           {end.cause == Cause::reset ? Cause::reset : Cause::peer, end.code});
    }
  }
  if (server_.deadline() <= now_) server_.advance(now_);
  while (from_server_.room() > 0) {
    const auto output = server_.stream_output(now_, address_);
    if (!output) break;
    from_server_.push(now_, output->bytes, output->text);
  }
  if (const auto end = server_.take_end(address_)) from_server_.end({Cause::peer, end->code});
}

bool StreamWorld::overheard(Bytes bytes) const {
  return std::search(overheard_.begin(), overheard_.end(), bytes.begin(), bytes.end()) != overheard_.end();
}

std::vector<std::string> StreamWorld::violations() const {
  std::vector<std::string> all = violations_;
  all.insert(all.end(), client_.violations().begin(), client_.violations().end());
  all.insert(all.end(), server_.violations().begin(), server_.violations().end());
  return all;
}

}  // namespace gateway::test
