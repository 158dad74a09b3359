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

bool ExchangeQueue::push(SessionId session, session::ExchangeJob job, TimePoint now) {
  if (waiting_.size() >= limits_.exchange_queue) return false;
  waiting_.push_back({session, std::move(job), now});
  return true;
}

std::optional<ExchangeQueue::Done> ExchangeQueue::next(TimePoint now) {
  if (waiting_.empty()) return std::nullopt;
  if (now - waiting_.front().since > limits_.exchange_wait) {
    const Waiting late = waiting_.pop_front();
    return Done{late.session, session::ExchangeResult::throttled, late.since};
  }
  if (!meter_.take(now)) return std::nullopt;
  const Waiting first = waiting_.pop_front();
  return Done{first.session, run(first.job, random_), first.since};
}

TimePoint ExchangeQueue::deadline() const {
  if (waiting_.empty()) return never;
  return std::min(meter_.next(), waiting_.front().since + limits_.exchange_wait + Duration(1));
}

}  // namespace gateway::net
