#include "support/tls_channel.h"

#include <array>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdexcept>

#include "support/vectors.h"

namespace gateway::test {

struct TlsChannel::State {
  explicit State(const SSL_METHOD* method) : context(SSL_CTX_new(method), &SSL_CTX_free) {}

  void start(bool server) {
    ssl.reset(SSL_new(context.get()));
    from_peer = BIO_new(BIO_s_mem());
    to_peer = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), from_peer, to_peer);  // takes both
    if (server) {
      SSL_set_accept_state(ssl.get());
    } else {
      SSL_set_connect_state(ssl.get());
    }
  }

  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl{nullptr, &SSL_free};
  BIO* from_peer = nullptr;
  BIO* to_peer = nullptr;
};

namespace {

int version_number(int version) {
  switch (version) {
    case 10:
      return TLS1_VERSION;
    case 11:
      return TLS1_1_VERSION;
    case 12:
      return TLS1_2_VERSION;
    default:
      return 0;
  }
}

std::string last_error() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  return text.data();
}

}  // namespace

TlsChannel::TlsChannel(const ClientOptions& options) : state_(std::make_unique<State>(TLS_client_method())) {
  SSL_CTX* const context = state_->context.get();
  if (options.version_max != 0) {
    SSL_CTX_set_security_level(context, 0);  // the old versions' signatures are beyond the usual level
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, version_number(options.version_max));
  }
  if (!options.authority.empty()) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context, options.authority.c_str(), nullptr) != 1) {
      throw std::runtime_error("no certificates in " + options.authority + ": " + last_error());
    }
  }
  state_->start(false);
  if (options.server_name.empty()) return;
  std::string name = options.server_name;  // the macro for it has an old cast
  SSL_ctrl(state_->ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  if (!options.authority.empty()) SSL_set1_host(state_->ssl.get(), options.server_name.c_str());
}

TlsChannel::TlsChannel(const ServerOptions& options) : state_(std::make_unique<State>(TLS_server_method())) {
  SSL_CTX* const context = state_->context.get();
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, options.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("no certificate in " + options.certificate + ": " + last_error());
  }
  state_->start(true);
}

TlsChannel::~TlsChannel() = default;

bool TlsChannel::open() const {
  return SSL_is_init_finished(state_->ssl.get()) == 1;
}

std::vector<std::uint8_t> TlsChannel::receive(Bytes sealed) {
  if (!sealed.empty()) BIO_write(state_->from_peer, sealed.data(), static_cast<int>(sealed.size()));
  shake();
  std::vector<std::uint8_t> clear;
  std::array<std::uint8_t, 16384> buffer{};
  while (open() && !failed()) {
    ERR_clear_error();
    const int size = SSL_read(state_->ssl.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (size <= 0) {
      fail(size);
      break;
    }
    clear.insert(clear.end(), buffer.begin(), buffer.begin() + size);
  }
  return clear;
}

void TlsChannel::send(Bytes clear) {
  waiting_.insert(waiting_.end(), clear.begin(), clear.end());
  write_waiting();
}

std::vector<std::uint8_t> TlsChannel::take_output() {
  shake();
  std::vector<std::uint8_t> out(BIO_ctrl_pending(state_->to_peer));
  if (!out.empty()) BIO_read(state_->to_peer, out.data(), static_cast<int>(out.size()));
  return out;
}

void TlsChannel::shake() {
  if (open() || failed()) return;
  ERR_clear_error();
  fail(SSL_do_handshake(state_->ssl.get()));
  write_waiting();
}

void TlsChannel::write_waiting() {
  if (!open() || failed() || waiting_.empty()) return;
  ERR_clear_error();
  fail(SSL_write(state_->ssl.get(), waiting_.data(), static_cast<int>(waiting_.size())));
  waiting_.clear();
}

void TlsChannel::close() {
  if (open() && !failed()) SSL_shutdown(state_->ssl.get());
}

/// Takes the result of a call: a real failure is kept, "more bytes first" is none.
void TlsChannel::fail(int result) {
  if (result > 0) return;
  switch (SSL_get_error(state_->ssl.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return;
    case SSL_ERROR_ZERO_RETURN:
      peer_closed_ = true;
      return;
    default:
      failure_ = last_error();
      return;
  }
}

std::string TlsChannel::version() const {
  return SSL_get_version(state_->ssl.get());
}

std::string TlsChannel::peer_fingerprint() const {
  const std::unique_ptr<X509, void (*)(X509*)> certificate(SSL_get1_peer_certificate(state_->ssl.get()),
                                                           &X509_free);
  if (!certificate) return {};
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  X509_digest(certificate.get(), EVP_sha256(), hash.data(), &size);
  return to_hex(Bytes(hash).first(size));
}

}  // namespace gateway::test
