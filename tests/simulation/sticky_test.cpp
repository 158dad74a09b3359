// Exhaustive interleavings: whatever order requests and answers come in, an answer to an encrypted request
// never leaves in the clear.

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/confidentiality.h"
#include "simulation/traffic.h"
#include "simulation/world.h"

namespace gateway::test {
namespace {

using message::Envelope;
using message::Serialization;
using message::Type;

/// All orders of requests of two codes, encrypted or clear, and of up to `answers_max` answers to each of
/// them.
class Interleavings {
 public:
  Interleavings(session::Responses responses, std::size_t length_max, int answers_max)
      : length_max_(length_max), answers_max_(answers_max) {
    options_.responses = responses;
  }

  void explore() { step(); }
  std::size_t explored() const { return explored_; }

 private:
  struct Event {
    bool request;
    std::uint8_t code;
    bool encrypted;
  };
  struct Request {
    std::uint8_t code;
    bool encrypted;
    int answers;
  };

  void step() {
    ++explored_;
    if (events_.size() == length_max_ || testing::Test::HasFailure()) return;
    for (const std::uint8_t code : std::to_array<std::uint8_t>({1, 2})) {
      for (const bool encrypted : {false, true}) {
        events_.push_back({true, code, encrypted});
        requests_.push_back({code, encrypted, 0});
        step();
        requests_.pop_back();
        events_.pop_back();
      }
    }
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      if (requests_[i].answers == answers_max_) continue;
      ++requests_[i].answers;
      events_.push_back({false, requests_[i].code, requests_[i].encrypted});
      if (requests_[i].encrypted) expect_sealed();
      step();
      events_.pop_back();
      --requests_[i].answers;
    }
  }

  /// Plays the events anew; the last of them is an answer to an encrypted request.
  void expect_sealed() {
    session::RaisedEvents raised;
    session::Confidentiality confidentiality(options_, raised);
    bool sealed = false;
    for (const Event& event : events_) {
      const std::array<std::uint8_t, 3> body{event.code, 0, 0};
      if (event.request) {
        confidentiality.requested({message::magic, Type::request, false, body}, event.encrypted,
                                  Serialization::v16);
      } else {
        sealed = confidentiality.seals({message::magic, Type::response, false, body});
      }
    }
    if (!sealed) ADD_FAILURE() << "leaks after " << events_.size() << " events";
  }

  session::Options options_;
  std::size_t length_max_;
  int answers_max_;
  std::vector<Event> events_;
  std::vector<Request> requests_;
  std::size_t explored_ = 0;
};

TEST(Sticky, NeverLeaksInAnyOrderOfSevenRequestsAndAnswers) {
  Interleavings all(session::Responses::sticky, 7, 2);
  all.explore();
  EXPECT_GT(all.explored(), 100'000U);
}

/// The same through whole sessions, with a second and third key exchange anywhere.
TEST(Sticky, NeverLeaksThroughASessionWithNewKeysAnywhere) {
  enum class Step : std::uint8_t { encrypted, clear, encrypted_twice, encrypted_late, new_key };
  constexpr std::size_t kinds = 5;
  constexpr std::size_t length = 4;
  std::size_t sequences = 1;
  for (std::size_t i = 0; i < length; ++i) sequences *= kinds;
  std::size_t secrets = 0;
  for (std::size_t sequence = 0; sequence < sequences; ++sequence) {
    World world({});
    ClientHost& host = world.connected_client();
    ASSERT_TRUE(world.exchange_keys(host));
    world.network.filter([&](const Packet& packet, std::size_t) {
      const bool near = packet.from.ip[15] == first_client_host || packet.to.ip[15] == first_client_host;
      if (near && shows_secret(packet.bytes)) ADD_FAILURE() << "leaked in sequence " << sequence;
      if (!near && shows_secret(packet.bytes)) ++secrets;
      return false;
    });
    std::size_t rest = sequence;
    for (std::size_t i = 0; i < length; ++i, rest /= kinds) {
      const auto send = [&](Operation code, bool encrypt) {
        const Bytes data = encrypt ? Bytes(secret_marker) : Bytes{};
        auto operation = operation_of(host.client(), code, 30, data, encrypt);
        EXPECT_TRUE(host.client().operation(world.now(), operation));
      };
      switch (static_cast<Step>(rest % kinds)) {
        case Step::encrypted:
          send(Operation::echo, true);
          break;
        case Step::clear:
          send(Operation::echo, false);
          break;
        case Step::encrypted_twice:
          send(Operation::echo_twice, true);
          break;
        case Step::encrypted_late:
          send(Operation::echo_late, true);
          break;
        case Step::new_key: {
          const std::size_t before = host.client().count(ClientEvent::Kind::encryption_established);
          host.client().exchange_keys(world.now());
          world.run_until(
              [&] { return host.client().count(ClientEvent::Kind::encryption_established) > before; },
              seconds(5));
          break;
        }
      }
    }
    world.run_for(seconds(1));
    EXPECT_THAT(world.violations(), testing::IsEmpty());
    if (HasFailure()) return;
  }
  EXPECT_GT(secrets, sequences);
}

}  // namespace
}  // namespace gateway::test
