#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gateway::test {

/// What differs between generations of the .NET client library, as numbers and switches. A new generation is
/// a new row. Sources: gateway/transport/README.md, and the recordings in tests/data for the versions they
/// were made with.
struct Generation {
  std::string_view name;
  std::string_view version;                 // as a text Init names it
  std::array<std::uint8_t, 5> init_header;  // bytes 4…8 of the binary Init: SDK id, version, form

  int allowance;         // resends of one command before the client gives up
  int rtt_initial;       // ms
  int rtt_variance;      // ms
  int resend_first_max;  // ms, cap of the first wait; 0 = none
  int resend_max;        // ms, cap of the doubled wait; 0 = none

  std::size_t fragment_overhead;  // MTU − this = data bytes of a fragment
  std::uint32_t
      send_window;  // numbers a channel may run ahead of its oldest unacknowledged one; 0 = no limit

  std::uint16_t feature_flags;  // announced in Connect; 0 = a generation without

  bool unsequenced;         // knows commands 11, 14, 15 and 16
  bool messages;            // dispatches message types 8 and 9
  bool disconnect_message;  // knows message type 5
  bool creation_order;      // unreliable commands queue among the reliable ones
  bool control_first;       // channel 0xFF goes before the data channels, otherwise behind them
  bool
      resends_in_place;  // resends leave straight from the sent list, otherwise through their channel's queue
  bool ping_needs_empty_queues;  // no ping while a reliable command waits to be sent
  bool connect_sets_floor;       // the ack of Connect sets an RTT of at least 15 ms
  bool replaces_strange_rtt;     // samples outside 0…10000 ms count as 4 · RTT
  bool disconnect_carries_acks;  // pending acks ride on its own Disconnect
};

extern const Generation generation_3_2_2;  // Oct 2013, one of the two recorded versions
extern const Generation generation_4_0;    // Oct 2015
extern const Generation generation_4_1_2;  // 2019
extern const Generation generation_4_1_8;  // Apr 2024, the other recorded version

extern const Generation generation_5_1;  // 2025, without datagram encryption

/// All of them, oldest first.
extern const std::array<const Generation*, 5> generations;

}  // namespace gateway::test
