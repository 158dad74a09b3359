// The rooms may include each other in one direction only, and a library comes in by one door.
// gateway/README.md draws it; here it is held.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gateway {
namespace {

using Rooms = std::set<std::string>;

// A room and the rooms it may include. "main" stands for the files directly in gateway/.
const std::map<std::string, Rooms> may_include = {
    {"base", {}},
    {"wire", {"base"}},
    {"transport", {"base", "wire"}},
    {"message", {"base"}},
    {"crypto", {"base"}},
    {"policy", {"base", "message"}},
    {"upstream", {"base"}},
    {"session", {"base", "wire", "transport", "message", "policy", "crypto", "upstream"}},
    {"net", {"base", "wire", "transport", "message", "policy", "crypto", "upstream", "session"}},
    {"config", {"base"}},
    {"metrics", {"base"}},
    {"service",
     {"base", "wire", "transport", "message", "policy", "crypto", "upstream", "session", "net", "config",
      "metrics"}},
    {"main", {"base", "crypto", "upstream", "session", "net", "config", "metrics", "service"}},
};

// Rooms that read the plain structs and the names of others, and the headers that hold these.
const std::map<std::string, std::set<std::string>> readers = {
    {"config", {"options.h", "codes.h"}},
    {"metrics", {"options.h", "stats.h"}},
};
const Rooms read_by_main_only = {"config", "metrics"};

// The beginning of a library's header and the rooms that may include it.
const std::vector<std::pair<std::string, Rooms>> doors = {
    {"botan/", {"crypto"}},
    {"yaml-cpp/", {"config"}},
    {"prometheus/", {"metrics"}},
    {"boost/asio", {"net", "service"}},
    {"boost/beast", {"net"}},
    {"boost/json", {"message", "net"}},
    {"spdlog/", {"net", "config", "service", "main"}},
    {"sys/socket.h", {"net"}},
    {"systemd/", {"net"}},
    {"sys/epoll.h", {"net"}},
    {"boost/crc", {"wire"}},
    {"boost/system", {"base"}},
    {"boost/", {}},
};

struct Include {
  std::string room;    // of the file that includes
  std::string header;  // as it is written
  bool quoted = false;
};

bool is_ours_allowed(const Include& include) {
  const auto slash = include.header.find('/');
  if (slash == std::string::npos) return false;  // ours are written "room/name.h"
  const std::string target = include.header.substr(0, slash);
  if (target == include.room) return true;
  const auto rule = may_include.find(include.room);
  if (rule == may_include.end()) return false;
  if (rule->second.contains(target)) return true;
  const auto reader = readers.find(include.room);
  return reader != readers.end() && may_include.contains(target) && !read_by_main_only.contains(target) &&
         reader->second.contains(include.header.substr(slash + 1));
}

bool is_library_allowed(const Include& include) {
  const auto door =
      std::ranges::find_if(doors, [&](const auto& entry) { return include.header.starts_with(entry.first); });
  return door == doors.end() || door->second.contains(include.room);
}

bool is_allowed(const Include& include) {
  return include.quoted ? is_ours_allowed(include) : is_library_allowed(include);
}

std::vector<Include> includes_of(const std::filesystem::path& file, const std::string& room) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)re");
  std::vector<Include> includes;
  std::ifstream in(file);
  std::smatch match;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_match(line, match, pattern)) includes.push_back({room, match[2], match[1] == "\""});
  }
  return includes;
}

const std::filesystem::path source = GATEWAY_SOURCE_DIR "/gateway";

std::vector<std::filesystem::path> source_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source)) {
    const auto extension = entry.path().extension();
    if (extension == ".h" || extension == ".cpp") files.push_back(entry.path());
  }
  return files;
}

std::string room_of(const std::filesystem::path& file) {
  const auto relative = file.lexically_relative(source);
  return relative.has_parent_path() ? relative.begin()->string() : "main";
}

TEST(Includes, PointInOneDirectionAndLibrariesHaveOneDoor) {
  const auto files = source_files();
  ASSERT_GT(files.size(), 20u);
  for (const auto& file : files) {
    EXPECT_TRUE(may_include.contains(room_of(file)))
        << file << " is in a room that the table above doesn't know";
    for (const auto& include : includes_of(file, room_of(file))) {
      EXPECT_TRUE(is_allowed(include)) << file << " must not include " << include.header;
    }
  }
}

TEST(Includes, OfOurOwnNameFilesThatExist) {
  for (const auto& file : source_files()) {
    for (const auto& include : includes_of(file, room_of(file))) {
      if (!include.quoted) continue;
      EXPECT_TRUE(std::filesystem::exists(source / include.header)) << file << " includes " << include.header;
    }
  }
}

TEST(Includes, HaveATableWithoutCircles) {
  for (const auto& [room, targets] : may_include) {
    for (const auto& target : targets) {
      EXPECT_FALSE(may_include.at(target).contains(room)) << room << " and " << target;
      EXPECT_TRUE(std::ranges::includes(targets, may_include.at(target)) || room == "main")
          << room << ", " << target;
    }
  }
}

TEST(Includes, AreRefusedAgainstTheDirectionAndBesidesTheDoor) {
  const auto ours = [](std::string room, std::string header) { return is_allowed({room, header, true}); };
  EXPECT_TRUE(ours("session", "wire/command.h"));
  EXPECT_FALSE(ours("wire", "session/session.h"));
  EXPECT_FALSE(ours("message", "wire/command.h"));
  EXPECT_FALSE(ours("net", "config/config.h"));
  EXPECT_TRUE(ours("config", "net/options.h"));
  EXPECT_FALSE(ours("config", "net/shard.h"));
  EXPECT_TRUE(ours("metrics", "session/stats.h"));
  EXPECT_FALSE(ours("metrics", "config/options.h"));
  EXPECT_TRUE(ours("main", "config/load.h"));
  EXPECT_FALSE(ours("base", "bytes.h"));

  const auto library = [](std::string room, std::string header) { return is_allowed({room, header, false}); };
  EXPECT_TRUE(library("crypto", "botan/hash.h"));
  EXPECT_FALSE(library("session", "botan/secmem.h"));
  EXPECT_FALSE(library("session", "boost/asio/io_context.hpp"));
  EXPECT_FALSE(library("transport", "boost/circular_buffer.hpp"));
  EXPECT_TRUE(library("transport", "vector"));
}

}  // namespace
}  // namespace gateway
