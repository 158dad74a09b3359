#include "net/captures.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "base/log_line.h"

namespace gateway::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr TimePoint now(hours(1));
constexpr Duration patience = seconds(20);

Address address(std::uint8_t last) {
  Address address;
  address.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, last};
  address.port = 5055;
  return address;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A directory for captures, and the log meanwhile.
class CapturesTest : public testing::Test {
 protected:
  CapturesTest() : before_(spdlog::default_logger()) {
    std::string name = (std::filesystem::temp_directory_path() / "captures-XXXXXX").string();
    directory = mkdtemp(name.data());
    options.directory = directory;
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_)));
  }
  ~CapturesTest() override {
    spdlog::set_default_logger(before_);
    std::filesystem::remove_all(directory);
  }
  CapturesTest(const CapturesTest&) = delete;
  CapturesTest& operator=(const CapturesTest&) = delete;

  std::string logged() const {
    std::istringstream in(log_.str());
    std::string text;
    for (std::string line; std::getline(in, line);) text += log_text(line) + "\n";
    return text;
  }
  std::filesystem::path file(int number) const {
    return directory / ("session-" + std::to_string(number) + ".jsonl");
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
      count += entry.path().empty() ? 0U : 1U;
    return count;
  }

  std::filesystem::path directory;
  CaptureOptions options;

 private:
  std::ostringstream log_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST_F(CapturesTest, AreOffUnlessThereIsADirectory) {
  Captures captures;
  captures.signalled({}, now);
  EXPECT_FALSE(captures.wait());
  EXPECT_EQ(captures.take("master", address(1), now), nullptr);
  EXPECT_THAT(logged(), HasSubstr("no capture signal=SIGUSR1: captures are off"));
}

TEST_F(CapturesTest, TakeTheNextSessionAndOnlyThat) {
  {
    Captures captures;
    captures.signalled(options, now);
    EXPECT_TRUE(captures.wait());
    const auto captured = captures.take("master", address(1), now);
    ASSERT_NE(captured, nullptr);
    EXPECT_EQ(captured->until, now + options.duration);
    EXPECT_FALSE(captures.wait());
    EXPECT_EQ(captures.take("master", address(1), now), nullptr);
    captured->file->add("{\"n\":1}");
    captured->file->finish("session_ended");
  }
  EXPECT_EQ(content(file(1)),
            "{\"n\":1}\n"
            "{\"event\":\"capture ended\",\"reason\":\"session_ended\",\"lines\":1,\"lines_dropped\":0}\n");
  EXPECT_THAT(logged(), HasSubstr("capture ended reason=session_ended lines=1 lines_dropped=0 file=" +
                                  file(1).string()));
}

TEST_F(CapturesTest, WaitForTheListenerAndTheClientTheyMean) {
  options.listener = "game";
  options.client = address(7);
  options.client->port = 0;
  Captures captures;
  captures.signalled(options, now);
  EXPECT_EQ(captures.take("master", address(7), now), nullptr);
  EXPECT_EQ(captures.take("game", address(8), now), nullptr);
  EXPECT_TRUE(captures.wait());
  EXPECT_NE(captures.take("game", address(7), now), nullptr);
}

TEST_F(CapturesTest, WaitTenMinutesForTheirSessionAndNoLonger) {
  {
    Captures captures;
    captures.signalled(options, now);
    captures.expire(now + minutes(10) - milliseconds(1));
    EXPECT_TRUE(captures.wait());
    captures.expire(now + minutes(10));
    EXPECT_FALSE(captures.wait());
    EXPECT_EQ(captures.take("master", address(1), now + minutes(10)), nullptr);
  }
  EXPECT_THAT(logged(),
              HasSubstr("capture ended reason=no_session lines=0 lines_dropped=0 file=" + file(1).string()));
}

TEST_F(CapturesTest, MayBeAskedForAgainWhenNoSessionCame) {
  Captures captures;
  captures.signalled(options, now);
  captures.expire(now + minutes(10));
  captures.signalled(options, now + minutes(11));
  captures.expire(now + minutes(11));
  EXPECT_TRUE(captures.wait()) << "ten minutes of its own";
  EXPECT_NE(captures.take("master", address(1), now + minutes(12)), nullptr);
  EXPECT_EQ(files(), 2U);
}

TEST_F(CapturesTest, ThatHaveTheirSessionGoOn) {
  options.duration = hours(1);
  Captures captures;
  captures.signalled(options, now);
  const auto captured = captures.take("master", address(1), now + minutes(9));
  captures.expire(now + minutes(11));
  EXPECT_FALSE(captured->file->over());
}

TEST_F(CapturesTest, EndAtASecondSignal) {
  Captures captures;
  captures.signalled(options, now);
  const auto captured = captures.take("master", address(1), now);
  captures.signalled(options, now);
  EXPECT_TRUE(captured->file->over());
  captured->file->add("too late");
  captures.signalled(options, now);  // and the third begins another
  EXPECT_TRUE(captures.wait());
  captures.signalled(options, now);
  EXPECT_FALSE(captures.wait()) << "it waited, and is ended too";
  EXPECT_EQ(files(), 2U);
  EXPECT_THAT(content(file(1)), Not(HasSubstr("too late")));
}

TEST_F(CapturesTest, WriteForNobodyElse) {
  const mode_t mask = umask(0);
  Captures captures;
  captures.signalled(options, now);
  umask(mask);
  struct stat status {};
  ASSERT_EQ(stat(file(1).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(CapturesTest, RefuseADirectoryThatOthersMayUse) {
  ASSERT_EQ(chmod(directory.c_str(), 0750), 0);
  Captures captures;
  captures.signalled(options, now);
  EXPECT_FALSE(captures.wait());
  EXPECT_EQ(files(), 0U);
  EXPECT_THAT(logged(), HasSubstr("others may use it: it needs the mode 0700"));
}

TEST_F(CapturesTest, RefuseADirectoryOfAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  ASSERT_EQ(chown(directory.c_str(), 65534, 65534), 0);
  Captures captures;
  captures.signalled(options, now);
  EXPECT_FALSE(captures.wait());
  EXPECT_THAT(logged(), HasSubstr("it must belong to the user that photon-gateway runs as"));
}

TEST_F(CapturesTest, RefuseADirectoryThatIsNotThereOrALink) {
  const std::filesystem::path link = directory / "link";
  std::filesystem::create_directory_symlink(directory, link);
  Captures captures;
  for (const std::filesystem::path& wrong : {directory / "none", link}) {
    options.directory = wrong;
    captures.signalled(options, now);
    EXPECT_FALSE(captures.wait()) << wrong;
  }
  EXPECT_EQ(files(), 1U) << "the link";
  EXPECT_THAT(logged(), HasSubstr("no capture directory=" + (directory / "none").string() + " error="));
}

TEST_F(CapturesTest, NeverWriteToAFileThatIsThere) {
  std::ofstream(file(1)) << "mine";
  std::filesystem::create_symlink(directory / "elsewhere", file(2));
  {
    Captures captures;
    captures.signalled(options, now);
  }
  EXPECT_EQ(content(file(1)), "mine");
  EXPECT_FALSE(std::filesystem::exists(directory / "elsewhere"));
  EXPECT_THAT(content(file(3)), HasSubstr("\"reason\":\"stopped\""));
}

TEST_F(CapturesTest, AreNeverLargerThanTheirSize) {
  options.size_max = std::size_t{64} * 1024;
  {
    Captures captures;
    captures.signalled(options, now);
    const auto captured = captures.take("master", address(1), now);
    for (int i = 0; i < 2000; ++i) captured->file->add(std::string(99, 'x'));
    captured->file->finish("session_ended");
  }
  EXPECT_LE(std::filesystem::file_size(file(1)), options.size_max);
  EXPECT_GT(std::filesystem::file_size(file(1)), options.size_max - 1024);
  const std::string text = content(file(1));
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) - 1;
  EXPECT_THAT(text, HasSubstr("\"lines\":" + std::to_string(lines) + ",\"lines_dropped\":"));
  EXPECT_THAT(text, testing::EndsWith("}\n"));
}

TEST_F(CapturesTest, SayWhenTheDiskIsFull) {
  const auto full =
      CaptureFile::start(Descriptor(open("/dev/full", O_WRONLY | O_CLOEXEC)), "/dev/full", 1 << 20);
  full->add("{}");
  full->close(patience);
  EXPECT_THAT(logged(), HasSubstr("capture ended reason="));
  EXPECT_THAT(logged(), HasSubstr(" lines=0 lines_dropped=1 file=/dev/full"));
}

/// What is read from a pipe until nobody can write to it any more.
std::string rest_of(const Descriptor& pipe) {
  std::string text;
  std::array<char, 4096> chunk{};
  for (ssize_t bytes = 0; (bytes = read(pipe.get(), chunk.data(), chunk.size())) > 0;)
    text.append(chunk.data(), static_cast<std::size_t>(bytes));
  return text;
}

TEST_F(CapturesTest, DoNotWaitForEverForADiskThatTakesNothing) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const Descriptor reader(ends[0]);
  auto stuck = CaptureFile::start(Descriptor(ends[1]), "stuck", std::size_t{1} << 20);
  const std::string line(std::size_t{128} * 1024, 'x');  // twice as much as a pipe takes
  stuck->add(line);
  stuck->close(milliseconds(10));
  EXPECT_THAT(logged(), HasSubstr("capture not written file=stuck: its disk takes too long"));
  stuck.reset();
  EXPECT_THAT(rest_of(reader), AllOf(testing::StartsWith(line + "\n{"), HasSubstr("\"lines\":1")))
      << "its thread lives as long as its disk makes it wait";
  EXPECT_THAT(logged(), Not(HasSubstr("capture ended"))) << "the log may be gone before that";
}

}  // namespace
}  // namespace gateway::net
