#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/address.h"
#include "base/buffer_pool.h"
#include "session/door.h"
#include "support/load_balancing.h"
#include "support/running_sum.h"
#include "support/seeded_random.h"
#include "support/stream_kind.h"
#include "support/test_operations.h"
#include "transport/reliable_udp.h"

namespace gateway::test {

/// How a test server meets its clients.
enum class Greeting : std::uint8_t {
  normal,
  silent,            // never answers anything, as a host that swallows datagrams
  refuse_connect,    // answers Connect with Disconnect `refuse_code`
  refuse_init,       // answers Init with Disconnect `refuse_code`
  no_init_response,  // acknowledges Init and says nothing more
};

struct TestServerOptions {
  Greeting greeting = Greeting::normal;
  std::uint8_t refuse_code = 1;
  std::optional<std::size_t> stall_after{};  // messages; then nothing is read or acknowledged any more
  std::int64_t clock_offset_ms = 0;          // what the clock shows beyond the process's milliseconds
  double clock_drift_ppm = 0;                // how much too fast it goes
  bool records = true;                       // keep received() and sent(); a benchmark has no use for them
  transport::Options transport{};
  ServerPart part{};  // of LoadBalancing, beside the operations of test_operations.h
};

/// A game server without any cryptography, as it stands behind the gateway: the product's transport in its
/// server role, the door included, and the operations of test_operations.h. Sans-I/O like everything it
/// stands in for: give it datagrams and the time, take datagrams.
class TestServer {
 public:
  /// A message as it went to or came from one client.
  struct Message {
    TimePoint at{};
    Address peer;
    std::uint8_t channel = 0;
    transport::Delivery delivery = transport::Delivery::reliable;
    bool encrypted = false;  // bit 0x80 of the type, which no server behind the gateway should see
    std::vector<std::uint8_t> bytes;
    transport::Form form = transport::Form::message;
  };
  /// What passed over one client's stream: whole messages, without Init and without pings of TCP.
  struct Traffic {
    RunningSum received;
    RunningSum sent;
  };
  /// How a client's connection ended.
  struct Ended {
    TimePoint at{};
    Address peer;
    transport::CloseReason reason;
  };
  struct Output {
    Address to;
    Bytes bytes;  // valid until the next call
  };

  TestServer(const TestServerOptions& options, std::uint64_t seed);
  ~TestServer();

  void receive(TimePoint now, const Address& from, Bytes datagram);
  /// The clock it shows jumps, as when its host is set or starts again.
  void jump_clock(std::int64_t by_ms) { options_.clock_offset_ms += by_ms; }
  void advance(TimePoint now);
  TimePoint deadline() const;
  std::optional<Output> next_output(TimePoint now);

  // Streams: whoever has their sockets says what came and takes what goes, one connection at a time.

  /// A client came by TCP, or its upgrade to WebSocket was answered; the serialization is that of the
  /// sub-protocol.
  void open_stream(TimePoint now, const Address& from, StreamKind kind,
                   message::Serialization serialization = message::Serialization::v16);
  /// On TCP any slice, on WebSocket one whole message.
  void receive_stream(TimePoint now, const Address& from, Bytes bytes, bool text = false);
  /// The client sends nothing more: its FIN or close frame (cause peer), or a reset.
  void end_of_input(TimePoint now, const Address& from, transport::CloseReason reason);
  /// Nothing is read from the client at present.
  void not_listening(TimePoint now, const Address& from);
  struct StreamOutput {
    Bytes bytes;  // on WebSocket one whole message; valid until the next call
    bool text = false;
  };
  /// What leaves next to a client. After the last of it take_end() says whether its connection is over.
  std::optional<StreamOutput> stream_output(TimePoint now, const Address& to);
  std::optional<transport::CloseReason> take_end(const Address& peer);
  /// Bytes that wait to be taken by stream_output().
  std::size_t queued_bytes(const Address& peer) const;

  /// Ends the connection of one client, or of all, with this reason (from 1000 on a close code of WebSocket);
  /// what is queued goes first.
  void disconnect(TimePoint now, const Address& peer, std::uint16_t code);
  void disconnect_all(TimePoint now, std::uint16_t code);
  /// Sends a whole clear message to a client. False when it isn't connected or its queue is full.
  bool send(TimePoint now, const Address& peer, const transport::Payload& message);
  /// JSON mode: from now on clients authenticate for a token, are told to play at this address, and enter
  /// rooms only where they come with the token, as with a master and a game server. Before they enter at
  /// once.
  void play_at(std::string address) { game_address_ = std::move(address); }
  /// From now on nothing is read or answered, as if the machine were gone.
  void die() { dead_ = true; }

  /// The server's own clock, which its header times show.
  std::uint32_t clock_at(TimePoint now) const;

  const transport::Stats& transport_stats() const { return stats_; }
  /// Requests sealed with a token's key that it opened.
  std::size_t opened() const { return opened_; }
  std::size_t peer_count() const { return peers_.size(); }
  std::vector<Address> peers() const;
  const std::deque<Message>& received() const { return received_; }
  const std::deque<Message>& sent() const { return sent_; }
  const std::deque<Ended>& ended() const { return ended_; }
  /// By client, kept beyond its end and whatever `records` says. Streams only.
  const std::map<Address, Traffic>& traffic() const { return traffic_; }
  /// Pings of TCP, which are no messages.
  const std::deque<Message>& pings() const { return pings_; }
  /// What no server behind the gateway may see: a key exchange, an encrypted message without a token's
  /// key, a first message that is no Init, on WebSocket an Init later than that, and what the JSON mode
  /// doesn't know.
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  struct Peer;
  struct Late {
    TimePoint due{};
    Address peer;
    std::uint8_t channel = 0;
    transport::Delivery delivery = transport::Delivery::reliable;
    std::vector<std::uint8_t> bytes;
  };

  void show_clock(TimePoint now);
  void answer_connect(TimePoint now, const Address& from, Bytes datagram);
  void refuse_connect(TimePoint now, const Address& from, Bytes datagram);
  void open(TimePoint now, const Address& from, const transport::Accepted& accepted);
  void read(TimePoint now, Peer& peer);
  void handle(TimePoint now, Peer& peer, const transport::Payload& payload);
  void greet(TimePoint now, Peer& peer, const transport::Payload& init);
  void respond_to_init(TimePoint now, Peer& peer);
  void answer_internal(TimePoint now, Peer& peer, const transport::Payload& request);
  void answer_ping(TimePoint now, Peer& peer, const transport::Payload& ping);
  bool takes_otherwise(TimePoint now, Peer& peer, const transport::Payload& payload, bool first);
  void take_token(Peer& peer, const transport::Payload& payload, bool first);
  void take_text(TimePoint now, Peer& peer, std::string_view text);
  void take_object(TimePoint now, Peer& peer, const std::string& text);
  void answer_unit(TimePoint now, Peer& peer, std::string_view payload);
  void answer_object(TimePoint now, Peer& peer, const boost::json::object& object);
  void operate(TimePoint now, Peer& peer, std::int64_t code, const boost::json::array& vals);
  void authenticate(TimePoint now, Peer& peer, const boost::json::array& vals);
  void admit(TimePoint now, Peer& peer, const boost::json::array& vals);
  void send_to_game(TimePoint now, Peer& peer, std::int64_t code, const boost::json::array& vals);
  void join(TimePoint now, Peer& peer, std::int64_t code, const boost::json::array& vals);
  void enter(TimePoint now, Peer& peer, std::int64_t code, const boost::json::array& vals);
  void raise(TimePoint now, Peer& peer, const boost::json::array& vals);
  void leave(TimePoint now, Peer& peer);
  /// Everybody who has a number in the room, by it.
  std::map<int, Peer*> actors_in(const std::vector<std::uint8_t>& room) const;
  bool balance(TimePoint now, Peer& peer, const transport::Payload& payload);
  void respond(TimePoint now, Peer& peer, const transport::Payload& request, std::int16_t return_code,
               const std::vector<Parameter>& parameters);
  void admit(TimePoint now, Peer& peer, const transport::Payload& payload);
  void tell_regions(TimePoint now, Peer& peer, const transport::Payload& request);
  void send_to_game(TimePoint now, Peer& peer, const transport::Payload& payload);
  void enter_game(TimePoint now, Peer& peer, const transport::Payload& payload);
  void take_key(Peer& peer, Bytes init, message::Serialization serialization);
  void operate_sealed(TimePoint now, Peer& peer, const transport::Payload& request);
  static std::vector<std::uint8_t> seal(const Peer& peer, Bytes message);
  void operate(TimePoint now, Peer& peer, const transport::Payload& request);
  void join(TimePoint now, Peer& peer, const transport::Payload& request);
  void raise(TimePoint now, Peer& peer, const transport::Payload& request);
  void answer(TimePoint now, Peer& peer, const transport::Payload& message);
  void pass(TimePoint now, Peer& peer, const transport::Payload& message);
  void touch(Peer& peer);
  void forget_if_closed(TimePoint now, const Peer& peer);

  TestServerOptions options_;
  SeededRandom random_;
  session::DoorStats door_stats_;
  session::Door door_;
  BufferPool buffers_;
  transport::Stats stats_;
  transport::ServerClock clock_;
  TimePoint epoch_{};  // of the drift: the first call
  bool dead_ = false;
  std::string game_address_;
  std::size_t messages_ = 0;
  std::size_t opened_ = 0;
  bool seals_ = false;  // what goes to peers with a token's key

  std::map<Address, std::unique_ptr<Peer>> peers_;
  std::deque<Address> touched_;                                        // peers that may have output
  std::deque<std::pair<Address, std::vector<std::uint8_t>>> replies_;  // of the door
  std::vector<Late> late_;
  std::vector<std::uint8_t> out_;
  Buffer stream_message_;  // what stream_output() gave last
  std::map<Address, transport::CloseReason> stream_ends_;

  std::deque<Message> received_;
  std::deque<Message> sent_;
  std::deque<Message> pings_;
  std::deque<Ended> ended_;
  std::map<Address, Traffic> traffic_;
  std::vector<std::string> violations_;
};

}  // namespace gateway::test
