#pragma once

namespace gateway::metrics {

enum class Kind { counter, gauge };

/// A metric as it is exported. Names are frozen once a dashboard or an alert uses them.
struct Metric {
  Kind kind;
  const char* name;  // base units, counters end in _total
  const char* help;
};

// The one list of metric names. Sides are downstream (clients) and upstream (servers); directions to_server
// and to_client. No label ever holds an address, a user, a session or a token.

// Sessions
inline constexpr Metric sessions = {
    Kind::gauge, "photon_gateway_sessions",
    "Live sessions; on ws and wss from the upgrade on. state=opening: begun, "
    "the server's InitResponse not relayed yet; state=open: after it, or where none is waited for."};
inline constexpr Metric sessions_limit = {Kind::gauge, "photon_gateway_sessions_limit",
                                          "limits.sessions: live sessions at which new ones are rejected."};
inline constexpr Metric sessions_opened = {Kind::counter, "photon_gateway_sessions_opened_total",
                                           "Sessions begun."};
inline constexpr Metric sessions_closed = {Kind::counter, "photon_gateway_sessions_closed_total",
                                           "Sessions ended, by the reason the log line at their end names."};
inline constexpr Metric sessions_rejected = {
    Kind::counter, "photon_gateway_sessions_rejected_total",
    "Clients turned away, by the limit that was met; on udp Connects answered by \"server full\". "
    "reason=draining: only addresses with a "
    "session in the last 30 s may come. reason=access: connections, on udp datagrams, of addresses that "
    "access doesn't admit; unanswered."};
inline constexpr Metric connects_answered = {
    Kind::counter, "photon_gateway_connects_answered_total",
    "Connect commands answered (udp only), every copy; result=refused: by \"server full\"."};
inline constexpr Metric proofs = {
    Kind::counter, "photon_gateway_address_proofs_total",
    "Clients that proved their address (udp only); result=forgotten: what they had announced in "
    "Connect was already overwritten, so defaults were assumed."};
inline constexpr Metric stream_handshakes = {
    Kind::counter, "photon_gateway_stream_handshakes_total",
    "Clients on their way to a session on listeners of ws and wss (TLS, WebSocket upgrade). result=timeout: "
    "not there within timeouts.init; tls: TLS failed; request: no valid upgrade request; upstream: no server "
    "accepted the upgrade (502); closed: the client left meanwhile."};
inline constexpr Metric region_pings = {
    Kind::counter, "photon_gateway_region_pings_total",
    "Region pings (udp only); result=dropped: beyond what is echoed a second."};

// Traffic
inline constexpr Metric datagrams = {Kind::counter, "photon_gateway_datagrams_total",
                                     "Datagrams of sessions on udp."};
inline constexpr Metric bytes = {Kind::counter, "photon_gateway_bytes_total",
                                 "Bytes of sessions, without headers of IP and TCP and without TLS. "
                                 "transport: the listener's, also on the servers' side."};
inline constexpr Metric messages = {Kind::counter, "photon_gateway_messages_total",
                                    "Messages relayed; encrypted: on the client's link."};
inline constexpr Metric message_bytes = {Kind::counter, "photon_gateway_message_bytes_total",
                                         "Bytes of messages relayed, counted in the clear."};
inline constexpr Metric opaque_messages = {
    Kind::counter, "photon_gateway_opaque_messages_total",
    "Messages encrypted under a key the gateway doesn't have, forwarded untouched."};
inline constexpr Metric unparsed_messages = {Kind::counter, "photon_gateway_unparsed_messages_total",
                                             "Messages forwarded that are none in the protocol's sense."};
inline constexpr Metric unopened_messages = {
    Kind::counter, "photon_gateway_unopened_messages_total",
    "Messages of the server, dropped: marked encrypted, so nobody could read them; or none of the protocol, "
    "toward a client with a key or where a rule drops events."};
inline constexpr Metric address_rewrites = {
    Kind::counter, "photon_gateway_address_rewrites_total",
    "Responses that name servers. result=rewritten: all of them are listeners now; unknown_target: at least "
    "one "
    "is fronted by no listener and passed, so players bypass the gateway; unparsed: could not be read and "
    "passed; "
    "refused: one of these two, and rewriting.unknown_addresses is reject."};
inline constexpr Metric dropped = {
    Kind::counter, "photon_gateway_dropped_total",
    "What was received or queued and not used; reason=no_session: datagrams that "
    "belong to no session and prove no address."};
inline constexpr Metric receive_drops = {
    Kind::counter, "photon_gateway_socket_receive_drops_total",
    "Datagrams the kernel dropped because the buffer of a listener (udp only) was full."};

// Input and output
inline constexpr Metric receive_calls = {Kind::counter, "photon_gateway_receive_calls_total",
                                         "Calls of recvmmsg."};
inline constexpr Metric receive_datagrams = {Kind::counter, "photon_gateway_receive_datagrams_total",
                                             "Datagrams that recvmmsg gave."};
inline constexpr Metric send_calls = {Kind::counter, "photon_gateway_send_calls_total", "Calls of sendmmsg."};
inline constexpr Metric send_datagrams = {Kind::counter, "photon_gateway_send_datagrams_total",
                                          "Datagrams that sendmmsg took."};
inline constexpr Metric receive_truncated = {Kind::counter, "photon_gateway_receive_truncated_total",
                                             "Datagrams dropped for being longer than any of Photon's."};
inline constexpr Metric send_errors = {Kind::counter, "photon_gateway_send_errors_total",
                                       "Datagrams the kernel refused to send."};
inline constexpr Metric send_dropped = {Kind::counter, "photon_gateway_send_dropped_total",
                                        "Datagrams not sent because a socket's send buffer was full."};

// Crypto
inline constexpr Metric handshakes = {
    Kind::counter, "photon_gateway_handshakes_total",
    "Key exchanges; result=over_limit: more than key_exchange.per_session; throttled: waited too long."};
inline constexpr Metric handshakes_in_progress = {Kind::gauge, "photon_gateway_handshakes_in_progress",
                                                  "Key exchanges waiting for their turn."};
inline constexpr Metric sessions_without_clock = {
    Kind::counter, "photon_gateway_sessions_without_clock_total",
    "Sessions begun although the server had not told its time: their clients see another one."};
inline constexpr Metric decrypt_failures = {Kind::counter, "photon_gateway_decrypt_failures_total",
                                            "Messages that could not be opened; each ends its session."};

// Policy
inline constexpr Metric policy = {
    Kind::counter, "photon_gateway_policy_total",
    "Messages that encryption.rules are about, by code. outcome=confidential: sealed or over TLS, as wanted; "
    "reject, disconnect, log: operations that arrived in the clear; clear, drop: events toward clients "
    "without a key."};

// Reliability
inline constexpr Metric commands_sent = {Kind::counter, "photon_gateway_commands_sent_total",
                                         "Protocol commands sent, without the repeated ones."};
inline constexpr Metric retransmissions = {Kind::counter, "photon_gateway_retransmissions_total",
                                           "Protocol commands sent again for want of an acknowledgement."};

// Upstreams
inline constexpr Metric upstream_up = {
    Kind::gauge, "photon_gateway_upstream_up",
    "1 while the server answers connects or probes; 0 once health_check.fall failed in a row. A server that "
    "is down is chosen last, but not refused."};
inline constexpr Metric upstream_state = {Kind::gauge, "photon_gateway_upstream_state",
                                          "Always 1; what the configuration wants of the server."};
inline constexpr Metric upstream_sessions = {Kind::gauge, "photon_gateway_upstream_sessions",
                                             "Sessions that use the server."};
inline constexpr Metric upstream_connects = {
    Kind::counter, "photon_gateway_upstream_connects_total",
    "Connects of sessions to the server; result=failed: refused or not answered in time."};
inline constexpr Metric upstream_probes = {
    Kind::counter, "photon_gateway_upstream_probes_total",
    "Probes of the server (health_check); result=failed: refused, or no way there."};
inline constexpr Metric upstream_resolve_failures = {
    Kind::counter, "photon_gateway_upstream_resolve_failures_total",
    "Attempts to resolve the server's host name again that gave no address which may be used."};
inline constexpr Metric upstream_address_changes = {
    Kind::counter, "photon_gateway_upstream_address_changes_total",
    "Times the server's host name came to mean another address."};
inline constexpr Metric upstream_clock_steps = {Kind::counter, "photon_gateway_upstream_clock_steps_total",
                                                "Jumps of a server's clock."};

// Configuration and the way out
inline constexpr Metric config_reloads = {
    Kind::counter, "photon_gateway_config_reloads_total",
    "Reloads of the configuration (SIGHUP); result=failed: nothing was changed, the log says why."};
inline constexpr Metric config_last_reload_successful = {
    Kind::gauge, "photon_gateway_config_last_reload_successful",
    "1 while the configuration in effect is the one last asked for; 0 after a reload that failed."};
inline constexpr Metric config_last_reload_success = {
    Kind::gauge, "photon_gateway_config_last_reload_success_timestamp_seconds",
    "When the configuration in effect was read, in seconds since 1970."};
inline constexpr Metric config_hash = {
    Kind::gauge, "photon_gateway_config_hash_info",
    "Always 1; hash: of the configuration in effect as --print-config shows it, without the files it names."};
inline constexpr Metric draining = {Kind::gauge, "photon_gateway_draining",
                                    "1 from SIGTERM on: the process waits for its sessions to end (drain)."};

// Process
inline constexpr Metric build_info = {Kind::gauge, "photon_gateway_build_info", "Always 1; what was built."};
inline constexpr Metric start_time = {Kind::gauge, "photon_gateway_start_time_seconds",
                                      "When the process started, in seconds since 1970."};
inline constexpr Metric process_cpu = {Kind::counter, "process_cpu_seconds_total",
                                       "Processor time used, user and system."};
inline constexpr Metric process_resident_memory = {Kind::gauge, "process_resident_memory_bytes",
                                                   "Memory that is in RAM."};
inline constexpr Metric process_open_fds = {Kind::gauge, "process_open_fds", "Open file descriptors."};
inline constexpr Metric process_max_fds = {Kind::gauge, "process_max_fds", "Most file descriptors allowed."};
inline constexpr Metric process_threads = {Kind::gauge, "process_threads", "Threads."};

}  // namespace gateway::metrics
