#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/load.h"
#include "benchmark/proxy.h"

namespace gateway::test {

/// A way to the server over TCP, and what clients do on it.
struct StreamWay {
  std::string name;
  std::function<std::unique_ptr<Proxy>(const Way&)> start{};  // none: straight to the server
  Link link = Link::tcp;
  bool encrypted = false;  // Photon's key exchange, every operation sealed
};

/// All there are on this system, "direct" first; says on stdout what is missing.
std::vector<StreamWay> stream_ways();

/// The proxy of a way in front of a server, and how clients get there.
std::unique_ptr<Proxy> start(const StreamWay& way, std::uint16_t server, std::size_t sessions);
/// `proxy` is none for a way without one.
Target target_of(const StreamWay& way, const Proxy* proxy, std::uint16_t server);

}  // namespace gateway::test
