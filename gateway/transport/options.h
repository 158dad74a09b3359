#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace gateway::transport {

/// How one leg behaves. Defaults are those of the leg toward clients; upstream_leg() gives the other.
/// Sources: README.md of this room, the sections named.
struct Options {
  // Datagram size
  std::uint16_t mtu_max = 1200;  // bytes of UDP payload we send at most, also to a peer that takes more

  // Resending ("Resending")
  Duration rtt_initial = milliseconds(200);
  Duration rtt_variance_initial = milliseconds(5);
  Duration resend_min =
      milliseconds(100);  // a client acks from its game loop: under 100 ms only doubles traffic
  Duration resend_first_max = milliseconds(400);  // cap of the first wait, as clients have it
  Duration resend_max = milliseconds(2000);       // cap of the doubled wait
  Duration resend_deadline = seconds(12);         // a command unacknowledged for so long ends the connection

  // Keeping alive ("Pings and silence")
  Duration ping_after = milliseconds(1000);  // of having received nothing
  Duration ping_grace =
      milliseconds(500);           // more for a client that pings by itself: its second and a round trip
  Duration silence = seconds(30);  // without any valid datagram: timeout

  // Acknowledging ("Acknowledgements")
  Duration ack_delay = milliseconds(5);  // how long an ack may wait for a datagram to ride on
  std::uint32_t ack_commands = 16;       // acks that don't wait longer
  std::size_t ack_bytes = 16 * 1024;     // received bytes whose acks don't wait longer

  // Sending window ("Windows"); 0: no limit
  std::size_t in_transit_max = 51'200;  // unacknowledged reliable bytes, the real server's own limit
  /// Reliable numbers a channel from the oldest unacknowledged one on; the stock client's limit is 50. Toward
  /// clients as many as 51,200 bytes can be: what a peer may let grow that acknowledges all but one.
  std::uint32_t window_numbers = 4096;

  /// Commands a second taken from the peer, a datagram without any counting as one, and as many at once; 0:
  /// no limit. What comes beyond is dropped as a network would drop it, so the peer sends it again. Games
  /// send some hundred; 20000 are 24 MB/s of fragments, or the acks of as much the other way.
  std::uint32_t commands_per_second = 20'000;

  // Bounds
  std::size_t buffered = std::size_t{1} << 20;  // bytes queued to send, and bytes held from receiving, each
  std::size_t unreliable_buffered = 16 * 1024;  // bytes of unreliable messages queued; the oldest go first
  Duration unreliable_backlog =
      milliseconds(200);                  // unreliable messages behind an older reliable backlog are dropped
  std::size_t message_max = 512'016;      // bytes of one message: 500 KiB and what sealing adds
  std::uint32_t reorder_distance = 4096;  // numbers ahead of the next expected; beyond: not stored, not acked
  std::uint32_t assemblies_max = 16;      // messages of type 15 being assembled
  Duration assembly_age = seconds(30);    // an incomplete one is given up after

  // Ending ("Ends")
  Duration linger = seconds(2);         // for flushing, and then for the peer's ack of Disconnect
  std::uint32_t disconnect_copies = 3;  // transmissions of a Disconnect that isn't acknowledged

  /// The leg toward the server plays a client: its window, and quicker resends on a short way.
  static Options upstream_leg() {
    Options options;
    options.resend_min = milliseconds(30);
    options.resend_deadline = seconds(10);
    options.ack_delay = milliseconds(40);
    options.in_transit_max = 0;
    options.window_numbers = 50;
    options.commands_per_second = 0;  // the server is trusted
    return options;
  }
};

}  // namespace gateway::transport
