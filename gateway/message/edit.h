#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "message/envelope.h"
#include "message/error.h"
#include "message/init.h"

namespace gateway::message {

inline constexpr std::size_t text_max = 0x7FFF;  // bytes: what 1.6 can count, and what writers of 1.8 keep to

/// Replaces texts in a parameter of a message and leaves every other byte: each text is offered in turn, and
/// what replaces it is written with its length into the caller's buffer. Nothing else in a body depends on
/// the size of a text. Source: README.md, "Bodies".
///
///     Edit edit(message, serialization, key, out);
///     while (const auto text = edit.next_text()) {
///       if (…) edit.replace(position, count, by);
///     }
///     const auto body = edit.finish();
///
/// The texts of a parameter are its value if that is a string, or the elements if it is a string array; a
/// value of another type has none, nor has a type of message without parameters. A repeated key is edited
/// every time, as readers differ in which of them counts.
class Edit {
 public:
  /// Of a clear request, response or event. `out` must not overlap the message. It needs the size of the
  /// body, and for each replaced text what that grows by and up to two bytes, by which its length may grow.
  Edit(const Envelope& message, Serialization serialization, std::uint8_t key, MutableBytes out);

  /// The next text, a view into the message, as the server wrote it: any bytes. Empty behind the last one,
  /// when the whole body was walked, or when that failed.
  std::optional<std::string_view> next_text();

  /// Puts `by` in the place of `count` bytes from `position` on of the text that was offered last; at most
  /// once a text. A text that stays the same keeps its bytes.
  void replace(std::size_t position, std::size_t count, std::string_view by);

  /// The edited body, to be asked for when there are no more texts: the message's own if nothing was
  /// replaced, otherwise the beginning of `out`. Errors: those of skip_value; too_long when a replaced text
  /// exceeds text_max or the body exceeds `out`. `out` then holds nothing of use.
  Result<Bytes> finish();

 private:
  void open_parameters(Type type);
  void next_parameter();
  void skip_value();
  void copy_until(std::size_t end);
  void fail(Error error);

  Bytes body_;
  Serialization serialization_;
  std::uint8_t key_;
  ByteReader in_;
  ByteWriter out_;
  std::optional<Error> error_;
  std::size_t parameters_ = 0;  // not yet begun
  std::size_t texts_ = 0;       // of the current parameter, not yet offered
  std::size_t text_begin_ = 0;  // of the current text, its length included
  std::string_view text_;
  std::size_t copied_ = 0;  // bytes of the body that are in `out`; 0 until something is replaced
};

}  // namespace gateway::message
