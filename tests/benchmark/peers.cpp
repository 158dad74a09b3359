#include "benchmark/peers.h"

#include <initializer_list>
#include <stdexcept>

#include "support/test_certificate.h"

namespace gateway::test {

namespace {

/// Below the limit of 20,000 descriptors of the machines the goals are for.
constexpr std::size_t nginx_connections = 19'900;

std::string first_that_exists(std::initializer_list<const char*> paths) {
  for (const char* const path : paths) {
    if (std::filesystem::exists(path)) return path;
  }
  return {};
}

std::string nginx_program() {
  return first_that_exists({"/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"});
}

std::string nginx_stream_module() {
  return first_that_exists(
      {"/usr/lib/nginx/modules/ngx_stream_module.so", "/usr/lib64/nginx/modules/ngx_stream_module.so"});
}

std::string haproxy_program() {
  return first_that_exists({"/usr/sbin/haproxy", "/usr/local/sbin/haproxy"});
}

std::string hitch_program() {
  return first_that_exists({"/usr/sbin/hitch", "/usr/local/sbin/hitch"});
}

std::string address(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

std::string write_certificate(const Proxy& proxy) {
  const TestCertificate certificate;
  return proxy.write("certificate.pem", certificate.certificate_text() + certificate.key_text());
}

}  // namespace

std::unique_ptr<Proxy> start_gateway(const Way& way) {
  auto proxy = std::make_unique<Proxy>(way.link);
  const std::string scheme = way.link == Link::udp ? "udp://" : "tcp://";
  const std::string config = proxy->write(
      "gateway.yaml",
      "version: 1\nlisteners:\n  - { name: b, listen: \"" + scheme + address(proxy->port()) +
          "\", upstream: b }\nupstreams:\n  b: { servers: [\"" + scheme + address(way.server) +
          "\"], health_check: off }\nencryption: { key_exchange: { rate: 100000/s, per_address: 100000/s } "
          "}\nlimits: { sessions: " +
          std::to_string(way.sessions + 100) +
          ", per_session: { messages: off, commands: off } }\nadmin: off\nthreads: " +
          std::to_string(way.threads) + "\n");
  proxy->start({built_program("photon-gateway"), "--config", config}, "listening");
  return proxy;
}

std::unique_ptr<Proxy> start_relay(const Way& way) {
  auto proxy = std::make_unique<Proxy>(way.link);
  proxy->start(
      {built_program("tests/benchmark_relay"), std::to_string(proxy->port()), std::to_string(way.server)},
      "listening");
  return proxy;
}

std::string missing_nginx() {
  if (nginx_program().empty()) return "nginx isn't installed";
  if (nginx_stream_module().empty()) return "nginx has no stream module (package libnginx-mod-stream)";
  return {};
}

std::unique_ptr<Proxy> start_nginx(const Way& way) {
  auto proxy = std::make_unique<Proxy>(way.link);
  std::string listener = address(proxy->port());
  std::string more;
  if (way.link == Link::udp) listener += " udp reuseport rcvbuf=4m";
  if (way.link == Link::tls) {
    const std::string certificate = write_certificate(*proxy);
    listener += " ssl";
    more = "    ssl_protocols TLSv1.3;\n    ssl_certificate " + certificate + ";\n    ssl_certificate_key " +
           certificate + ";\n";
  }
  const std::string config =
      proxy->write("nginx.conf",
                   "load_module " + nginx_stream_module() +
                       ";\ndaemon off;\nworker_processes 1;\nworker_rlimit_nofile 20000;\npid nginx.pid;\n"
                       "error_log stderr crit;\nevents { worker_connections " +
                       std::to_string(nginx_connections) +
                       "; }\nstream {\n  access_log off;\n  server {\n    listen " + listener + ";\n" + more +
                       "    proxy_timeout 1h;\n    proxy_pass " + address(way.server) + ";\n  }\n}\n");
  proxy->start_with_worker({nginx_program(), "-p", proxy->folder(), "-c", config, "-e", "stderr"});
  return proxy;
}

std::string missing_haproxy() {
  return haproxy_program().empty() ? "haproxy isn't installed" : "";
}

std::unique_ptr<Proxy> start_haproxy(const Way& way) {
  auto proxy = std::make_unique<Proxy>(way.link);
  std::string bind = address(proxy->port());
  if (way.link == Link::tls) bind += " ssl crt " + write_certificate(*proxy) + " ssl-min-ver TLSv1.3";
  const std::string config = proxy->write(
      "haproxy.cfg", "global\n  nbthread 1\n  maxconn " + std::to_string(way.sessions + 100) +
                         "\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n"
                         "  timeout server 1h\nfrontend f\n  bind " +
                         bind + "\n  default_backend b\nbackend b\n  server s " + address(way.server) + "\n");
  proxy->start_listening({haproxy_program(), "-db", "-f", config});
  return proxy;
}

std::string missing_hitch() {
  return hitch_program().empty() ? "hitch isn't installed" : "";
}

std::unique_ptr<Proxy> start_hitch(const Way& way) {
  auto proxy = std::make_unique<Proxy>(way.link);
  const std::string config = proxy->write(
      "hitch.conf", "frontend = { host = \"127.0.0.1\" port = \"" + std::to_string(proxy->port()) +
                        "\" }\nbackend = \"[127.0.0.1]:" + std::to_string(way.server) + "\"\npem-file = \"" +
                        write_certificate(*proxy) +
                        "\"\ntls-protos = TLSv1.3\nworkers = 1\ndaemon = off\nquiet = on\n" +
                        "user = \"nobody\"\ngroup = \"nogroup\"\n");
  proxy->start_listening({hitch_program(), "--config=" + config});
  return proxy;
}

}  // namespace gateway::test
