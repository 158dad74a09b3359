// Certificates of wss listeners: what is refused, and how they are renewed under load.

#include <fstream>
#include <signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"

namespace gateway::test {
namespace {

using Scheme = GatewayProcess::Scheme;
using testing::HasSubstr;

void overwrite(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::trunc | std::ios::binary) << content;
}

std::string wss_config(const std::string& certificate, const std::string& key) {
  return "version: 1\nlisteners:\n  - { name: a, listen: \"wss://127.0.0.1:" +
         std::to_string(free_tcp_port()) + "\", upstream: b, tls: { certificate: \"file:" + certificate +
         "\", key: \"file:" + key +
         "\" } }\nupstreams:\n  b: { servers: [\"ws://127.0.0.1:1\"] }\nadmin: off\n";
}

std::string refusal(const std::string& certificate, const std::string& key) {
  const TemporaryFile config(".yaml", wss_config(certificate, key));
  const Finished checked = run({gateway_program(), "--config", config.path(), "--check-config"});
  const Finished started = run({gateway_program(), "--config", config.path()});
  EXPECT_EQ(checked.status, 1);
  EXPECT_EQ(started.status, 1);
  EXPECT_THAT(started.output, HasSubstr("listener \"a\""));
  return checked.output;
}

TEST(Certificate, BadPairsAreRefusedWithASentence) {
  const TestCertificate one;
  const TestCertificate other;
  const TemporaryFile nonsense(".pem", "nonsense\n");
  EXPECT_THAT(refusal(one.certificate(), other.key()), HasSubstr("doesn't belong to the certificate"));
  EXPECT_THAT(refusal("/nonexistent.pem", one.key()),
              HasSubstr("/nonexistent.pem can't be read: No such file"));
  EXPECT_THAT(refusal(nonsense.path(), one.key()), HasSubstr("is no certificate in PEM form"));
  EXPECT_THAT(refusal(one.certificate(), nonsense.path()), HasSubstr("is no private key in PEM form"));
}

TEST(Certificate, AGoodPairPassesTheCheck) {
  const TestCertificate pair;
  const TemporaryFile config(".yaml", wss_config(pair.certificate(), pair.key()));
  const Finished checked = run({gateway_program(), "--config", config.path(), "--check-config"});
  EXPECT_EQ(checked.status, 0) << checked.output;
}

/// Clients that ask and are answered without a pause.
class Load {
 public:
  explicit Load(StreamScene& scene) {
    for (int i = 0; i < 5; ++i) clients_.push_back(scene.connected());
  }
  /// Every client gets another answer.
  void go_on() {
    for (const auto& client : clients_) {
      const ClientEvent* const answer =
          ask(*client, Operation::echo, 0, std::vector<std::uint8_t>(2000, 9), false);
      ASSERT_NE(answer, nullptr);
    }
  }

 private:
  std::vector<std::unique_ptr<StreamSocketClient>> clients_;
};

TEST(Certificate, IsReplacedUnderLoadWithoutALostSession) {
  StreamScene scene(Scheme::wss);
  const TestCertificate renewed;
  Load load(scene);
  load.go_on();
  overwrite(scene.certificate.certificate(), renewed.certificate_text());
  overwrite(scene.certificate.key(), renewed.key_text());
  scene.gateway.process().signal(SIGHUP);
  for (int i = 0; i < 20; ++i) load.go_on();
  ASSERT_TRUE(scene.gateway.process().wait_for_output("configuration reloaded", patience));
  load.go_on();
  const auto client = scene.connected({}, {.tls = TlsChannel::ClientOptions{}});
  EXPECT_EQ(client->socket()->tls()->peer_fingerprint(), renewed.fingerprint());
  load.go_on();
}

TEST(Certificate, ABadPairAtSighupIsToldAndTheOldOneStays) {
  StreamScene scene(Scheme::wss);
  const TestCertificate other;
  const std::string old = scene.certificate.fingerprint();
  overwrite(scene.certificate.key(), other.key_text());
  scene.gateway.process().signal(SIGHUP);
  ASSERT_TRUE(scene.gateway.process().wait_for_output("the old configuration stays in use", patience));
  EXPECT_THAT(scene.gateway.process().output(), HasSubstr("doesn't belong to the certificate"));
  const auto client = scene.connected({}, {.tls = TlsChannel::ClientOptions{}});
  EXPECT_EQ(client->socket()->tls()->peer_fingerprint(), old);
}

}  // namespace
}  // namespace gateway::test
