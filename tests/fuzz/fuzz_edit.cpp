// Messages with texts replaced, as a server's bytes may have them. An input is the serialization, the type of
// message, the key of a parameter, and a body.

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "fuzz/fuzz.h"
#include "message/edit.h"
#include "message/value.h"
#include "policy/rewrite.h"
#include "support/recordings.h"
#include "support/vectors.h"

namespace gateway::fuzz {
namespace {

using message::Envelope;
using message::Serialization;
using Body = std::vector<std::uint8_t>;
using Mapping = std::function<std::string(std::string_view)>;

constexpr std::size_t head_bytes = 3;

struct Input {
  Serialization serialization = Serialization::v16;
  message::Type type = message::Type::raw;
  std::uint8_t key = 0;
  Body body;  // of exactly its size, so that a read beyond it is seen

  explicit Input(Bytes bytes)
      : serialization((bytes[0] & 1) != 0 ? Serialization::v18 : Serialization::v16),
        type(static_cast<message::Type>(bytes[1] & ~message::encrypted_bit)),
        key(bytes[2]),
        body(bytes.begin() + head_bytes, bytes.end()) {}

  Envelope message_of(const Body& bytes) const {
    Envelope message;
    message.type = type;
    message.body = bytes;
    return message;
  }
};

struct Edited {
  Body body;
  std::vector<std::string> texts;  // as they were found
};

// Replaces every text of the parameter in a buffer of exactly `room` bytes; empty on an error.
std::optional<Edited> edited(const Input& input, const Body& body, const Mapping& mapping, std::size_t room) {
  Edited result;
  Body out(room);
  message::Edit edit(input.message_of(body), input.serialization, input.key, out);
  while (const auto text = edit.next_text()) {
    result.texts.emplace_back(*text);
    edit.replace(0, text->size(), mapping(*text));
  }
  const auto finished = edit.finish();
  if (!finished) return std::nullopt;
  result.body.assign(finished->begin(), finished->end());
  return result;
}

std::string same(std::string_view text) {
  return std::string(text);
}
std::string longer(std::string_view text) {
  return std::string(text) + "+";
}
std::string shorter(std::string_view text) {
  return std::string(text.substr(0, text.size() - 1));
}

// A text grows by a byte, and its length by two at most.
std::size_t room_for(const Edited& before) {
  return before.body.size() + 3 * before.texts.size();
}

// Every text grows and shrinks again: then the body is as before, but for lengths that were written in more
// bytes than they need.
Body there_and_back(const Input& input, const Edited& before) {
  const auto grown = edited(input, before.body, longer, room_for(before));
  if (!grown) {
    const auto longest = [](const std::string& text) { return text.size() >= message::text_max; };
    check(std::ranges::any_of(before.texts, longest), "only a text of the greatest length can't grow");
    return {};
  }
  check(grown->texts == before.texts, "the same texts are found again");
  const auto shrunk = edited(input, grown->body, shorter, grown->body.size());
  check(shrunk && std::ranges::equal(shrunk->texts, before.texts, {}, {}, longer), "every text was replaced");
  const auto again = edited(input, shrunk->body, same, 0);
  check(again && again->texts == before.texts, "the texts are as they were");
  return shrunk->body;
}

void edit_texts(const Input& input) {
  const auto before = edited(input, input.body, same, 0);
  if (!before) {
    check(!edited(input, input.body, longer, input.body.size() * 4), "what can't be read can't be edited");
    return;
  }
  check(before->body == input.body, "texts that stay leave every byte");
  const Body minimal = there_and_back(input, *before);
  if (minimal.empty()) return;
  check(minimal.size() <= input.body.size(), "no length is written longer than it was");
  if (minimal.size() == input.body.size()) check(minimal == input.body, "every other byte is the same");
  const auto settled = edited(input, minimal, same, 0);
  check(settled && there_and_back(input, *settled) == minimal, "minimal lengths stay");
}

const policy::Addresses& addresses() {
  static const policy::Addresses table = [] {
    policy::Addresses made;
    check(made.add({"10.0.0.5", 5055}, "gw.example.net:6055"), "a new address is added");
    check(made.add({"10.0.0.1", 5055}, "[2001:db8::1]:6055"), "and another");
    return made;
  }();
  return table;
}

void rewrite_addresses(const Input& input) {
  using Outcome = policy::Rewrite::Outcome;
  Body out(input.body.size() * 4);
  const Envelope message = input.message_of(input.body);
  const auto first = policy::rewrite_addresses(message, input.serialization, addresses(), out);
  const bool own = first.body.data() == message.body.data();
  check(first.error.has_value() == (first.outcome == Outcome::unparsable), "an error says why");
  check(first.unknown.empty() == (first.outcome != Outcome::unknown_address), "an unknown one is named");
  if (first.outcome == Outcome::unchanged || first.outcome == Outcome::unparsable) {
    check(own, "the message passes as it is");
  }
  if (own) return;
  const Body body(first.body.begin(), first.body.end());
  const auto second =
      policy::rewrite_addresses(input.message_of(body), input.serialization, addresses(), out);
  check(second.outcome == Outcome::unknown_address, "what was rewritten is no server's address");
  check(std::ranges::equal(second.body, body), "and stays");
}

}  // namespace

std::vector<Body> seeds() {
  std::vector<Body> seeds;
  // The message for each key whose parameter has texts.
  const auto add = [&seeds](bool is_18, std::uint8_t type, Bytes body) {
    Body seed{static_cast<std::uint8_t>(is_18), type, 0};
    seed.insert(seed.end(), body.begin(), body.end());
    for (int key = 0; key < 256; ++key) {
      seed[2] = static_cast<std::uint8_t>(key);
      const Input input(seed);
      const auto found = edited(input, input.body, same, 0);
      if (found && !found->texts.empty()) seeds.push_back(seed);
    }
  };
  for (const auto& vector : test::load_vector_list("messages.json")) {
    const auto message = message::parse_envelope(vector.bytes);
    if (!message || message->encrypted) continue;
    add(vector.what.find("(protocol 18)") != std::string::npos, vector.bytes[1], message->body);
  }
  for (const auto& name : test::recording_names()) {
    if (!name.ends_with("-types")) continue;
    const auto recording = test::load_recording(name);
    for (const auto& message : recording.messages) {
      if (message.body) add(recording.serialization == "GpBinaryV18", message.type, *message.body);
    }
  }
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway::fuzz;
  if (size < head_bytes) return 0;
  const Input input(gateway::Bytes(data, size));
  edit_texts(input);
  rewrite_addresses(input);
  return 0;
}
