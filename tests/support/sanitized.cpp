#include "support/sanitized.h"

#include <fstream>
#include <iterator>
#include <string>

#include "support/process.h"

namespace gateway::test {

bool sanitized() {
  static const bool found = [] {
    std::ifstream file(built_program("photon-gateway"), std::ios::binary);
    const std::string program(std::istreambuf_iterator<char>(file), {});
    return program.find("__asan_init") != std::string::npos ||
           program.find("__tsan_init") != std::string::npos;
  }();
  return found;
}

}  // namespace gateway::test
