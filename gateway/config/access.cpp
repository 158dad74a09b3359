#include "config/access.h"

#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "config/quantity.h"
#include "config/url.h"

namespace gateway::config {
namespace {

constexpr std::string_view deny_example =
    "deny: [\"203.0.113.0/24\", \"file:/etc/photon-gateway/blocked.txt\"]";
constexpr std::string_view allow_example = "allow: [\"0.0.0.0/0\", \"::/0\"]";
constexpr std::string_view file_prefix = "file:";
constexpr std::size_t all_bits = 128;

/// As many bits as the text behind the slash says, counted in an IPv6 address.
std::size_t read_bits(const Located& block, const Address& address, bool dotted, std::string_view text) {
  const std::size_t skipped = dotted && is_ipv4(address) ? 96 : 0;
  const auto bits = parse_number(text);
  if (!bits || *bits > all_bits - skipped) {
    block.fail("\"" + block.text + "\" needs a length from 0 to " + std::to_string(all_bits - skipped) +
               " behind its slash");
  }
  return static_cast<std::size_t>(*bits) + skipped;
}

void check_bits(const Located& block, const Address& address, std::size_t bits, std::string_view length) {
  Address first = address;
  for (std::size_t bit = bits; bit < all_bits; ++bit)
    first.ip[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
  if (first.ip == address.ip) return;
  block.fail("\"" + block.text + "\" has bits behind its length; write \"" + ip_text(first) + "/" +
             std::string(length) + "\" for the block, or \"" + ip_text(address) + "\" for one host");
}

std::vector<AddressRange> read_block(const Located& block) {
  const std::size_t slash = block.text.find('/');
  const Located ip{.text = block.text.substr(0, slash), .where = block.where};
  const Address address = parse_ip(ip);
  if (slash == std::string::npos) return {{address.ip, address.ip}};
  const std::string_view length = std::string_view(block.text).substr(slash + 1);
  const bool dotted = ip.text.find(':') == std::string::npos;
  const std::size_t bits = read_bits(block, address, dotted, length);
  check_bits(block, address, bits, length);
  return ranges_of_prefix(address.ip, bits);
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blanks) + 1 - first));
}

void append(std::vector<AddressRange>& to, const std::vector<AddressRange>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

void read_file(const std::string& path, const Located& entry, std::vector<AddressRange>& ranges) {
  std::ifstream file(path);
  if (!file) entry.fail("the file " + path + " can't be read: " + std::generic_category().message(errno));
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    const std::string text = trimmed(std::string_view(line).substr(0, line.find('#')));
    const Located block{.text = text, .where = path + ":" + std::to_string(number)};
    if (!text.empty()) append(ranges, read_block(block));
  }
  if (file.bad()) entry.fail("the file " + path + " can't be read to its end");
}

std::vector<AddressRange> read_entries(const std::vector<Located>& entries) {
  std::vector<AddressRange> ranges;
  for (const Located& entry : entries) {
    if (entry.text.starts_with(file_prefix)) {
      read_file(entry.text.substr(file_prefix.size()), entry, ranges);
    } else {
      append(ranges, read_block(entry));
    }
  }
  return ranges;
}

std::vector<std::string> texts_of(const std::vector<Located>& entries) {
  std::vector<std::string> texts;
  texts.reserve(entries.size());
  for (const Located& entry : entries) texts.push_back(entry.text);
  return texts;
}

std::vector<Located> located(const Value& value, std::string_view example) {
  std::vector<Located> entries;
  for (const Value& element : value.list(example)) entries.push_back(element.text(example));
  return entries;
}

}  // namespace

net::AccessOptions default_access() {
  net::AccessOptions options;
  std::vector<Located> everybody;
  for (const std::string& block : options.allow) everybody.push_back({block, "the default of access"});
  options.lists.allowed = AddressRanges(read_entries(everybody));
  return options;
}

net::AccessOptions read_access(const Value& value) {
  net::AccessOptions options = default_access();
  const Map map = value.map({"allow", "deny"});
  if (const auto allow = map.find("allow")) {
    const std::vector<Located> entries = located(*allow, allow_example);
    options.allow = texts_of(entries);
    options.lists.allowed = AddressRanges(read_entries(entries));
    if (options.lists.allowed.empty())
      allow->fail("\"allow\" names nobody, so nobody could connect; write " + std::string(allow_example));
  }
  if (const auto deny = map.find("deny")) {
    const std::vector<Located> entries = located(*deny, deny_example);
    options.deny = texts_of(entries);
    options.lists.denied = AddressRanges(read_entries(entries));
  }
  options.lists.everybody = options.allow == net::AccessOptions{}.allow && options.lists.denied.empty();
  return options;
}

}  // namespace gateway::config
