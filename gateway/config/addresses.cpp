#include "config/addresses.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/address.h"
#include "config/url.h"

namespace gateway::config {
namespace {

using net::Scheme;

constexpr std::array<Scheme, net::schemes> all_schemes = {Scheme::udp, Scheme::tcp, Scheme::ws, Scheme::wss};

/// A host of a URL's characters, IPv6 in brackets, and a port.
policy::HostPort host_port(const Located& text, std::string_view key) {
  const std::string example =
      "; write host:port, such as " + std::string(key) + ": \"game.example.com:5056\"";
  if (text.text.find("://") != std::string::npos)
    text.fail("\"" + text.text + "\" has a scheme, which is that of the listener" + example);
  parse_url({.text = "udp://" + text.text, .where = text.where}, "udp");
  return *policy::parse_host_port(text.text);
}

/// The scheme that addresses of WebSocket are written with.
std::string_view written_scheme(Scheme scheme) {
  return scheme == Scheme::ws || scheme == Scheme::wss ? name(scheme) : std::string_view();
}

/// One name of the server behind a listener.
struct Name {
  Located where;
  std::string host;
  std::uint16_t port = 0;
};

/// All that a server may call itself: what it is configured as and resolves to, what is advertised, and the
/// public address, if the operator told it already.
std::vector<Name> names_of(const ListenerText& listener, const ServerText& server,
                           const net::ServerOptions& resolved) {
  const Url url = parse_url(server.address, "udp");
  std::vector<Name> names = {{server.address, url.host, url.port},
                             {server.address, ip_text(resolved.address), resolved.address.port}};
  for (const Located& advertised : server.advertised) {
    const policy::HostPort name = host_port(advertised, "advertised");
    names.push_back({advertised, std::string(name.host), name.port});
  }
  const policy::HostPort itself = host_port(*listener.public_address, "public_address");
  names.push_back({*listener.public_address, std::string(itself.host), itself.port});
  return names;
}

void check_one_server(const ListenerText& listener, const net::PoolOptions& pool) {
  if (pool.servers.size() == 1) return;
  listener.public_address->fail(
      "upstream \"" + pool.name + "\" has " + std::to_string(pool.servers.size()) +
      " servers, but clients that are sent to a public address must reach one certain server; give each "
      "server an upstream and a listener of its own");
}

/// Two listeners of one server may share a public address, such as those of IPv4 and IPv6.
void check_own_address(const std::vector<ListenerText>& texts, std::size_t own, std::size_t other,
                       const net::Options& options) {
  const net::ListenerOptions& listener = options.listeners[own];
  const net::ListenerOptions& before = options.listeners[other];
  const Located& address = *texts[own].public_address;
  if (!texts[other].public_address || is_stream(listener.scheme) != is_stream(before.scheme)) return;
  if (texts[other].public_address->text != address.text) return;
  if (options.pools[listener.pool].servers.front().address ==
      options.pools[before.pool].servers.front().address)
    return;
  address.fail("listener \"" + listener.name + "\" has the public address " + address.text +
               ", as listener \"" + before.name + "\" at " + texts[other].public_address->where +
               " has, but another server behind it: its clients would be sent to that one; write the address "
               "where clients reach listener \"" +
               listener.name + "\"");
}

void add_names(const ListenerText& text, const net::ListenerOptions& listener, const std::vector<Name>& names,
               policy::Addresses& table) {
  for (const Name& name : names) {
    if (table.add({name.host, name.port}, listener.public_address, written_scheme(listener.scheme))) continue;
    name.where.fail("\"" + name.host + ":" + std::to_string(name.port) + "\" stands for listener \"" +
                    text.name.text + "\" with the public address " + listener.public_address +
                    ", but it already stands for another one; a server has one public address a transport");
  }
}

/// A name server reached by one transport may hand out servers of another one: whatever the own transport's
/// listeners don't know is looked for among the others.
void add_foreign_names(const net::ListenerOptions& listener, const std::vector<Name>& names,
                       policy::Addresses& table) {
  for (const Name& name : names)
    static_cast<void>(
        table.add({name.host, name.port}, listener.public_address, written_scheme(listener.scheme)));
}

void check_advertised(const UpstreamText& upstream, bool is_public) {
  if (is_public) return;
  for (const ServerText& server : upstream.servers) {
    if (server.advertised.empty()) continue;
    server.advertised.front().fail(
        "\"advertised\" says what a server calls itself, so that clients are sent to a listener instead; but "
        "no "
        "listener in front of upstream \"" +
        upstream.name.text + "\" has a public_address");
  }
}

}  // namespace

void connect_addresses(const std::vector<ListenerText>& listeners, const std::vector<UpstreamText>& upstreams,
                       net::Options& options) {
  std::vector<std::vector<Name>> names(listeners.size());
  std::vector<bool> is_public(upstreams.size());
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    net::ListenerOptions& listener = options.listeners[i];
    if (!listeners[i].public_address) continue;
    check_one_server(listeners[i], options.pools[listener.pool]);
    for (std::size_t j = 0; j < i; ++j) check_own_address(listeners, i, j, options);
    listener.public_address = listeners[i].public_address->text;
    names[i] = names_of(listeners[i], upstreams[listener.pool].servers.front(),
                        options.pools[listener.pool].servers.front());
    is_public[listener.pool] = true;
    add_names(listeners[i], listener, names[i], options.addresses[index(listener.scheme)]);
  }
  for (const Scheme scheme : all_schemes) {
    for (std::size_t i = 0; i < listeners.size(); ++i)
      add_foreign_names(options.listeners[i], names[i], options.addresses[index(scheme)]);
  }
  for (std::size_t i = 0; i < upstreams.size(); ++i) check_advertised(upstreams[i], is_public[i]);
}

}  // namespace gateway::config
