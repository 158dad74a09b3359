#include "end_to_end/gateway_process.h"

#include <algorithm>
#include <fstream>
#include <signal.h>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

namespace gateway::test {

std::string gateway_program() {
  return built_program("photon-gateway");
}

namespace {

using Scheme = GatewayProcess::Scheme;

std::string url(Scheme scheme, std::uint16_t port, const std::string& host = "127.0.0.1") {
  return "\"" + std::string(net::name(scheme)) + "://" + host + ":" + std::to_string(port) + "\"";
}

std::string listener_of(const GatewayProcess::Options& options, std::uint16_t port) {
  std::string entries = "name: test, listen: " + url(options.scheme, port) + ", upstream: test";
  if (options.certificate != nullptr) {
    entries += ", tls: { certificate: \"file:" + options.certificate->certificate() +
               "\", key: \"file:" + options.certificate->key() + "\" }";
  }
  for (const std::string& entry : options.listener) entries += ", " + entry;
  return "{ " + entries + " }";
}

std::string servers_of(const GatewayProcess::Options& options) {
  const Scheme scheme = options.scheme == Scheme::wss ? Scheme::ws : options.scheme;
  std::string servers;
  for (std::size_t i = 0; i < options.servers.size(); ++i) {
    const std::string state = i < options.states.size() ? options.states[i] : "active";
    servers += (i == 0 ? "" : ", ") + ("{ address: " + url(scheme, options.servers[i], options.host)) +
               ", state: " + state + " }";
  }
  std::string entries = "servers: [" + servers + "]";
  for (const std::string& entry : options.upstream) entries += ", " + entry;
  return "{ " + entries + " }";
}

std::string links_of(const GatewayProcess::Options& options, std::uint16_t port) {
  if (!options.links.empty()) return options.links;
  return "listeners:\n  - " + listener_of(options, port) + "\nupstreams:\n  test: " + servers_of(options) +
         "\n";
}

std::vector<std::string> command_line(const GatewayProcess::Options& options, const std::string& config) {
  std::vector<std::string> words = options.launcher;
  for (const std::string& word : {gateway_program(), std::string("--config"), config}) words.push_back(word);
  return words;
}

std::string config_of(const GatewayProcess::Options& options, std::uint16_t port, std::uint16_t admin_port) {
  const bool has_limits = options.more.find("limits:") != std::string::npos;
  const std::string limits = has_limits ? "" : "limits: { sessions: 500 }\n";
  return "version: 1\n" + links_of(options, port) +
         "admin: { listen: \"http://127.0.0.1:" + std::to_string(admin_port) + "\" }\n" + limits +
         options.more;
}

}  // namespace

GatewayProcess::GatewayProcess(const Options& options)
    : port_(options.scheme == Scheme::udp ? free_udp_port() : free_tcp_port()), admin_port_(free_tcp_port()) {
  config_ = std::make_unique<TemporaryFile>(".yaml", config_of(options, port_, admin_port_));
  process_ = std::make_unique<Process>(command_line(options, config_->path()), options.standard_output);
  const TimePoint end = std::chrono::steady_clock::now() + patience;
  while (http_get(admin_port_, "/readyz").status != 200) {
    if (!process_->running() || std::chrono::steady_clock::now() > end) {
      ADD_FAILURE() << "the gateway doesn't get ready: " << process_->output();
      return;
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
}

void GatewayProcess::write_config(const std::string& text) const {
  std::ofstream(config_->path(), std::ios::trunc | std::ios::binary) << text;
}

bool GatewayProcess::reload(const Options& options) {
  write_config(config_of(options, port_, admin_port_));
  return reload();
}

bool GatewayProcess::reload() {
  const std::string of = "photon_gateway_config_reloads_total";
  const double ok = metric(of + "{result=\"ok\"}");
  const double failed = metric(of + "{result=\"failed\"}");
  process_->signal(SIGHUP);
  const TimePoint end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    if (metric(of + "{result=\"ok\"}") > ok) return true;
    if (metric(of + "{result=\"failed\"}") > failed) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  ADD_FAILURE() << "no word of the reload: " << process_->output();
  return false;
}

double GatewayProcess::metric(const std::string& series) const {
  std::istringstream lines(http_get(admin_port_, "/metrics").body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series + " ")) return std::stod(line.substr(series.size()));
  }
  return -1;
}

int GatewayProcess::stop() {
  process_->signal(SIGINT);
  return process_->wait(patience).value_or(-1000);
}

std::uint64_t metric(const GatewayProcess& gateway, const std::string& series) {
  const double value = gateway.metric(series);
  EXPECT_GE(value, 0) << "no series " << series;
  return static_cast<std::uint64_t>(std::max(value, 0.0));
}

std::vector<std::string> through_shell(const std::vector<std::string>& command,
                                       const std::string& redirections) {
  std::vector<std::string> words = {"/bin/sh", "-c", "exec \"$@\" " + redirections, "sh"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

Scene::Scene(const TestServerOptions& options, const std::string& config)
    : server(options),
      gateway({.servers = {server.port()}, .more = config, .upstream = {"health_check: off"}}) {}

std::unique_ptr<PhotonSocketClient> Scene::client(PhotonClient::Config config, const Generation& generation) {
  static std::uint64_t next_seed = 1;
  config.seed = next_seed++;
  return std::make_unique<Client>(generation, config, "127.0.0.1", gateway.port());
}

std::unique_ptr<PhotonSocketClient> Scene::connected(PhotonClient::Config config,
                                                     const Generation& generation) {
  auto made = client(config, generation);
  made->connect();
  EXPECT_TRUE(made->run_until([&] { return made->client().initialised(); }, patience)) << "no InitResponse";
  return made;
}

std::unique_ptr<PhotonSocketClient> Scene::encrypted(PhotonClient::Config config,
                                                     const Generation& generation) {
  auto made = connected(config, generation);
  made->client().exchange_keys(made->now());
  EXPECT_TRUE(made->run_until([&] { return made->client().encryption_available(); }, patience)) << "no key";
  return made;
}

message::Serialization serialization_of(const PhotonClient& client) {
  return client.config().init.protocol == Protocol::v16 ? message::Serialization::v16
                                                        : message::Serialization::v18;
}

bool send(PhotonSocketClient& client, Operation code, std::uint32_t argument, Bytes data, bool encrypt,
          std::uint8_t channel, wire::Flags delivery) {
  const auto message = write_operation(serialization_of(client.client()), code, argument, data);
  return client.client().message(client.now(), message[1], Bytes(message).subspan(2), channel, delivery,
                                 encrypt);
}

const ClientEvent* ask(PhotonSocketClient& client, Operation code, std::uint32_t argument, Bytes data,
                       bool encrypt, std::uint8_t channel, wire::Flags delivery) {
  const std::size_t before = client.client().count(ClientEvent::Kind::response);
  if (!send(client, code, argument, data, encrypt, channel, delivery)) return nullptr;
  const auto answered = [&] { return client.client().count(ClientEvent::Kind::response) > before; };
  return client.run_until(answered, patience) ? client.client().last(ClientEvent::Kind::response) : nullptr;
}

}  // namespace gateway::test
