#pragma once

#include <array>

namespace gateway::metrics {

enum class Kind { counter, gauge, histogram };

/// A metric as it is exported. Names are frozen once a dashboard or an alert uses them.
struct Metric {
  Kind kind;
  const char* name;    // base units, counters end in _total
  const char* labels;  // names, separated by ", "
  const char* help;
};

// The one list of metric names; README.md shows it as a table, and a test compares them. Sides are downstream
// (clients) and upstream (servers); directions to_server and to_client. No label ever holds an address, a
// user, a session or a token.

// Sessions
inline constexpr Metric sessions = {
    Kind::gauge, "photon_gateway_sessions", "listener, transport, state",
    "Live sessions; on ws and wss from the upgrade on. state=opening: begun, "
    "the server's InitResponse not relayed yet; state=open: after it, or where none is waited for."};
inline constexpr Metric sessions_limit = {Kind::gauge, "photon_gateway_sessions_limit", "",
                                          "limits.sessions: live sessions at which new ones are rejected."};
inline constexpr Metric sessions_opened = {Kind::counter, "photon_gateway_sessions_opened_total",
                                           "listener, transport", "Sessions begun."};
inline constexpr Metric sessions_closed = {Kind::counter, "photon_gateway_sessions_closed_total", "reason",
                                           "Sessions ended, by the reason the log line at their end names."};
inline constexpr Metric sessions_rejected = {
    Kind::counter, "photon_gateway_sessions_rejected_total", "listener, reason",
    "Clients turned away, by the limit that was met; on udp Connects answered by \"server full\". "
    "reason=draining: only addresses with a session in the last 30 s may come. "
    "reason=access: connections, on udp datagrams, of addresses that access doesn't admit; unanswered. "
    "reason=descriptors: connections closed at once, since the process had no descriptor left (streams). "
    "reason=blocked: the same of those that are blocked by limits.block; on udp datagrams of no live "
    "session. reason=backlog: on udp Connects that went unanswered, since they come faster than a shard can "
    "answer "
    "them."};
inline constexpr Metric memory_used = {Kind::gauge, "photon_gateway_memory_used_bytes", "",
                                       "Memory of sessions as the gateway accounts for it: buffers, "
                                       "bookkeeping and an estimate for each session "
                                       "and connection. Less than the process has."};
inline constexpr Metric memory_limit = {Kind::gauge, "photon_gateway_memory_limit_bytes", "",
                                        "limits.memory: at 90 % of it new sessions are rejected, at 95 % "
                                        "those end that hold the most. +Inf: off."};
inline constexpr Metric accept_failures = {
    Kind::counter, "photon_gateway_accept_failures_total", "listener",
    "Times a connection couldn't be accepted (tcp, ws and wss), mostly for want of a descriptor; a pause "
    "follows each."};
inline constexpr Metric blocked_sources = {
    Kind::gauge, "photon_gateway_blocked_sources", "",
    "Addresses (IPv6: /64) that get no new sessions at present, since their clients kept violating the "
    "protocol (limits.block)."};
inline constexpr Metric blocks = {Kind::counter, "photon_gateway_blocks_total", "",
                                  "Times that an address was blocked."};
inline constexpr Metric block_evictions = {
    Kind::counter, "photon_gateway_block_evictions_total", "",
    "Blocks that ended early because the table of 4096 addresses had no other place."};
inline constexpr Metric session_duration = {Kind::histogram, "photon_gateway_session_duration_seconds", "",
                                            "How long sessions lived that ended."};
inline constexpr Metric connects_answered = {
    Kind::counter, "photon_gateway_connects_answered_total", "result",
    "Connect commands answered (udp only), every copy; result=refused: by \"server full\"."};
inline constexpr Metric proofs = {
    Kind::counter, "photon_gateway_address_proofs_total", "result",
    "Clients that proved their address (udp only); result=forgotten: what they had announced in "
    "Connect was already overwritten, so defaults were assumed."};
inline constexpr Metric stream_handshakes = {
    Kind::counter, "photon_gateway_stream_handshakes_total", "listener, result",
    "Clients on their way to a session on listeners of ws and wss (TLS, WebSocket upgrade). result=timeout: "
    "not there within timeouts.init; tls: TLS failed; request: no valid upgrade request; upstream: no server "
    "accepted the upgrade (502); closed: the client left meanwhile."};
inline constexpr Metric region_pings = {Kind::counter, "photon_gateway_region_pings_total", "result",
                                        "Region pings (udp only); result=dropped: beyond "
                                        "limits.region_pings; over_share: beyond the sixteenth of "
                                        "it that one address (IPv6: a /64) has while over half is used."};

// Traffic
inline constexpr Metric datagrams = {Kind::counter, "photon_gateway_datagrams_total", "direction, side",
                                     "Datagrams of sessions on udp."};
inline constexpr Metric bytes = {Kind::counter, "photon_gateway_bytes_total", "direction, side, transport",
                                 "Bytes of sessions, without headers of IP and TCP and without TLS. "
                                 "transport: the listener's, also on the servers' side."};
inline constexpr Metric messages = {
    Kind::counter, "photon_gateway_messages_total", "direction, kind, encrypted",
    "Messages relayed; encrypted: on the client's link. kind=internal: pings and what else the protocol asks "
    "itself; other: Init, pings of tcp, the JSON mode, what is no message."};
inline constexpr Metric message_bytes = {Kind::counter, "photon_gateway_message_bytes_total", "direction",
                                         "Bytes of messages relayed, counted in the clear."};
inline constexpr Metric opaque_messages = {
    Kind::counter, "photon_gateway_opaque_messages_total", "",
    "Messages encrypted under a key the gateway doesn't have, forwarded untouched."};
inline constexpr Metric unparsed_messages = {Kind::counter, "photon_gateway_unparsed_messages_total", "",
                                             "Messages forwarded that are none in the protocol's sense."};
inline constexpr Metric paused_reads = {
    Kind::counter, "photon_gateway_paused_reads_total", "",
    "Times a client on tcp, ws or wss was not read for a while because it sent more than "
    "limits.per_session.messages."};
inline constexpr Metric unopened_messages = {
    Kind::counter, "photon_gateway_unopened_messages_total", "",
    "Messages of the server, dropped: marked encrypted, so nobody could read them; or none of the protocol, "
    "toward a client with a key or where a rule drops events."};
inline constexpr Metric address_rewrites = {
    Kind::counter, "photon_gateway_address_rewrites_total", "result",
    "Responses that name servers. result=rewritten: all of them are listeners now; unknown_target: at least "
    "one "
    "is fronted by no listener and passed, so players bypass the gateway; unparsed: could not be read and "
    "passed; "
    "refused: one of these two, and rewriting.unknown_addresses is reject."};
inline constexpr Metric dropped = {
    Kind::counter, "photon_gateway_dropped_total", "reason, side",
    "What was received or queued and not used; reason=no_session: datagrams that "
    "belong to no session and prove no address; command_rate: datagrams beyond "
    "limits.per_session.commands."};
inline constexpr Metric receive_drops = {
    Kind::counter, "photon_gateway_socket_receive_drops_total", "listener",
    "Datagrams the kernel dropped because the buffer of a listener (udp only) was full."};

// Input and output
inline constexpr Metric receive_calls = {Kind::counter, "photon_gateway_receive_calls_total", "",
                                         "Calls of recvmmsg."};
inline constexpr Metric receive_datagrams = {Kind::counter, "photon_gateway_receive_datagrams_total", "",
                                             "Datagrams that recvmmsg gave."};
inline constexpr Metric send_calls = {Kind::counter, "photon_gateway_send_calls_total", "",
                                      "Calls of sendmmsg."};
inline constexpr Metric send_datagrams = {Kind::counter, "photon_gateway_send_datagrams_total", "",
                                          "Datagrams that sendmmsg took."};
inline constexpr Metric receive_truncated = {Kind::counter, "photon_gateway_receive_truncated_total", "",
                                             "Datagrams dropped for being longer than any of Photon's."};
inline constexpr Metric send_errors = {Kind::counter, "photon_gateway_send_errors_total", "",
                                       "Datagrams the kernel refused to send."};
inline constexpr Metric send_dropped = {Kind::counter, "photon_gateway_send_dropped_total", "",
                                        "Datagrams not sent because a socket's send buffer was full."};

// Crypto
inline constexpr Metric handshakes = {
    Kind::counter, "photon_gateway_handshakes_total", "result",
    "Key exchanges; result=over_limit: more than key_exchange.per_session; throttled: waited too long."};
inline constexpr Metric handshakes_in_progress = {Kind::gauge, "photon_gateway_handshakes_in_progress", "",
                                                  "Key exchanges waiting for their turn."};
inline constexpr Metric handshake_duration = {
    Kind::histogram, "photon_gateway_handshake_duration_seconds", "",
    "From a client's request for a key exchange to the answer: the wait for its turn and the numbers; those "
    "that waited too long included."};
inline constexpr Metric sessions_without_clock = {
    Kind::counter, "photon_gateway_sessions_without_clock_total", "",
    "Sessions begun although the server had not told its time: their clients see another one."};
inline constexpr Metric decrypt_failures = {Kind::counter, "photon_gateway_decrypt_failures_total", "",
                                            "Messages that could not be opened; each ends its session."};

// Policy
inline constexpr Metric policy = {
    Kind::counter, "photon_gateway_policy_total", "kind, code, outcome",
    "Messages that encryption.rules are about, by code. outcome=confidential: sealed or over TLS, as wanted; "
    "reject, disconnect, log: operations that arrived in the clear; clear, drop: events toward clients "
    "without a key."};

// Reliability
inline constexpr Metric commands_sent = {
    Kind::counter, "photon_gateway_commands_sent_total", "side",
    "Protocol commands sent, acknowledgements and repeated ones included."};
inline constexpr Metric retransmissions = {Kind::counter, "photon_gateway_retransmissions_total", "side",
                                           "Protocol commands sent again for want of an acknowledgement."};
inline constexpr Metric rtt = {Kind::histogram, "photon_gateway_rtt_seconds", "side",
                               "Round trips of udp, as acknowledgements tell them; a client acknowledges "
                               "when its game loop gets to it."};

// Latency
inline constexpr Metric forward_duration = {
    Kind::histogram, "photon_gateway_forward_duration_seconds", "direction, encrypted",
    "Latency added to messages: from the beginning of the loop's turn that relayed one until it was handed "
    "to the kernel. Not in it: waiting in a socket's buffer, for a sending window or for a peer that reads "
    "slowly."};
inline constexpr Metric loop_lag = {
    Kind::histogram, "photon_gateway_event_loop_lag_seconds", "",
    "How much later than asked for a shard's timer fired; what arrives waits as long before it is read."};

// Upstreams
inline constexpr Metric upstream_up = {
    Kind::gauge, "photon_gateway_upstream_up", "upstream, server",
    "1 while the server answers connects or probes; 0 once health_check.fall failed in a row. A server that "
    "is down is chosen last, but not refused."};
inline constexpr Metric upstream_state = {Kind::gauge, "photon_gateway_upstream_state",
                                          "upstream, server, state",
                                          "Always 1; what the configuration wants of the server."};
inline constexpr Metric upstream_sessions = {Kind::gauge, "photon_gateway_upstream_sessions",
                                             "upstream, server", "Sessions that use the server."};
inline constexpr Metric upstream_connects = {
    Kind::counter, "photon_gateway_upstream_connects_total", "upstream, server, result",
    "Connects of sessions to the server; result=failed: refused or not answered in time."};
inline constexpr Metric upstream_probes = {
    Kind::counter, "photon_gateway_upstream_probes_total", "upstream, server, result",
    "Probes of the server (health_check); result=failed: refused, or no way there."};
inline constexpr Metric upstream_resolve_failures = {
    Kind::counter, "photon_gateway_upstream_resolve_failures_total", "upstream, server",
    "Attempts to resolve the server's host name again that gave no address which may be used."};
inline constexpr Metric upstream_address_changes = {
    Kind::counter, "photon_gateway_upstream_address_changes_total", "upstream, server",
    "Times the server's host name came to mean another address."};
inline constexpr Metric upstream_clock_steps = {Kind::counter, "photon_gateway_upstream_clock_steps_total",
                                                "upstream", "Jumps of a server's clock."};

// Configuration and the way out
inline constexpr Metric config_reloads = {
    Kind::counter, "photon_gateway_config_reloads_total", "result",
    "Reloads of the configuration (SIGHUP); result=failed: nothing was changed, the log says why; refused: "
    "while draining, so nothing was changed."};
inline constexpr Metric config_last_reload_successful = {
    Kind::gauge, "photon_gateway_config_last_reload_successful", "",
    "1 while the configuration in effect is the one last asked for; 0 after a reload that failed and while "
    "one has taken longer than a minute. One that was refused changes nothing here."};
inline constexpr Metric config_last_reload_success = {
    Kind::gauge, "photon_gateway_config_last_reload_success_timestamp_seconds", "",
    "When the configuration in effect was read, in seconds since 1970."};
inline constexpr Metric config_hash_info = {
    Kind::gauge, "photon_gateway_config_hash_info", "hash",
    "Always 1; a fingerprint of the configuration in effect as --print-config shows it, without the files it "
    "names, so that instances can be compared."};
inline constexpr Metric certificate_not_after = {
    Kind::gauge, "photon_gateway_tls_certificate_not_after_timestamp_seconds", "listener",
    "When the certificate of a listener of wss expires, in seconds since 1970."};
inline constexpr Metric ready = {Kind::gauge, "photon_gateway_ready", "", "1 while /readyz answers 200."};
inline constexpr Metric draining = {Kind::gauge, "photon_gateway_draining", "",
                                    "1 from SIGTERM on: the process waits for its sessions to end (drain)."};

// Process
inline constexpr Metric log_lines_dropped = {
    Kind::counter, "photon_gateway_log_lines_dropped_total", "",
    "Lines of the log that were lost: they couldn't be written, or too many waited for a reader."};
inline constexpr Metric records_left_out = {
    Kind::counter, "photon_gateway_log_records_left_out_total", "",
    "Records of sessions and blocks that weren't written, since more came than log.sessions allows."};
inline constexpr Metric build_info = {Kind::gauge, "photon_gateway_build_info", "version, commit, botan",
                                      "Always 1; what was built, and the version of Botan it runs with."};
inline constexpr Metric start_time = {Kind::gauge, "photon_gateway_start_time_seconds", "",
                                      "When the process started, in seconds since 1970."};
inline constexpr Metric process_cpu = {Kind::counter, "process_cpu_seconds_total", "",
                                       "Processor time used, user and system."};
inline constexpr Metric process_resident_memory = {Kind::gauge, "process_resident_memory_bytes", "",
                                                   "Memory that is in RAM."};
inline constexpr Metric process_open_fds = {Kind::gauge, "process_open_fds", "", "Open file descriptors."};
inline constexpr Metric process_max_fds = {Kind::gauge, "process_max_fds", "",
                                           "Most file descriptors allowed."};
inline constexpr Metric process_threads = {Kind::gauge, "process_threads", "", "Threads."};

// All of them.
inline constexpr std::array all = {&sessions,
                                   &sessions_limit,
                                   &sessions_opened,
                                   &sessions_closed,
                                   &sessions_rejected,
                                   &memory_used,
                                   &memory_limit,
                                   &accept_failures,
                                   &blocked_sources,
                                   &blocks,
                                   &block_evictions,
                                   &session_duration,
                                   &connects_answered,
                                   &proofs,
                                   &stream_handshakes,
                                   &region_pings,
                                   &datagrams,
                                   &bytes,
                                   &messages,
                                   &message_bytes,
                                   &opaque_messages,
                                   &unparsed_messages,
                                   &paused_reads,
                                   &unopened_messages,
                                   &address_rewrites,
                                   &dropped,
                                   &receive_drops,
                                   &receive_calls,
                                   &receive_datagrams,
                                   &send_calls,
                                   &send_datagrams,
                                   &receive_truncated,
                                   &send_errors,
                                   &send_dropped,
                                   &handshakes,
                                   &handshakes_in_progress,
                                   &handshake_duration,
                                   &sessions_without_clock,
                                   &decrypt_failures,
                                   &policy,
                                   &commands_sent,
                                   &retransmissions,
                                   &rtt,
                                   &forward_duration,
                                   &loop_lag,
                                   &upstream_up,
                                   &upstream_state,
                                   &upstream_sessions,
                                   &upstream_connects,
                                   &upstream_probes,
                                   &upstream_resolve_failures,
                                   &upstream_address_changes,
                                   &upstream_clock_steps,
                                   &config_reloads,
                                   &config_last_reload_successful,
                                   &config_last_reload_success,
                                   &config_hash_info,
                                   &certificate_not_after,
                                   &ready,
                                   &draining,
                                   &log_lines_dropped,
                                   &records_left_out,
                                   &build_info,
                                   &start_time,
                                   &process_cpu,
                                   &process_resident_memory,
                                   &process_open_fds,
                                   &process_max_fds,
                                   &process_threads};

}  // namespace gateway::metrics
