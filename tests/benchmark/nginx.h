#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "support/process.h"
#include "support/test_certificate.h"

namespace gateway::test {

/// nginx's stream module in front of a server, once with TLS 1.3 and once without, one worker, with
/// everything it needs in a folder that goes with the object.
class Nginx {
 public:
  /// Why there is none on this system; empty when there is.
  static std::string missing();

  explicit Nginx(std::uint16_t server);
  ~Nginx();
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  std::uint16_t tls_port() const { return tls_port_; }
  std::uint16_t tcp_port() const { return tcp_port_; }
  /// Of the master and the worker.
  Duration cpu_time() const;

 private:
  std::string config(std::uint16_t server) const;
  std::optional<pid_t> child() const;

  TestCertificate certificate_;
  std::filesystem::path folder_;
  std::uint16_t tls_port_ = 0;
  std::uint16_t tcp_port_ = 0;
  std::unique_ptr<Process> master_;
  pid_t worker_ = 0;
};

}  // namespace gateway::test
