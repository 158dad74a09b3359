#pragma once

#include <memory>
#include <string>

#include "support/process.h"

namespace gateway::test {

/// A certificate that signed itself, for localhost and 127.0.0.1, made at run time, in files that go with the
/// object.
class TestCertificate {
 public:
  explicit TestCertificate(const std::string& name = "localhost");

  /// PEM files.
  const std::string& certificate() const { return certificate_->path(); }
  const std::string& key() const { return key_->path(); }
  /// Their content, for a test that changes the files under a running program.
  const std::string& certificate_text() const { return certificate_text_; }
  const std::string& key_text() const { return key_text_; }
  /// SHA-256 of the certificate in hex.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  std::string certificate_text_;
  std::string key_text_;
  std::string fingerprint_;
  std::unique_ptr<TemporaryFile> certificate_;
  std::unique_ptr<TemporaryFile> key_;
};

}  // namespace gateway::test
