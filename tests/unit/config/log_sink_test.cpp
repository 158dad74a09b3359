#include "config/log_sink.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>
#include <spdlog/logger.h>

namespace gateway::config {
namespace {

/// A logger with the sink on `descriptor` alone, and nothing between them.
struct Written {
  explicit Written(int descriptor) : sink(std::make_shared<LogSink>(descriptor)), logger("test", sink) {
    logger.set_pattern("%v");
  }
  std::shared_ptr<LogSink> sink;
  spdlog::logger logger;
};

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0); }
  ~Pipe() {
    close_reader();
    ::close(ends[1]);
  }
  void close_reader() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  /// Until it takes nothing more: the bytes it took.
  std::size_t fill() const {
    const std::array<char, 4096> block{};
    std::size_t bytes = 0;
    for (const std::size_t size : {block.size(), std::size_t{1}}) {
      while (::write(ends[1], block.data(), size) == static_cast<ssize_t>(size)) bytes += size;
    }
    return bytes;
  }
  /// What is in it now, at most `size` bytes.
  std::string read(std::size_t size) const {
    std::string text(size, '\0');
    const ssize_t bytes = ::read(ends[0], text.data(), size);
    text.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
    return text;
  }
  std::array<int, 2> ends{-1, -1};
};

TEST(LogSink, WritesALine) {
  const Pipe pipe;
  Written written(pipe.ends[1]);
  written.logger.info("one");
  EXPECT_EQ(pipe.read(100), "one\n");
  EXPECT_EQ(written.sink->lines_lost(), 0U);
}

TEST(LogSink, CountsLinesForWhichTheDeviceHasNoRoom) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  Written written(full);
  written.logger.info("one");
  written.logger.info("two");
  EXPECT_EQ(written.sink->lines_lost(), 2U);
  ::close(full);
}

TEST(LogSink, CountsLinesThatNobodyCanReadAnyMore) {
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.close_reader();
  Written written(pipe.ends[1]);
  written.logger.info("one");
  EXPECT_EQ(written.sink->lines_lost(), 1U);
  ::signal(SIGPIPE, before);
}

TEST(LogSink, CountsLinesToADescriptorThatIsClosed) {
  Written written(-1);
  written.logger.info("one");
  EXPECT_EQ(written.sink->lines_lost(), 1U);
}

TEST(LogSink, WaitsForTheReaderOfANonBlockingPipe) {
  const Pipe pipe;
  Written written(pipe.ends[1]);
  const std::size_t waiting = pipe.fill();
  std::thread writer([&] { written.logger.info("one"); });
  std::string text;
  while (text.size() < waiting + 4) text += pipe.read(4096);
  writer.join();
  EXPECT_TRUE(text.ends_with("one\n"));
  EXPECT_EQ(written.sink->lines_lost(), 0U);
}

TEST(LogSink, TriesAgainWithTheNextLine) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  const Pipe pipe;
  const int descriptor = ::dup(full);
  Written written(descriptor);
  written.logger.info("one");
  ASSERT_EQ(::dup2(pipe.ends[1], descriptor), descriptor);
  written.logger.info("two");
  EXPECT_EQ(pipe.read(100), "two\n");
  EXPECT_EQ(written.sink->lines_lost(), 1U);
  ::close(descriptor);
  ::close(full);
}

}  // namespace
}  // namespace gateway::config
