#include "message/edit.h"

#include <cassert>

#include "message/protocol_16.h"
#include "message/protocol_18.h"
#include "message/value.h"

namespace gateway::message {

namespace {

std::optional<std::size_t> open_texts(ByteReader& in, Serialization serialization) {
  return serialization == Serialization::v16 ? protocol_16::open_texts(in) : protocol_18::open_texts(in);
}

Bytes read_text(ByteReader& in, Serialization serialization) {
  return serialization == Serialization::v16 ? protocol_16::read_text(in) : protocol_18::read_text(in);
}

void write_text_length(ByteWriter& out, Serialization serialization, std::size_t size) {
  if (serialization == Serialization::v16) return protocol_16::write_text_length(out, size);
  protocol_18::write_text_length(out, size);
}

}  // namespace

Edit::Edit(const Envelope& message, Serialization serialization, std::uint8_t key, MutableBytes out)
    : body_(message.body), serialization_(serialization), key_(key), in_(message.body), out_(out) {
  open_parameters(message.type);
}

void Edit::open_parameters(Type type) {
  if (type == Type::response || type == Type::internal_response) {
    in_.skip(3);   // operation and return code
    skip_value();  // text
  } else if (type == Type::request || type == Type::internal_request || type == Type::event) {
    in_.skip(1);
  } else {
    return;  // no parameters
  }
  const auto count = read_parameter_count(in_, serialization_);
  if (!count) return fail(count.error());
  parameters_ = *count;
}

std::optional<std::string_view> Edit::next_text() {
  while (texts_ == 0 && parameters_ > 0 && in_.ok()) next_parameter();
  if (texts_ == 0 || !in_.ok()) return std::nullopt;
  --texts_;
  text_begin_ = in_.position();
  text_ = text_of(read_text(in_, serialization_));
  if (!in_.ok()) return std::nullopt;
  return text_;
}

void Edit::next_parameter() {
  --parameters_;
  const bool wanted = in_.u8() == key_;
  const auto texts = wanted ? open_texts(in_, serialization_) : std::nullopt;
  if (!texts) return skip_value();
  texts_ = *texts;
}

void Edit::replace(std::size_t position, std::size_t count, std::string_view by) {
  assert(copied_ <= text_begin_ && position <= text_.size() && count <= text_.size() - position);
  if (text_.substr(position, count) == by) return;
  const std::size_t size = text_.size() - count + by.size();
  if (size > text_max) return fail(Error::too_long);
  copy_until(text_begin_);
  write_text_length(out_, serialization_, size);
  out_.bytes(bytes_of(text_.substr(0, position)));
  out_.bytes(bytes_of(by));
  out_.bytes(bytes_of(text_.substr(position + count)));
  copied_ = in_.position();
}

Result<Bytes> Edit::finish() {
  assert((parameters_ == 0 && texts_ == 0) || !in_.ok());
  if (error_) return *error_;
  if (!in_.ok()) return Error::truncated;
  if (copied_ == 0) return body_;
  copy_until(body_.size());
  if (!out_.ok()) return Error::too_long;
  return Bytes(out_.written());
}

void Edit::skip_value() {
  if (const auto skipped = message::skip_value(in_, serialization_); !skipped) fail(skipped.error());
}

void Edit::copy_until(std::size_t end) {
  out_.bytes(body_.subspan(copied_, end - copied_));
}

void Edit::fail(Error error) {
  if (!error_) error_ = error;
  in_.fail();
}

}  // namespace gateway::message
