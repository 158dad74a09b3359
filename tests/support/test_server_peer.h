#pragma once

#include <memory>
#include <optional>
#include <vector>

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
  std::optional<std::vector<std::uint8_t>> room{};  // typed value of the room's name
};

inline std::vector<std::uint8_t> copy(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace gateway::test
