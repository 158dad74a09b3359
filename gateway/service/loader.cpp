#include "service/loader.h"

#include <exception>
#include <mutex>
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
}

void Loader::load(const std::string& file) {
  if (std::exchange(loading_, true)) {
    again_ = true;
    return;
  }
  std::thread([this, file, home = home_] {
    auto loaded = std::make_shared<const Loaded>(read(file));
    const std::lock_guard lock(home->mutex);
    if (home->context == nullptr) return;
    boost::asio::post(*home->context, [this, file, loaded = std::move(loaded)] { done(file, *loaded); });
  }).detach();
}

void Loader::done(const std::string& file, const Loaded& loaded) {
  loading_ = false;
  take_(loaded);
  if (std::exchange(again_, false)) load(file);
}

}  // namespace gateway
