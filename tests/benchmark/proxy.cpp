#include "benchmark/proxy.h"

#include <chrono>
#include <fstream>
#include <netinet/in.h>
#include <signal.h>
#include <stdexcept>
#include <stdlib.h>
#include <sys/socket.h>
#include <thread>

#include "net/descriptor.h"
#include "support/loopback.h"

namespace gateway::test {

namespace {

constexpr Duration patience = seconds(10);

std::filesystem::path temporary_folder() {
  std::string name = std::filesystem::temp_directory_path() / "gateway-proxy-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  std::filesystem::permissions(name, std::filesystem::perms(0755));  // workers run as somebody else
  return name;
}

bool connects(std::uint16_t port) {
  const net::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::size_t memory_of(pid_t id) {
  std::ifstream file("/proc/" + std::to_string(id) + "/smaps_rollup");
  for (std::string word; file >> word;) {
    std::size_t kibibytes = 0;
    if (word == "Anonymous:" && file >> kibibytes) return kibibytes * 1024;
  }
  throw std::runtime_error("the system doesn't tell the memory of a process");
}

}  // namespace

Proxy::Proxy(Link link)
    : folder_(temporary_folder()), port_(link == Link::udp ? free_udp_port() : free_tcp_port()) {}

Proxy::~Proxy() {
  if (program_) {
    const auto left = workers();
    program_->signal(left.empty() ? SIGKILL : SIGTERM);  // a master takes its workers along
    if (!program_->wait(patience)) program_->signal(SIGKILL);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Proxy::write(const std::string& name, const std::string& content) const {
  const std::filesystem::path file = folder_ / name;
  std::ofstream(file) << content;
  return file;
}

template <class Ready>
void Proxy::start_until(const std::vector<std::string>& arguments, Ready&& ready) {
  program_ = std::make_unique<Process>(arguments);
  const TimePoint end = std::chrono::steady_clock::now() + patience;
  while (!ready()) {
    if (!program_->running() || std::chrono::steady_clock::now() > end) {
      throw std::runtime_error(arguments.front() + " doesn't start: " + program_->output());
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
}

void Proxy::start(const std::vector<std::string>& arguments, const std::string& ready) {
  start_until(arguments, [&] { return program_->output().find(ready) != std::string::npos; });
}

void Proxy::start_with_worker(const std::vector<std::string>& arguments) {
  start_until(arguments, [&] { return !workers().empty(); });
}

void Proxy::start_listening(const std::vector<std::string>& arguments) {
  start_until(arguments, [&] { return connects(port_); });
}

std::vector<pid_t> Proxy::workers() const {
  const std::string id = std::to_string(program_->id());
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  std::vector<pid_t> found;
  for (pid_t child = 0; children >> child;) found.push_back(child);
  return found;
}

std::vector<pid_t> Proxy::processes() const {
  auto all = workers();
  all.push_back(program_->id());
  return all;
}

Duration Proxy::cpu_time() const {
  Duration sum{};
  for (const pid_t id : processes()) sum += cpu_time_of(id);
  return sum;
}

std::size_t Proxy::memory() const {
  std::size_t sum = 0;
  for (const pid_t id : processes()) sum += memory_of(id);
  return sum;
}

}  // namespace gateway::test
