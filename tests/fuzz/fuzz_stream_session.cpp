// Whole sessions over TCP, WebSocket and JSON, with rules and rewriting. An input is how the session is
// carried, and then a script: what each side sends, in messages or bytes, clear or sealed, and what happens
// meanwhile. Nothing is read from a side that the session doesn't want to hear.

#include <algorithm>
#include <array>

#include "fuzz/fuzz.h"
#include "fuzz/script.h"
#include "fuzz/session_services.h"
#include "support/recordings.h"
#include "wire/frame.h"

namespace gateway::fuzz {
namespace {

using session::Session;
using session::Side;
using session::StreamClient;
using Memory = std::vector<std::uint8_t>;

constexpr std::array sides{Side::downstream, Side::upstream};

session::Options with_rules(std::uint8_t how) {
  session::Options options = small_limits();
  if ((how & 4) != 0) options.rules = rules();
  if ((how & 8) != 0) options.responses = session::Responses::match;
  return options;
}

StreamClient client_of(std::uint8_t how) {
  StreamClient client;
  client.confidential = (how & 16) != 0;
  client.framing = (how & 3) == 0 ? StreamClient::Framing::tcp : StreamClient::Framing::websocket;
  if ((how & 3) == 1) client.serialization = message::Serialization::v16;
  if ((how & 3) == 2) client.serialization = message::Serialization::v18;
  return client;
}

class Life {
 public:
  explicit Life(Bytes input)
      : script_(input),
        how_(script_.u8()),
        world_(with_rules(how_)),
        client_(client_of(how_)),
        session_(std::make_unique<Session>(world_.services(), client_, now_)) {}

  void run() {
    drain();
    while (!script_.over() && !session_->closed()) step(script_.u8());
    session_->end(now_, session::End::shutdown, 1);
    drain();
    now_ += hours(1);
    session_->advance(now_);
    drain();
    check(session_->closed(), "every end is reached");
    check(session_->buffered_bytes() == 0, "nothing is left");
    session_.reset();
    check(world_.buffers.lent_bytes() == 0, "no memory is kept");
  }

 private:
  bool tcp() const { return client_.framing == StreamClient::Framing::tcp; }

  void step(std::uint8_t what) {
    const Side side = (what & 128) != 0 ? Side::upstream : Side::downstream;
    switch (what & 7) {
      case 0:
        pass_time(script_.u8());
        break;
      case 1:
        send(side, script_.piece());
        break;
      case 2:
        send_sealed(side);
        break;
      case 3:
        give(side, script_.piece(), false);
        break;
      case 4:
        give(side, script_.piece(), true);
        break;
      case 5:
        happen(script_.u8());
        break;
      case 6:
        return take(side, 1 + (what >> 3 & 15));  // the rest waits
      default:
        write_text(side);
        break;
    }
    drain();
  }

  /// A message in the frame that its transport wants.
  void send(Side side, Bytes message) {
    if (!tcp()) return give(side, message, false);
    Memory frame(wire::frame_header_bytes + message.size());
    ByteWriter out(frame);
    wire::write_frame_header(out, message.size(), script_.u8() % 4, 1);
    out.bytes(message);
    give(side, frame, false);
  }

  void send_sealed(Side side) {
    const std::uint8_t type = script_.u8();
    const Memory message = world_.sealed(type & 15, script_.piece());
    send(side, message);
  }

  void write_text(Side side) {
    const Bytes payload = script_.piece();
    Memory text(payload.size() + 32);
    ByteWriter out(text);
    if (message::write_json_unit(out, text_of(payload))) give(side, out.written(), true);
  }

  void give(Side side, Bytes bytes, bool text) {
    if (!session_->wants_input(side)) return;
    const Memory exact(bytes.begin(), bytes.end());  // so that a read beyond it is seen
    if (text) {
      session_->receive_text(side, now_, exact);
    } else {
      session_->receive(side, now_, exact);
    }
    expect_bounds();
  }

  void pass_time(std::uint8_t duration) {
    now_ += milliseconds(duration * 100);
    session_->advance(now_);
  }

  void happen(std::uint8_t what) {
    switch (what & 15) {
      case 0:
        return session_->end_of_input(Side::downstream, now_, {transport::Cause::peer, 1000});
      case 1:
        return session_->end_of_input(Side::upstream, now_, {transport::Cause::peer, 1000});
      case 2:
        return session_->end_of_input(Side::upstream, now_, {transport::Cause::reset, 0});
      case 3:
        return session_->upstream_error(now_, session::UpstreamError::refused);
      case 4:
        return session_->arriving(Side::downstream, now_);
      case 5:
        return session_->end(now_, session::End::shutdown, 1);
      case 6:
        refuses_exchange_ = true;
        return;
      case 7:
        waits_ = !waits_;
        return;
      default:
        return;
    }
  }

  void drain() {
    for (const Side side : sides) take(side, -1);
    while (serve_wishes()) {
      for (const Side side : sides) take(side, -1);
    }
    expect_bounds();
    if (!session_->closed()) check(session_->deadline() > now_, "what is drained wants to be woken later");
  }

  bool serve_wishes() {
    if (session_->wants_upstream()) {
      session_->upstream_connecting({0});
      session_->upstream_opened(now_, {0}, world_.clock);
      return true;
    }
    if (waits_ || !session_->take_exchange()) return false;
    if (refuses_exchange_) {
      session_->exchange_done(now_, session::ExchangeResult::bad_key);
    } else {
      session_->exchange_done(now_, world_.exchanged());
    }
    return true;
  }

  void take(Side side, int most) {
    std::array<std::uint8_t, 200> piece{};
    for (; most != 0; --most) {
      if (tcp()) {
        const std::size_t size = session_->next_output(side, now_, piece);
        if (size == 0) return;
        took(side, Bytes(piece).first(size));
      } else {
        const auto message = session_->take_message(side, now_);
        if (!message) return;
        check(message->bytes.size() > 0, "no message is empty");
        if (!message->text) see(side, message->bytes.bytes());
      }
    }
  }

  /// Frames are whole and one behind the other, whatever came in.
  void took(Side side, Bytes piece) {
    Memory& stream = written_[static_cast<std::size_t>(side)];
    stream.insert(stream.end(), piece.begin(), piece.end());
    wire::StreamRules rules;
    if (side == Side::downstream) rules.ping_size = wire::pong_bytes;
    Bytes rest = stream;
    for (;;) {
      const auto unit = wire::parse_stream_unit(rest, rules);
      check(unit.has_value(), "what is written can be read");
      if (!*unit) break;
      if (!(*unit)->ping) see(side, (*unit)->payload);
      rest = rest.subspan(*wire::stream_unit_size(rest, rules));
    }
    stream.erase(stream.begin(), stream.end() - static_cast<std::ptrdiff_t>(rest.size()));
  }

  void see(Side side, Bytes message) {
    const auto envelope = message::parse_envelope(message);
    if (!envelope) return;
    const auto code = envelope->code();
    if (!code || envelope->encrypted) return;
    const bool guarded = (how_ & 4) != 0 && *code == 240;
    if (side == Side::upstream && envelope->type == message::Type::request && !client_.confidential &&
        guarded)
      check(session_->record().exchanges > 0, "what must be sealed doesn't pass in the clear");
  }

  void expect_bounds() {
    const std::size_t limit = 2 * (world_.options.downstream.buffered + world_.options.upstream.buffered) +
                              2 * world_.options.downstream.message_max + 0xFFFF;
    check(session_->buffered_bytes() <= limit, "what is kept is bounded");
    check(world_.buffers.lent_bytes() <= 4 * limit, "memory is bounded");
  }

  Script script_;
  std::uint8_t how_;
  TimePoint now_ = TimePoint{} + hours(1);
  SessionServices world_;
  StreamClient client_;
  std::unique_ptr<Session> session_;
  bool refuses_exchange_ = false;
  bool waits_ = false;
  std::array<Memory, 2> written_;
};

void add_message(ScriptWriter& out, const test::RecordedMessage& message, const Memory& init, bool tcp) {
  if (!message.body || message.body->size() > 1000) return;
  const std::size_t side = message.direction == test::Direction::to_client ? 128 : 0;
  if (message.encrypted && side == 0) {
    out.u8(2).u8(message.type).piece(*message.body);
  } else {
    Memory whole{message::magic, message.type};
    whole.insert(whole.end(), message.body->begin(), message.body->end());
    out.u8(1 + side).piece(message.type == 0 && side == 0 ? init : whole);
  }
  if (tcp) out.u8(message.channel);
}

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  std::vector<Memory> seeds;
  for (const auto& name : test::recording_names(test::Transport::tcp)) {
    const auto recording = test::load_recording(name);
    const std::size_t serialization = recording.serialization == "GpBinaryV18" ? 2 : 1;
    for (const std::size_t how : {std::size_t{4}, 4 + serialization, 12 + serialization}) {
      ScriptWriter out;
      out.u8(how);
      for (const auto& message : recording.messages) {
        if (out.written().size() < 3000) add_message(out, message, recording.init, how == 4);
      }
      seeds.push_back(out.written());
    }
  }
  ScriptWriter json;
  json.u8(7);
  for (const std::string_view text :
       {R"(~j~{"req":231,"vals":[220,"1.0"]})", R"(~j~{"req":230,"vals":[225,"u"]})"})
    json.u8(7).piece(bytes_of(text));
  for (const std::string_view text : {R"(~j~{"res":230,"err":0,"msg":"","vals":[230,"ws://10.0.0.5:5055"]})",
                                      R"(~j~{"evt":200,"vals":[]})"})
    json.u8(7 + 128).piece(bytes_of(text));
  seeds.push_back(json.written());
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  gateway::fuzz::Life(gateway::Bytes(data, size)).run();
  return 0;
}
