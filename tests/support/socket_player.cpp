#include "support/socket_player.h"

#include <algorithm>
#include <poll.h>

#include "support/photon_socket_client.h"
#include "support/stream_socket_client.h"

namespace gateway::test {

using net::Scheme;

/// One connection.
class SocketPlayer::Line {
 public:
  virtual ~Line() = default;
  virtual void turn() = 0;
  virtual PhotonPeer& peer() = 0;
};

template <class SocketClient>
class SocketPlayer::LineOf final : public Line {
 public:
  template <class... Arguments>
  explicit LineOf(Arguments&&... arguments)
      : client_(generation_4_1_8, std::forward<Arguments>(arguments)...), peer_(client_.client()) {
    client_.connect();
  }
  void turn() override { client_.turn(); }
  PhotonPeer& peer() override { return peer_; }

 private:
  SocketClient client_;
  PeerOf<std::remove_reference_t<decltype(std::declval<SocketClient&>().client())>> peer_;
};

namespace {

std::uint64_t next_seed() {
  static std::uint64_t seed = 0;
  return ++seed;
}

/// Numeric ones stay.
std::string resolved(const std::string& host) {
  const bool numeric = host.find_first_not_of("0123456789.") == std::string::npos;
  return numeric || host.find(':') != std::string::npos ? host : "127.0.0.1";
}

std::string target_of(const ServerAddress& address) {
  return (address.path.empty() ? "/" : address.path) + "?libversion=4.1.8.3&sid=30";
}

}  // namespace

SocketPlayer::SocketPlayer(Scheme scheme, PlayerOptions options, const std::string& first_address)
    : scheme_(scheme), player_(std::move(options), first_address) {}

SocketPlayer::~SocketPlayer() = default;

PhotonPeer& SocketPlayer::peer() {
  return line_->peer();
}

std::unique_ptr<SocketPlayer::Line> SocketPlayer::connect(const ServerAddress& address) const {
  const std::string host = resolved(address.host);
  if (scheme_ == Scheme::udp) {
    PhotonClient::Config config;
    config.init = player_.init();
    config.seed = next_seed();
    return std::make_unique<LineOf<PhotonSocketClient>>(config, host, address.port);
  }
  PhotonStreamClient::Config config;
  config.kind = scheme_ == Scheme::tcp ? StreamKind::tcp : StreamKind::websocket;
  config.init = player_.init();
  config.seed = next_seed();
  StreamSocketClient::Options options;
  options.host = host;
  options.port = address.port;
  options.upgrade.target = target_of(address);
  return std::make_unique<LineOf<StreamSocketClient>>(config, options);
}

void SocketPlayer::turn() {
  if (line_) {
    line_->turn();
    player_.play(now(), line_->peer());
  }
  const auto address = player_.take_address();
  if (!address) return;
  if (line_) {
    line_->turn();  // the farewell leaves
    left_.push_back(std::move(line_));
  }
  line_ = connect(*address);
}

const ClientEvent* SocketPlayer::event(std::uint8_t code) {
  if (!line_) return nullptr;
  const auto& events = peer().events();
  const auto found = std::find_if(events.rbegin(), events.rend(), [code](const ClientEvent& event) {
    return event.kind == ClientEvent::Kind::event && event.code == code;
  });
  return found == events.rend() ? nullptr : &*found;
}

std::vector<std::string> SocketPlayer::violations() const {
  std::vector<std::string> all;
  const auto add = [&](Line& line) {
    const auto wrong = line.peer().violations();
    all.insert(all.end(), wrong.begin(), wrong.end());
  };
  for (const auto& line : left_) add(*line);
  if (line_) add(*line_);
  return all;
}

bool play_together(const std::vector<SocketPlayer*>& players, const std::function<bool()>& done,
                   Duration timeout) {
  for (const TimePoint end = std::chrono::steady_clock::now() + timeout; !done();) {
    if (std::chrono::steady_clock::now() >= end) return false;
    for (SocketPlayer* const player : players) player->turn();
    ::poll(nullptr, 0, 1);
  }
  return true;
}

}  // namespace gateway::test
