#include "config/print.h"

#include <string_view>

#include "config/quantity.h"
#include "config/rules.h"

namespace gateway::config {
namespace {

std::string_view word(session::Responses value) {
  switch (value) {
    case session::Responses::sticky:
      return "sticky";
    case session::Responses::match:
      return "match";
    case session::Responses::all:
      return "all";
  }
  return {};
}

std::string_view word(session::Events value) {
  switch (value) {
    case session::Events::as_raised:
      return "as_raised";
    case session::Events::listed:
      return "listed";
    case session::Events::all:
      return "all";
  }
  return {};
}

std::string_view word(session::UnknownKey value) {
  switch (value) {
    case session::UnknownKey::pass:
      return "pass";
    case session::UnknownKey::end:
      return "end";
  }
  return {};
}

std::string_view word(policy::UnknownAddresses value) {
  return value == policy::UnknownAddresses::pass ? "pass" : "reject";
}

std::string_view word(LogLevel value) {
  switch (value) {
    case LogLevel::trace:
      return "trace";
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return {};
}

std::string_view word(LogFormat value) {
  switch (value) {
    case LogFormat::text:
      return "text";
    case LogFormat::json:
      return "json";
  }
  return {};
}

/// In quotes, since some names read as another type without (null, 1e5). Only paths hold what needs escaping.
std::string yaml_text(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ') {
      out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + "\"";
}

/// Collects "key: value" lines at one depth after another.
class Lines {
 public:
  void line(std::size_t depth, std::string_view text) {
    text_ += std::string(2 * depth, ' ') + std::string(text) + "\n";
  }
  void line(std::size_t depth, std::string_view key, std::string_view value) {
    line(depth, std::string(key) + ": " + std::string(value));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return "[" + text + "]";
}

std::string tls_text(const net::TlsOptions& tls) {
  return "{ certificate: " + yaml_text("file:" + tls.certificate) + ", key: " + yaml_text("file:" + tls.key) +
         " }";
}

std::string server_text(const net::ServerOptions& server) {
  std::string more;
  if (server.trusted) more += ", trusted: true";
  if (server.state != upstream::ServerState::active) more += ", state: " + std::string(name(server.state));
  std::vector<std::string> advertised;
  for (const std::string& name : server.advertised) advertised.push_back(yaml_text(name));
  if (!advertised.empty()) more += ", advertised: " + joined(advertised);
  const std::string url = yaml_text(server.text);
  return more.empty() ? url : "{ address: " + url + more + " }";
}

std::string health_check_text(const upstream::HealthOptions& health) {
  if (!health.probes) return "off";
  return "{ interval: " + write_duration(health.interval) + ", timeout: " + write_duration(health.timeout) +
         ", rise: " + std::to_string(health.rise) + ", fall: " + std::to_string(health.fall) + " }";
}

void print_links(const net::Options& options, Lines& out) {
  out.line(0, "listeners:");
  for (const net::ListenerOptions& listener : options.listeners) {
    out.line(
        1, "- { name: " + yaml_text(listener.name) + ", listen: " + yaml_text(listener.text) +
               ", upstream: " + yaml_text(options.pools[listener.pool].name) +
               (listener.tls ? ", tls: " + tls_text(*listener.tls) : "") +
               (listener.public_address.empty() ? ""
                                                : ", public_address: " + yaml_text(listener.public_address)) +
               " }");
  }
  out.line(0, "upstreams:");
  for (const net::PoolOptions& pool : options.pools) {
    std::vector<std::string> servers;
    for (const net::ServerOptions& server : pool.servers) {
      servers.push_back(server_text(server));
    }
    out.line(1, yaml_text(pool.name),
             "{ servers: " + joined(servers) + ", health_check: " + health_check_text(pool.health) + " }");
  }
}

void print_encryption(const net::Options& options, Lines& out) {
  const session::Options& session = options.session;
  std::vector<std::string> listed;
  for (std::size_t code = 0; code < session.listed_events.size(); ++code) {
    if (session.listed_events.test(code)) listed.push_back(std::to_string(code));
  }
  out.line(0, "encryption:");
  out.line(1, "responses", word(session.responses));
  out.line(1, "events", word(session.events));
  out.line(1, "listed_events", joined(listed));
  out.line(1, "unknown_key", word(session.unknown_key));
  const std::vector<std::string> rules = write_rules(session.rules);
  out.line(1, rules.empty() ? "rules: []" : "rules:");
  for (const std::string& rule : rules) out.line(2, "- " + rule);
  const auto rate = static_cast<std::uint64_t>(options.limits.exchanges_per_second);
  const auto per_address = static_cast<std::uint64_t>(options.limits.exchanges_per_address);
  out.line(1, "key_exchange",
           "{ rate: " + write_rate(rate) + ", per_address: " + write_rate(per_address) +
               ", per_session: " + std::to_string(session.exchanges_max) +
               ", queue: " + std::to_string(options.limits.exchange_queue) +
               ", wait: " + write_duration(options.limits.exchange_wait) + " }");
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::vector<std::string> words;
  words.reserve(texts.size());
  for (const std::string& text : texts) words.push_back(yaml_text(text));
  return joined(words);
}

void print_access(const net::AccessOptions& access, Lines& out) {
  out.line(0, "access",
           "{ allow: " + quoted_list(access.allow) + ", deny: " + quoted_list(access.deny) + " }");
}

std::string per_session_text(const session::Options& session) {
  const auto rate_or_off = [](std::uint32_t rate) { return rate == 0 ? "off" : write_rate(rate); };
  const transport::Options& leg = session.downstream;
  return "{ messages: " + rate_or_off(session.messages_per_second) +
         ", buffered: " + write_size(leg.buffered) + ", commands: " + rate_or_off(leg.commands_per_second) +
         ", unreliable_buffered: " + write_size(leg.unreliable_buffered) +
         ", reorder_distance: " + std::to_string(leg.reorder_distance) +
         ", assemblies: " + std::to_string(leg.assemblies_max) + " }";
}

std::string block_text(const net::BlockOptions& block) {
  if (block.violations == 0) return "off";
  return "{ violations: " + std::to_string(block.violations) + ", within: " + write_duration(block.within) +
         ", for: " + write_duration(block.duration) + " }";
}

void print_limits(const net::Options& options, Lines& out) {
  std::vector<std::string> exempt;
  for (const Address& address : options.limits.exempt) exempt.push_back(yaml_text(ip_text(address)));
  out.line(0, "limits:");
  out.line(1, "sessions", options.limits.sessions_auto ? "auto" : std::to_string(options.limits.sessions));
  out.line(1, "sessions_per_address", std::to_string(options.limits.sessions_per_address));
  out.line(1, "memory", options.limits.memory ? write_size(*options.limits.memory) : "off");
  out.line(1, "message_size", write_size(options.session.message_max));
  out.line(1, "per_session", per_session_text(options.session));
  out.line(1, "block", block_text(options.limits.block));
  out.line(1, "half_open", std::to_string(options.door.half_open));
  out.line(1, "region_pings", write_rate(options.door.region_pings));
  out.line(1, "exempt", joined(exempt));
}

void print_timeouts(const session::Options& session, Lines& out) {
  out.line(0, "timeouts",
           "{ silence: " + write_duration(session.downstream.silence) +
               ", connect: " + write_duration(session.connect_timeout) +
               ", init: " + write_duration(session.init_timeout) + " }");
}

std::string capture_text(const net::CaptureOptions& capture) {
  const std::string directory = capture.directory.empty() ? "off" : yaml_text(capture.directory);
  std::string more;
  if (!capture.listener.empty()) more += ", listener: " + yaml_text(capture.listener);
  if (capture.client) more += ", client: " + yaml_text(ip_text(*capture.client));
  return "{ directory: " + directory + ", size: " + write_size(capture.size_max) +
         ", duration: " + write_duration(capture.duration) + more + " }";
}

void print_drain(const net::DrainOptions& drain, Lines& out) {
  out.line(0, "drain",
           "{ announce: " + write_duration(drain.announce) + ", deadline: " + write_duration(drain.deadline) +
               " }");
}

}  // namespace

std::string print(const Config& config) {
  Lines out;
  out.line(0, "version: 1");
  print_links(config.net, out);
  print_encryption(config.net, out);
  out.line(0, "rewriting", "{ unknown_addresses: " + std::string(word(config.net.unknown_addresses)) + " }");
  print_access(config.net.access, out);
  print_limits(config.net, out);
  print_timeouts(config.net.session, out);
  print_drain(config.net.drain, out);
  out.line(0, "admin", config.admin ? "{ listen: " + yaml_text(config.admin->text) + " }" : "off");
  out.line(0, "log",
           "{ level: " + std::string(word(config.log.level)) +
               ", format: " + std::string(word(config.log.format)) +
               ", clients: " + (config.net.records.clients ? "shown" : "hidden") +
               ", sessions: " + write_rate(config.net.records.sessions_per_second) + " }");
  out.line(0, "capture", capture_text(config.net.capture));
  out.line(0, "threads", config.threads == 0 ? "auto" : std::to_string(config.threads));
  return out.text();
}

}  // namespace gateway::config
