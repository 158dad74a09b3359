// What SIGUSR1 writes of a session, and what it never writes.
#include <filesystem>
#include <fstream>
#include <signal.h>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/gateway_process.h"
#include "end_to_end/stream_scene.h"
#include "support/loopback.h"

namespace gateway::test {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace json = boost::json;

const std::string secret = "the-players-own-password";

/// A directory of our own that goes with the object.
class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "capture-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::string section(const std::string& more = "") const {
    return "capture: { directory: \"" + path_.string() + "\"" + more + " }\n";
  }
  std::filesystem::path file(int number = 1) const {
    return path_ / ("session-" + std::to_string(number) + ".jsonl");
  }
  bool empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::filesystem::path path_;
};

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<json::object> objects_in(const std::string& text) {
  std::vector<json::object> objects;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) objects.push_back(json::parse(line).as_object());
  return objects;
}

/// The first line of this direction and code.
json::object line_of(const std::vector<json::object>& lines, std::string_view direction, std::int64_t code) {
  for (const json::object& line : lines) {
    if (!line.contains("code") || !line.contains("direction")) continue;
    if (line.at("direction").as_string() == direction && line.at("code").as_int64() == code) return line;
  }
  ADD_FAILURE() << "no line of " << code << " " << direction;
  return {};
}

bool signalled(GatewayProcess& gateway, std::string_view answer) {
  gateway.process().signal(SIGUSR1);
  return gateway.process().wait_for_output(answer, patience);
}

std::vector<std::uint8_t> text_value(const std::string& text) {
  std::vector<std::uint8_t> value{'s', 0, static_cast<std::uint8_t>(text.size())};
  value.insert(value.end(), text.begin(), text.end());
  return value;
}

/// Asks operation 230 with a token, and waits for the answer.
template <class Client>
void authenticate(Client& client, bool encrypt) {
  const auto v16 = message::Serialization::v16;
  const std::size_t answers = client.client().count(ClientEvent::Kind::response);
  client.client().operation(client.now(), {.code = 230,
                                           .parameters = write_parameters(
                                               v16, {{220, text_value("1.0")}, {221, text_value(secret)}}),
                                           .encrypt = encrypt});
  ASSERT_TRUE(client.run_until([&] { return client.client().count(ClientEvent::Kind::response) > answers; },
                               patience));
}

template <class Client>
void leave(Client& client, GatewayProcess& gateway) {
  client.client().disconnect(client.now());
  ASSERT_TRUE(client.run_until(
      [&] { return gateway.process().output().find("capture ended") != std::string::npos; }, patience));
}

/// What a load balancer does all day: it connects and leaves.
void check_health(std::uint16_t port) {
  const int socket = bound_socket(SOCK_STREAM, 0).first;
  const sockaddr_in target = loopback(port);
  EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&target), sizeof target), 0);
  ::close(socket);
}

TEST(Capture, IsOffUnlessThereIsADirectoryAndTheSignalSaysSo) {
  Scene scene;
  EXPECT_TRUE(signalled(scene.gateway, "no capture signal=SIGUSR1: captures are off"));
  const auto client = scene.encrypted();
  authenticate(*client, true);
  EXPECT_EQ(scene.gateway.stop(), 0);
}

TEST(Capture, WritesTheNextSessionDecryptedWithoutSecrets) {
  const Directory directory;
  Scene scene({}, directory.section());
  const auto before = scene.encrypted();
  EXPECT_TRUE(directory.empty());
  ASSERT_TRUE(signalled(scene.gateway, "capture waits file=" + directory.file().string()));
  const auto client = scene.encrypted();
  authenticate(*before, true);
  authenticate(*client, true);
  authenticate(*client, false);
  leave(*client, scene.gateway);

  struct stat status {};
  ASSERT_EQ(stat(directory.file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const std::string text = content(directory.file());
  EXPECT_THAT(text, Not(HasSubstr(secret)));
  EXPECT_THAT(text, Not(HasSubstr("127.0.0.1"))) << "nobody asked for addresses";
  const auto lines = objects_in(text);
  ASSERT_GT(lines.size(), 4U);
  EXPECT_EQ(lines.front().at("event").as_string(), "capture begins");
  EXPECT_EQ(lines.front().at("listener").as_string(), "test");
  const json::object request = line_of(lines, "to_server", 230);
  EXPECT_EQ(request.at("parameters").at("220").as_string(), "1.0");
  EXPECT_EQ(request.at("parameters").at("221").as_string(), "redacted");
  EXPECT_TRUE(request.at("encrypted").as_bool());
  EXPECT_EQ(request.at("fate").as_string(), "forwarded");
  EXPECT_TRUE(line_of(lines, "to_client", 230).at("encrypted").as_bool());
  EXPECT_EQ(lines[lines.size() - 2].at("event").as_string(), "session ended");
  EXPECT_EQ(lines[lines.size() - 2].at("reason").as_string(), "client_disconnect");
  EXPECT_EQ(lines.back().at("event").as_string(), "capture ended");
  EXPECT_EQ(lines.back().at("lines").as_int64(), static_cast<std::int64_t>(lines.size()) - 1);
  EXPECT_EQ(lines.back().at("lines_dropped").as_int64(), 0);
  EXPECT_EQ(text.find("\"parameters\":{\"1\":{\"bytes\":96"), std::string::npos)
      << "no public key of anybody";
}

TEST(Capture, IsOfOneSessionOnly) {
  const Directory directory;
  Scene scene({}, directory.section());
  ASSERT_TRUE(signalled(scene.gateway, "capture waits"));
  const auto first = scene.encrypted();
  const auto second = scene.encrypted();
  const std::vector<std::uint8_t> data{0xAB, 0xCD};
  ASSERT_NE(ask(*second, Operation::echo, 0, data, true), nullptr);
  leave(*first, scene.gateway);
  EXPECT_THAT(content(directory.file()), Not(HasSubstr("00000000abcd")));
  EXPECT_FALSE(std::filesystem::exists(directory.file(2)));
}

TEST(Capture, EndsAtASecondSignalAndTheSessionGoesOn) {
  const Directory directory;
  Scene scene({}, directory.section());
  ASSERT_TRUE(signalled(scene.gateway, "capture waits"));
  const auto client = scene.encrypted();
  ASSERT_TRUE(signalled(scene.gateway, "capture ended reason=signal"));
  const std::string text = content(directory.file());
  authenticate(*client, true);
  EXPECT_EQ(content(directory.file()), text);
}

TEST(Capture, EndsAtItsSizeAndTheSessionGoesOn) {
  const Directory directory;
  Scene scene({}, directory.section(", size: 64KiB"));
  ASSERT_TRUE(signalled(scene.gateway, "capture waits"));
  const auto client = scene.encrypted();
  for (int i = 0; i < 300; ++i) ASSERT_NE(ask(*client, Operation::echo, 0, Bytes{}, true), nullptr);
  ASSERT_TRUE(scene.gateway.process().wait_for_output("capture ended reason=size", patience));
  EXPECT_LE(std::filesystem::file_size(directory.file()), 64U * 1024);
  authenticate(*client, true);
}

TEST(Capture, EndsAfterItsDuration) {
  const Directory directory;
  Scene scene({}, directory.section(", duration: 1s"));
  ASSERT_TRUE(signalled(scene.gateway, "capture waits"));
  const auto client = scene.connected();
  EXPECT_TRUE(client->run_until(
      [&] {
        return scene.gateway.process().output().find("capture ended reason=duration") != std::string::npos;
      },
      patience));
}

TEST(Capture, WaitsForTheClientItMeans) {
  const Directory directory;
  Scene scene({}, directory.section(", client: 192.0.2.1"));
  ASSERT_TRUE(signalled(scene.gateway, "capture waits"));
  const auto client = scene.encrypted();
  authenticate(*client, true);
  EXPECT_EQ(content(directory.file()), "");
  ASSERT_TRUE(signalled(scene.gateway, "capture ended reason=signal"));
}

TEST(Capture, RefusesADirectoryThatOthersMayUse) {
  const Directory directory;
  Scene scene({}, directory.section());
  std::filesystem::permissions(directory.file().parent_path(), std::filesystem::perms(0755));
  EXPECT_TRUE(signalled(scene.gateway, "others may use it: it needs the mode 0700"));
  EXPECT_TRUE(directory.empty());
}

TEST(Capture, IsWrittenToItsEndWhenTheProcessEnds) {
  const Directory directory;
  Scene scene({}, directory.section());
  ASSERT_TRUE(signalled(scene.gateway, "capture waits"));
  const auto client = scene.encrypted();
  EXPECT_EQ(scene.gateway.stop(), 0);
  const auto lines = objects_in(content(directory.file()));
  ASSERT_GT(lines.size(), 2U);
  EXPECT_EQ(lines.back().at("event").as_string(), "capture ended");
  EXPECT_EQ(lines[lines.size() - 2].at("reason").as_string(), "shutdown");
}

TEST(Capture, WorksOnStreamsAndWithAConnectionThatSaysNothingBefore) {
  for (const auto scheme : {StreamScene::Scheme::tcp, StreamScene::Scheme::ws, StreamScene::Scheme::wss}) {
    const Directory directory;
    StreamScene scene(scheme, {}, directory.section());
    ASSERT_TRUE(signalled(scene.gateway, "capture waits"));
    check_health(scene.gateway.port());
    const auto client = scene.connected();
    authenticate(*client, false);
    leave(*client, scene.gateway);
    const std::string text = content(directory.file());
    EXPECT_THAT(text, Not(HasSubstr(secret)));
    EXPECT_EQ(line_of(objects_in(text), "to_server", 230).at("parameters").at("221").as_string(), "redacted");
  }
}

}  // namespace
}  // namespace gateway::test
