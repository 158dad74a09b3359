#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "support/photon_generation.h"

namespace gateway::test {

/// The value encoding a client announces in Init.
enum class Protocol : std::uint8_t { v16, v18 };

/// Which form of Init the client sends.
enum class InitForm : std::uint8_t {
  binary,  // 41 bytes; old generations write version and SDK id their own way
  text,    // "POST /?init=…" with a token
  v3,      // F5
};

struct InitFields {
  InitForm form = InitForm::binary;
  Protocol protocol = Protocol::v16;
  std::string application = "LoadBalancing";
  std::string host = "127.0.0.1:5055";  // of the text form
  std::string token = "token";          // of the text form
  std::vector<std::uint8_t> key{};      // that goes with the token; empty: only an exchange gives one
};

std::vector<std::uint8_t> write_init(const Generation& generation, const InitFields& fields);

/// The whole request for a key: F3 06 00 and the public key as parameter 1.
std::vector<std::uint8_t> write_key_request(Protocol protocol, Bytes public_key);

/// A parameter list of none.
std::vector<std::uint8_t> no_parameters(Protocol protocol);

/// Head of a response (types 3 and 7): code, return code, debug text, and the parameters as they follow.
struct ResponseHead {
  std::uint8_t code = 0;
  std::int16_t return_code = 0;
  std::string debug;
  Bytes parameters;  // count included; a view into the body
};
/// Empty when the body can't be a response.
std::optional<ResponseHead> read_response(Protocol protocol, Bytes body);

/// Parameter 1 of a key response when it is the first one and a byte array, which is all a server ever sends.
std::optional<std::vector<std::uint8_t>> read_server_key(Protocol protocol, Bytes parameters);

}  // namespace gateway::test
