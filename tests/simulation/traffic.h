#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "simulation/world.h"

namespace gateway::test {

/// Twelve bytes that every encrypted message of a simulation carries in the clear, and no other: whoever sees
/// them on the client's link has read a secret.
inline constexpr std::array<std::uint8_t, 12> secret_marker{0x53, 0x45, 0x43, 0x52, 0x45, 0x54,
                                                            0x2D, 0xC3, 0x28, 0xA9, 0x17, 0x5E};
bool shows_secret(Bytes bytes);

/// One message as an end sent or received it, clear.
struct Passed {
  std::uint8_t channel = 0;
  transport::Delivery delivery = transport::Delivery::reliable;
  std::vector<std::uint8_t> bytes;
};
using Flow = std::vector<Passed>;

/// Compares what one end sent with what the other received. Per channel: sequenced messages arrive in the
/// order sent, no one twice, reliable ones without a gap; of unsequenced ones no more than were sent.
/// `complete`: every reliable one arrived.
std::vector<std::string> compare(const Flow& sent, const Flow& received, bool complete);
/// How many of a flow are reliable.
std::size_t reliable_count(const Flow& flow);

/// A game on one client: once connected it enters the room, exchanges keys and then sends a random mix, which
/// depends on the seed alone.
class Traffic {
 public:
  struct Options {
    std::size_t messages = 40;
    bool at_once = false;  // all in one frame of the game, as clients without a window may
    bool encrypts = true;
    bool large = false;             // one message between 100,000 and 512,000 bytes among them
    std::size_t size_max = 20'000;  // of the others
  };

  Traffic(World& world, ClientHost& host, const Options& options, std::uint64_t seed);

  /// All messages were handed to the client library.
  bool finished() const { return left_ == 0; }
  /// Other clients may raise encrypted events: this one has shown that it can read them.
  bool reads_sealed() const;
  void meets(const Traffic& other) { others_.push_back(&other); }

  const Flow& sent() const { return sent_; }
  Flow received() const;         // by the client, what the server's application sent
  Flow server_received() const;  // by the server, of this client, without Init
  Flow server_sent() const;      // by the server to this client, without InitResponse
  /// Both ends have every reliable message of the other.
  bool delivered() const;

 private:
  void play(TimePoint now, PhotonClient& client);
  void enter(TimePoint now, PhotonClient& client);
  void act(TimePoint now, PhotonClient& client);
  void send_operation(TimePoint now, PhotonClient& client);
  void send_message(TimePoint now, PhotonClient& client);
  void send_event(TimePoint now, PhotonClient& client);
  void send_large(TimePoint now, PhotonClient& client);
  void send(TimePoint now, PhotonClient& client, const std::vector<std::uint8_t>& message,
            std::uint8_t channel, wire::Flags delivery, bool encrypt);

  std::vector<std::uint8_t> data(std::size_t size, bool secret);
  std::size_t size();
  wire::Flags delivery(const PhotonClient& client);
  std::uint8_t channel(const PhotonClient& client);

  World& world_;
  ClientHost& host_;
  Options options_;
  SeededRandom random_;
  std::size_t left_;
  bool entered_ = false;
  bool large_sent_ = false;
  std::uint32_t counter_ = 0;
  std::vector<const Traffic*> others_;
  Flow sent_;
};

}  // namespace gateway::test
