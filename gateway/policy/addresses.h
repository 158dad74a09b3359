#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::policy {

/// A host and a port as text names them; nothing is resolved.
struct HostPort {
  std::string_view host;  // a name or address, IPv6 without its brackets
  std::uint16_t port = 0;
};

/// Takes "host:port" apart as clients do: the port follows the last colon. Empty when a host or a port of
/// 1 to 65535 is missing.
std::optional<HostPort> parse_host_port(std::string_view text);

/// Which public address stands for which server, for clients of one transport: what a server calls itself,
/// and where clients reach the listener in front of it. Source: message/README.md, "Addresses".
class Addresses {
 public:
  /// From now on `server` is known. False if it is already, with another public address. `public_address` is
  /// written as it is, without scheme and path. `scheme` ("ws", "wss" or none) is what clients reach it by:
  /// it takes the place of another one where the server wrote one.
  [[nodiscard]] bool add(const HostPort& server, std::string_view public_address,
                         std::string_view scheme = {});

  /// What to put in the place of `count` bytes from `position` on, so that a path and, if it is the right
  /// one, the scheme stay.
  struct Match {
    std::size_t position = 0;
    std::size_t count = 0;
    std::string_view public_address;  // lives as long as the table
  };

  /// Looks up an address in any form servers write: "host:port" (IPv6 in brackets), behind "ws://" or
  /// "wss://" and before "/path". Letters of a host match in either case. Empty when it is unknown or no
  /// address. Allocates nothing.
  std::optional<Match> find(std::string_view text) const;

  bool empty() const { return public_addresses_.empty(); }

 private:
  struct Server {
    std::string host;
    std::uint16_t port = 0;
  };
  struct Less {
    using is_transparent = void;
    bool operator()(const Server& a, const Server& b) const { return less(view(a), view(b)); }
    bool operator()(const Server& a, const HostPort& b) const { return less(view(a), b); }
    bool operator()(const HostPort& a, const Server& b) const { return less(a, view(b)); }

    static HostPort view(const Server& server) { return {server.host, server.port}; }
    static bool less(const HostPort& a, const HostPort& b);
  };

  struct Public {
    std::string scheme;
    std::string with_scheme;  // scheme, "://" and address; the address alone without a scheme
    std::string_view address() const;
    bool operator==(const Public&) const = default;
  };
  std::map<Server, Public, Less> public_addresses_;
};

}  // namespace gateway::policy
