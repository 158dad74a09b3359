#include "support/test_certificate.h"

#include <array>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>

#include "support/vectors.h"

namespace gateway::test {

namespace {

using PrivateKey = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

constexpr long validity_seconds = 3600;

void check(bool done) {
  if (!done) throw std::runtime_error("OpenSSL made no certificate");
}

void extend(X509* certificate, int id, const char* value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value);
  check(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

Certificate self_signed(EVP_PKEY* key, const std::string& name) {
  static long serial = 1;
  Certificate certificate(X509_new(), &X509_free);
  X509* const raw = certificate.get();
  X509_set_version(raw, 2);  // counts from 0: version 3
  ASN1_INTEGER_set(X509_get_serialNumber(raw), serial++);
  X509_gmtime_adj(X509_getm_notBefore(raw), -validity_seconds);
  X509_gmtime_adj(X509_getm_notAfter(raw), validity_seconds);
  X509_set_pubkey(raw, key);
  X509_NAME* const subject = X509_get_subject_name(raw);
  check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, bytes_of(name).data(),
                                   static_cast<int>(name.size()), -1, 0) == 1);
  X509_set_issuer_name(raw, subject);
  extend(raw, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  extend(raw, NID_basic_constraints, "critical,CA:TRUE");
  check(X509_sign(raw, key, EVP_sha256()) > 0);
  return certificate;
}

/// What `write` writes in PEM.
template <class Write>
std::string pem(Write write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new(BIO_s_mem()), &BIO_free);
  check(write(memory.get()) == 1);
  std::string text(BIO_ctrl_pending(memory.get()), '\0');
  BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
  return text;
}

}  // namespace

TestCertificate::TestCertificate(const std::string& name) {
  const PrivateKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free);
  check(key != nullptr);
  const Certificate certificate = self_signed(key.get(), name);
  certificate_text_ = pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
  key_text_ = pem([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  X509_digest(certificate.get(), EVP_sha256(), hash.data(), &size);
  fingerprint_ = to_hex(Bytes(hash).first(size));
  certificate_ = std::make_unique<TemporaryFile>(".crt.pem", certificate_text_);
  key_ = std::make_unique<TemporaryFile>(".key.pem", key_text_);
}

}  // namespace gateway::test
