#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "support/photon_crypto.h"
#include "support/stream_kind.h"
#include "support/test_server.h"
#include "transport/framed_stream.h"
#include "transport/reliable_udp.h"
#include "transport/whole_messages.h"

namespace gateway::test {

/// One client of the test server, over whatever it came.
struct TestServer::Peer {
  Address address;
  std::unique_ptr<transport::Transport> transport;
  /// What `transport` is; null for the others.
  transport::ReliableUdp* datagrams = nullptr;
  transport::Stream* stream = nullptr;
  transport::WholeMessages* messages = nullptr;
  StreamKind kind = StreamKind::tcp;  // of a stream
  bool initialized = false;
  bool spoke = false;  // a first message came
  bool touched = false;
  message::Serialization serialization = message::Serialization::v16;
  std::optional<std::vector<std::uint8_t>> room{};  // typed value of the room's name, in JSON mode its text
  int actor = 0;                                    // its number in the room
  // As a part of LoadBalancing:
  std::optional<std::string> user{};  // who was let in
  std::optional<PhotonCrypto> key{};  // that goes with the token of its Init
  // In JSON mode alone:
  bool has_token = false;              // it came with the token that an earlier connection was given
  boost::json::value properties = {};  // that it entered with
};

/// What a connection in JSON mode begins with.
inline constexpr std::string_view session_id = "2f9b3c1e-3a57-4c7f-9d7c-0a3f5b0a1d11";

inline std::vector<std::uint8_t> copy(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace gateway::test
