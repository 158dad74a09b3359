#include "net/datagram_io.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <netinet/udp.h>
#include <numeric>

#include "net/address.h"

namespace gateway::net {

static_assert(batch_size <= 64, "the kernel cuts into no more segments");

namespace {

constexpr std::size_t segmented_max = 64'000;  // bytes the kernel takes to cut, about
constexpr std::size_t control_max =
    CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(in_pktinfo)) + CMSG_SPACE(sizeof(std::uint32_t));

template <class T>
T read_as(const cmsghdr& control) {
  T value{};
  std::memcpy(&value, CMSG_DATA(&control), sizeof value);
  return value;
}

bool is(const cmsghdr& control, int level, int type) {
  return control.cmsg_level == level && control.cmsg_type == type;
}

LocalAddress mapped(const in_addr& address) {
  LocalAddress local{};
  local[10] = local[11] = 0xFF;
  std::memcpy(local.data() + 12, &address, sizeof address);
  return local;
}

template <class T>
void add_control(msghdr& message, int level, int type, const T& value) {
  auto* const control =
      reinterpret_cast<cmsghdr*>(static_cast<std::uint8_t*>(message.msg_control) + message.msg_controllen);
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(control), &value, sizeof value);
  message.msg_controllen += CMSG_SPACE(sizeof value);
}

void write_local(msghdr& message, const Address& to, const LocalAddress& local) {
  if (is_ipv4(to)) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, local.data() + 12, sizeof info.ipi_spec_dst);
    add_control(message, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, local.data(), sizeof info.ipi6_addr);
    add_control(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
}

/// Of the call that just failed; 0 where nothing was there.
int receive_error() {
  return errno == EAGAIN || errno == EINTR ? 0 : errno;
}

bool is_set(const LocalAddress& local) {
  return local != LocalAddress{};
}

}  // namespace

struct ReceiveBatch::Slot {
  std::array<std::uint8_t, datagram_max> bytes;
  alignas(cmsghdr) std::array<std::uint8_t, control_max> control;
  sockaddr_storage from;
  LocalAddress local;
  iovec vector;
};

ReceiveBatch::ReceiveBatch(ShardStats& stats) : stats_(stats), slots_(batch_size), messages_(batch_size) {
  for (std::size_t i = 0; i < batch_size; ++i) {
    slots_[i].vector = {slots_[i].bytes.data(), slots_[i].bytes.size()};
    messages_[i].msg_hdr.msg_iov = &slots_[i].vector;
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

ReceiveBatch::~ReceiveBatch() = default;

int ReceiveBatch::receive(int socket, bool connected, std::size_t limit) {
  limit_ = limit;
  for (std::size_t i = 0; i < limit; ++i) {
    msghdr& message = messages_[i].msg_hdr;
    message.msg_name = connected ? nullptr : &slots_[i].from;
    message.msg_namelen = connected ? 0 : sizeof slots_[i].from;
    message.msg_control = connected ? nullptr : slots_[i].control.data();
    message.msg_controllen = connected ? 0 : slots_[i].control.size();
  }
  size_ = 0;
  kernel_drops_.reset();
  const int received =
      recvmmsg(socket, messages_.data(), static_cast<unsigned>(limit), MSG_DONTWAIT, nullptr);
  stats_.receive_calls.add();
  if (received < 0) return receive_error();
  size_ = static_cast<std::size_t>(received);
  stats_.receive_datagrams.add(size_);
  for (std::size_t i = 0; i < size_; ++i) {
    if (!connected) read_control(messages_[i].msg_hdr, &slots_[i].local);
    if ((messages_[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) stats_.receive_truncated.add();
  }
  return 0;
}

int ReceiveBatch::receive_one(int socket) {
  limit_ = batch_size;
  size_ = 0;
  kernel_drops_.reset();
  const ssize_t received = recv(socket, slots_[0].bytes.data(), datagram_max, MSG_DONTWAIT | MSG_TRUNC);
  stats_.receive_calls.add();
  if (received < 0) return receive_error();
  size_ = 1;
  stats_.receive_datagrams.add(1);
  mmsghdr& message = messages_[0];
  message.msg_hdr.msg_name = nullptr;
  const bool truncated = static_cast<std::size_t>(received) > datagram_max;
  message.msg_hdr.msg_flags = truncated ? MSG_TRUNC : 0;
  message.msg_len = static_cast<unsigned>(std::min(static_cast<std::size_t>(received), datagram_max));
  if (truncated) stats_.receive_truncated.add();
  return 0;
}

void ReceiveBatch::read_control(const msghdr& message, LocalAddress* local) {
  *local = {};
  msghdr copy = message;  // CMSG_NXTHDR takes it writable
  for (cmsghdr* control = CMSG_FIRSTHDR(&copy); control != nullptr; control = CMSG_NXTHDR(&copy, control)) {
    if (is(*control, SOL_SOCKET, SO_RXQ_OVFL)) kernel_drops_ = read_as<std::uint32_t>(*control);
    if (is(*control, IPPROTO_IP, IP_PKTINFO)) *local = mapped(read_as<in_pktinfo>(*control).ipi_spec_dst);
    if (is(*control, IPPROTO_IPV6, IPV6_PKTINFO)) {
      const auto info = read_as<in6_pktinfo>(*control);
      std::memcpy(local->data(), &info.ipi6_addr, local->size());
    }
  }
}

std::optional<Received> ReceiveBatch::operator[](std::size_t index) const {
  assert(index < size_);
  const Slot& slot = slots_[index];
  const msghdr& message = messages_[index].msg_hdr;
  if ((message.msg_flags & MSG_TRUNC) != 0) return std::nullopt;
  Received received{.from = {}, .local = {}, .bytes = Bytes(slot.bytes).first(messages_[index].msg_len)};
  if (message.msg_name != nullptr) {
    received.from = from_socket_address(slot.from);
    received.local = slot.local;
  }
  return received;
}

struct SendBatch::Slot {
  std::array<std::uint8_t, datagram_max> bytes;
  alignas(cmsghdr)
      std::array<std::uint8_t, CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(std::uint16_t))> control;
  Address peer;  // unset on a connected socket
  LocalAddress local;
  SocketAddress to;

  bool same_way(const Slot& other) const { return peer == other.peer && local == other.local; }
  msghdr header(iovec* vectors, std::size_t count);
};

/// One datagram, or a run of them that the kernel is to cut.
msghdr SendBatch::Slot::header(iovec* vectors, std::size_t count) {
  msghdr message{};
  message.msg_iov = vectors;
  message.msg_iovlen = count;
  if (peer != Address{}) {
    to = to_socket_address(peer);
    message.msg_name = &to.storage;
    message.msg_namelen = to.size;
  }
  message.msg_control = control.data();
  if (is_set(local)) write_local(message, peer, local);
  if (count > 1) add_control(message, SOL_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(vectors->iov_len));
  if (message.msg_controllen == 0) message.msg_control = nullptr;
  return message;
}

SendBatch::SendBatch(ShardStats& stats)
    : stats_(stats), slots_(batch_size), vectors_(batch_size), messages_(batch_size), runs_(batch_size) {}

SendBatch::~SendBatch() = default;

void SendBatch::begin(int socket) {
  assert(size_ == 0);
  socket_ = socket;
  error_ = 0;
  segments_ = true;
}

MutableBytes SendBatch::room() {
  if (size_ == batch_size) flush();
  return slots_[size_].bytes;
}

void SendBatch::add(std::size_t size) {
  add(size, {}, {});
}

void SendBatch::add(std::size_t size, const Address& to, const LocalAddress& local) {
  Slot& slot = slots_[size_];
  slot.peer = to;
  slot.local = local;
  vectors_[size_] = {slot.bytes.data(), size};
  ++size_;
}

int SendBatch::flush() {
  for (std::size_t first = 0; first < size_;) first += send_from(first);
  size_ = 0;
  return error_;
}

/// Gives how many datagrams are done with, sent or lost.
std::size_t SendBatch::send_from(std::size_t first) {
  const std::size_t messages = gather(first);
  const int sent = messages == 1
                       ? send_one()
                       : sendmmsg(socket_, messages_.data(), static_cast<unsigned>(messages), MSG_DONTWAIT);
  stats_.send_calls.add();
  if (sent > 0) {
    const std::size_t datagrams = std::accumulate(runs_.begin(), runs_.begin() + sent, std::size_t{0});
    stats_.send_datagrams.add(datagrams);
    return datagrams;
  }
  if (errno == EINTR) return 0;
  if (errno == EAGAIN || errno == ENOBUFS) {  // no room for the others either
    stats_.send_dropped.add(size_ - first);
    return size_ - first;
  }
  if (runs_[0] > 1 && (errno == EINVAL || errno == EIO || errno == EMSGSIZE)) {
    segments_ = false;
    return 0;
  }
  if (error_ == 0) error_ = errno;
  stats_.send_errors.add();
  return 1;  // the error concerns one datagram, or a report of the network that this call took away
}

/// Fills messages_ and runs_ with what is left from `first` on, and gives how many messages that makes.
std::size_t SendBatch::gather(std::size_t first) {
  std::size_t count = 0;
  for (std::size_t i = first; i < size_; i += runs_[count++]) {
    runs_[count] = segments_ ? run_length(i) : 1;
    messages_[count].msg_hdr = slots_[i].header(&vectors_[i], runs_[count]);
  }
  return count;
}

/// How many datagrams from `first` on go the same way and are as long as it; the last may be shorter.
std::size_t SendBatch::run_length(std::size_t first) const {
  const std::size_t size = vectors_[first].iov_len;
  std::size_t count = 1;
  while (first + count < size_ && (count + 1) * size <= segmented_max) {
    const std::size_t next = vectors_[first + count].iov_len;
    if (next > size || next == 0 || !slots_[first].same_way(slots_[first + count])) break;
    ++count;
    if (next < size) break;
  }
  return count;
}

/// As sendmmsg does, by the cheaper calls.
int SendBatch::send_one() const {
  const msghdr& message = messages_[0].msg_hdr;
  const bool plain = message.msg_control == nullptr;
  const ssize_t sent =
      plain ? sendto(socket_, message.msg_iov->iov_base, message.msg_iov->iov_len, MSG_DONTWAIT,
                     static_cast<const sockaddr*>(message.msg_name), message.msg_namelen)
            : sendmsg(socket_, &message, MSG_DONTWAIT);
  return sent < 0 ? -1 : 1;
}

}  // namespace gateway::net
