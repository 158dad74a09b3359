// Floods against the built program over loopback while a client plays. See README.md.
//
//   flood [part [name]]   every attack at 1/part of its amount, 1 = all of it; with a name, those that have
//                         this in theirs

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "benchmark/measure.h"
#include "flood/attacks.h"
#include "flood/player.h"
#include "support/loopback.h"
#include "support/process.h"
#include "support/test_certificate.h"
#include "support/test_server_socket.h"
#include "support/test_stream_server_socket.h"

namespace gateway::test {
namespace {

using namespace std::chrono_literals;

constexpr Duration longest = seconds(60);  // of one attack
constexpr double ratio_max = 1.4;          // bytes out per byte in, before an address is proven
constexpr double growth_max = 64;          // MiB
constexpr int attackers_nice = 10;         // their threads, and those that they start

double resident_mebibytes(pid_t process) {
  std::ifstream statm("/proc/" + std::to_string(process) + "/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

/// The program in front of a server of each transport, without exempt addresses, since loopback is exempt
/// otherwise.
class Stage {
 public:
  Stage() {
    target_ = {free_udp_port(), free_tcp_port(), free_tcp_port(), free_tcp_port()};
    const auto listener = [](const std::string& scheme, std::uint16_t port) {
      return "  - { name: " + scheme + ", listen: \"" + scheme + "://127.0.0.1:" + std::to_string(port) +
             "\", upstream: " + scheme + " }\n";
    };
    const auto upstream = [](const std::string& scheme, std::uint16_t port) {
      return "  " + scheme + ": { servers: [\"" + scheme + "://127.0.0.1:" + std::to_string(port) + "\"] }\n";
    };
    const std::string wss = "  - { name: wss, listen: \"wss://127.0.0.1:" + std::to_string(target_.wss) +
                            "\", upstream: ws, tls: { certificate: \"file:" + certificate_.certificate() +
                            "\", key: \"file:" + certificate_.key() + "\" } }\n";
    config_ = std::make_unique<TemporaryFile>(
        ".yaml", "version: 1\nlisteners:\n" + listener("udp", target_.udp) + listener("tcp", target_.tcp) +
                     listener("ws", target_.ws) + wss + "upstreams:\n" + upstream("udp", udp_.port()) +
                     upstream("tcp", tcp_.port()) + upstream("ws", ws_.port()) +
                     "limits: { exempt: [] }\ntimeouts: { init: 2s }\nadmin: off\nlog: { level: error }\n");
    gateway_ = std::make_unique<Process>(
        std::vector<std::string>{built_program("photon-gateway"), "--config", config_->path()});
    direct_ = std::make_unique<Player>(udp_.port(), false);
    for (int i = 0; i < 100; ++i) {
      try {
        player_ = std::make_unique<Player>(target_.udp, true);
        return;
      } catch (const std::runtime_error&) {
        if (!gateway_->running()) throw std::runtime_error("the gateway ended: " + gateway_->output());
      }
    }
    throw std::runtime_error("nobody gets in");
  }

  const Target& target() const { return target_; }
  Player& player() { return *player_; }
  /// One that plays on the same server without the gateway: what its operations take, the machine takes.
  Player& direct() { return *direct_; }
  Process& gateway() { return *gateway_; }

 private:
  static TestServerOptions quiet() {
    TestServerOptions options;
    options.records = false;
    return options;
  }
  TestServerSocket udp_{quiet()};
  TestStreamServerSocket tcp_{{.server = quiet(), .kind = StreamKind::tcp}};
  TestStreamServerSocket ws_{{.server = quiet(), .kind = StreamKind::websocket}};
  TestCertificate certificate_;
  Target target_;
  std::unique_ptr<TemporaryFile> config_;
  std::unique_ptr<Process> gateway_;
  std::unique_ptr<Player> player_;
  std::unique_ptr<Player> direct_;
};

struct Line {
  Player::Played played;
  Player::Played direct;
  Exchanged exchanged;
  double growth = 0;  // MiB, at its peak
  double seconds = 0;
};

Line run(Stage& stage, const Attack* attack, std::size_t part) {
  Line line;
  std::atomic<bool> stop{false};
  std::atomic<bool> over{attack == nullptr};
  const double before = resident_mebibytes(stage.gateway().id());
  const TimePoint start = std::chrono::steady_clock::now();
  std::thread attacker;
  if (attack != nullptr) {
    attacker = std::thread([&] {
      // Attackers have machines of their own: here they get what the others leave of this one.
      setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), attackers_nice);
      attack->run(stage.target(), std::max<std::size_t>(attack->amount / part, 20), stop, line.exchanged);
      over = true;
    });
  }
  const TimePoint quiet_until = start + std::chrono::seconds(part == 1 ? 5 : 1);
  const auto done = [&] {
    const TimePoint now = std::chrono::steady_clock::now();
    if (now > start + longest) stop = true;
    return over && now >= quiet_until;
  };
  std::thread beside([&] { line.direct = stage.direct().play(done); });
  line.played = stage.player().play([&] {
    line.growth = std::max(line.growth, resident_mebibytes(stage.gateway().id()) - before);
    return done();
  });
  beside.join();
  if (attacker.joinable()) attacker.join();
  line.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return line;
}

/// What must hold; the time a player's operations take is only told.
bool holds(const Line& line, bool unproven) {
  const Exchanged& exchanged = line.exchanged;
  const bool ratio =
      !unproven || exchanged.sent == 0 ||
      (static_cast<double>(exchanged.received) <= ratio_max * static_cast<double>(exchanged.sent) &&
       exchanged.datagrams_received <= exchanged.datagrams_sent);
  const bool attacked = exchanged.inside * 2 >= exchanged.intruders;  // or the attack would be none
  return line.played.connected && line.played.answered == line.played.asked && line.growth < growth_max &&
         ratio && attacked;
}

bool tell(const char* name, const Line& line, bool unproven) {
  const bool good = holds(line, unproven);
  const double sent = static_cast<double>(line.exchanged.sent);
  std::printf("%-34s %6.1f s %9zu %8.1f MB %6.2f %6zu/%-6zu %6.2f %6.2f %6.2f ms %6.2f ms %+6.1f MiB  %s\n",
              name, line.seconds, line.exchanged.datagrams_sent, sent / 1e6,
              sent > 0 ? static_cast<double>(line.exchanged.received) / sent : 0.0, line.played.answered,
              line.played.asked, line.played.percentile(0.5), line.played.percentile(0.99),
              line.played.percentile(1), line.direct.percentile(0.99), line.growth, good ? "ok" : "FAILED");
  std::fflush(stdout);
  return good;
}

void flood(std::size_t part, const std::string& name) {
  Stage stage;
  std::printf("%-34s %8s %9s %11s %6s %13s %23s %9s %11s\n", "attack", "time", "datagrams", "sent", "out/in",
              "answered", "p50, p99, max", "direct", "memory");
  bool good = tell("none", run(stage, nullptr, part), true);
  for (const Attack& attack : attacks()) {
    if (std::string_view(attack.name).find(name) == std::string_view::npos) continue;
    good &= tell(attack.name, run(stage, &attack, part), attack.unproven);
  }
  good &= tell("none, afterwards", run(stage, nullptr, part), true);
  if (!good || !stage.gateway().running()) throw std::runtime_error("a flood did harm");
}

}  // namespace
}  // namespace gateway::test

int main(int count, char** values) {
  return gateway::test::run_benchmark([&] {
    const gateway::test::Arguments arguments(count, values, "flood [part [name]]");
    gateway::test::flood(arguments.number(1, 1, 1000), arguments.text(2));
  });
}
