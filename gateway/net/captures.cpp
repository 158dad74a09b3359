#include "net/captures.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/log_line.h"
#include "net/address.h"

namespace gateway::net {

namespace {

constexpr Duration disk_patience = milliseconds(200);  // for the last lines of the capture before
constexpr Duration last_patience = seconds(2);         // and at the process's end, as with the log
constexpr int files_max = 1000;                        // in the directory: who forgets them fills no disk

std::shared_ptr<CaptureFile> refuse(const std::string& directory, const std::string& why) {
  spdlog::error(LogLine("no capture").text("directory", directory).text("error", why).str());
  return nullptr;
}

std::string system_error() {
  return std::generic_category().message(errno);
}

/// What players said must be no other user's to read or to put somewhere else.
std::string objection_to(const Descriptor& directory) {
  struct stat status {};
  if (fstat(directory.get(), &status) != 0) return system_error();
  if (status.st_uid != geteuid()) return "it must belong to the user that photon-gateway runs as";
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return "others may use it: it needs the mode 0700";
  return {};
}

/// A new file, and its name.
std::pair<Descriptor, std::string> create_in(const Descriptor& directory) {
  for (int number = 1; number <= files_max; ++number) {
    std::string name = "session-" + std::to_string(number) + ".jsonl";
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    Descriptor file(openat(directory.get(), name.c_str(), flags, S_IRUSR | S_IWUSR));
    if (file || errno != EEXIST) return {std::move(file), std::move(name)};
  }
  errno = EEXIST;
  return {Descriptor(), std::string()};
}

std::shared_ptr<CaptureFile> open_file(const CaptureOptions& options) {
  const Descriptor directory(
      open(options.directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return refuse(options.directory, system_error());
  if (const std::string why = objection_to(directory); !why.empty()) return refuse(options.directory, why);
  auto [file, name] = create_in(directory);
  if (!file) return refuse(options.directory, system_error());
  try {
    return CaptureFile::start(std::move(file), options.directory + "/" + name, options.size_max);
  } catch (const std::exception& error) {  // no thread is to be had: nothing to end the gateway for
    unlinkat(directory.get(), name.c_str(), 0);
    return refuse(options.directory, error.what());
  }
}

}  // namespace

Captures::~Captures() {
  if (file_) file_->close(last_patience);
}

void Captures::signalled(const CaptureOptions& options, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (file_ && !file_->over()) {
    waits_ = false;
    return file_->finish("signal");
  }
  if (file_ && !file_->written_within(disk_patience)) {
    refuse(options.directory, "the last one still waits for its disk");
    return;
  }
  if (options.directory.empty()) {
    return spdlog::warn(LogLine("no capture")
                            .text("signal", "SIGUSR1")
                            .note("captures are off; to capture a session set capture.directory")
                            .str());
  }
  auto file = open_file(options);
  if (!file) return;
  file_ = std::move(file);
  options_ = options;
  waits_until_ = now + waits_max;
  waits_ = true;
  spdlog::warn(LogLine("capture waits")
                   .text("file", file_->path())
                   .note("it takes the next session within ten minutes; a second SIGUSR1 ends it")
                   .str());
}

void Captures::expire(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (!waits_ || now < waits_until_) return;
  waits_ = false;
  file_->finish("no_session");
}

void Captures::switched_off() {
  const std::lock_guard lock(mutex_);
  waits_ = false;
  if (file_) file_->finish("reload");
}

std::shared_ptr<CapturedSession> Captures::take(const std::string& listener, const Address& client,
                                                TimePoint now) {
  const std::lock_guard lock(mutex_);
  const bool other_listener = !options_.listener.empty() && options_.listener != listener;
  const bool other_client = options_.client && options_.client->ip != client.ip;
  if (!waits_ || other_listener || other_client) return nullptr;
  waits_ = false;
  spdlog::warn(LogLine("capture begins").text("listener", listener).text("file", file_->path()).str());
  return std::make_shared<CapturedSession>(
      CapturedSession{session::Capture(now), file_, now + options_.duration});
}

}  // namespace gateway::net
