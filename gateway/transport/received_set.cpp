#include "transport/received_set.h"

namespace gateway::transport {

bool ReceivedSet::contains(std::uint32_t number) const {
  if (number <= complete_) return true;
  const std::uint32_t word = number / bits - first_word_;
  return word < words_.size() && (words_[word] >> (number % bits) & 1) != 0;
}

void ReceivedSet::insert(std::uint32_t number) {
  if (number <= complete_) return;
  if (words_.empty()) first_word_ = (complete_ + 1) / bits;
  while (number / bits - first_word_ >= words_.size()) words_.push_back(0);
  words_[number / bits - first_word_] |= std::uint64_t{1} << (number % bits);
  while (contains(complete_ + 1)) {
    ++complete_;
    if (complete_ % bits != bits - 1) continue;  // the word still has numbers to come
    words_.pop_front();
    ++first_word_;
  }
}

}  // namespace gateway::transport
