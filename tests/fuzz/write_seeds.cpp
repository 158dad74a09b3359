// With FUZZ_SEEDS=<folder> in the environment a target writes its seeds there and ends, before it fuzzes
// anything: seeds are made from tests/data when they are wanted, so none are kept as files of their own.

#include <filesystem>
#include <fstream>

#include "fuzz/fuzz.h"

namespace {

void write_seeds(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const auto& seed : gateway::fuzz::seeds()) {
    std::ofstream file(folder / std::to_string(number++), std::ios::binary);
    file << gateway::text_of(seed);
    gateway::fuzz::check(file.good(), "seeds can be written");
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* folder = std::getenv("FUZZ_SEEDS");
  if (folder == nullptr) return 0;
  write_seeds(folder);
  std::exit(0);
}
