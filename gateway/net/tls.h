#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <boost/asio/ssl/context.hpp>

#include "net/options.h"

namespace gateway::net {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

/// What new clients of a wss listener are greeted with: TLS 1.2 and 1.3, ciphers with forward secrecy and
/// authentication only. Reads the listener's files; throws std::runtime_error with a sentence for the
/// operator when they can't be used.
TlsContext load_tls(const ListenerOptions& listener);

/// When the certificate of a context expires, in seconds since 1970; 0 without one.
std::uint64_t not_after(const TlsContext& context);

/// The contexts of all listeners; empty for those without TLS. Throws as load_tls().
std::vector<TlsContext> load_all_tls(const Options& options);

}  // namespace gateway::net
