// Which transports go together, and what shares an address with what.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace gateway::config {
namespace {

using testing::HasSubstr;

const std::string tls = ", tls: { certificate: file:/etc/tls.crt, key: file:/etc/tls.key }";

std::string listener(const std::string& name, const std::string& url, const std::string& upstream) {
  return "  - { name: " + name + ", listen: \"" + url + "\", upstream: " + upstream +
         (url.starts_with("wss") ? tls : "") + " }\n";
}

std::string upstream(const std::string& name, const std::string& url) {
  return "  " + name + ": { servers: [\"" + url + "\"] }\n";
}

std::string file(const std::string& listeners, const std::string& upstreams,
                 const std::string& more = "admin: off\n") {
  return "version: 1\nlisteners:\n" + listeners + "upstreams:\n" + upstreams + more;
}

/// What is wrong with the file; empty when nothing is.
std::string failure(const std::string& text) {
  try {
    load_text(text, "f.yaml");
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

/// A file of one listener and one server.
std::string link(const std::string& scheme, const std::string& server_scheme) {
  return file(listener("a", scheme + "://127.0.0.1:5055", "b"),
              upstream("b", server_scheme + "://127.0.0.1:15055"));
}

TEST(Transports, OfAListenerAndItsServersAreTheSame) {
  for (const char* same : {"udp", "tcp", "ws"}) EXPECT_EQ(failure(link(same, same)), "");
  EXPECT_EQ(failure(link("wss", "ws")), "");
}

TEST(Transports, ThatDifferAreToldWithBothLines) {
  for (const std::string scheme : {"udp", "tcp", "ws", "wss"}) {
    for (const std::string server : {"udp", "tcp", "ws"}) {
      const std::string needed = scheme == "wss" ? "ws" : scheme;
      if (server == needed) continue;
      const std::string sentence = failure(link(scheme, server));
      EXPECT_THAT(sentence,
                  testing::StartsWith("f.yaml:3:24: a listener of " + scheme + ":// needs servers of " +
                                      needed + "://, but upstream \"b\""));
      EXPECT_THAT(sentence, HasSubstr(" has " + server + "://127.0.0.1:15055 at f.yaml:5:18"));
    }
  }
}

TEST(Transports, OfServersNeverCarryTls) {
  for (const char* scheme : {"udp", "tcp", "ws", "wss"}) {
    EXPECT_THAT(failure(link(scheme, "wss")), HasSubstr("no server is reached over wss://")) << scheme;
  }
}

TEST(Transports, AreKeptForListenersAndUpstreams) {
  const std::pair<const char*, net::Scheme> schemes[] = {
      {"udp", net::Scheme::udp}, {"tcp", net::Scheme::tcp}, {"ws", net::Scheme::ws}};
  for (const auto& [word, scheme] : schemes) {
    const net::Options options = load_text(link(word, word), "f.yaml").net;
    EXPECT_EQ(options.listeners.at(0).scheme, scheme);
    EXPECT_EQ(options.pools.at(0).scheme, scheme);
    EXPECT_FALSE(options.listeners.at(0).tls);
  }
}

TEST(Transports, WithTlsKnowItsFilesAndHaveServersWithout) {
  const net::Options options = load_text(link("wss", "ws"), "f.yaml").net;
  EXPECT_EQ(options.listeners.at(0).scheme, net::Scheme::wss);
  EXPECT_EQ(options.pools.at(0).scheme, net::Scheme::ws);
  ASSERT_TRUE(options.listeners.at(0).tls);
  EXPECT_EQ(options.listeners.at(0).tls->certificate, "/etc/tls.crt");
  EXPECT_EQ(options.listeners.at(0).tls->key, "/etc/tls.key");
}

TEST(Transports, OfUdpAndTcpShareAPort) {
  for (const std::string stream : {"tcp", "ws", "wss"}) {
    const std::string server = stream == "wss" ? "ws" : stream;
    EXPECT_EQ(failure(file(
                  listener("a", "udp://0.0.0.0:5055", "u") + listener("b", stream + "://0.0.0.0:5055", "s"),
                  upstream("u", "udp://10.0.0.1:5055") + upstream("s", server + "://10.0.0.1:5055"))),
              "");
  }
}

TEST(Transports, OverTcpDoNotShareAPortWithEachOther) {
  for (const std::string first : {"tcp", "ws"}) {
    EXPECT_THAT(
        failure(file(listener("a", first + "://0.0.0.0:5055", "u") + listener("b", "wss://0.0.0.0:5055", "s"),
                     upstream("u", first + "://10.0.0.1:5055") + upstream("s", "ws://10.0.0.1:5055"))),
        HasSubstr("f.yaml:4:24: listener \"b\" listens on wss://0.0.0.0:5055, as listener \"a\" at "
                  "f.yaml:3:24 does"));
  }
}

TEST(Transports, OfAServerTellItFromAListenerOnTheSamePort) {
  const std::string udp_listener = listener("a", "udp://127.0.0.1:5055", "u");
  const std::string udp_upstream = upstream("u", "udp://127.0.0.1:15055");
  EXPECT_EQ(failure(file(udp_listener + listener("b", "tcp://127.0.0.1:5056", "s"),
                         udp_upstream + upstream("s", "tcp://127.0.0.1:5055"))),
            "");
  EXPECT_THAT(
      failure(file(listener("a", "tcp://0.0.0.0:5055", "t") + listener("b", "ws://127.0.0.1:5056", "s"),
                   upstream("t", "tcp://127.0.0.1:15055") + upstream("s", "ws://127.0.0.1:5055"))),
      HasSubstr("the server ws://127.0.0.1:5055 is the gateway itself: listener \"a\" listens on "
                "tcp://0.0.0.0:5055"));
}

TEST(Transports, OverTcpLeaveTheAdminPortAlone) {
  const auto beside_admin = [](const std::string& url, const std::string& admin) {
    const std::string scheme = url.substr(0, url.find(':'));
    return failure(file(listener("a", url, "b"), upstream("b", scheme + "://10.0.0.1:5055"), admin));
  };
  const std::string admin = "admin: { listen: \"http://127.0.0.1:8080\" }\n";
  EXPECT_THAT(
      beside_admin("tcp://127.0.0.1:8080", admin),
      HasSubstr("f.yaml:3:24: listener \"a\" listens on tcp://127.0.0.1:8080, which the admin port has"));
  EXPECT_THAT(beside_admin("ws://0.0.0.0:8080", admin), HasSubstr("which the admin port has"));
  EXPECT_THAT(beside_admin("ws://127.0.0.1:9464", ""), HasSubstr("which the admin port has"));
  EXPECT_EQ(beside_admin("udp://127.0.0.1:8080", admin), "");
  EXPECT_EQ(beside_admin("tcp://127.0.0.2:8080", admin), "");
  EXPECT_EQ(beside_admin("tcp://[::]:8080", admin), "");
  EXPECT_EQ(beside_admin("tcp://127.0.0.1:9464", "admin: off\n"), "");
}

TEST(Transports, OfTheCommandLineAreAllThatNeedNoFiles) {
  for (const std::string scheme : {"udp", "tcp", "ws"}) {
    const Config config = from_command_line(scheme + "://127.0.0.1:5055", scheme + "://127.0.0.1:15055");
    EXPECT_EQ(name(config.net.listeners.at(0).scheme), scheme);
  }
  EXPECT_THAT([] { from_command_line("wss://127.0.0.1:5055", "ws://127.0.0.1:15055"); },
              testing::ThrowsMessage<Error>(testing::StartsWith(
                  "--listen: wss:// needs a certificate, and only a configuration file can")));
}

}  // namespace
}  // namespace gateway::config
