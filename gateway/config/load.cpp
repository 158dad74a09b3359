#include "config/load.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <limits>
#include <sstream>
#include <system_error>
#include <thread>

#include "config/access.h"
#include "config/addresses.h"
#include "config/blocks.h"
#include "config/capture.h"
#include "config/drain.h"
#include "config/health.h"
#include "config/links.h"
#include "config/reader.h"
#include "config/rules.h"
#include "config/url.h"

namespace gateway::config {
namespace {

constexpr std::string_view listeners_example =
    "listeners: [{ name: master, listen: \"udp://0.0.0.0:5055\", upstream: master }]";
constexpr std::string_view upstreams_example =
    "upstreams: { master: { servers: [\"udp://127.0.0.1:15055\"] } }";
constexpr std::string_view servers_example = "servers: [\"udp://127.0.0.1:15055\"]";
constexpr std::string_view public_address_example = "public_address: \"game.example.com:5056\"";
constexpr std::string_view advertised_example = "advertised: [\"198.51.100.21:5056\"]";
constexpr std::string_view admin_example = "admin: { listen: \"http://127.0.0.1:9464\" }, or admin: off";
constexpr std::string_view admin_default = "http://127.0.0.1:9464";
constexpr std::uint64_t kibibyte = 1024;
constexpr std::uint64_t mebibyte = 1024 * kibibyte;
constexpr std::uint64_t tebibyte = 1024 * 1024 * mebibyte;
constexpr std::size_t sealing_adds = 16;  // bytes at most: one block of padding

void read_version(const Map& root) {
  const Value version = root.require("version", "version: 1");
  if (version.number(0, std::numeric_limits<std::uint32_t>::max()) != 1) {
    version.fail("this gateway reads version 1 of the configuration only; write version: 1");
  }
}

TlsText read_tls(const Value& value) {
  const Map map = value.map({"certificate", "key"});
  const std::string_view certificate = "certificate: \"file:/etc/photon-gateway/tls.crt\"";
  const std::string_view key = "key: \"file:/etc/photon-gateway/tls.key\"";
  return {.certificate = map.require("certificate", certificate).text(certificate),
          .key = map.require("key", key).text(key),
          .where = value.where()};
}

std::vector<ListenerText> read_listeners(const Value& value) {
  std::vector<ListenerText> listeners;
  for (const Value& element : value.list(listeners_example)) {
    const Map map = element.map({"name", "listen", "upstream", "tls", "public_address"});
    const std::optional<Value> tls = map.find("tls");
    const std::optional<Value> name = map.find("public_address");
    listeners.push_back({
        .name = map.require("name", "name: master").text("name: master"),
        .listen =
            map.require("listen", "listen: \"udp://0.0.0.0:5055\"").text("listen: \"udp://0.0.0.0:5055\""),
        .upstream = map.require("upstream", "upstream: master").text("upstream: master"),
        .tls = tls ? std::optional(read_tls(*tls)) : std::nullopt,
        .public_address = name ? std::optional(name->text(public_address_example)) : std::nullopt,
    });
  }
  if (listeners.empty()) value.fail("\"listeners\" is empty; write " + std::string(listeners_example));
  return listeners;
}

ServerText read_server(const Value& value) {
  if (!value.is_map()) return {.address = value.text(servers_example)};
  const Map map = value.map({"address", "trusted", "advertised", "state"});
  const std::string_view example = "address: \"udp://10.0.0.10:5055\"";
  const std::optional<Value> trusted = map.find("trusted");
  ServerText server{.address = map.require("address", example).text(example),
                    .trusted = trusted && trusted->boolean()};
  if (const auto advertised = map.find("advertised")) {
    for (const Value& name : advertised->list(advertised_example))
      server.advertised.push_back(name.text(advertised_example));
  }
  if (const auto state = map.find("state")) server.state = read_server_state(*state);
  return server;
}

std::vector<UpstreamText> read_upstreams(const Value& value) {
  std::vector<UpstreamText> upstreams;
  for (const auto& [name, pool] : value.entries()) {
    UpstreamText upstream{.name = name, .servers = {}};
    const Map map = pool.map({"servers", "health_check"});
    for (const Value& server : map.require("servers", servers_example).list(servers_example)) {
      upstream.servers.push_back(read_server(server));
    }
    if (const auto check = map.find("health_check")) upstream.health = read_health_check(*check);
    upstreams.push_back(std::move(upstream));
  }
  if (upstreams.empty()) value.fail("\"upstreams\" is empty; write " + std::string(upstreams_example));
  return upstreams;
}

void read_key_exchange(const Value& value, net::Options& options) {
  const Map map = value.map({"rate", "per_address", "per_session", "queue", "wait"});
  if (const auto rate = map.find("rate")) {
    options.limits.exchanges_per_second = static_cast<double>(rate->rate(1, 1'000'000));
  }
  if (const auto rate = map.find("per_address")) {
    options.limits.exchanges_per_address = static_cast<double>(rate->rate(1, 1'000'000));
  }
  if (const auto count = map.find("per_session")) {
    options.session.exchanges_max = static_cast<std::uint32_t>(count->number(1, 1000));
  }
  if (const auto queue = map.find("queue")) options.limits.exchange_queue = queue->number(1, 1'000'000);
  if (const auto wait = map.find("wait")) {
    options.limits.exchange_wait = wait->duration(milliseconds(10), minutes(1));
  }
}

void read_events(const Map& map, session::Options& session) {
  if (const auto events = map.find("events")) {
    session.events = events->choice<session::Events>({{"as_raised", session::Events::as_raised},
                                                      {"listed", session::Events::listed},
                                                      {"all", session::Events::all}});
  }
  const auto listed = map.find("listed_events");
  if (listed) {
    for (const Value& code : listed->list("listed_events: [200, 201]"))
      session.listed_events.set(code.number(0, 255));
  }
  const bool none = session.listed_events.none() && session.rules.events.empty();
  if (session.events == session::Events::listed && none) {
    map.find("events")->fail("\"events\" is listed, but no event is; add listed_events: [200, 201]");
  }
}

void read_encryption(const Value& value, net::Options& options) {
  const Map map = value.map({"responses", "events", "listed_events", "unknown_key", "rules", "key_exchange"});
  if (const auto responses = map.find("responses")) {
    options.session.responses = responses->choice<session::Responses>({{"sticky", session::Responses::sticky},
                                                                       {"match", session::Responses::match},
                                                                       {"all", session::Responses::all}});
  }
  if (const auto rules = map.find("rules")) options.session.rules = read_rules(*rules);
  read_events(map, options.session);
  if (const auto unknown = map.find("unknown_key")) {
    options.session.unknown_key = unknown->choice<session::UnknownKey>(
        {{"pass", session::UnknownKey::pass}, {"end", session::UnknownKey::end}});
  }
  if (const auto exchange = map.find("key_exchange")) read_key_exchange(*exchange, options);
}

void set_message_size(std::size_t bytes, session::Options& session) {
  session.message_max = bytes;
  session.downstream.message_max = bytes + sealing_adds;
  session.upstream.message_max = bytes + sealing_adds;
}

void read_buffered(const Map& map, session::Options& session) {
  const auto value = map.find("buffered");
  if (!value) return;
  const std::size_t bytes = value->size(64 * kibibyte, 256 * mebibyte);
  session.downstream.buffered = bytes;
  session.upstream.buffered = bytes;
}

void read_messages(const Map& map, session::Options& session) {
  const auto value = map.find("messages");
  if (!value) return;
  const bool off = value->is("off");
  session.messages_per_second = off ? 0 : static_cast<std::uint32_t>(value->rate(1, 1'000'000));
}

/// Messages are commands, so these follow where nobody says otherwise.
void read_commands(const Map& map, session::Options& session) {
  std::uint32_t& commands = session.downstream.commands_per_second;
  const std::uint32_t messages = session.messages_per_second;
  const auto value = map.find("commands");
  if (!value) {
    commands = messages == 0 ? 0 : std::max(commands, 4 * messages);
    return;
  }
  commands = value->is("off") ? 0 : static_cast<std::uint32_t>(value->rate(1000, 10'000'000));
  if (commands != 0 && commands < messages) {
    value->fail("\"commands\" must be at least \"messages\", since each message is one or more of them");
  }
}

/// What UDP keeps that can't be passed on yet, the same on both sides.
void read_queues(const Map& map, session::Options& session) {
  for (transport::Options* leg : {&session.downstream, &session.upstream}) {
    if (const auto bytes = map.find("unreliable_buffered")) {
      leg->unreliable_buffered = bytes->size(2 * kibibyte, 16 * mebibyte);
    }
    if (const auto distance = map.find("reorder_distance")) {
      leg->reorder_distance = static_cast<std::uint32_t>(distance->number(128, 65'536));
    }
    if (const auto count = map.find("assemblies")) {
      leg->assemblies_max = static_cast<std::uint32_t>(count->number(1, 1000));
    }
  }
}

void read_per_session(const Value& value, session::Options& session) {
  const Map map = value.map(
      {"messages", "buffered", "commands", "unreliable_buffered", "reorder_distance", "assemblies"});
  read_messages(map, session);
  read_buffered(map, session);
  read_commands(map, session);
  read_queues(map, session);
}

/// Half of `buffered` is where reading pauses, so one message of the largest size must fit into the other
/// half.
void check_sizes(const Value& limits, const session::Options& session) {
  if (session.downstream.buffered >= 2 * session.message_max + kibibyte) return;
  limits.fail(
      "\"buffered\" must be at least twice \"message_size\" and 1KiB more, or the largest message fits no "
      "queue");
}

void read_memory(const Value& value, net::LimitOptions& limits) {
  if (value.is("off")) {
    limits.memory.reset();
  } else {
    limits.memory = value.size(16 * mebibyte, tebibyte);
  }
}

void read_door(const Map& map, session::DoorOptions& door) {
  if (const auto count = map.find("half_open")) door.half_open = count->number(1024, 16'777'216);
  if (const auto rate = map.find("region_pings")) {
    door.region_pings = static_cast<std::uint32_t>(rate->rate(1, 10'000'000));
  }
}

void read_limits(const Value& value, net::Options& options) {
  const Map map = value.map({"sessions", "sessions_per_address", "memory", "message_size", "per_session",
                             "block", "half_open", "region_pings", "exempt"});
  if (const auto sessions = map.find("sessions"); sessions && !sessions->is("auto")) {
    options.limits.sessions = sessions->number(1, 10'000'000);
    options.limits.sessions_auto = false;
  }
  if (const auto sessions = map.find("sessions_per_address")) {
    options.limits.sessions_per_address = sessions->number(1, 10'000'000);
  }
  if (const auto memory = map.find("memory")) read_memory(*memory, options.limits);
  if (const auto size = map.find("message_size")) {
    set_message_size(size->size(kibibyte, 2 * mebibyte), options.session);
  }
  if (const auto session = map.find("per_session")) read_per_session(*session, options.session);
  check_sizes(value, options.session);
  if (const auto block = map.find("block")) options.limits.block = read_block(*block);
  read_door(map, options.door);
  if (const auto exempt = map.find("exempt")) {
    options.limits.exempt.clear();
    const std::string_view example = "exempt: [127.0.0.1, \"::1\"]";
    for (const Value& address : exempt->list(example))
      options.limits.exempt.push_back(parse_ip(address.text(example)));
  }
}

void read_rewriting(const Value& value, net::Options& options) {
  const Map map = value.map({"unknown_addresses"});
  const auto unknown = map.find("unknown_addresses");
  if (!unknown) return;
  options.unknown_addresses = unknown->choice<policy::UnknownAddresses>(
      {{"pass", policy::UnknownAddresses::pass}, {"reject", policy::UnknownAddresses::reject}});
  const bool known = std::ranges::any_of(options.addresses, [](const auto& names) { return !names.empty(); });
  if (options.unknown_addresses == policy::UnknownAddresses::reject && !known) {
    unknown->fail(
        "\"unknown_addresses\" is reject, but no address is known: give the listeners that clients are sent "
        "to "
        "a public_address");
  }
}

void read_timeouts(const Value& value, session::Options& session) {
  const Map map = value.map({"silence", "connect", "init"});
  if (const auto silence = map.find("silence")) {
    session.downstream.silence = silence->duration(seconds(2), hours(1));
    session.upstream.silence = session.downstream.silence;
  }
  if (const auto connect = map.find("connect")) {
    session.connect_timeout = connect->duration(milliseconds(100), minutes(5));
  }
  if (const auto init = map.find("init"))
    session.init_timeout = init->duration(milliseconds(500), minutes(10));
}

AdminOptions make_admin(const Located& listen) {
  const Url url = parse_url(listen, "http");
  if (url.scheme != "http")
    listen.fail("the admin port speaks http only; write " + std::string(admin_default));
  return {.address = resolve(listen, url).front(), .text = listen.text};
}

void read_admin(const Value& value, Config& config) {
  if (value.is("off")) {
    config.admin.reset();
    return;
  }
  if (!value.is_map()) value.fail("\"admin\" must be a map or off, as in " + std::string(admin_example));
  const Map map = value.map({"listen"});
  config.admin = make_admin(map.require("listen", admin_example).text(admin_example));
}

void read_log(const Value& value, LogOptions& log, net::RecordOptions& records) {
  const Map map = value.map({"level", "format", "clients", "sessions"});
  if (const auto level = map.find("level")) {
    log.level = level->choice<LogLevel>({{"trace", LogLevel::trace},
                                         {"debug", LogLevel::debug},
                                         {"info", LogLevel::info},
                                         {"warn", LogLevel::warn},
                                         {"error", LogLevel::error}});
  }
  if (const auto format = map.find("format")) {
    log.format = format->choice<LogFormat>({{"text", LogFormat::text}, {"json", LogFormat::json}});
  }
  if (const auto clients = map.find("clients")) {
    records.clients = clients->choice<bool>({{"hidden", false}, {"shown", true}});
  }
  if (const auto sessions = map.find("sessions")) {
    records.sessions_per_second = static_cast<std::uint32_t>(sessions->rate(1, 1'000'000));
  }
}

void set_threads(Config& config, std::size_t threads) {
  config.threads = threads;
  config.net.threads = threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
}

void read_threads(const Value& value, Config& config) {
  if (!value.is("auto")) set_threads(config, value.number(1, 256));
}

/// A configuration of defaults: all but who listens and where it forwards.
Config defaults() {
  Config config;
  set_threads(config, 0);
  config.admin = make_admin({.text = std::string(admin_default), .where = "the default of admin"});
  config.net.access = default_access();
  const std::string here = "the default of exempt";
  config.net.limits.exempt = {parse_ip({.text = "127.0.0.1", .where = here}),
                              parse_ip({.text = "::1", .where = here})};
  return config;
}

Config read_config(const Value& value) {
  Config config = defaults();
  const Map root = value.map({"version", "listeners", "upstreams", "encryption", "rewriting", "access",
                              "limits", "timeouts", "drain", "admin", "log", "capture", "threads"});
  read_version(root);
  const std::vector<ListenerText> listeners = read_listeners(root.require("listeners", listeners_example));
  const std::vector<UpstreamText> upstreams = read_upstreams(root.require("upstreams", upstreams_example));
  connect_links(listeners, upstreams, config.net);
  connect_addresses(listeners, upstreams, config.net);
  if (const auto encryption = root.find("encryption")) read_encryption(*encryption, config.net);
  if (const auto rewriting = root.find("rewriting")) read_rewriting(*rewriting, config.net);
  if (const auto access = root.find("access")) config.net.access = read_access(*access);
  if (const auto limits = root.find("limits")) read_limits(*limits, config.net);
  if (const auto timeouts = root.find("timeouts")) read_timeouts(*timeouts, config.net.session);
  if (const auto drain = root.find("drain")) config.net.drain = read_drain(*drain);
  if (const auto admin = root.find("admin")) read_admin(*admin, config);
  if (config.admin) check_admin_port(listeners, config.net, config.admin->address);
  if (const auto log = root.find("log")) read_log(*log, config.log, config.net.records);
  if (const auto capture = root.find("capture")) {
    config.net.capture = read_capture(*capture, config.net.listeners);
  }
  if (const auto threads = root.find("threads")) read_threads(*threads, config);
  return config;
}

}  // namespace

Config load_text(const std::string& text, const std::string& name) {
  return read_config(parse_yaml(text, name));
}

Config load_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // Reading a directory opens, and fails only here.
  if (!file || !(text << file.rdbuf())) {
    throw Error(path + ": the configuration file can't be read: " + std::generic_category().message(errno));
  }
  return load_text(text.str(), path);
}

Config from_command_line(const std::string& listen, const std::string& upstream) {
  Config config = defaults();
  const Located name{.text = "default", .where = "--listen"};
  const Located url{.text = listen, .where = "--listen"};
  if (parse_url(url, "udp").scheme == "wss") {
    url.fail(
        "wss:// needs a certificate, and only a configuration file can name one: write a file whose listener "
        "has tls: { certificate: \"file:/path/tls.crt\", key: \"file:/path/tls.key\" } and use --config");
  }
  const std::vector<ListenerText> listeners = {
      {.name = name, .listen = url, .upstream = name, .tls = std::nullopt}};
  connect_links(listeners,
                {{.name = name, .servers = {{.address = {.text = upstream, .where = "--upstream"}}}}},
                config.net);
  check_admin_port(listeners, config.net, config.admin->address);
  return config;
}

}  // namespace gateway::config
