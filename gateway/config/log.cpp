#include "config/log.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <thread>
#include <unistd.h>
#include <utility>

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>

#include "base/log_line.h"
#include "config/log_sink.h"

namespace gateway::config {
namespace {

constexpr std::size_t lines_waiting_max = 8192;
constexpr std::chrono::seconds patience{2};  // with whoever reads the log, at the end

std::atomic<bool> log_abandoned{false};

/// %* in a pattern: a record (base/log_line.h) as its format writes it.
class Record : public spdlog::custom_flag_formatter {
 public:
  explicit Record(LogFormat format) : format_(format) {}
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    const std::string_view line(message.payload.data(), message.payload.size());
    const std::string text = format_ == LogFormat::text ? log_text(line) : log_members(line);
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Record>(format_); }

 private:
  LogFormat format_;
};

std::unique_ptr<spdlog::formatter> formatter(LogFormat format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc, "\n");
  formatter->add_flag<Record>('*', format)
      .set_pattern(format == LogFormat::text ? "%Y-%m-%dT%H:%M:%S.%eZ %l %*"
                                             : R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%*})");
  return formatter;
}

spdlog::level::level_enum level(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

Log::Log(const LogOptions& options) : sink_(std::make_shared<LogSink>(STDOUT_FILENO)) {
  spdlog::init_thread_pool(lines_waiting_max, 1);
  logger_ = std::make_shared<spdlog::async_logger>("photon-gateway", sink_, spdlog::thread_pool(),
                                                   spdlog::async_overflow_policy::overrun_oldest);
  logger_->set_formatter(formatter(options.format));
  logger_->set_level(level(options.level));
  spdlog::set_default_logger(logger_);
}

void Log::use(LogLevel wanted) const {
  logger_->set_level(level(wanted));
}

Log::~Log() {
  std::promise<void> promise;
  const std::future<void> written = promise.get_future();
  std::thread([promise = std::move(promise)]() mutable {
    spdlog::shutdown();
    promise.set_value();
  }).detach();
  log_abandoned = written.wait_for(patience) == std::future_status::timeout;
}

std::uint64_t Log::lines_dropped() const {
  const auto writer = spdlog::thread_pool();
  return sink_->lines_lost() + (writer ? writer->overrun_counter() : 0);
}

bool Log::abandoned() {
  return log_abandoned;
}

}  // namespace gateway::config
