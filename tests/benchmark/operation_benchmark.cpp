// CPU and datagrams per operation: an encrypted reliable request and its encrypted response through the
// gateway, with and without rules and address rewriting, next to the same operation in the clear sent
// directly to the server. See README.md.
//
//   operation_benchmark [operations a round] [rounds] [bytes]

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmark/measure.h"
#include "support/photon_socket_client.h"
#include "support/process.h"
#include "support/test_operations.h"
#include "support/test_server_socket.h"

namespace {

using namespace std::chrono_literals;
using gateway::Duration;
using gateway::test::ClientEvent;
using gateway::test::microseconds_of;
using gateway::test::PhotonSocketClient;

constexpr std::size_t window = 64;  // operations under way

struct Measured {
  double server_us = 0;  // CPU per operation
  double gateway_us = 0;
  double client_link = 0;  // datagrams per operation, both directions
  double server_link = 0;
};

/// A gateway of its own in front of the server.
class Gateway {
 public:
  Gateway(std::uint16_t server, const std::string& listener, const std::string& more)
      : port_(gateway::test::free_udp_port()),
        config_(
            ".yaml",
            "version: 1\nlisteners:\n  - { name: b, listen: \"udp://127.0.0.1:" + std::to_string(port_) +
                "\", upstream: b" + listener +
                " }\nupstreams:\n  b: { servers: [\"udp://127.0.0.1:" + std::to_string(server) +
                "\"] }\nadmin: off\nlimits: { sessions: 500, per_session: { messages: off } }\nthreads: 1\n" +
                more),
        process_({gateway::test::built_program("photon-gateway"), "--config", config_.path()}) {
    if (!process_.wait_for_output("listening", 10s))
      throw std::runtime_error("the gateway doesn't start: " + process_.output());
  }
  std::uint16_t port() const { return port_; }
  Duration cpu_time() const { return process_.cpu_time(); }

 private:
  std::uint16_t port_;
  gateway::test::TemporaryFile config_;
  gateway::test::Process process_;
};

/// Every operation of the benchmark is walked for the first rule and meets the second; every response is
/// looked at.
constexpr const char* policies = R"(encryption:
  rules:
    - { operations: [1], without_parameter: 221, require: encrypted, otherwise: reject }
    - { operations: [authenticate], require: encrypted, otherwise: reject }
    - { events: [1, 200], to_client: encrypted, otherwise: drop }
)";

class Bench {
 public:
  Bench(std::size_t operations, std::size_t bytes) : operations_(operations), data_(bytes) {
    gateway::test::TestServerOptions options;
    options.records = false;
    server_ = std::make_unique<gateway::test::TestServerSocket>(options);
    plain_ = std::make_unique<Gateway>(server_->port(), "", "");
    with_policies_ =
        std::make_unique<Gateway>(server_->port(), ", public_address: \"play.example.com:5055\"", policies);
  }

  const Gateway& plain() const { return *plain_; }
  const Gateway& with_policies() const { return *with_policies_; }

  /// One client's operations, through `by` or directly.
  Measured round(const Gateway* by) {
    const bool through_gateway = by != nullptr;
    PhotonSocketClient client(gateway::test::generation_4_1_8, {}, "127.0.0.1",
                              through_gateway ? by->port() : server_->port());
    enter(client, through_gateway);
    run(client, through_gateway, window * 4);  // warm
    const Duration server_before = server_->cpu_time();
    const Duration gateway_before = through_gateway ? by->cpu_time() : Duration{};
    const std::size_t link_before = datagrams_;
    const std::size_t server_link_before = server_datagrams();
    run(client, through_gateway, operations_);
    const auto per_operation = [&](double value) { return value / static_cast<double>(operations_); };
    const Measured measured{
        per_operation(microseconds_of(server_->cpu_time() - server_before)),
        per_operation(microseconds_of((through_gateway ? by->cpu_time() : Duration{}) - gateway_before)),
        per_operation(static_cast<double>(datagrams_ - link_before)),
        per_operation(static_cast<double>(server_datagrams() - server_link_before))};
    client.client().disconnect(client.now());
    client.run_for(50ms);
    return measured;
  }

 private:
  void enter(PhotonSocketClient& client, bool encrypt) {
    client.trace([this](PhotonSocketClient::Sent, gateway::Bytes) { ++datagrams_; });
    client.connect();
    bool in = client.run_until([&] { return client.client().initialised(); }, 10s);
    if (in && encrypt) {
      client.client().exchange_keys(client.now());
      in = client.run_until([&] { return client.client().encryption_available(); }, 10s);
    }
    if (!in) throw std::runtime_error("a client doesn't get in");
  }

  void run(PhotonSocketClient& client, bool encrypt, std::size_t operations) {
    const auto message = gateway::test::write_operation(gateway::message::Serialization::v16,
                                                        gateway::test::Operation::echo, 0, data_);
    const std::size_t before = client.client().events().size();
    std::size_t sent = 0;
    client.run_until(
        [&] {
          const std::size_t answered = client.client().events().size() - before;
          for (; sent < operations && sent < answered + window; ++sent) {
            client.client().message(client.now(), message[1], gateway::Bytes(message).subspan(2), 0,
                                    gateway::wire::Flags::reliable, encrypt);
          }
          return answered >= operations;
        },
        600s);
  }

  std::size_t server_datagrams() {
    return server_->with([](gateway::test::TestServer& server, gateway::TimePoint) {
      const auto& stats = server.transport_stats();
      return static_cast<std::size_t>(stats.datagrams_received.value() + stats.datagrams_sent.value());
    });
  }

  std::size_t operations_;
  std::vector<std::uint8_t> data_;
  std::size_t datagrams_ = 0;
  std::unique_ptr<gateway::test::TestServerSocket> server_;
  std::unique_ptr<Gateway> plain_;
  std::unique_ptr<Gateway> with_policies_;
};

template <class Field>
double median(const std::vector<Measured>& rounds, Field field) {
  std::vector<double> values;
  for (const Measured& measured : rounds) values.push_back(measured.*field);
  return gateway::test::spread_of(values).median;
}

void print(const char* name, const std::vector<Measured>& rounds) {
  std::printf("%-10s server %6.2f us   gateway %6.2f us   datagrams: client link %5.2f   server link %5.2f\n",
              name, median(rounds, &Measured::server_us), median(rounds, &Measured::gateway_us),
              median(rounds, &Measured::client_link), median(rounds, &Measured::server_link));
}

void measure(std::size_t operations, std::size_t rounds, std::size_t bytes) {
  Bench bench(operations, bytes);
  std::vector<Measured> direct;
  std::vector<Measured> through;
  std::vector<Measured> policed;
  for (std::size_t round = 0; round < rounds; ++round) {
    direct.push_back(bench.round(nullptr));
    through.push_back(bench.round(&bench.plain()));
    policed.push_back(bench.round(&bench.with_policies()));
  }
  std::printf("per operation, median of %zu rounds\n", rounds);
  print("direct", direct);
  print("gateway", through);
  print("policies", policed);
  std::printf("x = gateway CPU / server CPU of the same run: %.2f\n",
              median(through, &Measured::gateway_us) / median(through, &Measured::server_us));
  std::vector<double> ratios;
  for (std::size_t round = 0; round < rounds; ++round)
    ratios.push_back(policed[round].gateway_us / through[round].gateway_us);
  const auto ratio = gateway::test::spread_of(ratios);
  std::printf("with rules and rewriting / without, within a round: %.3f (%.3f..%.3f)\n", ratio.median,
              ratio.min, ratio.max);
}

}  // namespace

int main(int count, char** values) {
  return gateway::test::run_benchmark([&] {
    const gateway::test::Arguments arguments(count, values,
                                             "operation_benchmark [operations a round] [rounds] [bytes]");
    gateway::test::pin_to_one_core();
    measure(arguments.number(1, 5000), arguments.number(2, 5), arguments.number(3, 100));
  });
}
