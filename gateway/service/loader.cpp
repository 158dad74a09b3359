#include "service/loader.h"

#include <chrono>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>

#include "config/load.h"

namespace gateway {

/// Where a thread reports to, as long as there is somebody.
struct Loader::Home {
  std::mutex mutex;
  boost::asio::io_context* context;  // null once the loader is gone
};

namespace {

bool abandoned_one = false;

Loaded read(const std::string& file) {
  try {
    return config::load_file(file);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

Loader::Loader(boost::asio::io_context& context, std::function<void(const Loaded&)> take)
    : take_(std::move(take)), home_(std::make_shared<Home>()) {
  home_->context = &context;
}

Loader::~Loader() {
  const std::lock_guard lock(home_->mutex);
  home_->context = nullptr;
  abandoned_one = abandoned_one || loading_;
}

bool Loader::abandoned() {
  return abandoned_one;
}

bool Loader::load(const std::string& file) {
  if (loading_) {
    again_ = true;
    return false;
  }
  begin(file);
  return true;
}

bool Loader::takes_long(TimePoint now) {
  if (!loading_ || told_ || now - began_ < long_time) return false;
  told_ = true;
  return true;
}

void Loader::begin(const std::string& file) {
  try {
    std::thread([this, file, home = home_] {
      Loaded loaded = read(file);
      const std::lock_guard lock(home->mutex);
      if (home->context == nullptr) return;
      boost::asio::post(*home->context, [this, file, loaded = std::move(loaded)] { done(file, loaded); });
    }).detach();
    loading_ = true;
    told_ = false;
    began_ = std::chrono::steady_clock::now();
  } catch (const std::system_error& error) {  // the system has no thread left
    take_(std::string("no thread can be started: ") + error.what());
  }
}

void Loader::done(const std::string& file, const Loaded& loaded) {
  loading_ = false;
  take_(loaded);
  if (std::exchange(again_, false)) begin(file);
}

}  // namespace gateway
