// Probes over real sockets of the loopback interface.
#include "net/probe.h"

#include <optional>

#include <gtest/gtest.h>

#include "crypto/system_random.h"
#include "net/address.h"
#include "support/test_server_socket.h"
#include "support/test_stream_server_socket.h"

namespace gateway::net {
namespace {

using test::TestServer;
using Start = void (*)(ProbeRoom&, const Address&, Duration, ProbeDone);

/// The result of one probe of a port, once nothing of it is left.
std::optional<ProbeResult> probe(Start start, std::uint16_t port, Duration timeout) {
  boost::asio::io_context context;
  BufferPool buffers;
  crypto::SystemRandom random;
  ProbeRoom room{.context = context, .buffers = buffers, .random = random};
  std::optional<ProbeResult> result;
  start(room, *parse_address("127.0.0.1", port), timeout, [&result](ProbeResult its) { result = its; });
  context.run();
  return result;
}

TEST(Probe, OfAUdpServerConnectsAndLeaves) {
  test::TestServerSocket server;
  EXPECT_EQ(probe(probe_udp, server.port(), seconds(10)), ProbeResult::ok);
  EXPECT_TRUE(server.wait_until([](const TestServer& seen) { return !seen.ended().empty(); }));
  server.with([](TestServer& seen, TimePoint) {
    EXPECT_EQ(seen.ended().front().reason.cause, transport::Cause::peer);
    EXPECT_TRUE(seen.violations().empty());
  });
}

TEST(Probe, OfASilentUdpServerEndsWithTheTimeout) {
  test::TestServerSocket server({.greeting = test::Greeting::silent});
  EXPECT_EQ(probe(probe_udp, server.port(), milliseconds(100)), ProbeResult::timeout);
}

TEST(Probe, OfAUdpServerThatRefusesFails) {
  test::TestServerSocket server({.greeting = test::Greeting::refuse_connect, .refuse_code = 3});
  EXPECT_EQ(probe(probe_udp, server.port(), seconds(10)), ProbeResult::failed);
}

TEST(Probe, OfAUdpPortWhereNobodyListensFails) {
  EXPECT_EQ(probe(probe_udp, test::free_udp_port(), seconds(10)), ProbeResult::failed);
}

TEST(Probe, OfATcpServerConnectsAndCloses) {
  test::TestStreamServerSocket server;
  EXPECT_EQ(probe(probe_tcp, server.port(), seconds(10)), ProbeResult::ok);
}

TEST(Probe, OfATcpPortWhereNobodyListensFails) {
  EXPECT_EQ(probe(probe_tcp, test::free_tcp_port(), seconds(10)), ProbeResult::failed);
}

}  // namespace
}  // namespace gateway::net
