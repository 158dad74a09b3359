// Signals, also while datagrams keep coming.

#include <algorithm>
#include <array>
#include <atomic>
#include <fcntl.h>
#include <memory>
#include <random>
#include <signal.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/gateway_process.h"
#include "net/descriptor.h"
#include "support/loopback.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::test {
namespace {

using net::Descriptor;
using testing::HasSubstr;
using testing::Not;
using Kind = ClientEvent::Kind;

/// A configuration file that whoever reads it waits for.
class AwaitedFile {
 public:
  AwaitedFile() {
    ::unlink(path().c_str());
    EXPECT_EQ(::mkfifo(path().c_str(), 0600), 0);
  }

  const std::string& path() const { return file_.path(); }
  /// True once the process reads it.
  bool read_by(Process& process) {
    const TimePoint end = std::chrono::steady_clock::now() + patience;
    while (process.running() && std::chrono::steady_clock::now() < end) {
      writer_ = Descriptor(::open(path().c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
      if (writer_) return true;
      std::this_thread::sleep_for(milliseconds(1));
    }
    return false;
  }
  void write(const std::string& text) {
    // So that a reader that is gone is no reason to end.
    const Descriptor other(::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    EXPECT_EQ(::write(writer_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    writer_.close();
  }

 private:
  const TemporaryFile file_{".yaml", ""};  // whose name it has
  Descriptor writer_;
};

TEST(Signals, SighupAndSigusr1WhileItStartsChangeNothing) {
  AwaitedFile config;
  Process process({gateway_program(), "--config", config.path()});
  ASSERT_TRUE(config.read_by(process)) << process.output();
  process.signal(SIGHUP);
  process.signal(SIGUSR1);
  config.write(
      "version: 1\nlisteners:\n  - { name: a, listen: \"udp://127.0.0.1:" + std::to_string(free_udp_port()) +
      "\", upstream: a }\nupstreams:\n  a: { servers: [\"udp://127.0.0.1:1\"] }\nadmin: off\n");
  ASSERT_TRUE(process.wait_for_output("listening listener=a", patience)) << process.output();
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(patience), 0);
  EXPECT_THAT(process.output(), Not(HasSubstr("reload")));
  EXPECT_THAT(process.output(), Not(HasSubstr("capture")));
}

// As it does where a name server is silent.
TEST(Signals, AReloadThatTakesLongKeepsNothingElseWaiting) {
  AwaitedFile config;
  const std::uint16_t admin = free_tcp_port();
  const std::string text =
      "version: 1\nlisteners:\n  - { name: a, listen: \"udp://127.0.0.1:" + std::to_string(free_udp_port()) +
      "\", upstream: a }\nupstreams:\n  a: { servers: [\"udp://127.0.0.1:1\"] }\n"
      "admin: { listen: \"http://127.0.0.1:" +
      std::to_string(admin) + "\" }\n";
  Process process({gateway_program(), "--config", config.path()});
  ASSERT_TRUE(config.read_by(process)) << process.output();
  config.write(text);
  ASSERT_TRUE(process.wait_for_output("listening listener=a", patience)) << process.output();
  process.signal(SIGHUP);
  ASSERT_TRUE(config.read_by(process)) << process.output();
  EXPECT_EQ(http_get(admin, "/livez").status, 200);
  EXPECT_THAT(process.output(), Not(HasSubstr("configuration reloaded")));
  process.signal(SIGHUP);  // read once more, after this
  config.write(text);
  ASSERT_TRUE(process.wait_for_output("configuration reloaded", patience)) << process.output();
  ASSERT_TRUE(config.read_by(process)) << process.output();
  process.signal(SIGINT);  // and the end doesn't wait for it
  EXPECT_EQ(process.wait(patience), 0);
}

TEST(Signals, APipeThatBreaksIsNoReasonToEnd) {
  Scene scene;
  const auto client = scene.connected();
  scene.gateway.process().signal(SIGPIPE);
  EXPECT_NE(ask(*client, Operation::echo, 0, Bytes{}, false), nullptr);
  EXPECT_EQ(scene.gateway.stop(), 0);
}

// A client that is gone keeps the gateway waiting for its acknowledgement.
TEST(Signals, TheSecondSigintEndsAtOnceAndSaysSo) {
  Scene scene;
  const auto silent = scene.connected();
  Process& process = scene.gateway.process();
  process.signal(SIGINT);
  ASSERT_TRUE(process.wait_for_output("stopping signal=SIGINT", patience));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(patience), 1);
  EXPECT_THAT(process.output(), HasSubstr("stopped at once, at a further signal"));
}

TEST(Signals, EachSigtermSkipsWhatIsWaitedFor) {
  Scene scene;
  const auto silent = scene.connected();
  Process& process = scene.gateway.process();
  process.signal(SIGTERM);
  ASSERT_TRUE(process.wait_for_output("draining signal=SIGTERM", patience));
  process.signal(SIGTERM);
  ASSERT_TRUE(process.wait_for_output("draining phase=over", patience));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(patience), 1);
  EXPECT_THAT(process.output(), HasSubstr("stopped at once, at a further signal"));
}

TEST(Signals, SighupAndSigusr1WhileItEndsChangeNothing) {
  Scene scene;
  const auto silent = scene.connected();
  Process& process = scene.gateway.process();
  process.signal(SIGINT);
  ASSERT_TRUE(process.wait_for_output("stopping signal=SIGINT", patience));
  process.signal(SIGHUP);
  process.signal(SIGUSR1);
  EXPECT_EQ(process.wait(patience), 0);
  EXPECT_THAT(process.output(), HasSubstr("info stopped"));
}

/// Sends datagrams from a socket of its own, as fast as they are taken, until it is destroyed.
class Flood {
 public:
  /// `write` writes the next datagram and gives its size.
  template <class Write>
  Flood(std::uint16_t port, Write write) : thread_([this, port, write] { run(port, write); }) {}
  ~Flood() {
    stopping_ = true;
    thread_.join();
  }
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;

  std::size_t sent() const { return sent_; }

 private:
  static constexpr std::size_t datagrams_max = 5'000'000;  // a test that hangs must not flood for ever

  template <class Write>
  void run(std::uint16_t port, Write write) {
    const int socket = bound_socket(SOCK_DGRAM, 0).first;
    const sockaddr_in target = loopback(port);
    std::array<std::uint8_t, 1200> datagram{};
    while (!stopping_ && sent_ < datagrams_max) {
      const std::size_t size = write(MutableBytes(datagram), sent_);
      ::sendto(socket, datagram.data(), size, 0, reinterpret_cast<const sockaddr*>(&target), sizeof target);
      ++sent_;
    }
    ::close(socket);
  }

  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> sent_{0};
  std::thread thread_;
};

std::size_t write_garbage(MutableBytes out, std::size_t number) {
  std::minstd_rand random(static_cast<std::uint32_t>(number + 1));
  const std::size_t size = 1 + random() % 100;
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(random());
  return size;
}

std::size_t write_connect(MutableBytes out, std::size_t number) {
  wire::DatagramWriter datagram(
      out, {.peer = wire::peer_unassigned, .challenge = static_cast<std::uint32_t>(number)});
  wire::Command connect{.type = wire::CommandType::connect, .channel = 0xFF, .reliable_seq = 1};
  connect.connect = {.peer = wire::peer_unassigned, .mtu = 1200, .channels = 2};
  wire::write_command(datagram.commands(), connect);
  datagram.count_command();
  return datagram.finish();
}

/// Eight players with keys.
struct Players {
  explicit Players(Scene& scene) {
    for (int i = 0; i < 8; ++i) {
      clients.push_back(scene.encrypted());
      all.push_back(clients.back().get());
    }
  }
  void play(Duration duration) {
    const auto turn = [&] {
      for (PhotonSocketClient* client : all) send(*client, Operation::echo, 0, Bytes{}, true);
      return false;
    };
    run_together(all, turn, duration);
  }
  bool told() const {
    return std::ranges::all_of(
        all, [](PhotonSocketClient* client) { return client->client().last(Kind::disconnected) != nullptr; });
  }

  std::vector<std::unique_ptr<PhotonSocketClient>> clients;
  std::vector<PhotonSocketClient*> all;
};

TEST(Signals, SigtermDuringAFloodLetsEverybodyPlayUntilTheDeadlineAndThenTellsThem) {
  Scene scene({}, "drain: { announce: 0s, deadline: 5s }\n");
  Players players(scene);
  const Flood garbage(scene.gateway.port(), write_garbage);
  const Flood connects(scene.gateway.port(), write_connect);
  players.play(milliseconds(200));
  scene.gateway.process().signal(SIGTERM);
  ASSERT_TRUE(scene.gateway.process().wait_for_output("draining phase=refusing sessions=8", patience))
      << scene.gateway.process().output();
  for (PhotonSocketClient* client : players.all)
    EXPECT_NE(ask(*client, Operation::echo, 0, Bytes{}, true), nullptr) << "it plays on";
  ASSERT_TRUE(run_together(
      players.all, [&] { return players.told(); }, patience))
      << scene.gateway.process().output();
  const std::size_t before = garbage.sent();
  EXPECT_EQ(scene.gateway.process().wait(patience), 1) << scene.gateway.process().output();
  EXPECT_GT(garbage.sent(), before) << "the flood was over before the program was";
}

TEST(Signals, SigintDuringAFloodTellsEveryClientAndEnds) {
  Scene scene;
  Players players(scene);
  const Flood garbage(scene.gateway.port(), write_garbage);
  const Flood connects(scene.gateway.port(), write_connect);
  players.play(milliseconds(200));
  scene.gateway.process().signal(SIGINT);
  ASSERT_TRUE(run_together(
      players.all, [&] { return players.told(); }, patience))
      << scene.gateway.process().output();
  for (PhotonSocketClient* client : players.all)
    EXPECT_EQ(client->client().last(Kind::disconnected)->status, ClientEvent::Status::by_server);
  const std::size_t before = garbage.sent();
  EXPECT_EQ(scene.gateway.process().wait(patience), 0) << scene.gateway.process().output();
  EXPECT_GT(garbage.sent(), before) << "the flood was over before the program was";
}

}  // namespace
}  // namespace gateway::test
