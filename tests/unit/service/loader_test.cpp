#include "service/loader.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

namespace gateway {
namespace {

/// A loader, and a file that is read until somebody opens it for writing.
class LoaderTest : public testing::Test {
 protected:
  LoaderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "loader-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    EXPECT_EQ(mkfifo(file().c_str(), 0600), 0);
  }
  ~LoaderTest() override { std::filesystem::remove_all(directory_); }
  LoaderTest(const LoaderTest&) = delete;
  LoaderTest& operator=(const LoaderTest&) = delete;

  std::string file() const { return directory_ / "gateway.yaml"; }
  void finish_reading() {
    std::ofstream(file()) << "version: 1\n";
    const auto work = boost::asio::make_work_guard(context_);
    context_.restart();
    context_.run_one();
  }

  boost::asio::io_context context_{1};
  std::vector<Loaded> taken_;
  Loader loader_{context_, [this](const Loaded& loaded) { taken_.push_back(loaded); }};

 private:
  std::filesystem::path directory_;
};

TimePoint now() {
  return std::chrono::steady_clock::now();
}

TEST_F(LoaderTest, TakesLongAfterAMinuteAndSaysItOnce) {
  const TimePoint before = now();
  EXPECT_TRUE(loader_.load(file()));
  const TimePoint after = now();
  EXPECT_FALSE(loader_.takes_long(before + seconds(59)));
  EXPECT_TRUE(loader_.takes_long(after + seconds(60)));
  EXPECT_FALSE(loader_.takes_long(after + hours(1)));
  finish_reading();
  EXPECT_EQ(taken_.size(), 1U);
}

TEST_F(LoaderTest, TakesNoTimeWhenNothingIsRead) {
  EXPECT_FALSE(loader_.takes_long(now() + hours(1)));
  loader_.load(file());
  finish_reading();
  EXPECT_FALSE(loader_.loading());
  EXPECT_FALSE(loader_.takes_long(now() + hours(1)));
}

TEST_F(LoaderTest, HasAMinuteForWhatIsReadOnceMore) {
  loader_.load(file());
  EXPECT_TRUE(loader_.takes_long(now() + seconds(60)));
  EXPECT_FALSE(loader_.load(file())) << "it is read once more after that";
  const TimePoint before = now();
  finish_reading();
  EXPECT_TRUE(loader_.loading());
  EXPECT_FALSE(loader_.takes_long(before + seconds(59)));
  EXPECT_TRUE(loader_.takes_long(now() + seconds(60)));
  finish_reading();
  EXPECT_EQ(taken_.size(), 2U);
}

}  // namespace
}  // namespace gateway
