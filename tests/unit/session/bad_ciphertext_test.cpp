// Whatever is wrong with a ciphertext, the gateway does and says the same: there is no oracle.

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/session/stream_peers.h"
#include "unit/session/udp_peers.h"

namespace gateway::session {
namespace {

/// A message for each thing that can be wrong, by its name.
std::map<std::string, Text> bad_messages(const test::PhotonCrypto& crypto) {
  const Text valid = StreamSessionPeers::sealed(crypto, request);
  const auto with = [&](std::uint8_t type, const Text& body) {
    Text message{0xF3, static_cast<std::uint8_t>(type | 0x80)};
    message.insert(message.end(), body.begin(), body.end());
    return message;
  };
  test::PhotonCrypto other(Text(20, 9));
  other.derive(other.public_key());
  Text flipped = valid;
  flipped.back() ^= 1;
  return {
      {"empty", with(2, {})},
      {"no whole block", with(2, Text(15, 1))},
      {"a block and a byte", with(2, Text(17, 1))},
      {"noise", with(2, Text(48, 1))},
      {"a flipped bit", flipped},
      {"nothing in it", with(2, crypto.seal(Text{}))},
      {"another key", with(2, other.seal(Text{1, 0, 0}))},
      {"an answer, reflected", with(3, crypto.seal(Text{1, 0, 0, 0x2A, 0, 0}))},
      {"an event, reflected", with(4, crypto.seal(Text{1, 0, 0}))},
      {"a type nobody knows", with(77, crypto.seal(Text{1, 0, 0}))},
  };
}

/// All that leaves on both sides once it was received, and what was counted of it.
struct Seen {
  std::vector<std::pair<Side, Text>> output;
  End end = End::none;
  std::uint64_t failures = 0;
  bool closed = false;
  bool operator==(const Seen&) const = default;
};

void drain(Session& session, TimePoint now, Seen& seen) {
  Text out(1 << 16);
  for (const Side side : {Side::upstream, Side::downstream}) {
    while (const std::size_t size = session.next_output(side, now, out))
      seen.output.emplace_back(side, Text(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)));
  }
}

/// From where the bad message is received to three seconds later.
template <class Peers>
Seen seen_after(Peers& peers, const std::function<void()>& receive) {
  Seen seen;
  receive();
  drain(*peers.session, peers.now, seen);
  for (int i = 0; i < 30; ++i) {
    peers.now += milliseconds(100);
    peers.session->advance(peers.now);
    drain(*peers.session, peers.now, seen);
  }
  seen.end = peers.session->record().end;
  seen.failures = peers.stats.decrypt_failures.value();
  seen.closed = peers.session->closed();
  return seen;
}

struct StreamPeers : StreamSessionPeers {
  Seen receive_bad(const std::string& name) {
    begin_playing();
    const test::PhotonCrypto crypto = exchange_keys();
    server->send(now, {response, 0, Delivery::reliable});
    Text bytes(1 << 12);
    client->send(now, {bad_messages(crypto).at(name), 0, Delivery::reliable});
    const std::size_t size = client->next_output(now, bytes);
    return seen_after(*this, [&] { session->receive(Side::downstream, now, Bytes(bytes).first(size)); });
  }
  virtual void begin_playing() = 0;
  virtual ~StreamPeers() = default;
};

struct TcpPeers : StreamPeers {
  void begin_playing() override { initialize(); }
};

struct WebSocketPeers : StreamPeers {
  void begin_playing() override { begin_websocket(); }
};

struct SecureWebSocketPeers : StreamPeers {
  void begin_playing() override { begin_websocket(true); }
};

struct UdpPeers : SessionPeers {
  Seen receive_bad(const std::string& name) {
    initialize();
    const test::PhotonCrypto crypto = exchange_keys();
    client->send(now, {bad_messages(crypto).at(name), 0, Delivery::reliable});
    Text datagram(1200);
    const std::size_t size = client->next_output(now, datagram);
    return seen_after(*this, [&] { session->receive(Side::downstream, now, Bytes(datagram).first(size)); });
  }
};

template <class Peers>
class BadCiphertext : public testing::Test {};
using Transports = testing::Types<TcpPeers, UdpPeers, WebSocketPeers, SecureWebSocketPeers>;
TYPED_TEST_SUITE(BadCiphertext, Transports);

TYPED_TEST(BadCiphertext, OfEveryKindIsAnsweredByTheSameBytes) {
  const Seen first = TypeParam().receive_bad("empty");
  EXPECT_EQ(first.end, End::bad_encryption);
  EXPECT_EQ(first.failures, 1U);
  EXPECT_TRUE(first.closed);
  test::PhotonCrypto any(Text(20, 5));
  any.derive(any.public_key());
  for (const auto& [name, message] : bad_messages(any))
    EXPECT_EQ(TypeParam().receive_bad(name), first) << name;
}

}  // namespace
}  // namespace gateway::session
