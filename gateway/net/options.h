#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/address_ranges.h"
#include "policy/addresses.h"
#include "policy/options.h"
#include "session/options.h"
#include "upstream/options.h"

namespace gateway::net {

/// What is spoken at an address, as its URL says.
enum class Scheme : std::uint8_t { udp, tcp, ws, wss };
inline constexpr std::size_t schemes = 4;

constexpr std::size_t index(Scheme scheme) {
  return static_cast<std::size_t>(scheme);
}

/// The word of the URL; also the `transport` label.
constexpr std::string_view name(Scheme scheme) {
  switch (scheme) {
    case Scheme::udp:
      return "udp";
    case Scheme::tcp:
      return "tcp";
    case Scheme::ws:
      return "ws";
    case Scheme::wss:
      return "wss";
  }
  return {};
}

/// True for what runs over TCP. Ports of TCP and of UDP have nothing to do with each other.
constexpr bool is_stream(Scheme scheme) {
  return scheme != Scheme::udp;
}

/// Paths of PEM files, read by net/. A relative one starts at the working directory.
struct TlsOptions {
  std::string certificate;  // with the chain that clients need
  std::string key;
};

/// One address that clients connect to.
struct ListenerOptions {
  std::string name;      // as configured; a log word and metric label
  Address address;       // where we listen
  std::string text;      // the same as configured, e.g. "udp://0.0.0.0:5055"
  std::size_t pool = 0;  // index into Options::pools
  Scheme scheme = Scheme::udp;
  std::optional<TlsOptions> tls;  // of wss, and of nothing else
  std::string public_address{};  // "host:port" where clients reach it; empty: servers aren't told apart by it
};

struct ServerOptions {
  Address address;       // resolved
  std::string text;      // as configured, e.g. "udp://127.0.0.1:15055"
  bool trusted = false;  // the operator vouches for a link that leaves private networks
  upstream::ServerState state = upstream::ServerState::active;
  std::string host{};  // of its URL, to be resolved again and again; empty: an address in text
  std::vector<std::string> advertised{};  // further "host:port" by which other servers name it

  bool operator==(const ServerOptions&) const = default;
};

/// A named list of interchangeable servers.
struct PoolOptions {
  std::string name;
  std::vector<ServerOptions> servers;
  Scheme scheme = Scheme::udp;  // udp, tcp or ws: what all its servers speak
  upstream::HealthOptions health{};

  bool operator==(const PoolOptions&) const = default;
};

/// Who keeps violating the protocol gets no new session for a while. Many players may share an address, and
/// one of them alone must not lock out the others by mistake: a client that is wrong in all it does, and
/// comes back every second, stays below this.
struct BlockOptions {
  std::uint32_t violations = 100;  // of one address (IPv6: of a /64), each the end of a session; 0: no blocks
  Duration within = minutes(1);    // of the first of them
  Duration duration = minutes(1);  // of the block: long enough to make a flood pointless
};

struct LimitOptions {
  std::size_t sessions = 20'000;  // live at once, all shards; beyond: "server full"
  bool sessions_auto = true;      // fewer if the system can't carry so many; otherwise that is an error
  std::size_t sessions_per_address = 1000;  // IPv6 counts per /64
  /// Bytes that all sessions may hold, as accounted (memory_budget.h); none: no limit. 20000 quiet sessions
  /// on udp, tcp or ws are estimated at a third of this or less, so that only who fills queues meets it.
  std::optional<std::size_t> memory = std::size_t{1} << 30;
  std::vector<Address> exempt;                  // addresses without a limit of their own (port ignored)
  double exchanges_per_second = 2000;           // key exchanges run, all shards; over it they wait
  double exchanges_per_address = 200;           // a second; beyond it they only use what others leave
  std::size_t exchange_queue = 4096;            // waiting exchanges a shard; beyond: refused
  Duration exchange_wait = milliseconds(1500);  // longest wait of one; beyond: refused
  BlockOptions block;
};

/// Who may connect at all; checked before anything else is done for an address.
struct AccessOptions {
  std::vector<std::string> allow = {"0.0.0.0/0", "::/0"};  // as configured: CIDR blocks and "file:…"
  std::vector<std::string> deny;                           // the same; wins over allow
  Access lists;                                            // what these came to
};

/// How the process ends at SIGTERM.
struct DrainOptions {
  Duration announce = seconds(15);  // not ready, and everything is still accepted: balancers look every few
                                    // seconds
  Duration deadline = minutes(10);  // from the signal: who is still there then is told to go. A round of most
                                    // games is over by then
};

/// What the log says of sessions.
struct RecordOptions {
  /// Records of sessions' ends that a shard writes a second, and as many at once; further ones are counted
  /// only. Enough for every player of a shard to leave within minutes, and 3 GB a day under a flood.
  std::uint32_t sessions_per_second = 100;
  bool clients = false;  // with addresses of clients, not only at level debug: an address book of the players
};

/// Where the messages of one session are written to when the operator asks for it by a signal.
struct CaptureOptions {
  std::string directory;                        // of ours alone; empty: captures are off
  std::size_t size_max = std::size_t{8} << 20;  // bytes of a file: some minutes of a busy session
  Duration duration = minutes(10);              // from the session's begin: nobody forgets a capture
  std::string listener{};                       // only sessions of this one; empty: any
  std::optional<Address> client{};              // only of this address (port ignored)
};

/// What is fixed for the process's life: a reload that asks for other listeners or threads is refused. (What
/// TLS and public addresses of listeners came to is a matter of Runtime.)
struct FixedOptions {
  std::vector<ListenerOptions> listeners;
  session::DoorOptions door;
  std::size_t threads = 1;                            // shards
  std::size_t receive_buffer = std::size_t{4} << 20;  // bytes asked of the kernel per listener socket
  Duration resolve_interval = seconds(30);            // between two looks at what servers' names mean
};

/// Everything the data path is built from. Of `pools` the names, their order and schemes are fixed too.
struct Options : FixedOptions {
  std::vector<PoolOptions> pools;
  std::array<policy::Addresses, schemes> addresses;  // by Scheme of the listener a client asks through
  policy::UnknownAddresses unknown_addresses = policy::UnknownAddresses::pass;
  session::Options session;
  LimitOptions limits;
  AccessOptions access;
  DrainOptions drain;
  RecordOptions records;
  CaptureOptions capture;
};

}  // namespace gateway::net
