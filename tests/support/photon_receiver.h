#pragma once

#include <bitset>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/photon_generation.h"
#include "support/photon_sender.h"
#include "wire/command.h"

namespace gateway::test {

/// One message as the client's application gets it from the transport.
struct ReceivedMessage {
  std::uint8_t channel = 0;
  wire::Flags delivery = wire::Flags::reliable;
  std::vector<std::uint8_t> bytes;
};

/// The receiving half of the client: what is stored, what is dropped, and the order in which messages come
/// out. Everything a correct peer would not send is recorded as a violation. Sources:
/// gateway/transport/README.md, "Receiving".
class PhotonReceiver {
 public:
  PhotonReceiver(const Generation& generation, std::uint8_t channels, std::vector<std::string>& violations);

  /// Takes a data command; the caller has checked the state and that the channel exists.
  void store(OwnedCommand command);
  /// The next message; call until empty. Channels are scanned in order.
  std::optional<ReceivedMessage> next();
  /// How many commands were dropped because they had arrived before or came too late, as happens on a lossy
  /// network.
  std::size_t dropped() const { return dropped_; }

 private:
  struct Channel {
    std::uint32_t last_reliable = 0;    // R: dispatched last
    std::uint32_t last_unreliable = 0;  // U
    std::map<std::uint32_t, OwnedCommand> reliable;
    std::map<std::uint32_t, OwnedCommand> unreliable;  // by unreliable number
    std::uint32_t complete = 0;                        // unsequenced reliable: all up to here were received
    std::set<std::uint32_t> received;                  // and these beyond it
    std::map<std::uint32_t, OwnedCommand> fragments;   // type 15, by number
    std::deque<ReceivedMessage> ready;                 // unsequenced, in order of arrival
  };

  void store_reliable(Channel& channel, OwnedCommand command);
  void store_unreliable(Channel& channel, OwnedCommand command);
  void store_reliable_unsequenced(Channel& channel, OwnedCommand command);
  void store_unsequenced(Channel& channel, OwnedCommand command);
  bool sane_fragment(const OwnedCommand& command);
  std::optional<std::vector<std::uint8_t>> assemble(std::map<std::uint32_t, OwnedCommand>& stored,
                                                    std::uint32_t start);
  std::optional<ReceivedMessage> next_of(Channel& channel, std::uint8_t id);
  std::optional<ReceivedMessage> next_unreliable(Channel& channel, std::uint8_t id);
  std::optional<ReceivedMessage> next_reliable(Channel& channel, std::uint8_t id);

  static constexpr std::uint32_t group_window = 128;

  const Generation& generation_;
  std::vector<std::string>& violations_;
  std::vector<Channel> channels_;
  std::uint32_t group_base_ = 0;
  std::bitset<group_window> groups_;
  std::size_t dropped_ = 0;
};

}  // namespace gateway::test
