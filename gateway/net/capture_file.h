#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/time.h"
#include "net/descriptor.h"

namespace gateway::net {

/// A file of lines that a thread of its own writes, so that a slow disk never stalls who adds them: what
/// waits is bounded, and lines beyond that are counted and gone. The last line tells why it ended and how
/// many lines are missing. It is never larger than `size_max` bytes. Thread-safe.
class CaptureFile {
 public:
  static constexpr std::size_t waiting_max = std::size_t{4} << 20;  // bytes of lines
  static constexpr std::size_t last_line_max = 512;                 // bytes, kept free for it

  /// With its thread, which keeps it until the last line is written. Throws std::system_error where no thread
  /// is to be had.
  static std::shared_ptr<CaptureFile> start(Descriptor file, std::string path, std::size_t size_max);
  CaptureFile(const CaptureFile&) = delete;
  CaptureFile& operator=(const CaptureFile&) = delete;

  /// A line without its end.
  void add(std::string line);
  /// Lines that were lost before they came here.
  void add_dropped(std::uint64_t lines);
  /// Nothing more comes; `why` is a word. Only the first counts.
  void finish(std::string_view why);
  /// True when it takes no more lines: it is finished, full or can't be written.
  bool over() const { return over_.load(std::memory_order_relaxed); }
  /// True when the last line was written too; waits for that so long.
  bool written_within(Duration time);
  /// At the process's end: finishes it and waits until all is written. When the disk takes longer than
  /// `patience` the log says so, and the thread is left alone with it.
  void close(Duration patience);
  const std::string& path() const { return path_; }

 private:
  CaptureFile(Descriptor file, std::string path, std::size_t size_max);

  void run();
  bool write_line(std::string line);
  void write_last_line();

  const Descriptor file_;
  const std::string path_;
  const std::size_t size_max_;
  std::size_t written_ = 0;  // bytes; of the thread alone, as are the lines
  std::uint64_t lines_ = 0;
  bool torn_ = false;  // the last one was written in part

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;  // these six under mutex_
  std::size_t waiting_bytes_ = 0;
  std::uint64_t dropped_ = 0;
  std::string why_;
  bool written_out_ = false;
  bool left_alone_ = false;  // its thread logs nothing more: the log may be gone
  std::atomic<bool> over_{false};
};

}  // namespace gateway::net
