#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/ring.h"
#include "base/time.h"
#include "transport/channel_table.h"
#include "transport/numbered_ring.h"
#include "transport/options.h"
#include "wire/command.h"

namespace gateway::transport {

/// What names a reliable command on the wire: channel, counter and number.
struct FlightKey {
  std::uint8_t channel = 0;
  bool unsequenced = false;
  std::uint32_t number = 0;
};

/// Which reliable command this is.
FlightKey key_of(const wire::Command& command);

/// The reliable commands that were sent and not yet acknowledged: when each copy left, when the next one is
/// due, and how many may be under way at once. It knows no payloads: `reference` is what the caller finds the
/// command by. Source: README.md, "Resending" and "Windows".
class InFlight {
 public:
  static constexpr Duration scan_interval = milliseconds(5);  // between two looks at all commands

  /// One transmission of a reliable command.
  struct Sent {
    TimePoint at;
    std::uint32_t wire_time = 0;  // the sentTime in its datagram, which the ack echoes
  };

  /// What an ack told.
  struct Acknowledged {
    std::uint32_t reference = 0;
    std::uint32_t bytes = 0;
    std::optional<TimePoint>
        sent;  // when the copy left that the ack answers; empty when the echoed time fits none
  };

  explicit InFlight(const Options& options) : options_(options) {}

  /// True when the sending window lets this new data command leave.
  bool allows(const wire::Command& command, std::size_t bytes) const;
  /// Notes the first transmission. `copies_max` 0: resent until acknowledged or options.resend_deadline.
  void sent(const FlightKey& key, std::uint32_t reference, std::size_t bytes, const Sent& copy,
            Duration first_wait, std::uint8_t copies_max = 0);
  /// Takes the ack of a command in flight; empty when it acknowledges nothing outstanding.
  std::optional<Acknowledged> acknowledge(const FlightKey& key, std::uint32_t echoed_time);

  /// Looks for commands whose copy is due; they wait in overdue(). False when one has waited for
  /// options.resend_deadline.
  bool advance(TimePoint now);
  /// When advance() is next wanted.
  TimePoint deadline() const { return count_ == 0 ? never : next_scan_; }

  struct Overdue {
    FlightKey key;
    std::uint32_t reference = 0;
  };
  /// The next command to send again.
  std::optional<Overdue> overdue();
  /// Notes that what overdue() gave was sent again.
  void resent(const Sent& copy);

  /// True when `number` and every lower one was sent and acknowledged.
  bool acknowledged(const FlightKey& key) const;
  bool empty() const { return count_ == 0; }
  /// Bytes of the data commands in flight.
  std::size_t bytes() const { return bytes_; }

  /// Bytes of what is kept about channels and commands.
  std::size_t bookkeeping_bytes() const;

  void clear();
  /// Gives memory back that an idle connection doesn't need.
  void release();

 private:
  struct Flight {
    static constexpr std::size_t remembered = 3;  // newest copies whose ack gives a round-trip sample

    std::array<Sent, remembered> copies{};
    TimePoint first_sent{};
    TimePoint due = never;
    Duration wait{};
    std::uint32_t reference = 0;
    std::uint32_t bytes = 0;
    std::uint8_t copies_sent = 0;  // stops counting at 255
    std::uint8_t copies_max = 0;
    bool outstanding = false;
  };
  struct Lane {
    NumberedRing<Flight> sequenced;
    NumberedRing<Flight> unsequenced;

    NumberedRing<Flight>& ring(bool of_unsequenced) { return of_unsequenced ? unsequenced : sequenced; }
    const NumberedRing<Flight>& ring(bool of_unsequenced) const {
      return of_unsequenced ? unsequenced : sequenced;
    }
  };

  Flight* find(const FlightKey& key);
  TimePoint expiry(const Flight& flight) const;
  std::uint32_t lowest_unacknowledged(const FlightKey& key) const;
  void note(Flight& flight, const Sent& copy);
  bool scan(TimePoint now, std::uint8_t channel, bool unsequenced, NumberedRing<Flight>& ring);

  const Options& options_;
  ChannelTable<Lane> lanes_;
  Ring<FlightKey> overdue_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
  TimePoint next_scan_ = never;
};

}  // namespace gateway::transport
