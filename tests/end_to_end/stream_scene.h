#pragma once

#include <memory>
#include <string>
#include <vector>

#include "end_to_end/gateway_process.h"
#include "support/stream_socket_client.h"
#include "support/test_stream_server_socket.h"

namespace gateway::test {

/// A server, the gateway in front of it, and clients of both, over TCP, WebSocket or WebSocket with TLS. The
/// server's kind follows from the scheme. No probes: the server sees the clients only.
class StreamScene {
 public:
  using Scheme = GatewayProcess::Scheme;
  using Client = StreamSocketClient;

  /// `listener` are further entries of the gateway's listener, each "key: value".
  explicit StreamScene(Scheme scheme, TestStreamServerOptions server = {}, const std::string& config = "",
                       const std::vector<std::string>& listener = {});

  /// A client that isn't connected yet. Its kind follows from the scheme: JSON where the config says so, and
  /// with TLS, where nothing else is said, trusting the scene's certificate.
  std::unique_ptr<Client> client(PhotonStreamClient::Config config = {}, Client::Options options = {},
                                 const Generation& generation = generation_4_1_8);
  /// One that is, past InitResponse.
  std::unique_ptr<Client> connected(PhotonStreamClient::Config config = {}, Client::Options options = {},
                                    const Generation& generation = generation_4_1_8);
  /// And one with a key.
  std::unique_ptr<Client> encrypted(PhotonStreamClient::Config config = {}, Client::Options options = {},
                                    const Generation& generation = generation_4_1_8);
  /// Nobody saw what the protocol forbids.
  void expect_clean(const Client& client);

  const Scheme scheme;
  const TestCertificate certificate;
  TestStreamServerSocket server;
  GatewayProcess gateway;
};

/// Waits until the client is told the end; a default event when it never is. How the stream itself ended may
/// show later: see ended().
ClientEvent told(StreamSocketClient& client, Duration limit = patience);

}  // namespace gateway::test
