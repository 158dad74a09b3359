#pragma once

#include <stdexcept>

namespace gateway::config {

/// Why a configuration can't be used: what() is one sentence for the operator, with `file:line:column: ` in
/// front when it came from a file.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace gateway::config
