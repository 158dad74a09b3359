#include "net/end_log.h"

#include <spdlog/fmt/fmt.h>

namespace gateway::net {

namespace {

void add(LogLine& line, std::string_view key, const session::Traffic& traffic) {
  line.group(key)
      .number("messages", traffic.messages)
      .number("encrypted", traffic.encrypted)
      .number("bytes", traffic.bytes)
      .end_group();
}

double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

LogLine describe_end(const std::string& listener, const session::Record& record, const std::string& server,
                     TimePoint now) {
  const auto& version = record.client_version.parts;
  LogLine line("session ended");
  line.text("listener", listener)
      .text("reason", session::name(record.end))
      .number("code", record.code)
      .seconds("seconds", now - record.opened);
  add(line, "to_server", record.of(session::Direction::to_server));
  add(line, "to_client", record.of(session::Direction::to_client));
  line.number("exchanges", record.exchanges)
      .text("client", fmt::format("{}", fmt::join(version, ".")))
      .quoted("application", record.application)
      .text("server", server.empty() ? "-" : server);
  return line;
}

LogLine describe_block(const std::string& listener, const session::Record& last, const BlockOptions& block) {
  LogLine line("source blocked");
  line.text("listener", listener)
      .text("reason", session::name(last.end))
      .number("violations", block.violations)
      .number("within_seconds", in_seconds(block.within))
      .number("for_seconds", in_seconds(block.duration));
  return line;
}

LogLine describe_finding(const std::string& listener, const policy::Finding& finding) {
  const bool operation = finding.kind == policy::Kind::operation;
  LogLine line(operation ? "an operation arrived in the clear" : "an event can't be sealed");
  line.text("listener", listener)
      .text(policy::name(finding.kind), policy::code_word(finding))
      .text("outcome", policy::name(finding.outcome))
      .note("further ones are only counted");
  return line;
}

}  // namespace gateway::net
