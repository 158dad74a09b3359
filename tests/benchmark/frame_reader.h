#pragma once

#include <vector>

#include "base/bytes.h"
#include "wire/frame.h"

namespace gateway::test {

/// Cuts a stream of Photon's TCP frames into messages.
class FrameReader {
 public:
  /// Calls `take(message)` for each whole message; pings aren't expected. False when
  /// the stream can't be read any further.
  template <class Take>
  bool receive(Bytes bytes, Take&& take) {
    if (!held_.empty()) {
      held_.insert(held_.end(), bytes.begin(), bytes.end());
      bytes = held_;
    }
    std::size_t taken = 0;
    while (true) {
      const auto unit = wire::parse_stream_unit(bytes.subspan(taken), {});
      if (!unit) return false;
      if (!*unit) break;
      take((*unit)->payload);
      taken += wire::frame_header_bytes + (*unit)->payload.size();
    }
    const Bytes left = bytes.subspan(taken);
    held_ = std::vector<std::uint8_t>(left.begin(), left.end());
    return true;
  }

 private:
  std::vector<std::uint8_t> held_;
};

}  // namespace gateway::test
