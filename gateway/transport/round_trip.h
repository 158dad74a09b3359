#pragma once

#include "base/time.h"
#include "transport/options.h"

namespace gateway::transport {

/// Round-trip estimate of one connection, fed by acknowledgements. The formula is the client library's.
/// Source: README.md, "Round trip".
class RoundTrip {
 public:
  static constexpr Duration sample_max = seconds(10);  // longer ones are no round trip

  explicit RoundTrip(const Options& options)
      : options_(options), mean_(options.rtt_initial), variance_(options.rtt_variance_initial) {}

  /// Takes one sample: time from the sending of a copy to the ack of that copy.
  void observe(Duration sample);
  /// Takes the sample that the ack of Connect gives: it replaces the initial guess.
  void start(Duration sample);

  /// How long a command waits for its ack before it is sent a second time.
  Duration first_wait() const;
  Duration mean() const { return mean_; }
  Duration variance() const { return variance_; }

 private:
  const Options& options_;
  Duration mean_;
  Duration variance_;
};

}  // namespace gateway::transport
