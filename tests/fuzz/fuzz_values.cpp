// Values of both serializations. An input is the serialization, a key, and the body of a request: a code,
// then parameters.

#include <algorithm>
#include <optional>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/script.h"
#include "message/value.h"
#include "support/recordings.h"
#include "support/vectors.h"

namespace gateway::fuzz {
namespace {

using message::Serialization;
using Memory = std::vector<std::uint8_t>;

/// Bytes of the value at the front; empty when it can't be read.
std::optional<std::size_t> value_size(Bytes bytes, Serialization serialization) {
  const Memory exact(bytes.begin(), bytes.end());  // so that a read beyond it is seen
  ByteReader in(exact);
  const auto skipped = message::skip_value(in, serialization);
  check(skipped.has_value() == in.ok(), "an error is said");
  if (!skipped) return std::nullopt;
  check(in.position() > 0 && in.position() <= bytes.size(), "a value has a length");
  return in.position();
}

/// A value ends where it says itself, whatever follows.
void skip(Bytes bytes, Serialization serialization) {
  const auto size = value_size(bytes, serialization);
  if (!size) return;
  check(value_size(bytes.first(*size), serialization) == size, "nothing behind a value matters");
  check(!value_size(bytes.first(*size - 1), serialization), "and no byte of it can be missing");
}

void read_as(Bytes value, Serialization serialization) {
  check(value_size(value, serialization) == value.size(), "a parameter is one whole value");
  const bool empty = message::is_empty(value, serialization);
  const auto byte = message::as_byte(value, serialization);
  const auto array = message::as_byte_array(value, serialization);
  check(!byte || !array, "a value has one type");
  check(!byte || !empty, "a byte is never empty");
  if (array) check(empty == array->empty() && lies_in(*array, value), "the array lies in the value");
}

void find(Bytes body, Serialization serialization, std::uint8_t key) {
  const auto found = message::find_parameter(body, serialization, key);
  if (!found) return;
  check(lies_in(*found, body) && !found->empty(), "a parameter lies in the body");
  check(*(found->data() - 1) == key, "behind its key");
  read_as(*found, serialization);
}

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  std::vector<Memory> seeds;
  const auto add = [&seeds](bool is_18, std::uint8_t key, Bytes body) {
    seeds.push_back(ScriptWriter().u8(is_18 ? 1 : 0).u8(key).bytes(body).written());
  };
  for (const std::string_view file : {"p16_values.json", "p18_values.json"}) {
    const bool is_18 = file.starts_with("p18");
    for (const auto& vector : test::load_vector_list(file)) {
      ScriptWriter body;
      body.u8(1);
      if (!is_18) body.u8(0);
      add(is_18, 7, body.u8(1).u8(7).bytes(vector.bytes).written());
    }
  }
  for (const auto& name : test::recording_names()) {
    if (!name.ends_with("-types")) continue;
    const auto recording = test::load_recording(name);
    for (const auto& message : recording.messages) {
      if (message.body) add(recording.serialization == "GpBinaryV18", 1, *message.body);
    }
  }
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway::fuzz;
  Script input(gateway::Bytes(data, size));
  const auto serialization = (input.u8() & 1) != 0 ? Serialization::v18 : Serialization::v16;
  const std::uint8_t key = input.u8();
  const gateway::Bytes rest = input.rest();
  const Memory body(rest.begin(), rest.end());
  find(body, serialization, key);
  skip(body, serialization);
  return 0;
}
