#include "net/received_bytes.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace gateway::net {

namespace {

// Of tcpi_bytes_received in the kernel's tcp_info, behind three other counters of 64 bits; glibc's ends
// before.
constexpr std::size_t received_bytes_offset = sizeof(tcp_info) + 3 * sizeof(std::uint64_t);
static_assert(received_bytes_offset == 128);

}  // namespace

std::uint64_t received_bytes(int descriptor) {
  std::array<std::uint8_t, received_bytes_offset + sizeof(std::uint64_t)> info{};
  auto size = static_cast<socklen_t>(info.size());
  std::uint64_t bytes = 0;
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, info.data(), &size) != 0 || size != info.size()) return 0;
  std::memcpy(&bytes, info.data() + received_bytes_offset, sizeof bytes);
  return bytes;
}

}  // namespace gateway::net
