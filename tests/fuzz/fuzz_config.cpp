// Configuration files. An input is one. It is refused by a sentence, or what it means is printed and read
// back to the same. No name in it is looked up (see tests/CMakeLists.txt): only addresses in text mean
// something.

#include <filesystem>
#include <fstream>
#include <netdb.h>
#include <sstream>
#include <string>

#include "config/load.h"
#include "config/print.h"
#include "fuzz/fuzz.h"

extern "C" int __real_getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                                  addrinfo** found);

// What the linker puts in the place of getaddrinfo().
extern "C" int __wrap_getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                                  addrinfo** found) {
  addrinfo numeric = *hints;
  numeric.ai_flags |= AI_NUMERICHOST;
  return __real_getaddrinfo(node, service, &numeric, found);
}

namespace gateway::fuzz {
namespace {

constexpr const char* file_name = "input.yaml";

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void load(const std::string& text) {
  std::string printed;
  try {
    printed = config::print(config::load_text(text, file_name));
  } catch (const config::Error& error) {
    const std::string sentence = error.what();
    check(sentence.starts_with(file_name), "a mistake has a place");
    check(sentence.size() > std::string(file_name).size() + 2, "and a sentence");
    return;
  }
  try {
    check(config::print(config::load_text(printed, file_name)) == printed, "printed, it means the same");
  } catch (const config::Error& error) {
    std::fprintf(stderr, "%s\n%s\n", error.what(), printed.c_str());
    check(false, "what is printed can be loaded");
  }
}

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  std::vector<std::vector<std::uint8_t>> seeds;
  const auto add = [&seeds](std::string_view text) {
    const Bytes bytes = bytes_of(text);
    seeds.emplace_back(bytes.begin(), bytes.end());
  };
  for (const auto& file : std::filesystem::directory_iterator(GATEWAY_SOURCE_DIR "/config")) {
    const std::string text = read_file(file.path());
    add(text);
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at + 1200))
      add(std::string_view(text).substr(at, 1500));
  }
  add("version: 1\nlisteners: [{name: a, listen: \"tcp://[::1]:1\", upstream: b}]\n"
      "upstreams: {b: {servers: [\"tcp://10.0.0.1:2\"]}}\nadmin: off\n");
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gateway::fuzz::load(std::string(gateway::text_of(gateway::Bytes(data, size))));
  return 0;
}
