#include "flood/player.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "support/test_operations.h"

namespace gateway::test {

namespace {

using namespace std::chrono_literals;

constexpr Duration interval = milliseconds(10);  // between operations
constexpr std::size_t data_bytes = 100;

}  // namespace

Player::Player(std::uint16_t port, bool keys)
    : client_(generation_4_1_8, {}, "127.0.0.1", port), keys_(keys) {
  client_.connect();
  bool in = client_.run_until([&] { return client_.client().initialised(); }, 10s);
  if (in && keys_) {
    client_.client().exchange_keys(client_.now());
    in = client_.run_until([&] { return client_.client().encryption_available(); }, 10s);
  }
  if (!in) throw std::runtime_error("the player doesn't get in");
}

Player::Played Player::play(const std::function<bool()>& done) {
  const auto message = write_operation(message::Serialization::v16, Operation::echo, 0,
                                       std::vector<std::uint8_t>(data_bytes, 7));
  Played played;
  std::vector<TimePoint> asked;
  const std::size_t before = client_.client().count(ClientEvent::Kind::response);
  const auto look = [&] {
    client_.turn();
    const std::size_t answers = client_.client().count(ClientEvent::Kind::response) - before;
    for (; played.answered < std::min(answers, asked.size()); ++played.answered) {
      const Duration took = client_.now() - asked[played.answered];
      played.milliseconds.push_back(std::chrono::duration<double, std::milli>(took).count());
    }
    std::this_thread::sleep_for(100us);
  };
  for (TimePoint next = client_.now(); !done();) {
    if (client_.now() >= next) {
      next += interval;
      asked.push_back(client_.now());
      client_.client().message(client_.now(), message[1], Bytes(message).subspan(2), 0, wire::Flags::reliable,
                               keys_);
    }
    look();
  }
  const TimePoint end = client_.now() + 5s;
  while (played.answered < asked.size() && client_.now() < end) look();
  played.asked = asked.size();
  played.connected =
      client_.client().encryption_available() == keys_ && client_.client().violations().empty();
  std::sort(played.milliseconds.begin(), played.milliseconds.end());
  return played;
}

double Player::Played::percentile(double part) const {
  if (milliseconds.empty()) return 0;
  return milliseconds[std::min(milliseconds.size() - 1,
                               static_cast<std::size_t>(part * static_cast<double>(milliseconds.size())))];
}

}  // namespace gateway::test
