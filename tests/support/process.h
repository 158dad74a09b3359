#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "base/time.h"

namespace gateway::test {

/// User and system time of a process, all threads.
Duration cpu_time_of(pid_t id);

/// A child process whose output (both streams) is kept in a file, unless stdout is to be another descriptor.
/// Killed and waited for at destruction.
class Process {
 public:
  /// Starts `arguments[0]`. Throws std::runtime_error when it can't.
  explicit Process(const std::vector<std::string>& arguments, int standard_output = -1);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return id_; }
  bool running();
  void signal(int number);
  /// Waits for the end: the exit status, or minus the signal that killed it. Empty when `limit` passes
  /// before.
  std::optional<int> wait(Duration limit);
  /// What it has printed up to now.
  std::string output() const;
  bool wait_for_output(std::string_view text, Duration limit);
  /// User and system time of the process, all threads.
  Duration cpu_time() const { return cpu_time_of(id_); }

 private:
  pid_t id_ = -1;
  int output_ = -1;
  std::optional<int> status_;
};

/// Runs a program to its end: what it printed and its exit status. Throws when it takes longer than `limit`.
struct Finished {
  std::string output;
  int status = 0;
};
Finished run(const std::vector<std::string>& arguments, Duration limit = seconds(20));

/// A program of the build this test program belongs to: `name` below the build folder. GATEWAY_PROGRAM in the
/// environment is the gateway of another build, one with sanitizers for example.
std::string built_program(std::string_view name);

/// A file in the temporary folder that goes with the object.
class TemporaryFile {
 public:
  TemporaryFile(std::string_view name_end, std::string_view content);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// One HTTP GET to 127.0.0.1: status 0 when nobody answers.
struct HttpAnswer {
  int status = 0;
  std::string body;
};
HttpAnswer http_get(std::uint16_t port, std::string_view path);

}  // namespace gateway::test
