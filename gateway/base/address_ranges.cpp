#include "base/address_ranges.h"

#include <algorithm>
#include <cassert>

namespace gateway {

namespace {

constexpr std::size_t mapped_bits = 8 * ipv4_prefix.size();

AddressRange range_of(const Ip& ip, std::size_t bits) {
  AddressRange range{ip, ip};
  for (std::size_t bit = bits; bit < 8 * ip.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    range.first[bit / 8] &= static_cast<std::uint8_t>(~mask);
    range.last[bit / 8] |= mask;
  }
  return range;
}

Ip before(Ip ip) {
  for (auto byte = ip.rbegin(); byte != ip.rend() && (*byte)-- == 0; ++byte) {
  }
  return ip;
}

Ip behind(Ip ip) {
  for (auto byte = ip.rbegin(); byte != ip.rend() && ++*byte == 0; ++byte) {
  }
  return ip;
}

AddressRange mapped_range() {
  Ip ip{};
  std::copy(ipv4_prefix.begin(), ipv4_prefix.end(), ip.begin());
  return range_of(ip, mapped_bits);
}

}  // namespace

std::vector<AddressRange> ranges_of_prefix(const Ip& ip, std::size_t bits) {
  assert(bits <= 8 * ip.size());
  const AddressRange range = range_of(ip, bits);
  const AddressRange mapped = mapped_range();
  const bool holds_ipv4 = range.first <= mapped.first && mapped.last <= range.last;
  if (bits >= mapped_bits || !holds_ipv4) return {range};
  std::vector<AddressRange> around;
  if (range.first < mapped.first) around.push_back({range.first, before(mapped.first)});
  if (mapped.last < range.last) around.push_back({behind(mapped.last), range.last});
  return around;
}

AddressRanges::AddressRanges(std::vector<AddressRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const AddressRange& a, const AddressRange& b) { return a.first < b.first; });
  for (const AddressRange& range : ranges) {
    if (!ranges_.empty() && range.first <= ranges_.back().last) {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    } else {
      ranges_.push_back(range);
    }
  }
}

bool AddressRanges::contains(const Address& address) const {
  const auto above =
      std::upper_bound(ranges_.begin(), ranges_.end(), address.ip,
                       [](const Ip& ip, const AddressRange& range) { return ip < range.first; });
  return above != ranges_.begin() && address.ip <= std::prev(above)->last;
}

}  // namespace gateway
