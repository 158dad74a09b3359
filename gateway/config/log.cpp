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

#include "config/log_sink.h"

namespace gateway::config {
namespace {

constexpr std::size_t lines_waiting_max = 8192;
constexpr std::chrono::seconds patience{2};  // with whoever reads the log, at the end

std::atomic<bool> log_abandoned{false};

/// %* in a pattern: the message, escaped for JSON.
class EscapedMessage : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    const std::string text = json_escaped({message.payload.data(), message.payload.size()});
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<EscapedMessage>(); }
};

std::unique_ptr<spdlog::formatter> formatter(LogFormat format) {
  constexpr auto utc = spdlog::pattern_time_type::utc;
  if (format == LogFormat::text) {
    return std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l %v", utc, "\n");
  }
  auto json = std::make_unique<spdlog::pattern_formatter>(utc, "\n");
  json->add_flag<EscapedMessage>('*').set_pattern(
      R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%*"})");
  return json;
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

std::string json_escaped(std::string_view text) {
  std::string escaped;
  for (const char character : text) {
    const auto code = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      escaped += '\\';
      escaped += character;
    } else if (code < 0x20 || code == 0x7F) {
      constexpr std::string_view digits = "0123456789abcdef";
      escaped += "\\u00";
      escaped += digits[code >> 4U];
      escaped += digits[code & 0x0FU];
    } else {
      escaped += character;
    }
  }
  return escaped;
}

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
