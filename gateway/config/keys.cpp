#include "config/keys.h"

#include <algorithm>

namespace gateway::config {
namespace {

constexpr Effect live = Effect::live;
constexpr Effect new_sessions = Effect::new_sessions;
constexpr Effect restart = Effect::restart;

/// A map that holds keys; `words` may stand in its place.
constexpr Key map_of(std::string_view path, std::string_view meaning, std::string_view words = {},
                     Effect effect = restart) {
  return {.path = path,
          .kind = Kind::map,
          .required = false,
          .effect = effect,
          .words = words,
          .range = {},
          .preset = {},
          .meaning = meaning};
}

constexpr Key required(std::string_view path, Kind kind, std::string_view words, Effect effect,
                       std::string_view meaning, std::string_view preset = {}) {
  return {.path = path,
          .kind = kind,
          .required = true,
          .effect = effect,
          .words = words,
          .range = {},
          .preset = preset,
          .meaning = meaning};
}

constexpr Key optional(std::string_view path, Kind kind, std::string_view words, std::string_view range,
                       std::string_view preset, Effect effect, std::string_view meaning) {
  return {.path = path,
          .kind = kind,
          .required = false,
          .effect = effect,
          .words = words,
          .range = range,
          .preset = preset,
          .meaning = meaning};
}

constexpr Key table[] = {
    required("version", Kind::version, "", restart, "The format of this file."),

    required("listeners", Kind::maps, "", restart,
             "Where clients connect. A listener and its servers speak the same; ports of udp and of the "
             "others are apart."),
    required("listeners.*.name", Kind::name, "", restart, "Its word in log lines and metrics."),
    required("listeners.*.listen", Kind::url, "udp | tcp | ws | wss", restart,
             "The address clients connect to, and what is spoken there. Of a name's addresses one of IPv4."),
    required("listeners.*.upstream", Kind::name, "", restart,
             "The upstream that its clients are forwarded to."),
    map_of("listeners.*.tls", "Required for wss and for nothing else: TLS ends at the gateway."),
    required("listeners.*.tls.certificate", Kind::file, "", live,
             "A PEM file: the certificate with the chain that clients need."),
    required("listeners.*.tls.key", Kind::file, "", live,
             "A PEM file: the certificate's key, without a passphrase."),
    optional("listeners.*.public_address", Kind::host_port, "", "", "", live,
             "Where clients reach the listener: it replaces the address of its one server in what name "
             "servers and masters answer."),

    required("upstreams", Kind::named_maps, "", restart,
             "Servers by name. All servers of an upstream speak the same."),
    required("upstreams.*.servers", Kind::servers, "udp | tcp | ws", new_sessions,
             "Its servers: URLs, or maps with these keys. Host names are resolved every 30 s, "
             "and first to IPv4. A server that is removed keeps its sessions."),
    required("upstreams.*.servers.address", Kind::url, "udp | tcp | ws", new_sessions,
             "Where the server listens."),
    optional("upstreams.*.servers.trusted", Kind::boolean, "", "", "false", new_sessions,
             "Your word that the link to an address beyond private networks is protected: it carries in the "
             "clear what clients encrypt."),
    optional("upstreams.*.servers.state", Kind::choice, "active | draining | disabled", "", "active",
             new_sessions,
             "draining: keeps its sessions and gets no new ones; disabled: gets none and is never probed."),
    optional("upstreams.*.servers.advertised", Kind::host_ports, "", "", "[]", live,
             "What the server calls itself besides its address."),
    map_of("upstreams.*.health_check",
           "How it is found out that a server is down, which puts it behind the others. off: no probes.",
           "off", new_sessions),
    optional("upstreams.*.health_check.interval", Kind::duration, "", "100ms to 1h", "10s", new_sessions,
             "A server is probed this long after the last connect or probe that succeeded."),
    optional("upstreams.*.health_check.timeout", Kind::duration, "", "50ms to 1m", "2s", new_sessions,
             "For the answer to a probe; at most interval."),
    optional("upstreams.*.health_check.rise", Kind::number, "", "1 to 1000", "1", new_sessions,
             "Successes in a row that bring a server up."),
    optional("upstreams.*.health_check.fall", Kind::number, "", "1 to 1000", "3", new_sessions,
             "Failures in a row that take it down."),

    map_of("encryption", "What is sealed, and what must arrive so."),
    optional("encryption.responses", Kind::choice, "sticky | match | all", "", "sticky", live,
             "Which responses are sealed. sticky: all but those whose operation was asked for in the clear "
             "and never encrypted; match: as many as were asked for encrypted, safe only if the server "
             "answers at most once; all: every response, event and message."),
    optional("encryption.events", Kind::choice, "as_raised | listed | all", "", "as_raised", live,
             "Which events are sealed. as_raised: codes that any client of the upstream raised encrypted, "
             "and the listed ones; listed: those of listed_events and of rules; all: every event."),
    optional("encryption.listed_events", Kind::numbers, "", "0 to 255", "[]", live,
             "Codes of events that are sealed toward every client with a key."),
    optional("encryption.unknown_key", Kind::choice, "pass | end", "", "pass", live,
             "What happens to messages encrypted under a key that came with a token, so that the gateway has "
             "none. end: the session ends."),
    optional("encryption.rules", Kind::maps, "", "", "[]", live,
             "What must be confidential: sealed with the session's key, or over TLS. For each message the "
             "first rule that matches it decides. A rule is about operations or about events."),
    optional("encryption.rules.operations", Kind::operations, "", "", "", live,
             "The operations that the rule is about."),
    optional("encryption.rules.without_parameter", Kind::number, "", "0 to 255", "", live,
             "Only requests that lack this parameter, or have it null or empty, or can't be read. Only for "
             "operations."),
    required("encryption.rules.require", Kind::choice, "encrypted", live,
             "How these operations must arrive."),
    optional("encryption.rules.events", Kind::events, "", "", "", live, "The events that the rule is about."),
    required("encryption.rules.to_client", Kind::choice, "encrypted", live, "How these events leave."),
    optional("encryption.rules.otherwise", Kind::choice, "reject | disconnect | log | clear | drop", "",
             "reject, clear", live,
             "What else happens. An operation: reject answers it by an error, disconnect ends the session, "
             "log forwards it. An event toward a client without a key: clear sends it, drop doesn't."),
    map_of("encryption.key_exchange", "How many key exchanges are computed."),
    optional("encryption.key_exchange.rate", Kind::rate, "", "1/s to 1000000/s", "2000/s", live,
             "All together; beyond it they wait."),
    optional("encryption.key_exchange.per_address", Kind::rate, "", "1/s to 1000000/s", "200/s", live,
             "Beyond it those of an address (IPv6: a /64) wait for everybody else's, and use at most half of "
             "rate."),
    optional("encryption.key_exchange.per_session", Kind::number, "", "1 to 1000", "4", live,
             "A further one ends the session."),

    optional("encryption.key_exchange.queue", Kind::number, "", "1 to 1000000", "4096", live,
             "So many wait a shard; when it is full, further ones are refused, those of an address over "
             "per_address first."),
    optional("encryption.key_exchange.wait", Kind::duration, "", "10ms to 1m", "1500ms", live,
             "One that waited longer is refused; clients give up by themselves after some seconds."),

    map_of("rewriting", "Addresses in what name servers and masters answer."),
    optional(
        "rewriting.unknown_addresses", Kind::choice, "pass | reject", "", "pass", live,
        "What happens to a response that names a server which no listener with a public_address fronts."),

    map_of("access",
           "Who may connect, looked at before anything else. A file has an address or block a line and # "
           "comments."),
    optional("access.allow", Kind::blocks, "", "", "[0.0.0.0/0, ::/0]", live,
             "Who may. Sessions of others end at a reload."),
    optional("access.deny", Kind::blocks, "", "", "[]", live,
             "Who may not; it wins over allow. Sessions of theirs end at a reload."),

    map_of("limits", "What clients may take. A lower limit ends no session at a reload."),
    optional("limits.sessions", Kind::number, "auto", "1 to 10000000", "auto", live,
             "Live at once; beyond it clients are told \"server full\". auto: 20000, or as many as the limit "
             "of open files lets the system carry."),
    optional("limits.sessions_per_address", Kind::number, "", "1 to 10000000", "1000", live,
             "Sessions of an address (IPv6: a /64); applies while over half of sessions is used."),
    optional("limits.memory", Kind::size, "off", "16MiB to 1024GiB", "1GiB", restart,
             "What all sessions together may hold, as accounted. At 90 % new ones are refused, at 95 % those "
             "end that hold the most."),
    optional("limits.message_size", Kind::size, "", "1KiB to 2MiB", "500KiB", new_sessions,
             "Of a message in the clear; a larger one ends its session."),
    map_of("limits.per_session", "What one session may take."),
    optional("limits.per_session.messages", Kind::rate, "off", "1/s to 1000000/s", "5000/s", new_sessions,
             "Messages of a client, and as many at once after a pause. Beyond it a client on tcp, ws or wss "
             "is read more slowly, and on udp its session ends. Old clients send 300 at once."),
    optional(
        "limits.per_session.buffered", Kind::size, "", "64KiB to 256MiB", "1MiB", new_sessions,
        "Queued toward one side; beyond it the session ends. At least twice message_size and 1KiB more."),
    optional(
        "limits.per_session.commands", Kind::rate, "off", "1000/s to 10000000/s", "20000/s", new_sessions,
        "Commands of a client on udp (messages, fragments, acknowledgements, pings), and as many at once; "
        "what comes beyond is dropped, and its client sends it again. At least messages; where messages is "
        "over 5000/s or off and this isn't written, four times that or off."),
    optional("limits.per_session.unreliable_buffered", Kind::size, "", "2KiB to 16MiB", "16KiB", new_sessions,
             "Of unreliable messages on udp that wait toward one side; the oldest give way."),
    optional("limits.per_session.reorder_distance", Kind::number, "", "128 to 65536", "4096", new_sessions,
             "On udp a reliable command so far ahead of the next expected one isn't kept; it is sent again."),
    optional("limits.per_session.assemblies", Kind::number, "", "1 to 1000", "16", new_sessions,
             "Messages in fragments put together at once on udp, of those without an order of their own; "
             "fragments of further ones aren't kept, and are sent again."),
    map_of("limits.block",
           "An address (IPv6: a /64) that keeps violating the protocol gets no new session for a while. off: "
           "nobody is blocked, and blocks are lifted; another change leaves them.",
           "off", live),
    optional("limits.block.violations", Kind::number, "", "1 to 1000000", "100", live,
             "So many ends of sessions by what no client of the protocol sends."),
    optional("limits.block.within", Kind::duration, "", "1s to 1h", "1m", live, "Of the first of them."),
    optional("limits.block.for", Kind::duration, "", "1s to 24h", "1m", live, "How long."),
    optional(
        "limits.half_open", Kind::number, "", "1024 to 16777216", "65536", restart,
        "What so many Connects on udp announced is remembered, a listener and shard, 32 bytes each; of older "
        "ones the smallest is assumed."),
    optional(
        "limits.region_pings", Kind::rate, "", "1/s to 10000000/s", "10000/s", restart,
        "Echoed on udp, a listener and shard. An address (IPv6: a /64) gets a sixteenth while over half is "
        "used."),
    optional("limits.exempt", Kind::addresses, "", "", "[127.0.0.1, ::1]", live,
             "Without a limit of their own, and never blocked."),

    map_of("timeouts", "How long is waited."),
    optional("timeouts.silence", Kind::duration, "", "2s to 1h", "30s", new_sessions,
             "Nothing heard from a client or a server; then the session ends."),
    optional("timeouts.connect", Kind::duration, "", "100ms to 5m", "5s", new_sessions,
             "Until a server answers: half for the first, half for another of the upstream."),
    optional("timeouts.init", Kind::duration, "", "500ms to 10m", "30s", new_sessions,
             "From a client's first datagram or connection to the server's InitResponse; on ws and wss to "
             "the upgrade."),

    map_of("drain", "How the process ends at SIGTERM."),
    optional("drain.announce", Kind::duration, "", "0ms to 1h", "15s", live,
             "/readyz says 503 and everything is still accepted; then only players whose address had a "
             "session within 30 s get in."),
    optional("drain.deadline", Kind::duration, "", "0ms to 24h", "10m", live,
             "From the signal: who is left then is told to go. At least announce. systemd is told of it; a "
             "container's grace period must be longer."),

    map_of("admin",
           "A status page (/), /metrics, /livez, /readyz and /upstreams over HTTP, without access control. "
           "off: no such port.",
           "off"),
    required("admin.listen", Kind::url, "http", restart,
             "On loopback or a private address; of any other the log warns.", "http://127.0.0.1:9464"),

    map_of("log", "What is logged, to stdout."),
    optional("log.level", Kind::choice, "trace | debug | info | warn | error", "", "info", live,
             "Lines of this level and above."),
    optional("log.format", Kind::choice, "text | json", "", "text", restart,
             "One line a message either way. json: what happened is `event`, fields keep their types."),
    optional("log.clients", Kind::choice, "hidden | shown", "", "hidden", live,
             "Addresses of clients in records of sessions. Level debug shows them too."),
    optional(
        "log.sessions", Kind::rate, "", "1/s to 1000000/s", "1000/s", live,
        "Records of sessions' ends that a shard writes, and as many at once after a pause; how many were "
        "left out is told once a second."),

    map_of("capture",
           "SIGUSR1 writes the messages of the next session within ten minutes to a file, decrypted, without "
           "secrets; a second one ends it."),
    optional("capture.directory", Kind::path, "off", "", "off", live,
             "Where the files go: an absolute path, of the gateway's user alone (0700). off: the signal does "
             "nothing."),
    optional("capture.size", Kind::size, "", "64KiB to 1GiB", "8MiB", live,
             "Of a file; then the capture ends."),
    optional("capture.duration", Kind::duration, "", "1s to 24h", "10m", live,
             "From the session's begin; then the capture ends."),
    optional("capture.listener", Kind::name, "", "", "", live, "Only sessions of this listener."),
    optional("capture.client", Kind::address, "", "", "", live, "Only sessions of this address."),

    optional("threads", Kind::number, "auto", "1 to 256", "auto", restart, "Shards; auto: one a core."),
};

/// True when `path` is `pattern` with names for its stars; a name may hold dots.
bool matches(std::string_view path, std::string_view pattern) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return path == pattern;
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  return path.size() > before.size() + after.size() && path.starts_with(before) && path.ends_with(after);
}

}  // namespace

std::span<const Key> keys() {
  return table;
}

const Key* find_key(std::string_view path) {
  const auto* const found =
      std::ranges::find_if(table, [path](const Key& key) { return matches(path, key.path); });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace gateway::config
