#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace gateway::metrics {

/// An HTML page that is being written. Markup is ours; everything else goes in by text(), which escapes it.
class Html {
 public:
  /// Tags as they stand: constants of the program, nothing that comes from elsewhere.
  void markup(std::string_view tags) { text_ += tags; }
  /// Characters that may be anything: inside an element or a quoted attribute they stay what they are.
  void text(std::string_view characters);
  /// <tag>characters</tag>, the characters escaped. `tag` may carry attributes: `td class="bad"`.
  void element(std::string_view tag, std::string_view characters);

  /// The beginning of a section with a heading, and of a table in it. `columns` are headings.
  void begin_section(std::string_view heading);
  void begin_table(std::initializer_list<std::string_view> columns);
  /// A row: what it is about, then its values.
  void row(std::string_view head, std::initializer_list<std::string_view> values);
  void end_table() { markup("</tbody></table>\n"); }
  void end_section() { markup("</section>\n"); }

  const std::string& str() const { return text_; }

 private:
  std::string text_;
};

}  // namespace gateway::metrics
