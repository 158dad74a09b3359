#include "metrics/html.h"

#include <gtest/gtest.h>

namespace gateway::metrics {
namespace {

TEST(Html, EscapesWhatMeansSomethingToABrowser) {
  Html html;
  html.text(R"(<b title="a" id='b'>Tom & Jerry</b>)");
  EXPECT_EQ(html.str(), "&lt;b title=&quot;a&quot; id=&#39;b&#39;&gt;Tom &amp; Jerry&lt;/b&gt;");
}

TEST(Html, ClosesAnElementWithoutItsAttributes) {
  Html html;
  html.element("td class=\"bad\"", "a<b");
  EXPECT_EQ(html.str(), "<td class=\"bad\">a&lt;b</td>");
}

TEST(Html, EscapesHeadingsAndCells) {
  Html html;
  html.begin_section("<1>");
  html.begin_table({"<2>", "<3>"});
  html.row("<4>", {"<5>"});
  html.end_table();
  html.end_section();
  EXPECT_EQ(html.str(),
            "<section><h2>&lt;1&gt;</h2>\n"
            "<table><thead><tr><th scope=\"col\">&lt;2&gt;</th><th "
            "scope=\"col\">&lt;3&gt;</th></tr></thead><tbody>\n"
            "<tr><th scope=\"row\">&lt;4&gt;</th><td>&lt;5&gt;</td></tr>\n"
            "</tbody></table>\n"
            "</section>\n");
}

}  // namespace
}  // namespace gateway::metrics
