#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/random.h"
#include "base/time.h"
#include "crypto/keyed_hash.h"
#include "session/options.h"
#include "session/source_rate.h"
#include "session/stats.h"
#include "transport/reliable_udp.h"

namespace gateway::session {

/// What the door made of a datagram that no session claimed.
struct DoorAnswer {
  std::size_t reply_bytes = 0;  // written to `out`, to be sent back at once; 0 = nothing
  std::optional<transport::Accepted>
      proven;                 // the address is proven: open a session and give it this datagram
  bool acknowledged = false;  // and beyond doubt: it knows VerifyConnect's number, 31 bits; 16 can be guessed
};

/// What proves an address: any datagram with the peer id of VerifyConnect, 16 bits, or one that acknowledges
/// its number, 31 bits, which nobody guesses. The first suffices where there is nothing to lose.
enum class Proof : std::uint8_t { peer, number };

/// Stands before the sessions of one shard (UDP): answers every copy of Connect without state that matters,
/// with a cookie in VerifyConnect; recognises the first datagram that proves the address; echoes region
/// pings. Source: gateway/README.md, "Connect".
class Door {
 public:
  /// `random` gives the key of the cookies, once.
  Door(const DoorOptions& options, Random& random, DoorStats& stats);

  /// Takes a datagram that is a Connect (peer id 0xFFFF or 0xFFFE) or belongs to no session of its address.
  /// `full`: Connect is answered with "server full" and nobody is proven. `out` holds at least 80 bytes.
  /// A reply is never longer than 1.4 times the datagram.
  DoorAnswer receive(TimePoint now, const Address& from, Bytes datagram, bool full, MutableBytes out,
                     Proof wanted = Proof::peer);

  /// True for what must come here even when the address has a session: Connects and region pings.
  static bool wants(Bytes datagram);

 private:
  struct Announced {  // 32 bytes: what a Connect said, until its address is proven
    Address from;
    std::uint32_t challenge = 0;
    std::uint32_t age = 0;  // of the table's counter; the smallest of a bucket is overwritten
    std::uint16_t mtu = 0;
    std::uint8_t channels = 0;  // 0 = free
    bool crc : 1 = false;
    bool proven : 1 = false;  // had its session: what arrives late proves nothing again
  };
  static_assert(sizeof(Announced) == 32);
  struct Cookie {
    std::uint16_t peer;
    std::uint32_t number;  // VerifyConnect's reliableSeq, 2^16 and above: no ping's ack matches it
  };

  DoorAnswer answer_connect(TimePoint now, const Address& from, Bytes datagram, bool full, MutableBytes out);
  DoorAnswer echo(TimePoint now, const Address& from, Bytes datagram, MutableBytes out);
  DoorAnswer prove(TimePoint now, const Address& from, Bytes datagram, bool full, MutableBytes out,
                   Proof wanted);
  DoorAnswer drop();

  std::uint64_t hash(const Address& from, std::uint32_t challenge) const;
  static Cookie cookie(std::uint64_t hash);
  void remember(std::uint64_t hash, const Announced& announced);
  Announced* recall(std::uint64_t hash, const Address& from, std::uint32_t challenge);
  std::span<Announced> bucket(std::uint64_t hash);

  DoorOptions options_;
  DoorStats& stats_;
  crypto::KeyedHash keyed_hash_;
  std::vector<Announced> table_;
  std::uint32_t clock_ = 0;
  SourceRate region_pings_;
};

}  // namespace gateway::session
