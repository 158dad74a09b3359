#include "net/capture_file.h"

#include <cerrno>
#include <pthread.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/log_line.h"

namespace gateway::net {

namespace {

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

CaptureFile::CaptureFile(Descriptor file, std::string path, std::size_t size_max)
    : file_(std::move(file)), path_(std::move(path)), size_max_(size_max) {}

// Nobody waits for the thread's own end: its disk may never let it go.
std::shared_ptr<CaptureFile> CaptureFile::start(Descriptor file, std::string path, std::size_t size_max) {
  std::shared_ptr<CaptureFile> started(new CaptureFile(std::move(file), std::move(path), size_max));
  std::thread thread([started] { started->run(); });
  pthread_setname_np(thread.native_handle(), "capture");
  thread.detach();
  return started;
}

void CaptureFile::add(std::string line) {
  const std::lock_guard lock(mutex_);
  if (over_) return;
  if (waiting_bytes_ + line.size() > waiting_max) {
    ++dropped_;
    return;
  }
  waiting_bytes_ += line.size();
  waiting_.push_back(std::move(line));
  changed_.notify_one();
}

void CaptureFile::add_dropped(std::uint64_t lines) {
  const std::lock_guard lock(mutex_);
  dropped_ += lines;
}

void CaptureFile::finish(std::string_view why) {
  const std::lock_guard lock(mutex_);
  if (over_) return;
  why_ = why;
  over_ = true;
  changed_.notify_one();
}

bool CaptureFile::written_within(Duration time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [this] { return written_out_; });
}

void CaptureFile::close(Duration patience) {
  finish("stopped");
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, patience, [this] { return written_out_; })) return;
  left_alone_ = true;
  spdlog::warn(LogLine("capture not written")
                   .text("file", path_)
                   .note("its disk takes too long: the last lines may be missing")
                   .str());
}

void CaptureFile::run() {
  std::unique_lock lock(mutex_);
  bool writable = true;
  while (!over_ || !waiting_.empty()) {
    changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    std::deque<std::string> taken = std::exchange(waiting_, {});
    waiting_bytes_ = 0;
    lock.unlock();
    std::uint64_t lost = 0;
    for (std::string& line : taken) {
      writable = writable && write_line(std::move(line));
      if (!writable) ++lost;
    }
    lock.lock();
    dropped_ += lost;
  }
  lock.unlock();
  write_last_line();
}

/// False when nothing more can be written.
bool CaptureFile::write_line(std::string line) {
  line += '\n';
  if (written_ + line.size() + last_line_max > size_max_) {
    finish("size");
    return false;
  }
  if (!write_all(file_.get(), line)) {
    torn_ = true;
    finish("write_error");
    return false;
  }
  written_ += line.size();
  ++lines_;
  return true;
}

void CaptureFile::write_last_line() {
  LogLine line("capture ended");
  {
    const std::lock_guard lock(mutex_);
    line.text("reason", why_).number("lines", lines_).number("lines_dropped", dropped_);
  }
  write_all(file_.get(), (torn_ ? "\n{" : "{") + log_members(line.str()) + "}\n");
  const std::lock_guard lock(mutex_);
  if (left_alone_) return;
  spdlog::warn(line.text("file", path_).str());
  written_out_ = true;
  changed_.notify_all();
}

}  // namespace gateway::net
