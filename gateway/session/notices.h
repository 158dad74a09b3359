#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::session {

/// What an operator should hear once, whoever causes it and however often.
enum class Notice : std::uint8_t {
  unknown_address,      // a server named one that no listener fronts; the text is that address
  unparsed_response,    // one that may name an address couldn't be read
  authenticate_once,    // a client's keys will come from its token, not from us
  datagram_encryption,  // a server encrypts whole datagrams
};

/// The notices of one listener of a shard: sessions note, net/ logs what is new.
class Notices {
 public:
  struct Noted {
    Notice notice;
    std::string text;  // printable
    bool operator==(const Noted&) const = default;
  };

  /// Takes note, unless it is known already or there are too many addresses to keep.
  void note(Notice notice, std::string_view text = {});

  bool has_new() const { return taken_ < noted_.size(); }
  /// The next new one; only while has_new(). Valid until the next call.
  const Noted& take() { return noted_[taken_++]; }

 private:
  static constexpr std::size_t kept_max = 64;
  std::vector<Noted> noted_;
  std::size_t taken_ = 0;
};

}  // namespace gateway::session
