#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "support/network.h"
#include "support/photon_client.h"
#include "support/test_server.h"

namespace gateway::test {

/// A TestServer in the simulated network, at one address.
class ServerHost final : public Host {
 public:
  ServerHost(const TestServerOptions& options, const Address& address, std::uint64_t seed)
      : server_(options, seed), address_(address) {}

  TestServer& server() { return server_; }
  const Address& address() const { return address_; }

  void receive(TimePoint now, const Packet& packet) override;
  void refused(TimePoint, const Address&, const Address&) override {}
  void advance(TimePoint now) override { server_.advance(now); }
  TimePoint deadline() const override { return server_.deadline(); }
  std::optional<Packet> next_output(TimePoint now) override;

 private:
  TestServer server_;
  Address address_;
};

/// A PhotonClient in the simulated network, with a game loop: every frame it dispatches what came, lets the
/// application act and sends.
class ClientHost final : public Host {
 public:
  struct Options {
    Address local;
    Address server;
    Duration frame = milliseconds(20);
    /// The network's word that nobody listens reaches the client's socket, as some systems do.
    bool feels_refusals = false;
  };
  using Application = std::function<void(TimePoint now, PhotonClient& client)>;

  ClientHost(const Generation& generation, const PhotonClient::Config& config, const Options& options)
      : client_(generation, config), options_(options) {}

  void connect(TimePoint now);
  /// Called once a frame, between dispatching and sending.
  void application(Application application) { application_ = std::move(application); }
  /// The game loop stands still, as while a level loads: only the background thread acknowledges, every 50
  /// ms.
  void stall(bool stalled) { stalled_ = stalled; }

  PhotonClient& client() { return client_; }
  const PhotonClient& client() const { return client_; }
  const Address& address() const { return options_.local; }

  void receive(TimePoint now, const Packet& packet) override;
  void refused(TimePoint now, const Address& from, const Address& to) override;
  void advance(TimePoint now) override;
  TimePoint deadline() const override { return next_frame_; }
  std::optional<Packet> next_output(TimePoint now) override;

 private:
  PhotonClient client_;
  Options options_;
  Application application_;
  TimePoint next_frame_ = never;
  bool sends_ = false;  // within a frame: the game loop calls send until nothing is left
  bool stalled_ = false;
  std::optional<std::vector<std::uint8_t>> current_;
};

/// The whole clear message of a client's event, as the server must have sent it; empty for what isn't a
/// message of the server (connected, encryption, disconnected).
std::vector<std::uint8_t> message_of(const ClientEvent& event);

}  // namespace gateway::test
