// Requests for a key, and the public keys in them. An input is what is wanted of it, the serialization, and
// then the body of a request or a public key and two secrets.

#include <algorithm>
#include <vector>

#include "crypto/key_exchange.h"
#include "fuzz/fuzz.h"
#include "fuzz/script.h"
#include "message/key_exchange.h"
#include "message/value.h"
#include "support/recordings.h"
#include "support/seeded_random.h"

namespace gateway::fuzz {
namespace {

using message::Serialization;
using Memory = std::vector<std::uint8_t>;

constexpr std::size_t longest_number = 96;  // of the 768-bit group

bool is_number(Bytes bytes) {
  return !bytes.empty() && bytes.size() <= longest_number && bytes[0] != 0;
}

void expect_granted(const crypto::Exchanged& exchanged, Serialization serialization) {
  check(exchanged.key.size() == crypto::key_bytes, "a key has 32 bytes");
  check(is_number(exchanged.public_key), "the answer is a number of the group");
  Memory memory(exchanged.public_key.size() + 128);
  ByteWriter out(memory);
  message::write_key_exchange_granted(out, serialization, exchanged.public_key);
  check(out.ok(), "the room that the docstring asks for is enough");
  const auto envelope = message::parse_envelope(out.written());
  check(envelope && envelope->type == message::Type::internal_response && !envelope->encrypted,
        "the answer is a clear one");
  const Bytes body = envelope->body;
  const Bytes key(exchanged.public_key);
  check(std::search(body.begin(), body.end(), key.begin(), key.end()) != body.end(), "with the server's key");
}

void take_request(Bytes body, Serialization serialization) {
  const auto request = message::parse_key_exchange(body, serialization);
  if (!request) return;
  check(lies_in(request->client_key, body), "the key lies in the request");
  test::SeededRandom random(1);
  const auto exchanged = crypto::exchange(request->client_key, random);
  if (exchanged) expect_granted(*exchanged, serialization);
}

void take_key(Bytes key) {
  test::SeededRandom random(1);
  const auto exchanged = crypto::exchange(key, random);
  const auto digits = std::ranges::find_if(key, [](std::uint8_t byte) { return byte != 0; });
  const auto size = static_cast<std::size_t>(key.end() - digits);
  if (size == 0 || size > longest_number || key.size() > 128 || (size == 1 && *digits == 1)) {
    check(!exchanged, "0, 1 and what is too long is refused");
  }
  if (!exchanged) return;
  Memory padded(key.begin(), key.end());
  if (padded.size() < 128) padded.insert(padded.begin(), 0);
  test::SeededRandom same(1);
  const auto again = crypto::exchange(padded, same);
  check(again && again->key == exchanged->key, "leading zeros mean nothing");
}

/// Both sides come to the same key.
void agree(Bytes one, Bytes other) {
  const auto first = crypto::exchange_with_secret(crypto::public_key_of(one), other);
  const auto second = crypto::exchange_with_secret(crypto::public_key_of(other), one);
  if (first && second) check(first->key == second->key, "both have the same key");
}

void answer(Bytes text, Serialization serialization) {
  Memory memory(text.size() + 128);
  ByteWriter out(memory);
  message::write_key_exchange_refused(out, serialization, text_of(text));
  check(out.ok() && message::parse_envelope(out.written()).has_value(), "a refusal is a message");
}

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  std::vector<Memory> seeds;
  for (const auto& name : test::recording_names()) {
    const auto recording = test::load_recording(name);
    const bool is_18 = recording.serialization == "GpBinaryV18";
    for (const auto& message : recording.messages) {
      const bool asks = message.type == 6 && message.direction == test::Direction::to_server;
      if (asks && message.body)
        seeds.push_back(ScriptWriter().u8(0).u8(is_18).bytes(*message.body).written());
    }
    for (const auto& exchange : recording.key_exchanges) {
      seeds.push_back(ScriptWriter().u8(1).u8(0).bytes(exchange.client_public).written());
      ScriptWriter secrets;
      secrets.u8(2).u8(0).piece(exchange.server_secret).bytes(Bytes(exchange.client_public).first(20));
      seeds.push_back(secrets.written());
    }
  }
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway::fuzz;
  Script input(gateway::Bytes(data, size));
  const std::uint8_t what = input.u8();
  const auto serialization = (input.u8() & 1) != 0 ? Serialization::v18 : Serialization::v16;
  if ((what & 3) == 0) take_request(input.rest(), serialization);
  if ((what & 3) == 1) take_key(input.rest());
  if ((what & 3) == 2) {
    const gateway::Bytes one = input.piece();
    const gateway::Bytes other = input.rest();
    if (one.size() <= longest_number && other.size() <= longest_number) agree(one, other);
  }
  if ((what & 3) == 3) {
    const gateway::Bytes text = input.rest();
    if (text.size() < 1000) answer(text, serialization);
  }
  return 0;
}
