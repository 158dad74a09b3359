#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/time.h"
#include "support/process.h"

namespace gateway::test {

/// What the client's side of a proxy speaks; the server's side is the same without TLS.
enum class Link : std::uint8_t { udp, tcp, tls };

/// What a proxy is to do.
struct Way {
  Link link = Link::udp;
  std::uint16_t server = 0;  // port of the loopback interface
  std::size_t sessions = 1;  // that it must carry
  std::size_t threads = 1;   // of the gateway
};

/// A program between clients and a server, with everything it needs in a folder that goes with the object.
class Proxy {
 public:
  /// The folder and a port for it; start() is to follow.
  explicit Proxy(Link link);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::uint16_t port() const { return port_; }
  /// User and system time of the program and its workers.
  Duration cpu_time() const;
  /// Bytes of user memory that are its own, workers included: what it allocated and has touched.
  std::size_t memory() const;

  /// Writes a file to the folder and gives its path.
  std::string write(const std::string& name, const std::string& content) const;
  const std::filesystem::path& folder() const { return folder_; }
  /// Returns when the program said `ready`. Throws std::runtime_error when it doesn't.
  void start(const std::vector<std::string>& arguments, const std::string& ready);
  /// Returns when the program has started a worker.
  void start_with_worker(const std::vector<std::string>& arguments);
  /// Returns when the port can be connected to.
  void start_listening(const std::vector<std::string>& arguments);

 private:
  template <class Ready>
  void start_until(const std::vector<std::string>& arguments, Ready&& ready);
  std::vector<pid_t> workers() const;
  std::vector<pid_t> processes() const;

  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> program_;
};

}  // namespace gateway::test
