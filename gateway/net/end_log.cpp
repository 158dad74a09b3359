#include "net/end_log.h"

#include <algorithm>
#include <chrono>

#include <spdlog/fmt/fmt.h>

namespace gateway::net {

namespace {

// The application id is the client's text: nothing in it may look like another field of the line.
std::string quoted(std::string text) {
  std::replace(text.begin(), text.end(), '"', '?');
  std::replace(text.begin(), text.end(), '\\', '?');
  return '"' + text + '"';
}

std::string describe(const session::Traffic& traffic) {
  return fmt::format("messages={} encrypted={} bytes={}", traffic.messages, traffic.encrypted, traffic.bytes);
}

}  // namespace

std::string describe_end(const std::string& listener, const session::Record& record,
                         const std::string& server, TimePoint now) {
  const auto& version = record.client_version.parts;
  return fmt::format(
      "session ended listener={} reason={} code={} seconds={:.3f} to_server[{}] to_client[{}] exchanges={} "
      "client={}.{}.{}.{} application={} server={}",
      listener, session::name(record.end), record.code,
      std::chrono::duration<double>(now - record.opened).count(),
      describe(record.of(session::Direction::to_server)), describe(record.of(session::Direction::to_client)),
      record.exchanges, version[0], version[1], version[2], version[3], quoted(record.application),
      server.empty() ? "-" : server);
}

std::string describe_block(const std::string& listener, const session::Record& last,
                           const BlockOptions& block) {
  const auto in_seconds = [](Duration duration) { return std::chrono::duration<double>(duration).count(); };
  return fmt::format(
      "source blocked listener={} reason={} violations={} within_seconds={:g} for_seconds={:g}", listener,
      session::name(last.end), block.violations, in_seconds(block.within), in_seconds(block.duration));
}

std::string describe_finding(const std::string& listener, const policy::Finding& finding) {
  const bool operation = finding.kind == policy::Kind::operation;
  return fmt::format("{} listener={} {}={} outcome={}; further ones are only counted",
                     operation ? "an operation arrived in the clear" : "an event can't be sealed", listener,
                     policy::name(finding.kind), policy::code_word(finding), policy::name(finding.outcome));
}

}  // namespace gateway::net
