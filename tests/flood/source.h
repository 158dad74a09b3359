#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <optional>

#include "base/bytes.h"

namespace gateway::test {

/// The address in 127/8 of the attacker with this number.
sockaddr_in address_of_source(std::uint32_t number);

/// What attackers sent and what came back to them, in bytes of UDP payload, and who of those that wanted got
/// a session.
struct Exchanged {
  std::size_t datagrams_sent = 0;
  std::size_t sent = 0;
  std::size_t datagrams_received = 0;
  std::size_t received = 0;
  std::size_t intruders = 0;
  std::size_t inside = 0;
};

/// A UDP socket of an address of its own in 127/8.
class Source {
 public:
  /// `number` picks the address. Throws std::system_error when the socket can't be opened.
  Source(std::uint32_t number, std::uint16_t port, Exchanged& counted);
  Source(Source&& other) noexcept;
  ~Source();

  void send(Bytes datagram);
  /// The next datagram that came, if any; valid until the next call.
  std::optional<Bytes> receive();

 private:
  int socket_ = -1;
  Exchanged* counted_;
  std::array<std::uint8_t, 1500> buffer_{};
};

}  // namespace gateway::test
