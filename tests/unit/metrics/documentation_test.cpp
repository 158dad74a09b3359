// names.h is the one source of what is known of a metric: README.md shows it as a table.
//
//   GATEWAY_WRITE_TABLE=1 build/release/tests/unit_tests --gtest_filter='MetricTable.*'
//
// writes the table into README.md.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "metrics/names.h"
#include "metrics/sums.h"
#include "net/stats.h"
#include "session/record.h"
#include "transport/stats.h"

namespace gateway::metrics {
namespace {

const std::string path = GATEWAY_SOURCE_DIR "/gateway/metrics/README.md";
const std::string begin = "<!-- the table of names.h -->\n";
const std::string end = "<!-- end of the table -->\n";

std::string name(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return "counter";
    case Kind::gauge:
      return "gauge";
    case Kind::histogram:
      return "histogram";
  }
  return "unknown";
}

std::string table() {
  std::string text = "| metric | type | labels | meaning |\n|---|---|---|---|\n";
  for (const Metric* metric : all) {
    text += "| `" + std::string(metric->name) + "` | " + name(metric->kind) + " | " + metric->labels + " | " +
            metric->help + " |\n";
  }
  return text;
}

std::string read_file() {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// What stands under a heading, up to the next.
std::string section(std::string_view heading) {
  const std::string text = read_file();
  const std::size_t from = text.find("\n### " + std::string(heading) + "\n");
  if (from == std::string::npos) return {};
  return text.substr(from, text.find("\n#", from + 1) - from);
}

bool has_line_for(std::string_view word, const std::string& text) {
  return text.find("\n| `" + std::string(word) + "` | ") != std::string::npos;
}

TEST(MetricTable, IsThatOfTheReadme) {
  const std::string text = read_file();
  const std::size_t from = text.find(begin);
  const std::size_t to = text.find(end);
  ASSERT_TRUE(from != std::string::npos && to != std::string::npos && from < to) << path;
  const std::size_t table_from = from + begin.size();
  if (std::getenv("GATEWAY_WRITE_TABLE") != nullptr) {
    std::ofstream(path) << text.substr(0, table_from) << table() << text.substr(to);
  } else {
    EXPECT_EQ(text.substr(table_from, to - table_from), table()) << "see the top of this file";
  }
}

TEST(MetricTable, HasEachNameOnceAndNoBarThatWouldEndACell) {
  std::set<std::string> names;
  for (const Metric* metric : all) {
    EXPECT_TRUE(names.insert(metric->name).second) << metric->name;
    EXPECT_EQ(std::string(metric->help).find('|'), std::string::npos) << metric->name;
    EXPECT_TRUE(std::string(metric->help).ends_with('.')) << metric->name;
  }
}

TEST(MetricTable, EachReasonIsExplained) {
  const std::string ends = section("Ends of sessions");
  for (const session::End why : all_of<session::End>()) {
    if (why == session::End::none) continue;
    EXPECT_TRUE(has_line_for(name(why), ends)) << name(why);
  }
  const std::string rejections = section("Clients turned away");
  for (const net::Rejection why : all_of<net::Rejection>())
    EXPECT_TRUE(has_line_for(name(why), rejections)) << name(why);
  const std::string drops = section("What is dropped");
  for (const transport::Drop why : all_of<transport::Drop>())
    EXPECT_TRUE(has_line_for(name(why), drops)) << name(why);
  EXPECT_TRUE(has_line_for("no_session", drops));
}

TEST(MetricTable, HasNoLabelThatCouldTellClientsApart) {
  const std::set<std::string> allowed = {
      "listener", "transport", "state",    "reason", "result",  "direction", "side",  "kind", "encrypted",
      "code",     "outcome",   "upstream", "server", "version", "commit",    "botan", "hash"};
  for (const Metric* metric : all) {
    std::istringstream labels(metric->labels);
    for (std::string label; std::getline(labels >> std::ws, label, ',');) {
      EXPECT_TRUE(allowed.contains(label)) << metric->name << " " << label;
    }
  }
}

}  // namespace
}  // namespace gateway::metrics
