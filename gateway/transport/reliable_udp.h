#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/buffer_pool.h"
#include "transport/options.h"
#include "transport/server_clock.h"
#include "transport/stats.h"
#include "transport/transport.h"

namespace gateway::transport {

/// A connection as the door hands it over: what Connect announced and VerifyConnect answered.
struct Accepted {
  std::uint16_t peer = 0;
  std::uint32_t challenge = 0;
  std::uint16_t mtu = 576;       // clamped to 576…options.mtu_max by the transport
  std::uint8_t channels = 254;   // 1…254
  bool crc = false;
};

/// What a client-role connection announces.
struct Connecting {
  std::uint32_t challenge = 0;  // 31 random bits
  std::uint8_t channels = 2;    // 1…254
};

/// Photon's reliable UDP, one connection in either role.
class ReliableUdp final : public Transport {
 public:
  /// Server role, behind the door: open at once, channel 0xFF numbers from 1.
  static std::unique_ptr<ReliableUdp> accepted(const Options& options, BufferPool& pool, Stats& stats, const Accepted& peer, TimePoint now);
  /// Client role: Phase opening until VerifyConnect.
  static std::unique_ptr<ReliableUdp> connecting(const Options& options, BufferPool& pool, Stats& stats, const Connecting& how, TimePoint now);
  ~ReliableUdp() override;

  void receive(TimePoint now, Bytes datagram) override;
  SendStatus send(TimePoint now, const Payload& payload) override;
  void close(TimePoint now, CloseReason reason, Linger linger) override;
  void advance(TimePoint now) override;
  TimePoint deadline() const override;
  std::optional<Payload> next_payload() override;
  std::size_t next_output(TimePoint now, MutableBytes out) override;
  std::size_t queued_bytes() const override;
  std::size_t held_bytes() const override;
  Phase phase() const override;
  CloseReason close_reason() const override;

  /// True when a datagram with this peer id and challenge belongs to this connection.
  bool matches(std::uint16_t peer, std::uint32_t challenge) const;
  /// True once the peer sent a command of type 11, 14 or 15 and so is known to understand them.
  bool used_unsequenced() const;
  /// The number assigned last to a reliable message on `channel`; 0 before the first.
  std::uint32_t last_reliable(std::uint8_t channel) const;
  /// True when the peer acknowledged `number` and every lower reliable number on `channel`.
  bool acknowledged(std::uint8_t channel, std::uint32_t number) const;

  /// Server role: the clock that the header's sentTime shows from now on; must outlive this. Without one it shows our own.
  void use_clock(const ServerClock& clock);
  /// Client role: queues a ServerTime command.
  void request_server_time(TimePoint now);
  /// Client role: what the last acknowledgement of ServerTime or Ping told about the server's clock, once.
  std::optional<ClockSample> take_clock_sample();

 private:
  // TODO(transport): the composed mechanisms
};

}  // namespace gateway::transport
