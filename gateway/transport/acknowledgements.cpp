#include "transport/acknowledgements.h"

#include <algorithm>

namespace gateway::transport {

namespace {

constexpr std::size_t searched_max = 100;  // newest ones looked at for a repetition: a datagram's worth
constexpr std::size_t kept_max = 64;       // room kept when everything has left

}  // namespace

bool Acknowledgements::add(TimePoint now, const Owed& owed, std::size_t command_bytes, Urgency urgency) {
  if (urgency == Urgency::at_once) due_ = now;
  if (urgency == Urgency::at_once && refresh(owed)) return true;
  if (owed_.size() >= owed_max) {
    due_ = now;
    return false;
  }
  owed_.push_back(owed);
  peak_ = std::max(peak_, owed_.size());
  bytes_ += command_bytes;
  const bool enough = owed_.size() >= options_.ack_commands || bytes_ >= options_.ack_bytes;
  due_ = std::min(due_, enough ? now : now + options_.ack_delay);
  return true;
}

bool Acknowledgements::refresh(const Owed& owed) {
  const std::size_t searched = std::min(owed_.size(), searched_max);
  for (std::size_t i = 0; i < searched; ++i) {
    Owed& known = owed_[owed_.size() - 1 - i];
    if (known.number != owed.number || known.channel != owed.channel || known.unsequenced != owed.unsequenced)
      continue;
    known.sent_time = owed.sent_time;
    return true;
  }
  return false;
}

wire::Command Acknowledgements::front() const {
  const Owed& owed = owed_.front();
  wire::Command command;
  command.type = owed.unsequenced ? wire::CommandType::ack_unsequenced : wire::CommandType::ack;
  command.channel = owed.channel;
  command.flags = wire::Flags::unreliable;
  command.ack = {.reliable_seq = owed.number, .sent_time = owed.sent_time};
  return command;
}

void Acknowledgements::pop() {
  owed_.pop_front();
  if (!owed_.empty()) return;
  due_ = never;
  bytes_ = 0;
  if (peak_ > kept_max) owed_.clear();
  peak_ = 0;
}

void Acknowledgements::release() {
  if (owed_.empty()) owed_.clear();
}

}  // namespace gateway::transport
