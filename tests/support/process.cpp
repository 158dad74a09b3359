#include "support/process.h"

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <netinet/in.h>
#include <signal.h>
#include <stdexcept>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <time.h>
#include <unistd.h>

namespace gateway::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr Duration poll_interval = milliseconds(5);

int anonymous_file() {
  std::string name = "/tmp/gateway-test-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) throw std::runtime_error("no temporary file");
  ::unlink(name.c_str());
  return descriptor;
}

[[noreturn]] void become(const std::vector<std::string>& arguments, int standard_output, int errors) {
  ::dup2(standard_output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  ::execv(raw.front(), raw.data());
  ::_exit(127);
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, int standard_output) : output_(anonymous_file()) {
  ::lseek(output_, 0, SEEK_SET);
  ::fcntl(output_, F_SETFL, ::fcntl(output_, F_GETFL) | O_APPEND);
  id_ = ::fork();
  if (id_ < 0) throw std::runtime_error("can't fork");
  if (id_ == 0) become(arguments, standard_output < 0 ? output_ : standard_output, output_);
}

Process::~Process() {
  if (running()) {
    signal(SIGKILL);
    wait(seconds(10));
  }
  ::close(output_);
}

bool Process::running() {
  return !wait(Duration{});
}

void Process::signal(int number) {
  if (!status_) ::kill(id_, number);
}

std::optional<int> Process::wait(Duration limit) {
  for (const TimePoint end = Clock::now() + limit; !status_;) {
    int raw = 0;
    if (::waitpid(id_, &raw, WNOHANG) == id_) {
      status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : -WTERMSIG(raw);
    } else if (Clock::now() >= end) {
      return std::nullopt;
    } else {
      std::this_thread::sleep_for(poll_interval);
    }
  }
  return status_;
}

std::string Process::output() const {
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto bytes = ::pread(output_, chunk.data(), chunk.size(), static_cast<off_t>(text.size()));
    if (bytes <= 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(bytes));
  }
}

bool Process::wait_for_output(std::string_view text, Duration limit) {
  for (const TimePoint end = Clock::now() + limit;;) {
    if (output().find(text) != std::string::npos) return true;
    if (Clock::now() >= end || !running()) return output().find(text) != std::string::npos;
    std::this_thread::sleep_for(poll_interval);
  }
}

Duration cpu_time_of(pid_t id) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(id, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

Finished run(const std::vector<std::string>& arguments, Duration limit) {
  Process process(arguments);
  const auto status = process.wait(limit);
  if (!status) throw std::runtime_error(arguments.front() + " doesn't end; it printed: " + process.output());
  return {process.output(), *status};
}

std::string built_program(std::string_view name) {
  if (const char* const other = std::getenv("GATEWAY_PROGRAM"); other != nullptr && name == "photon-gateway")
    return other;
  const auto folder_of_tests = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  return folder_of_tests.parent_path() / name;
}

TemporaryFile::TemporaryFile(std::string_view name_end, std::string_view content) {
  path_ = "/tmp/gateway-test-XXXXXX" + std::string(name_end);
  const int descriptor = ::mkstemps(path_.data(), static_cast<int>(name_end.size()));
  if (descriptor < 0 ||
      ::write(descriptor, content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
    throw std::runtime_error("can't write a temporary file");
  }
  ::close(descriptor);
}

TemporaryFile::~TemporaryFile() {
  ::unlink(path_.c_str());
}

HttpAnswer http_get(std::uint16_t port, std::string_view path) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  HttpAnswer answer;
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const timeval limit{5, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const std::string request =
        "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    ::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL);
    std::string text;
    std::array<char, 4096> chunk{};
    for (ssize_t bytes = 0; (bytes = ::recv(descriptor, chunk.data(), chunk.size(), 0)) > 0;) {
      text.append(chunk.data(), static_cast<std::size_t>(bytes));
    }
    std::sscanf(text.c_str(), "HTTP/1.%*d %d", &answer.status);
    if (const auto end = text.find("\r\n\r\n"); end != std::string::npos) answer.body = text.substr(end + 4);
  }
  ::close(descriptor);
  return answer;
}

}  // namespace gateway::test
