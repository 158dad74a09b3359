#include "net/tls.h"

#include <cerrno>
#include <ctime>
#include <fstream>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdexcept>
#include <string>
#include <system_error>

#include <spdlog/spdlog.h>

#include "base/log_line.h"

namespace gateway::net {

namespace {

namespace ssl = boost::asio::ssl;

// TLS 1.3 has only good ones.
constexpr const char* ciphers_of_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";

[[noreturn]] void fail(const ListenerOptions& listener, const std::string& sentence) {
  throw std::runtime_error("listener \"" + listener.name + "\": " + sentence);
}

void check_readable(const ListenerOptions& listener, const std::string& what, const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  char first = 0;
  if (file && file.get(first)) return;
  const std::string why = errno != 0 ? std::generic_category().message(errno) : "it is empty";
  fail(listener, "the " + what + " " + path + " can't be read: " + why);
}

void use_files(const ListenerOptions& listener, ssl::context& context) {
  const TlsOptions& files = *listener.tls;
  boost::system::error_code error;
  check_readable(listener, "certificate", files.certificate);
  check_readable(listener, "key", files.key);
  context.use_certificate_chain_file(files.certificate, error);
  if (error) {
    fail(listener, files.certificate + " is no certificate in PEM form (" + error.message() +
                       "); it must hold the certificate and the chain that clients need");
  }
  context.use_private_key_file(files.key, ssl::context::pem, error);
  const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
  if (error && reason == X509_R_KEY_VALUES_MISMATCH) {
    fail(listener, "the key " + files.key + " doesn't belong to the certificate " + files.certificate);
  }
  if (error) {
    fail(listener, files.key + " is no private key in PEM form without a password (" + error.message() + ")");
  }
  if (SSL_CTX_check_private_key(context.native_handle()) != 1) {
    ERR_clear_error();
    fail(listener, "the key " + files.key + " doesn't belong to the certificate " + files.certificate);
  }
}

// An expired certificate is served, as clients that don't look at it play on; most refuse it.
void warn_if_expired(const ListenerOptions& listener, const ssl::context& context) {
  const X509* certificate = SSL_CTX_get0_certificate(const_cast<ssl::context&>(context).native_handle());
  if (certificate == nullptr || X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0) return;
  spdlog::warn(LogLine("certificate expired")
                   .text("listener", listener.name)
                   .text("file", listener.tls->certificate)
                   .note("clients will refuse it")
                   .str());
}

}  // namespace

TlsContext load_tls(const ListenerOptions& listener) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const handle = context->native_handle();
  SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
  SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS);  // an idle session keeps none
  SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_cipher_list(handle, ciphers_of_tls_1_2);
  // Without this OpenSSL would ask for the password on the terminal.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
  use_files(listener, *context);
  warn_if_expired(listener, *context);
  return context;
}

std::uint64_t not_after(const TlsContext& context) {
  if (!context) return 0;
  const X509* certificate = SSL_CTX_get0_certificate(context->native_handle());
  std::tm time{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) return 0;
  const std::time_t seconds = timegm(&time);
  return seconds > 0 ? static_cast<std::uint64_t>(seconds) : 0;
}

std::vector<TlsContext> load_all_tls(const Options& options) {
  std::vector<TlsContext> contexts;
  for (const ListenerOptions& listener : options.listeners) {
    contexts.push_back(listener.tls ? load_tls(listener) : nullptr);
  }
  return contexts;
}

}  // namespace gateway::net
