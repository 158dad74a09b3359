#include "config/links.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "config/suggest.h"
#include "config/trusted.h"
#include "config/url.h"

namespace gateway::config {
namespace {

constexpr std::size_t name_max = 63;  // as a DNS label, so that it fits every label and file name

void check_name(const Located& name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  if (name.text.empty() || name.text.size() > name_max ||
      name.text.find_first_not_of(allowed) != std::string::npos) {
    name.fail("\"" + name.text + "\" is no name; a name is 1 to 63 of a-z, 0-9, - and _, such as game-1");
  }
}

void check_unique_name(const Located& name, const Located& other) {
  if (name.text == other.text) name.fail("the name \"" + name.text + "\" is already used at " + other.where);
}

void check_supported(const Located& url, const Url& parsed) {
  if (parsed.scheme == "http")
    url.fail("http:// is only for the admin port; write a URL such as udp://127.0.0.1:5055");
  if (parsed.scheme != "udp") url.fail(parsed.scheme + ":// is not supported yet; only udp:// is");
}

std::size_t find_pool(const Located& upstream, const std::vector<UpstreamText>& upstreams) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < upstreams.size(); ++i) {
    if (upstreams[i].name.text == upstream.text) return i;
    names.push_back(upstreams[i].name.text);
  }
  upstream.fail("there is no upstream \"" + upstream.text + "\"" + hint(upstream.text, names));
}

/// What a listener speaks its servers must speak too: both ends number and time their messages in the same
/// way.
void check_same_transport(const ListenerText& listener, const UpstreamText& upstream) {
  const std::string scheme = parse_url(listener.listen, "udp").scheme;
  const std::string server_scheme = scheme == "wss" ? "ws" : scheme;
  for (const ServerText& server : upstream.servers) {
    const Url url = parse_url(server.address, "udp");
    if (url.scheme == server_scheme) continue;
    listener.listen.fail("a listener of " + scheme + ":// needs servers of " + server_scheme +
                         "://, but upstream \"" + upstream.name.text + "\" has " + server.address.text +
                         " at " + server.address.where);
  }
}

void check_trusted(const ServerText& server, const std::vector<Address>& addresses) {
  for (const Address& address : addresses) {
    if (server.trusted || private_network(address)) continue;
    server.address.fail(
        "the link to " + server.address.text + " (" + ip_text(address) +
        ") leaves private networks and carries in the clear what clients sent encrypted; use a "
        "private address, or write { address: \"" +
        server.address.text + "\", trusted: true } in the configuration file if the link is protected");
  }
}

/// True if a datagram sent to `address` would come back to the listener.
bool arrives_at(const Address& address, const net::ListenerOptions& listener) {
  if (address.port != listener.address.port) return false;
  if (address.ip == listener.address.ip) return true;
  // A listener on all IPv6 addresses takes no IPv4.
  return is_wildcard(listener.address) && is_ipv4(address) == is_ipv4(listener.address) &&
         own_address(address);
}

void check_not_link_local(const Located& where, const Address& address) {
  if (!link_local_v6(address)) return;
  where.fail(
      ip_text(address) +
      " is a link-local address, which means nothing without an interface, and those aren't supported; use a "
      "global or an fd00::/8 address");
}

net::ServerOptions make_server(const ServerText& server, const std::vector<net::ListenerOptions>& listeners) {
  const Url url = parse_url(server.address, "udp");
  check_supported(server.address, url);
  const std::vector<Address> addresses = resolve(server.address, url);
  check_not_link_local(server.address, addresses.front());
  check_trusted(server, addresses);
  for (const net::ListenerOptions& listener : listeners) {
    for (const Address& address : addresses) {
      if (!arrives_at(address, listener)) continue;
      server.address.fail("the server " + server.address.text + " is the gateway itself: listener \"" +
                          listener.name + "\" listens on " + listener.text);
    }
  }
  return {.address = addresses.front(), .text = server.address.text, .trusted = server.trusted};
}

net::PoolOptions make_pool(const UpstreamText& upstream, const std::vector<net::ListenerOptions>& listeners) {
  net::PoolOptions pool{.name = upstream.name.text, .servers = {}};
  for (const ServerText& server : upstream.servers) {
    net::ServerOptions made = make_server(server, listeners);
    for (const net::ServerOptions& other : pool.servers) {
      if (made.address == other.address) {
        server.address.fail("the server " + made.text + " is already in upstream \"" + pool.name + "\"");
      }
    }
    pool.servers.push_back(std::move(made));
  }
  return pool;
}

net::ListenerOptions make_listener(const ListenerText& listener, const std::vector<UpstreamText>& upstreams) {
  check_name(listener.name);
  const std::size_t pool = find_pool(listener.upstream, upstreams);
  check_same_transport(listener, upstreams[pool]);
  const Url url = parse_url(listener.listen, "udp");
  check_supported(listener.listen, url);
  const Address address = resolve(listener.listen, url).front();
  check_not_link_local(listener.listen, address);
  return {.name = listener.name.text, .address = address, .text = listener.listen.text, .pool = pool};
}

void check_upstreams(const std::vector<UpstreamText>& upstreams) {
  for (std::size_t i = 0; i < upstreams.size(); ++i) {
    check_name(upstreams[i].name);
    if (upstreams[i].servers.empty()) {
      upstreams[i].name.fail("upstream \"" + upstreams[i].name.text +
                             "\" has no servers; write servers: [\"udp://127.0.0.1:15055\"]");
    }
    for (std::size_t j = 0; j < i; ++j) check_unique_name(upstreams[i].name, upstreams[j].name);
  }
}

}  // namespace

void connect_links(const std::vector<ListenerText>& listeners, const std::vector<UpstreamText>& upstreams,
                   net::Options& options) {
  check_upstreams(upstreams);
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) check_unique_name(listeners[i].name, listeners[j].name);
    net::ListenerOptions made = make_listener(listeners[i], upstreams);
    for (std::size_t j = 0; j < i; ++j) {
      if (made.address != options.listeners[j].address) continue;
      listeners[i].listen.fail("listener \"" + made.name + "\" listens on " + made.text + ", as listener \"" +
                               options.listeners[j].name + "\" at " + listeners[j].listen.where + " does");
    }
    options.listeners.push_back(std::move(made));
  }
  for (const UpstreamText& upstream : upstreams)
    options.pools.push_back(make_pool(upstream, options.listeners));
}

}  // namespace gateway::config
