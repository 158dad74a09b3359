#pragma once

#include <filesystem>
#include <string>

namespace gateway::test {

/// The running test program.
inline std::filesystem::path this_program() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

/// The directory of the build this program belongs to: test programs lie in its tests/, photon-gateway at its
/// top.
inline std::filesystem::path build_directory() {
  return this_program().parent_path().parent_path();
}

}  // namespace gateway::test
