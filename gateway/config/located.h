#pragma once

#include <string>

#include "config/error.h"

namespace gateway::config {

/// A text and where the operator wrote it: "gateway.yaml:3:14" or "--listen".
struct Located {
  std::string text;
  std::string where;

  /// Throws Error: "<where>: <sentence>".
  [[noreturn]] void fail(const std::string& sentence) const { throw Error(where + ": " + sentence); }
};

}  // namespace gateway::config
