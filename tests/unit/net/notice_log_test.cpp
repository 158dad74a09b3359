#include "net/notice_log.h"

#include <memory>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

namespace gateway::net {
namespace {

using session::Notice;
using session::Notices;

std::size_t count_of(const std::string& what, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(NoticeLog, SaysEachThingOnceAListener) {
  std::ostringstream text;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text)));
  NoticeLog log;
  for (int shard = 0; shard < 3; ++shard) {
    log.write("name", {Notice::unknown_address, "10.0.0.1:5055"});
    log.write("name", {Notice::unknown_address, "10.0.0.2:5055"});
    log.write("master", {Notice::unknown_address, "10.0.0.2:5055"});
    log.write("name", {Notice::authenticate_once, ""});
  }
  spdlog::set_default_logger(before);
  const std::string told = text.str();
  EXPECT_EQ(count_of("10.0.0.1:5055", told), 1U);
  EXPECT_EQ(count_of("10.0.0.2:5055", told), 2U);
  EXPECT_EQ(count_of("AuthenticateOnce (operation 231)", told), 1U);
}

TEST(NoticeLog, SaysWhereAndWhatToDoInEveryLine) {
  for (const Notice notice : {Notice::unknown_address, Notice::unparsed_response, Notice::authenticate_once,
                              Notice::datagram_encryption}) {
    const std::string line = log_text(describe("name", {notice, "10.0.0.1:5055"}).str());
    EXPECT_NE(line.find(" listener=name"), std::string::npos) << line;
    EXPECT_NE(line.find(": "), std::string::npos) << line;
  }
  EXPECT_EQ(log_text(describe("name", {Notice::unknown_address, "10.0.0.1:5055"}).str())
                .find("a server sends clients past the gateway listener=name target=\"10.0.0.1:5055\": "),
            0U);
}

}  // namespace
}  // namespace gateway::net
