#include "net/exchange_queue.h"

#include <algorithm>
#include <utility>

namespace gateway::net {

namespace {

ExchangeQueue::Outcome run(const session::ExchangeJob& job, Random& random) {
  auto exchanged = crypto::exchange(job.client_key, random);
  if (!exchanged) return session::ExchangeResult::bad_key;
  return std::move(*exchanged);
}

}  // namespace

std::optional<SessionId> ExchangeQueue::push(SessionId session, session::ExchangeJob job,
                                             const Address& client, TimePoint now) {
  Waiting one{session, rates_.source_of(client), std::move(job), now};
  std::optional<SessionId> refused;
  if (waiting_.size() >= waiting_max_) {
    if (within_rate(one, now)) refused = drop_over_rate(now);
    if (!refused) return session;
  }
  choice_ = std::min(choice_, rates_.next(one.source));
  waiting_.push_back(std::move(one));
  return refused;
}

std::optional<SessionId> ExchangeQueue::drop_over_rate(TimePoint now) {
  const auto newest = std::find_if(waiting_.rbegin(), waiting_.rend(),
                                   [&](const Waiting& one) { return !within_rate(one, now); });
  if (newest == waiting_.rend()) return std::nullopt;
  return take(std::prev(newest.base())).session;
}

std::optional<ExchangeQueue::Done> ExchangeQueue::next(TimePoint now) {
  while (!waiting_.empty() && !alive_(waiting_.front().session)) waiting_.pop_front();
  if (waiting_.empty()) return std::nullopt;
  if (now - waiting_.front().since > wait_max_) {
    const Waiting late = take(waiting_.begin());
    return Done{late.session, session::ExchangeResult::throttled, late.since};
  }
  if (rates_.next() > now) return std::nullopt;
  const auto chosen = choose(now);
  if (chosen == waiting_.end() || !rates_.take(chosen->source, now)) return std::nullopt;
  const Waiting one = take(chosen);
  return Done{one.session, run(one.job, random_), one.since};
}

/// The first one within its rate; if there is none, the first one, as long as others are left their half. The
/// order within an address stays as it was.
ExchangeQueue::Place ExchangeQueue::choose(TimePoint now) {
  if (now < choice_) return waiting_.end();
  TimePoint earliest = never;
  for (auto place = waiting_.begin(); place != waiting_.end();) {
    const TimePoint within = rates_.next(place->source);
    if (within > now) {
      earliest = std::min(earliest, within);
      ++place;
    } else if (alive_(place->session)) {
      return place;
    } else {
      place = waiting_.erase(place);
    }
  }
  if (rates_.next_over_rate() <= now) return waiting_.begin();
  choice_ = std::min(earliest, rates_.next_over_rate());
  return waiting_.end();
}

ExchangeQueue::Waiting ExchangeQueue::take(const Place& place) {
  Waiting one = std::move(*place);
  waiting_.erase(place);
  return one;
}

TimePoint ExchangeQueue::deadline() const {
  if (waiting_.empty()) return never;
  const TimePoint may_run = std::max(rates_.next(), choice_);
  return std::min(may_run, waiting_.front().since + wait_max_ + Duration(1));
}

}  // namespace gateway::net
