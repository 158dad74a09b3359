#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/options.h"
#include "support/photon_socket_client.h"
#include "support/process.h"
#include "support/test_certificate.h"
#include "support/test_operations.h"
#include "support/test_server_socket.h"

namespace gateway::test {

/// The built program between test clients and test servers, on free ports of the loopback interface.
class GatewayProcess {
 public:
  using Scheme = net::Scheme;
  struct Options {
    std::vector<std::uint16_t> servers;   // ports; they speak as clients do, without TLS
    std::string more{};                   // further lines of the configuration
    Scheme scheme = Scheme::udp;          // of the listener
    std::vector<std::string> listener{};  // further entries of the listener, each "key: value"
    std::vector<std::string> upstream{};  // the same of the upstream
    std::vector<std::string> states{};    // of the servers, in their order; active where it is missing
    std::string host = "127.0.0.1";       // that the servers are named by
    const TestCertificate* certificate = nullptr;  // of wss; its files may change while the program runs
    std::string links{};                  // listeners and upstreams as they are, instead of one of each
    std::vector<std::string> launcher{};  // what runs the program: it gets its command line behind its own
    int standard_output = -1;             // of the program, instead of a file
  };

  /// Starts it and waits until it says that it is ready.
  explicit GatewayProcess(const Options& options);

  std::uint16_t port() const { return port_; }
  std::uint16_t admin_port() const { return admin_port_; }
  const std::string& config_path() const { return config_->path(); }
  Process& process() { return *process_; }
  void write_config(const std::string& text) const;
  /// Writes its configuration anew, with the ports it has, and sends SIGHUP. True when it says that it goes
  /// on with it, false when it says that it can't.
  bool reload(const Options& options);
  /// The same with the file as it is.
  bool reload();
  /// The value of a series of /metrics, as "name{label=\"value\"}"; −1 when it isn't there.
  double metric(const std::string& series) const;

  /// SIGINT, and the exit status; −1000 when it doesn't end.
  int stop();

 private:
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
  std::unique_ptr<TemporaryFile> config_;
  std::unique_ptr<Process> process_;
};

/// Path of the built program.
std::string gateway_program();

/// What /metrics says of one series, written as there: name and labels. A failure of the test where it isn't.
std::uint64_t metric(const GatewayProcess& gateway, const std::string& series);

/// `command` as a shell runs it with these redirections, ">/dev/null" for example; empty: a launcher.
std::vector<std::string> through_shell(const std::vector<std::string>& command,
                                       const std::string& redirections);

/// A server, the gateway in front of it, and clients of both. No probes: the server sees the clients only.
class Scene {
 public:
  explicit Scene(const TestServerOptions& server = {}, const std::string& config = "");

  using Client = PhotonSocketClient;
  /// A client that isn't connected yet.
  std::unique_ptr<Client> client(PhotonClient::Config config = {},
                                 const Generation& generation = generation_4_1_8);
  /// One that is, past InitResponse.
  std::unique_ptr<Client> connected(PhotonClient::Config config = {},
                                    const Generation& generation = generation_4_1_8);
  /// And one with a key.
  std::unique_ptr<Client> encrypted(PhotonClient::Config config = {},
                                    const Generation& generation = generation_4_1_8);

  TestServerSocket server;
  GatewayProcess gateway;
};

/// One operation and its answer; null when none comes.
const ClientEvent* ask(PhotonSocketClient& client, Operation code, std::uint32_t argument, Bytes data,
                       bool encrypt, std::uint8_t channel = 0, wire::Flags delivery = wire::Flags::reliable);
/// Sends one without waiting.
bool send(PhotonSocketClient& client, Operation code, std::uint32_t argument, Bytes data, bool encrypt,
          std::uint8_t channel = 0, wire::Flags delivery = wire::Flags::reliable);
message::Serialization serialization_of(const PhotonClient& client);

/// Longest a test waits for something that should come at once.
inline constexpr Duration patience = seconds(20);

}  // namespace gateway::test
