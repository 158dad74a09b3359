#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>

#include <spdlog/sinks/base_sink.h>

namespace gateway::config {

/// Writes lines to a descriptor it doesn't own. While nobody reads them it waits: the thread that writes the
/// log has nothing else to do. Lines that can't be written (no space, no reader, no descriptor) are counted
/// and gone; the next one is tried again.
class LogSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit LogSink(int descriptor) : descriptor_(descriptor) {}

  /// Any thread may ask.
  std::uint64_t lines_lost() const { return lines_lost_.load(std::memory_order_relaxed); }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
  bool write(std::string_view line) const;

  const int descriptor_;
  std::atomic<std::uint64_t> lines_lost_{0};
};

}  // namespace gateway::config
