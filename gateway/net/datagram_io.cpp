#include "net/datagram_io.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

#include "net/address.h"

namespace gateway::net {

namespace {

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
void write_control(msghdr& message, int level, int type, const T& value) {
  message.msg_controllen = CMSG_SPACE(sizeof value);
  cmsghdr* control = CMSG_FIRSTHDR(&message);
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(control), &value, sizeof value);
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

int ReceiveBatch::receive(int socket, bool connected) {
  for (std::size_t i = 0; i < batch_size; ++i) {
    msghdr& message = messages_[i].msg_hdr;
    message.msg_name = connected ? nullptr : &slots_[i].from;
    message.msg_namelen = connected ? 0 : sizeof slots_[i].from;
    message.msg_control = connected ? nullptr : slots_[i].control.data();
    message.msg_controllen = connected ? 0 : slots_[i].control.size();
  }
  size_ = 0;
  kernel_drops_.reset();
  const int received = recvmmsg(socket, messages_.data(), batch_size, MSG_DONTWAIT, nullptr);
  stats_.receive_calls.add();
  if (received < 0) return errno == EAGAIN || errno == EINTR ? 0 : errno;
  size_ = static_cast<std::size_t>(received);
  stats_.receive_datagrams.add(size_);
  for (std::size_t i = 0; i < size_; ++i) {
    if (!connected) read_control(messages_[i].msg_hdr, &slots_[i].local);
    if ((messages_[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) stats_.receive_truncated.add();
  }
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
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in6_pktinfo))> control;
  SocketAddress to;
  iovec vector;
};

SendBatch::SendBatch(ShardStats& stats) : stats_(stats), slots_(batch_size), messages_(batch_size) {
  for (std::size_t i = 0; i < batch_size; ++i) {
    messages_[i].msg_hdr.msg_iov = &slots_[i].vector;
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

SendBatch::~SendBatch() = default;

void SendBatch::begin(int socket) {
  assert(size_ == 0);
  socket_ = socket;
  error_ = 0;
}

MutableBytes SendBatch::room() {
  if (size_ == batch_size) flush();
  return slots_[size_].bytes;
}

void SendBatch::add(std::size_t size) {
  Slot& slot = slots_[size_];
  msghdr& message = messages_[size_].msg_hdr;
  slot.vector = {slot.bytes.data(), size};
  message.msg_name = nullptr;
  message.msg_namelen = 0;
  message.msg_control = nullptr;
  message.msg_controllen = 0;
  ++size_;
}

void SendBatch::add(std::size_t size, const Address& to, const LocalAddress& local) {
  Slot& slot = slots_[size_];
  msghdr& message = messages_[size_].msg_hdr;
  add(size);
  slot.to = to_socket_address(to);
  message.msg_name = &slot.to.storage;
  message.msg_namelen = slot.to.size;
  if (is_set(local)) set_local(slot, message, to, local);
}

void SendBatch::set_local(Slot& slot, msghdr& message, const Address& to, const LocalAddress& local) {
  message.msg_control = slot.control.data();
  message.msg_controllen = slot.control.size();
  if (is_ipv4(to)) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, local.data() + 12, sizeof info.ipi_spec_dst);
    write_control(message, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, local.data(), sizeof info.ipi6_addr);
    write_control(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
}

int SendBatch::flush() {
  for (std::size_t first = 0; first < size_;) first += send_from(first);
  size_ = 0;
  return error_;
}

/// Gives how many of the batch are done with, sent or lost.
std::size_t SendBatch::send_from(std::size_t first) {
  const std::size_t count = size_ - first;
  const int sent = sendmmsg(socket_, messages_.data() + first, static_cast<unsigned>(count), MSG_DONTWAIT);
  stats_.send_calls.add();
  if (sent > 0) {
    stats_.send_datagrams.add(static_cast<std::size_t>(sent));
    return static_cast<std::size_t>(sent);
  }
  if (errno == EINTR) return 0;
  if (errno == EAGAIN || errno == ENOBUFS) {  // no room for the others either
    stats_.send_dropped.add(count);
    return count;
  }
  if (error_ == 0) error_ = errno;
  stats_.send_errors.add();
  return 1;  // the error concerns one datagram, or a report of the network that this call took away
}

}  // namespace gateway::net
