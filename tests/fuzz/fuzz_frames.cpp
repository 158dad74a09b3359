// Streams of TCP, read and written by FramedStream in both roles. An input is a script of 16 bytes and then a
// stream. The script says the role, and with its other bytes, over and over, how long each slice is and what
// happens behind it.

#include <algorithm>
#include <array>
#include <tuple>

#include "fuzz/fuzz.h"
#include "support/recordings.h"
#include "transport/framed_stream.h"

namespace gateway::fuzz {
namespace {

using transport::Cause;
using transport::Form;
using transport::FramedStream;
using transport::Linger;
using transport::Options;
using transport::Payload;
using transport::Phase;
using transport::Role;

constexpr std::size_t script_bytes = 16;

struct Input {
  Bytes script;
  Bytes stream;

  Role role() const { return (script[0] & 1) != 0 ? Role::server : Role::client; }
  std::uint8_t step(std::size_t number) const { return script[1 + number % (script.size() - 1)]; }
};

struct End {
  End(const Options& how, Role role) : options(how), stream(options, pool, stats, role, now) {}

  TimePoint now = TimePoint{} + hours(1);
  Options options;
  BufferPool pool;
  transport::Stats stats;
  FramedStream stream;
};

using Message = std::tuple<Form, std::uint8_t, transport::Delivery, std::vector<std::uint8_t>>;

/// What one end made of a stream.
struct Outcome {
  std::vector<Message> messages;
  Phase phase = Phase::open;
  Cause cause = Cause::none;
  std::size_t held = 0;

  bool operator==(const Outcome&) const = default;
};

void take_all(FramedStream& stream, std::vector<Message>& messages) {
  while (const auto payload = stream.next_payload()) {
    messages.emplace_back(payload->form, payload->channel, payload->delivery,
                          std::vector(payload->bytes.begin(), payload->bytes.end()));
  }
}

Outcome outcome_of(End& end, std::vector<Message> messages) {
  return {std::move(messages), end.stream.phase(), end.stream.close_reason().cause, end.stream.held_bytes()};
}

// Steps of 1 to 64 bytes, and some that take much.
Bytes slice_of(Bytes rest, std::uint8_t step) {
  const std::size_t size = step == 0xFF ? 700 : (step & 0x3Fu) + 1u;
  return rest.first(std::min(size, rest.size()));
}

Outcome read_whole(const Input& input) {
  End end({}, input.role());
  std::vector<Message> messages;
  end.stream.receive(end.now, input.stream);
  take_all(end.stream, messages);
  return outcome_of(end, std::move(messages));
}

Outcome read_in_slices(const Input& input) {
  End end({}, input.role());
  std::vector<Message> messages;
  std::size_t peak = 0;
  Bytes rest = input.stream;
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const Bytes slice = slice_of(rest, input.step(i));
    end.stream.receive(end.now, slice);
    peak = std::max(peak, end.stream.held_bytes());
    take_all(end.stream, messages);
    rest = rest.subspan(slice.size());
    check(end.pool.lent_bytes() <= 256 + 2 * peak, "memory grows with what came");
    if (end.stream.held_bytes() == 0) check(end.pool.lent_bytes() == 0, "and is given back when idle");
  }
  return outcome_of(end, std::move(messages));
}

// The parser alone, without buffers and slices.
std::size_t read_by_parser(const Input& input, const std::vector<Message>& messages) {
  wire::StreamRules rules{.message_max = Options().message_max};
  if (input.role() == Role::client) rules.ping_size = wire::pong_bytes;
  std::size_t position = 0;
  for (const auto& [form, channel, delivery, bytes] : messages) {
    const auto unit = wire::parse_stream_unit(input.stream.subspan(position), rules);
    check(unit && *unit, "the parser finds every message");
    check((*unit)->ping == (form == Form::ping), "as what it is");
    check(std::ranges::equal((*unit)->payload, bytes), "with the same bytes");
    position += bytes.size() + (form == Form::ping ? 0 : wire::frame_header_bytes);
  }
  const auto next = wire::parse_stream_unit(input.stream.subspan(position), rules);
  check(!next || !*next, "and no message more");
  return position;
}

// Written by the other role, in pieces, the messages are the part of the stream that was read.
void write_again(const Input& input, const std::vector<Message>& messages, std::size_t read_bytes) {
  Options options;
  options.buffered = 65 * input.stream.size() + 1;  // a ping of 5 bytes counts 69, the least there is 73
  End end(options, input.role() == Role::server ? Role::client : Role::server);
  for (const auto& [form, channel, delivery, bytes] : messages) {
    const auto status = end.stream.send(end.now, {bytes, channel, delivery, form});
    check(status == transport::SendStatus::queued, "there is room");
  }
  check(end.stream.queued_bytes() == read_bytes, "every byte is queued");
  std::vector<std::uint8_t> written;
  std::array<std::uint8_t, 256> out{};
  for (std::size_t i = 0;; ++i) {
    const MutableBytes room(out.data(), input.step(i) + std::size_t{1});
    const std::size_t size = end.stream.next_output(end.now, room);
    if (size == 0) break;
    written.insert(written.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
  }
  check(std::ranges::equal(written, input.stream.first(read_bytes)), "what was read is what is written");
  check(end.pool.lent_bytes() == 0, "nothing is kept");
}

/// A connection under small limits, whose owner takes, answers, waits and ends it as the script says.
class Life {
 public:
  explicit Life(const Input& input) : input_(input), end_(small_limits(), input.role()) {}

  void run() {
    Bytes rest = input_.stream;
    for (std::size_t i = 0; !rest.empty(); ++i) {
      const std::uint8_t step = input_.step(i);
      const Bytes slice = slice_of(rest, step);
      end_.stream.receive(end_.now, slice);
      rest = rest.subspan(slice.size());
      expect_bounds();
      act(static_cast<std::uint8_t>(step >> 6), input_.step(i + 7));
      expect_bounds();
    }
    end_.now += seconds(100);
    end_.stream.close(end_.now, {Cause::local}, Linger::flush);
    end_.now += seconds(100);
    end_.stream.advance(end_.now);
    check(end_.stream.phase() == Phase::closed, "every end is reached");
    expect_bounds();
  }

 private:
  static Options small_limits() {
    Options options;
    options.message_max = 500;
    options.buffered = 1500;
    return options;
  }

  void act(std::uint8_t kind, std::uint8_t detail) {
    if (kind == 0) return;  // it is busy: nothing is taken
    drain(detail);
    if (kind == 2) pass_time(detail);
    if (kind == 3) finish(detail);
    if (kind != 1) drain(detail);
    check(end_.stream.deadline() > end_.now, "what is drained wants to be woken later");
  }

  void drain(std::uint8_t detail) {
    std::vector<Message> messages;
    take_all(end_.stream, messages);
    for (const auto& [form, channel, delivery, bytes] : messages) {
      (void)end_.stream.send(end_.now, {bytes, channel, delivery, form});
    }
    std::array<std::uint8_t, 256> out{};
    for (int pieces = detail & 7; pieces > 0; --pieces) {
      (void)end_.stream.next_output(end_.now, MutableBytes(out).first(std::size_t{detail} + 1));
    }
  }

  void pass_time(std::uint8_t detail) {
    end_.now += milliseconds(detail * 200);
    if ((detail & 1) != 0) end_.stream.not_listening(end_.now);
    end_.stream.advance(end_.now);
  }

  void finish(std::uint8_t detail) {
    switch (detail & 0x1F) {  // seldom: otherwise every life is short
      case 1:
        return end_.stream.close(end_.now, {Cause::local}, Linger::flush);
      case 2:
        return end_.stream.close(end_.now, {Cause::local}, Linger::now);
      case 3:
        return end_.stream.end_of_input({Cause::peer});
      case 4:
        return end_.stream.end_of_input({Cause::reset});
      default:
        return;
    }
  }

  void expect_bounds() {
    const FramedStream& stream = end_.stream;
    const Options& limits = end_.options;
    check(stream.held_bytes() <= limits.buffered + limits.message_max, "what is held is bounded");
    check(stream.queued_bytes() <= limits.buffered, "what is queued is bounded");
    check(end_.pool.lent_bytes() <= 4 * (limits.buffered + limits.message_max), "memory is bounded");
    check((stream.close_reason().cause == Cause::none) == (stream.phase() == Phase::open), "ends say why");
    if (stream.phase() != Phase::closed) return;
    check(stream.held_bytes() == 0 && stream.queued_bytes() == 0, "nothing is left at the end");
    check(end_.pool.lent_bytes() == 0, "nor memory");
    check(stream.deadline() == never, "nor anything to do");
  }

  const Input& input_;
  End end_;
};

}  // namespace

std::vector<std::vector<std::uint8_t>> seeds() {
  constexpr std::size_t longest = 8000;
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const auto& name : test::recording_names(test::Transport::tcp)) {
    const auto recording = test::load_recording(name);
    for (const auto direction : {test::Direction::to_server, test::Direction::to_client}) {
      const auto stream = test::stream_of(recording, direction);
      if (stream.size() > longest) continue;
      std::vector<std::uint8_t> seed(script_bytes);
      seed[0] = direction == test::Direction::to_server ? 1 : 0;
      for (std::size_t i = 1; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(0x40 + i * 37);
      seed.insert(seed.end(), stream.begin(), stream.end());
      seeds.push_back(std::move(seed));
    }
  }
  return seeds;
}

}  // namespace gateway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway::fuzz;
  if (size < script_bytes) return 0;
  const gateway::Bytes bytes(data, size);
  const Input input{bytes.first(script_bytes), bytes.subspan(script_bytes)};
  const Outcome whole = read_whole(input);
  check(read_in_slices(input) == whole, "slices give the same as one piece");
  write_again(input, whole.messages, read_by_parser(input, whole.messages));
  Life(input).run();
  return 0;
}
