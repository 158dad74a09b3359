// Whole sessions over UDP behind the door, driven as a shard drives them. The client and the server are
// connections of the product's own transport, in both roles; an input is a script of what they send, of how
// their datagrams fare, and of datagrams that neither of them sent.

#include <array>
#include <deque>

#include "fuzz/fuzz.h"
#include "fuzz/script.h"
#include "fuzz/session_services.h"
#include "message/key_exchange.h"
#include "message/value.h"
#include "session/door.h"
#include "support/recordings.h"
#include "support/simulated_gateway.h"

namespace gateway::fuzz {
namespace {

using test::Packet;
using transport::ReliableUdp;
using Memory = std::vector<std::uint8_t>;

const Address gateway_address = test::simulated_address(2, 5055);
const Address server_address = test::simulated_address(100, 5055);
const Address client_address = test::simulated_address(10, 50'000);

test::SimulatedGatewayOptions options_of(std::uint8_t how) {
  test::SimulatedGatewayOptions options;
  options.session = small_limits();
  if ((how & 1) != 0) options.session.rules = rules();
  if ((how & 2) != 0) options.session.responses = session::Responses::match;
  if ((how & 4) != 0) options.exchange_delay = milliseconds(300);
  options.rewriting.addresses = &addresses();
  options.door.half_open = 64;
  options.door.region_pings = 4;
  options.listen = gateway_address;
  options.servers = {server_address};
  return options;
}

struct Flight {
  Address from;
  Address to;
  Memory bytes;
};

class Life {
 public:
  explicit Life(Bytes input) : script_(input), gateway_(options_of(script_.u8()), 1) {
    client_ =
        ReliableUdp::connecting(peer_options_, pool_, stats_, {.challenge = 0x1234567, .channels = 3}, now_);
  }

  void run() {
    for (int i = 0; i < 3; ++i) deliver(255);
    while (!script_.over()) step(script_.u8());
    gateway_.end_all(now_, session::End::shutdown, 1);
    for (int i = 0; i < 8; ++i) pass_time(seconds(10));
    check(gateway_.session_count() == 0, "every end is reached");
  }

 private:
  void step(std::uint8_t what) {
    switch (what & 7) {
      case 0:
        return pass_time(milliseconds(script_.u8() * 20));
      case 1:
        return send(client_.get(), what);
      case 2:
        return send(server_.get(), what);
      case 3:
        return deliver(script_.u8());
      case 4:
        return inject(what);
      case 5:
        return lose();
      case 6:
        return happen(what >> 3);
      default:
        for (int i = 0; i < 4; ++i) deliver(255);
        return pass_time(milliseconds(20));
    }
  }

  void send(ReliableUdp* peer, std::uint8_t what) {
    const Bytes message = script_.piece();
    if (peer == nullptr || peer->phase() == transport::Phase::closing ||
        peer->phase() == transport::Phase::closed)
      return;
    const auto delivery = static_cast<transport::Delivery>(what >> 3 & 3);
    const auto channel = static_cast<std::uint8_t>(what >> 5 & 1);
    (void)peer->send(now_, {message, channel, delivery});
    collect();
  }

  /// Datagrams under way arrive: as many as `bits` has ones, in order; the others stay behind.
  void deliver(std::uint8_t bits) {
    collect();
    std::deque<Flight> under_way;
    under_way.swap(flights_);
    for (std::size_t i = 0; i < under_way.size(); ++i) {
      if ((bits >> i % 8 & 1) != 0) {
        arrive(under_way[i]);
      } else {
        flights_.push_back(std::move(under_way[i]));
      }
    }
    collect();
  }

  void lose() {
    const std::uint8_t which = script_.u8();
    if (flights_.empty()) return;
    const std::size_t at = which % flights_.size();
    if ((which & 128) != 0) {
      flights_.push_back(flights_[at]);  // or it comes twice
    } else {
      flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }

  void arrive(const Flight& flight) {
    if (flight.to == gateway_address || flight.to.ip == gateway_address.ip) {
      gateway_.receive(now_, {flight.from, flight.to, flight.bytes});
    } else if (flight.to == client_address) {
      client_->receive(now_, flight.bytes);
    } else if (flight.to == server_address) {
      serve(flight);
    }
  }

  /// A server that answers every Connect.
  void serve(const Flight& flight) {
    const auto parsed = wire::parse_datagram(flight.bytes);
    check(parsed.has_value(), "what goes to the server can be read");
    if (parsed->header.peer == wire::peer_unassigned) {
      server_ = ReliableUdp::accepted(peer_options_, pool_, stats_,
                                      {.peer = 1, .challenge = parsed->header.challenge, .mtu = 1200}, now_);
      upstream_ = flight.from;
      flights_.push_back({server_address, flight.from, verify_connect(parsed->header)});
    } else if (server_ != nullptr) {
      server_->receive(now_, flight.bytes);
    }
  }

  Memory verify_connect(const wire::DatagramHeader& connect) {
    Memory out(200);
    wire::DatagramWriter writer(out, {.sent_time = 1, .challenge = connect.challenge});
    wire::Command ack;
    ack.type = wire::CommandType::ack;
    ack.flags = wire::Flags::unreliable;
    ack.ack = {1, connect.sent_time};
    wire::Command verify;
    verify.type = wire::CommandType::verify_connect;
    verify.reliable_seq = 0x10001;
    verify.connect.peer = 1;
    for (const wire::Command& command : {ack, verify}) {
      wire::write_command(writer.commands(), command);
      writer.count_command();
    }
    out.resize(writer.finish());
    return out;
  }

  /// Bytes that no peer sent, from an address of a peer or of nobody; with the header of the last datagram
  /// from there, or without.
  void inject(std::uint8_t what) {
    const Address from = (what & 8) != 0 ? server_address : (what & 16) != 0 ? client_address : stranger_;
    const Memory& head = from == server_address ? last_from_server_ : last_from_client_;
    const Bytes piece = script_.piece();
    Memory datagram;
    if ((what & 32) != 0 && head.size() >= wire::header_bytes) {
      datagram.assign(head.begin(), head.begin() + wire::header_bytes);
      datagram[2] = 0;
      datagram[3] = static_cast<std::uint8_t>(1 + (what >> 6));
    }
    datagram.insert(datagram.end(), piece.begin(), piece.end());
    arrive({from, from == server_address ? upstream_ : gateway_address, datagram});
    collect();
  }

  void happen(int what) {
    switch (what & 7) {
      case 0:
        client_->close(now_, {transport::Cause::local, 4}, transport::Linger::flush);
        break;
      case 1:
        if (server_ != nullptr) server_->close(now_, {transport::Cause::local, 3}, transport::Linger::now);
        break;
      case 2:
        gateway_.refused(now_, upstream_, server_address);
        break;
      case 3:
        gateway_.options().full = !gateway_.options().full;
        break;
      default:
        break;
    }
    collect();
  }

  void pass_time(Duration duration) {
    const TimePoint end = now_ + duration;
    for (int turns = 0; turns < 200 && gateway_.deadline() <= end; ++turns) {
      now_ = std::max(now_, gateway_.deadline());
      gateway_.advance(now_);
      collect();
    }
    now_ = end;
    for (ReliableUdp* peer : {client_.get(), server_.get()}) {
      if (peer != nullptr && peer->deadline() <= now_) peer->advance(now_);
    }
    if (gateway_.deadline() <= now_) gateway_.advance(now_);
    collect();
  }

  /// Takes what everybody has to say.
  void collect() {
    while (const auto packet = gateway_.next_output(now_)) fly(packet->from, packet->to, packet->bytes);
    take(client_.get(), client_address, gateway_address, last_from_client_);
    take(server_.get(), server_address, upstream_, last_from_server_);
    check(gateway_.violations().empty(),
          gateway_.violations().empty() ? "" : gateway_.violations().front().c_str());
  }

  void take(ReliableUdp* peer, const Address& from, const Address& to, Memory& last) {
    if (peer == nullptr) return;
    while (peer->next_payload()) {
    }
    std::array<std::uint8_t, 1200> out{};
    while (const std::size_t size = peer->next_output(now_, out)) {
      last.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
      fly(from, to, last);
    }
  }

  void fly(const Address& from, const Address& to, Bytes bytes) {
    constexpr std::size_t most = 64;
    check(to != stranger_ || bytes.size() <= 128, "a stranger gets an answer of the door, and no more");
    if (flights_.size() < most) flights_.push_back({from, to, {bytes.begin(), bytes.end()}});
  }

  Script script_;
  TimePoint now_ = TimePoint{} + hours(1);
  test::SimulatedGateway gateway_;
  transport::Options peer_options_;
  BufferPool pool_;
  transport::Stats stats_;
  std::unique_ptr<ReliableUdp> client_;
  std::unique_ptr<ReliableUdp> server_;
  Address upstream_;
  Address stranger_ = test::simulated_address(11, 50'000);
  std::deque<Flight> flights_;
  Memory last_from_client_;
  Memory last_from_server_;
};

void add_message(ScriptWriter& out, const test::RecordedMessage& message, const Memory& init) {
  if (!message.body || message.body->size() > 1200) return;
  const bool to_server = message.direction == test::Direction::to_server;
  const std::size_t delivery = (message.reliable ? 1 : 0) + (message.unsequenced ? 2 : 0);
  Memory whole{message::magic, message.type};
  whole.insert(whole.end(), message.body->begin(), message.body->end());
  const bool is_init = to_server && message.type == 0;
  out.u8((to_server ? 1 : 2) + delivery * 8 + (message.channel & 1U) * 32).piece(is_init ? init : whole);
  out.u8(7);
}

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  std::vector<Memory> seeds;
  for (const auto& name : test::recording_names(test::Transport::udp)) {
    const auto recording = test::load_recording(name);
    ScriptWriter out;
    out.u8(seeds.size() & 7).u8(7);
    for (const auto& message : recording.messages) {
      if (out.written().size() < 2500) add_message(out, message, recording.init);
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(recording.datagrams.size(), 6); ++i) {
      const bool to_server = recording.datagrams[i].direction == test::Direction::to_server;
      out.u8(4 + (to_server ? 0 : 8)).piece(recording.datagrams[i].bytes);
      if (recording.datagrams[i].bytes.size() < 12) continue;
      out.u8(4 + 32 + (to_server ? 16 : 8)).piece(Bytes(recording.datagrams[i].bytes).subspan(12));
    }
    out.u8(seeds.size() % 3 * 8 + 6).u8(7);
    seeds.push_back(out.written());
  }
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  gateway::fuzz::Life(gateway::Bytes(data, size)).run();
  return 0;
}
