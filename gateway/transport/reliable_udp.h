#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/buffer_pool.h"
#include "transport/acknowledgements.h"
#include "transport/command_rate.h"
#include "transport/in_flight.h"
#include "transport/lifecycle.h"
#include "transport/options.h"
#include "transport/receive_queue.h"
#include "transport/round_trip.h"
#include "transport/send_queue.h"
#include "transport/server_clock.h"
#include "transport/stats.h"
#include "transport/transport.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::transport {

/// A connection as the door hands it over: what Connect announced and VerifyConnect answered.
struct Accepted {
  std::uint16_t peer = 0;
  std::uint32_t challenge = 0;
  std::uint16_t mtu = 576;      // clamped to 576…options.mtu_max by the transport
  std::uint8_t channels = 254;  // 1…254
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
  /// Server role, behind the door: open at once, channel 0xFF numbers from 1. `options`, `pool` and `stats`
  /// outlive it.
  static std::unique_ptr<ReliableUdp> accepted(const Options& options, BufferPool& pool, Stats& stats,
                                               const Accepted& peer, TimePoint now);
  static std::unique_ptr<ReliableUdp> accepted(Options&&, BufferPool&, Stats&, const Accepted&,
                                               TimePoint) = delete;
  /// Client role: Phase opening until VerifyConnect.
  static std::unique_ptr<ReliableUdp> connecting(const Options& options, BufferPool& pool, Stats& stats,
                                                 const Connecting& how, TimePoint now);
  static std::unique_ptr<ReliableUdp> connecting(Options&&, BufferPool&, Stats&, const Connecting&,
                                                 TimePoint) = delete;
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
  std::size_t bookkeeping_bytes() const override;
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

  /// Server role: the clock that the header's sentTime shows from now on; must live until it is forgotten.
  /// Without one it shows our own.
  void use_clock(const ServerClock& clock);
  void forget_clock() { clock_ = nullptr; }
  /// Client role: queues a ServerTime command.
  void request_server_time(TimePoint now);
  /// Client role: what the last acknowledgement of ServerTime or Ping told about the server's clock, once.
  std::optional<ClockSample> take_clock_sample();
  /// True once the peer sent an encrypted datagram, which nobody here can read.
  bool met_encryption() const { return met_encryption_; }

 private:
  // What both roles start from; `mtu` is the longest datagram to the peer.
  struct Identity {
    Role role;
    std::uint16_t peer;  // server role: what the client's datagrams must carry; client role: what ours carry
    std::uint32_t challenge;
    std::uint16_t mtu;
    std::uint8_t channels;
    bool crc;
  };
  // Control commands that are to be sent once each.
  struct Wanted {
    bool connect = false;
    bool ping = false;
    bool server_time = false;
  };

  static constexpr TimePoint stirred = TimePoint::min();  // something came since the last look

  ReliableUdp(const Options& options, BufferPool& pool, Stats& stats, const Identity& identity,
              TimePoint now);

  // Receiving, in order of the calls.
  std::optional<wire::Datagram> accept(TimePoint now, Bytes bytes);
  void execute(TimePoint now, const wire::DatagramHeader& header, const wire::Command& command);
  void take_ack(TimePoint now, const wire::DatagramHeader& header, const wire::Command& ack);
  void observe_round_trip(Duration sample);
  void take_control_ack(const wire::DatagramHeader& header, const InFlight::Acknowledged& acked,
                        TimePoint now);
  void take_verify_connect(TimePoint now, const wire::DatagramHeader& header, const wire::Command& command);
  void take_disconnect(TimePoint now, const wire::DatagramHeader& header, const wire::Command& command);
  void take_data(TimePoint now, const wire::DatagramHeader& header, const wire::Command& command);
  void acknowledge(TimePoint now, const wire::DatagramHeader& header, const wire::Command& command,
                   Acknowledgements::Urgency urgency);

  // Sending, in order of the commands in a datagram.
  std::size_t write_datagram(TimePoint now, MutableBytes out);
  void note_quiet();
  bool has_output(TimePoint now);
  bool may_send(const SendQueue::Unsent& unsent) const;
  void write_acks(wire::DatagramWriter& out);
  void write_farewell(wire::DatagramWriter& out, const InFlight::Sent& copy);
  void write_overdue(wire::DatagramWriter& out, const InFlight::Sent& copy);
  void write_wanted(wire::DatagramWriter& out, const InFlight::Sent& copy);
  void write_data(wire::DatagramWriter& out, const InFlight::Sent& copy);
  bool write_channel(wire::DatagramWriter& out, const InFlight::Sent& copy, std::uint8_t channel);
  bool write(wire::DatagramWriter& out, const wire::Command& command);
  bool write_control(wire::DatagramWriter& out, const InFlight::Sent& copy, const wire::Command& command,
                     std::uint8_t copies_max);
  wire::Command control_command(wire::CommandType type, std::uint32_t number) const;
  bool can_send_control() const;

  std::uint32_t header_time(TimePoint now) const;
  bool wants_ping() const;
  void settle(TimePoint now);
  void release_when_idle(TimePoint now);

  const Options& options_;
  Stats& stats_;
  Identity identity_;
  Lifecycle lifecycle_;
  CommandRate command_rate_;
  RoundTrip round_trip_;
  Acknowledgements acks_;
  InFlight in_flight_;
  SendQueue send_queue_;
  ReceiveQueue receive_queue_;
  const ServerClock* clock_ = nullptr;
  std::optional<ClockSample> clock_sample_;
  Wanted wanted_;
  std::uint32_t last_control_ = 0;  // number of the last reliable command on channel 0xFF
  TimePoint used_;                  // when a message last came or went
  bool met_encryption_ = false;
  bool queues_dropped_ = false;
  bool released_ = true;             // memory was given back since
  bool cut_short_ = false;           // the last datagram had no room for all there was
  TimePoint quiet_until_ = stirred;  // nothing is to be sent or to be done before
};

}  // namespace gateway::transport
