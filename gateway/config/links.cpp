#include "config/links.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "config/suggest.h"
#include "config/trusted.h"
#include "config/url.h"

namespace gateway::config {
namespace {

constexpr std::string_view tls_example =
    "tls: { certificate: \"file:/etc/photon-gateway/tls.crt\", key: "
    "\"file:/etc/photon-gateway/tls.key\" }";
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

/// What the URL says is spoken there. Throws Error for http.
net::Scheme transport_of(const Located& url, const Url& parsed) {
  for (const net::Scheme scheme : {net::Scheme::udp, net::Scheme::tcp, net::Scheme::ws, net::Scheme::wss}) {
    if (parsed.scheme == name(scheme)) return scheme;
  }
  url.fail(parsed.scheme + ":// is only for the admin port; write a URL such as udp://127.0.0.1:5055");
}

net::Scheme server_transport(const Located& url) {
  const net::Scheme scheme = transport_of(url, parse_url(url, "udp"));
  if (scheme == net::Scheme::wss) {
    url.fail(
        "no server is reached over wss://: the link to servers carries no TLS; listeners of ws:// and "
        "wss:// need servers of ws://");
  }
  return scheme;
}

/// What all servers of the upstream speak.
net::Scheme common_transport(const UpstreamText& upstream) {
  const Located& first = upstream.servers.front().address;
  const net::Scheme scheme = server_transport(first);
  for (const ServerText& server : upstream.servers) {
    if (server_transport(server.address) == scheme) continue;
    server.address.fail("the servers of an upstream speak the same, but " + server.address.text +
                        " stands beside " + first.text + " at " + first.where +
                        "; give it an upstream of its own");
  }
  return scheme;
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
/// way. Only TLS ends here.
void check_same_transport(const ListenerText& listener, net::Scheme scheme, const UpstreamText& upstream,
                          net::Scheme server_scheme) {
  const net::Scheme needed = scheme == net::Scheme::wss ? net::Scheme::ws : scheme;
  if (server_scheme == needed) return;
  const Located& server = upstream.servers.front().address;
  listener.listen.fail("a listener of " + std::string(name(scheme)) + ":// needs servers of " +
                       std::string(name(needed)) + "://, but upstream \"" + upstream.name.text + "\" has " +
                       server.text + " at " + server.where);
}

std::string path_of(const Located& file, std::string_view key) {
  constexpr std::string_view prefix = "file:";
  // The text isn't repeated: it may be the secret itself.
  if (!file.text.starts_with(prefix) || file.text.size() == prefix.size()) {
    file.fail("\"" + std::string(key) + "\" must be file: and the path of a PEM file, as in " +
              std::string(key) + ": \"file:/etc/photon-gateway/tls." + (key == "key" ? "key" : "crt") +
              "\"; the text itself doesn't belong into the configuration");
  }
  return file.text.substr(prefix.size());
}

std::optional<net::TlsOptions> make_tls(const ListenerText& listener, net::Scheme scheme) {
  if (scheme != net::Scheme::wss) {
    if (!listener.tls) return std::nullopt;
    Located{.text = {}, .where = listener.tls->where}.fail(
        "tls is for listeners of wss:// only; leave it out, or listen on wss:// instead of " +
        std::string(name(scheme)) + "://");
  }
  if (!listener.tls) {
    listener.listen.fail("a listener of wss:// needs a certificate; add " + std::string(tls_example));
  }
  return net::TlsOptions{.certificate = path_of(listener.tls->certificate, "certificate"),
                         .key = path_of(listener.tls->key, "key")};
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

/// True if what is sent to `address` would come back to the listener.
bool arrives_at(const Address& address, net::Scheme scheme, const net::ListenerOptions& listener) {
  if (is_stream(scheme) != is_stream(listener.scheme)) return false;
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

net::ServerOptions make_server(const ServerText& server, net::Scheme scheme,
                               const std::vector<net::ListenerOptions>& listeners) {
  const std::vector<Address> addresses = resolve(server.address, parse_url(server.address, "udp"));
  check_not_link_local(server.address, addresses.front());
  check_trusted(server, addresses);
  for (const net::ListenerOptions& listener : listeners) {
    for (const Address& address : addresses) {
      if (!arrives_at(address, scheme, listener)) continue;
      server.address.fail("the server " + server.address.text + " is the gateway itself: listener \"" +
                          listener.name + "\" listens on " + listener.text);
    }
  }
  net::ServerOptions made{
      .address = addresses.front(), .text = server.address.text, .trusted = server.trusted};
  for (const Located& name : server.advertised) made.advertised.push_back(name.text);
  return made;
}

void add_servers(const UpstreamText& upstream, const std::vector<net::ListenerOptions>& listeners,
                 net::PoolOptions& pool) {
  for (const ServerText& server : upstream.servers) {
    net::ServerOptions made = make_server(server, pool.scheme, listeners);
    for (const net::ServerOptions& other : pool.servers) {
      if (made.address == other.address) {
        server.address.fail("the server " + made.text + " is already in upstream \"" + pool.name + "\"");
      }
    }
    pool.servers.push_back(std::move(made));
  }
}

net::ListenerOptions make_listener(const ListenerText& listener, const std::vector<UpstreamText>& upstreams,
                                   const std::vector<net::PoolOptions>& pools) {
  check_name(listener.name);
  const std::size_t pool = find_pool(listener.upstream, upstreams);
  const Url url = parse_url(listener.listen, "udp");
  const net::Scheme scheme = transport_of(listener.listen, url);
  check_same_transport(listener, scheme, upstreams[pool], pools[pool].scheme);
  const Address address = resolve(listener.listen, url).front();
  check_not_link_local(listener.listen, address);
  return {.name = listener.name.text,
          .address = address,
          .text = listener.listen.text,
          .pool = pool,
          .scheme = scheme,
          .tls = make_tls(listener, scheme)};
}

/// The upstreams with all but their servers.
std::vector<net::PoolOptions> make_pools(const std::vector<UpstreamText>& upstreams) {
  std::vector<net::PoolOptions> pools;
  for (std::size_t i = 0; i < upstreams.size(); ++i) {
    check_name(upstreams[i].name);
    if (upstreams[i].servers.empty()) {
      upstreams[i].name.fail("upstream \"" + upstreams[i].name.text +
                             "\" has no servers; write servers: [\"udp://127.0.0.1:15055\"]");
    }
    for (std::size_t j = 0; j < i; ++j) check_unique_name(upstreams[i].name, upstreams[j].name);
    pools.push_back(
        {.name = upstreams[i].name.text, .servers = {}, .scheme = common_transport(upstreams[i])});
  }
  return pools;
}

void check_unique_address(const ListenerText& text, const net::ListenerOptions& listener,
                          const ListenerText& other_text, const net::ListenerOptions& other) {
  if (listener.address != other.address || is_stream(listener.scheme) != is_stream(other.scheme)) return;
  text.listen.fail("listener \"" + listener.name + "\" listens on " + listener.text + ", as listener \"" +
                   other.name + "\" at " + other_text.listen.where + " does");
}

}  // namespace

void connect_links(const std::vector<ListenerText>& listeners, const std::vector<UpstreamText>& upstreams,
                   net::Options& options) {
  options.pools = make_pools(upstreams);
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) check_unique_name(listeners[i].name, listeners[j].name);
    net::ListenerOptions made = make_listener(listeners[i], upstreams, options.pools);
    for (std::size_t j = 0; j < i; ++j) {
      check_unique_address(listeners[i], made, listeners[j], options.listeners[j]);
    }
    options.listeners.push_back(std::move(made));
  }
  for (std::size_t i = 0; i < upstreams.size(); ++i) {
    add_servers(upstreams[i], options.listeners, options.pools[i]);
  }
}

void check_admin_port(const std::vector<ListenerText>& texts, const net::Options& options,
                      const Address& admin) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const net::ListenerOptions& listener = options.listeners[i];
    const bool one_covers_all =
        is_ipv4(listener.address) == is_ipv4(admin) && (is_wildcard(listener.address) || is_wildcard(admin));
    const bool same = listener.address.ip == admin.ip || one_covers_all;
    if (!is_stream(listener.scheme) || listener.address.port != admin.port || !same) continue;
    texts[i].listen.fail("listener \"" + listener.name + "\" listens on " + listener.text +
                         ", which the admin port has; choose another port, or move the admin port with "
                         "admin: { listen: \"http://127.0.0.1:9465\" }");
  }
}

}  // namespace gateway::config
