#include "benchmark/nginx.h"

#include <array>
#include <chrono>
#include <fstream>
#include <initializer_list>
#include <signal.h>
#include <stdexcept>
#include <stdlib.h>
#include <thread>

#include "support/loopback.h"

namespace gateway::test {

namespace {

constexpr Duration patience = seconds(10);

std::string first_that_exists(std::initializer_list<const char*> paths) {
  for (const char* const path : paths) {
    if (std::filesystem::exists(path)) return path;
  }
  return {};
}

std::string program() {
  return first_that_exists({"/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"});
}

std::string stream_module() {
  return first_that_exists(
      {"/usr/lib/nginx/modules/ngx_stream_module.so", "/usr/lib64/nginx/modules/ngx_stream_module.so"});
}

std::filesystem::path temporary_folder() {
  std::string name = std::filesystem::temp_directory_path() / "gateway-nginx-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

}  // namespace

std::string Nginx::missing() {
  if (program().empty()) return "nginx isn't installed";
  if (stream_module().empty()) return "nginx has no stream module (package libnginx-mod-stream)";
  return {};
}

Nginx::Nginx(std::uint16_t server)
    : folder_(temporary_folder()), tls_port_(free_tcp_port()), tcp_port_(free_tcp_port()) {
  const std::filesystem::path file = folder_ / "nginx.conf";
  std::ofstream(file) << config(server);
  master_ = std::make_unique<Process>(
      std::vector<std::string>{program(), "-p", folder_, "-c", file, "-e", "stderr"});
  for (const TimePoint end = std::chrono::steady_clock::now() + patience; worker_ == 0;) {
    if (!master_->running() || std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("nginx doesn't start: " + master_->output());
    }
    std::this_thread::sleep_for(milliseconds(10));
    worker_ = child().value_or(0);
  }
}

Nginx::~Nginx() {
  master_->signal(SIGTERM);  // it takes the worker along
  master_->wait(patience);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Nginx::config(std::uint16_t server) const {
  const auto listener = [&](std::uint16_t port, const std::string& more) {
    return "  server {\n    listen 127.0.0.1:" + std::to_string(port) + more +
           "    proxy_pass 127.0.0.1:" + std::to_string(server) + ";\n  }\n";
  };
  return "load_module " + stream_module() + ";\ndaemon off;\nworker_processes 1;\npid nginx.pid;\n" +
         "error_log stderr warn;\nevents { worker_connections 4096; }\nstream {\n  access_log off;\n" +
         "  ssl_protocols TLSv1.3;\n  ssl_certificate " + certificate_.certificate() +
         ";\n  ssl_certificate_key " + certificate_.key() + ";\n" + listener(tls_port_, " ssl;\n") +
         listener(tcp_port_, ";\n") + "}\n";
}

std::optional<pid_t> Nginx::child() const {
  const std::string id = std::to_string(master_->id());
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  pid_t found = 0;
  if (children >> found) return found;
  return std::nullopt;
}

Duration Nginx::cpu_time() const {
  return master_->cpu_time() + cpu_time_of(worker_);
}

}  // namespace gateway::test
