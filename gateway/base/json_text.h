#pragma once

#include <string>
#include <string_view>

namespace gateway {

/// Appends `text` to `out` as a JSON string in its quotes. Quotes, backslashes and control characters are
/// escaped, and each byte that isn't part of UTF-8 becomes U+FFFD: whatever the text, the result is one valid
/// string on one line.
void append_json_text(std::string& out, std::string_view text);

/// Bytes of the UTF-8 character at the beginning of `text`; 0 when there is none.
std::size_t utf8_character(std::string_view text);

}  // namespace gateway
