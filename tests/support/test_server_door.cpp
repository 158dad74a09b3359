// How the test server meets a client that comes by UDP.

#include <array>

#include "support/test_server_peer.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::test {

namespace {
constexpr std::size_t door_reply_bytes = 128;
}

void TestServer::answer_connect(TimePoint now, const Address& from, Bytes datagram) {
  if (options_.greeting == Greeting::refuse_connect) return refuse_connect(now, from, datagram);
  std::array<std::uint8_t, door_reply_bytes> reply{};
  const session::DoorAnswer answer = door_.receive(now, from, datagram, false, reply);
  if (answer.reply_bytes > 0) replies_.emplace_back(from, copy(Bytes(reply).first(answer.reply_bytes)));
  if (!answer.proven) return;
  open(now, from, *answer.proven);
  Peer& peer = *peers_.at(from);
  peer.transport->receive(now, datagram);
  read(now, peer);
}

/// Ack and Disconnect together, as a server that takes nobody answers Connect.
void TestServer::refuse_connect(TimePoint now, const Address& from, Bytes datagram) {
  const auto parsed = wire::parse_datagram(datagram);
  if (!parsed) return;
  ByteReader in(parsed->commands);
  const auto connect = wire::parse_command(in, wire::Strictness::lenient);
  if (!connect || !*connect || (*connect)->type != wire::CommandType::connect) return;

  std::array<std::uint8_t, door_reply_bytes> reply{};
  wire::DatagramHeader header;
  header.crc = parsed->header.crc;
  header.sent_time = clock_at(now);
  header.challenge = parsed->header.challenge;
  wire::DatagramWriter out(reply, header);
  wire::Command ack;
  ack.type = wire::CommandType::ack;
  ack.flags = wire::Flags::unreliable;
  ack.ack = {(*connect)->reliable_seq, parsed->header.sent_time};
  wire::Command disconnect;
  disconnect.type = wire::CommandType::disconnect;
  disconnect.reserved = options_.refuse_code;
  disconnect.reliable_seq = 1;
  for (const wire::Command& command : {ack, disconnect}) {
    wire::write_command(out.commands(), command);
    out.count_command();
  }
  replies_.emplace_back(from, copy(Bytes(reply).first(out.finish())));
}

void TestServer::open(TimePoint now, const Address& from, const transport::Accepted& accepted) {
  if (const auto old = peers_.find(from); old != peers_.end()) {
    ended_.push_back({now, from, {transport::Cause::peer, 0}});
    peers_.erase(old);
  }
  auto transport = transport::ReliableUdp::accepted(options_.transport, buffers_, stats_, accepted, now);
  transport->use_clock(clock_);
  auto peer = std::make_unique<Peer>();
  peer->address = from;
  peer->datagrams = transport.get();
  peer->transport = std::move(transport);
  peers_.emplace(from, std::move(peer));
}

}  // namespace gateway::test
