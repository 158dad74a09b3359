#include "transport/round_trip.h"

#include <algorithm>

namespace gateway::transport {

namespace {

constexpr Duration start_min = milliseconds(15);
constexpr Duration start_min_variance = milliseconds(5);

bool is_plausible(Duration sample) {
  return sample >= Duration::zero() && sample <= RoundTrip::sample_max;
}

}  // namespace

void RoundTrip::observe(Duration sample) {
  if (!is_plausible(sample)) return;
  mean_ += (sample - mean_) / 8;
  // The deviation is taken from the mean that the sample has already moved, as clients do.
  const Duration deviation = sample >= mean_ ? sample - mean_ : mean_ - sample;
  variance_ += deviation / 4 - variance_ / 4;
}

void RoundTrip::start(Duration sample) {
  if (!is_plausible(sample)) return;
  mean_ = std::max(sample, start_min);
  if (sample <= start_min) variance_ = start_min_variance;
}

Duration RoundTrip::first_wait() const {
  return std::max(std::min(mean_ + 4 * variance_, options_.resend_first_max), options_.resend_min);
}

}  // namespace gateway::transport
