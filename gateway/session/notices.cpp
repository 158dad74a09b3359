#include "session/notices.h"

#include <algorithm>
#include <utility>

#include "session/printable.h"

namespace gateway::session {

namespace {

constexpr std::size_t text_max = 128;  // of the log; addresses are shorter

}  // namespace

void Notices::note(Notice notice, std::string_view text) {
  if (notice == Notice::unknown_address && noted_.size() >= kept_max) return;  // the others are few
  Noted noted{notice, printable(text, text_max)};
  if (std::ranges::find(noted_, noted) == noted_.end()) noted_.push_back(std::move(noted));
}

}  // namespace gateway::session
