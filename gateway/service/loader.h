#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include <boost/asio/io_context.hpp>

#include "base/time.h"
#include "config/config.h"

namespace gateway {

/// A configuration that was read, or the sentence that says why it can't be used.
using Loaded = std::variant<config::Config, std::string>;

/// Reads configurations on a thread of its own: the system takes its time to resolve names, and meanwhile the
/// admin port answers and the service manager hears of us. Nobody waits for that thread at the end.
class Loader {
 public:
  /// Longer than the system's resolver takes to give up on a few names.
  static constexpr Duration long_time = minutes(1);

  /// `take` is called by `context`, which outlives this, with what was read.
  Loader(boost::asio::io_context& context, std::function<void(const Loaded&)> take);
  ~Loader();

  /// Reads `file`; false while one is being read: then it is read once more after that.
  bool load(const std::string& file);
  /// Nothing more is read after what is being read.
  void stop() { again_ = false; }
  bool loading() const { return loading_; }
  /// True once for what has been read for long_time; asked about once a second.
  bool takes_long(TimePoint now);
  /// True once one ended while its thread still read: then the process must end without destructors of what
  /// that thread uses.
  static bool abandoned();

 private:
  struct Home;

  void begin(const std::string& file);
  void done(const std::string& file, const Loaded& loaded);

  std::function<void(const Loaded&)> take_;
  std::shared_ptr<Home> home_;  // shared with the thread
  bool loading_ = false;
  bool again_ = false;
  bool told_ = false;  // that it takes long
  TimePoint began_{};  // what is being read
};

}  // namespace gateway
