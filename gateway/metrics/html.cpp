#include "metrics/html.h"

namespace gateway::metrics {
namespace {

/// What stands for a character that means something to HTML; empty for all others.
std::string_view entity(char character) {
  switch (character) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

void Html::text(std::string_view characters) {
  for (const char character : characters) {
    const std::string_view escaped = entity(character);
    if (escaped.empty()) {
      text_ += character;
    } else {
      text_ += escaped;
    }
  }
}

void Html::element(std::string_view tag, std::string_view characters) {
  markup("<");
  markup(tag);
  markup(">");
  text(characters);
  markup("</");
  markup(tag.substr(0, tag.find(' ')));
  markup(">");
}

void Html::begin_section(std::string_view heading) {
  markup("<section>");
  element("h2", heading);
  markup("\n");
}

void Html::begin_table(std::initializer_list<std::string_view> columns) {
  markup("<table><thead><tr>");
  for (const std::string_view column : columns) element("th scope=\"col\"", column);
  markup("</tr></thead><tbody>\n");
}

void Html::row(std::string_view head, std::initializer_list<std::string_view> values) {
  markup("<tr>");
  element("th scope=\"row\"", head);
  for (const std::string_view value : values) element("td", value);
  markup("</tr>\n");
}

}  // namespace gateway::metrics
