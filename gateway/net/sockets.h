#pragma once

#include <cstddef>
#include <optional>

#include "base/result.h"
#include "net/descriptor.h"
#include "net/options.h"
#include "session/session.h"

namespace gateway::net {

/// Throws std::runtime_error when any other program holds the listener's port at this address or one that
/// overlaps it, also when it would share it. Ports of UDP and TCP are apart. What a former process left of
/// its TCP connections doesn't count, provided its listening socket had SO_REUSEADDR. Call before this
/// process binds anything.
void check_port_is_free(const ListenerOptions& listener);

/// Throws std::runtime_error: a sentence about a listener that can't listen, with what to do about `error`
/// (errno).
[[noreturn]] void fail_to_listen(const ListenerOptions& listener, int error);

/// A UDP socket of a listener, one of a group (SO_REUSEPORT) over which the kernel spreads clients by
/// address. It says on which local address a datagram came if it is bound to a wildcard, and how many it
/// dropped. Throws std::runtime_error with a sentence for the operator.
Descriptor open_listener_socket(const ListenerOptions& listener, std::size_t receive_buffer);

/// A UDP socket connected to a server: the kernel picks the local port and delivers only that server's
/// datagrams.
Result<Descriptor, session::UpstreamError> open_upstream_socket(const Address& server);

/// What an errno of a connected socket says about the server; empty when it says nothing.
std::optional<session::UpstreamError> upstream_error_of(int error);

}  // namespace gateway::net
