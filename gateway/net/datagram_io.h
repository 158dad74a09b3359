#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "net/stats.h"

namespace gateway::net {

inline constexpr std::size_t batch_size = 64;      // datagrams a system call
inline constexpr std::size_t datagram_max = 4096;  // bytes; longer ones are no Photon datagrams

/// A local address without port: which of several a datagram came to, and so where its answer must leave
/// from. Unset (all zero) on sockets bound to one address.
using LocalAddress = std::array<std::uint8_t, 16>;

struct Received {
  Address from;        // unset on a connected socket
  LocalAddress local;  // set on a wildcard socket
  Bytes bytes;
};

/// Receives datagrams in batches into buffers of its own; one serves all sockets of a shard. With io_uring in
/// place of recvmmsg this class and SendBatch are what changes.
class ReceiveBatch {
 public:
  explicit ReceiveBatch(ShardStats& stats);
  ~ReceiveBatch();
  ReceiveBatch(const ReceiveBatch&) = delete;
  ReceiveBatch& operator=(const ReceiveBatch&) = delete;

  /// Reads at most `limit` (1 to batch_size) from `socket` without blocking and forgets the previous
  /// contents. Gives errno, or 0 (also when nothing is there). `connected`: who sends is known.
  int receive(int socket, bool connected, std::size_t limit = batch_size);
  /// The same with at most one datagram, on a connected socket: a third less work where no second one waits.
  int receive_one(int socket);

  /// Datagrams of the last call; views live until the next.
  std::size_t size() const { return size_; }
  /// True when more may be waiting.
  bool full() const { return size_ == limit_; }
  /// The datagram, or empty when it was too long and is lost.
  std::optional<Received> operator[](std::size_t index) const;
  /// How many datagrams the kernel has dropped on this socket since it was opened; empty when it didn't say.
  std::optional<std::uint32_t> kernel_drops() const { return kernel_drops_; }

 private:
  struct Slot;
  void read_control(const msghdr& message, LocalAddress* local);

  ShardStats& stats_;
  std::vector<Slot> slots_;
  std::vector<mmsghdr> messages_;
  std::size_t limit_ = batch_size;
  std::size_t size_ = 0;
  std::optional<std::uint32_t> kernel_drops_;
};

/// Collects datagrams that leave through one socket and sends them together. Several of one length to one
/// peer, as the fragments of a long message are, leave as one that the kernel cuts (UDP_SEGMENT), at a
/// fraction of the cost. Datagrams the kernel refuses are counted and lost, as datagrams are.
class SendBatch {
 public:
  explicit SendBatch(ShardStats& stats);
  ~SendBatch();
  SendBatch(const SendBatch&) = delete;
  SendBatch& operator=(const SendBatch&) = delete;

  /// Says through which socket the following datagrams leave; the previous ones must have been flushed.
  void begin(int socket);
  /// Where the next datagram is written; flushes when the batch is full.
  MutableBytes room();
  /// Adds the `size` bytes written to room(), on a connected socket.
  void add(std::size_t size);
  /// Adds them for `to`, leaving from `local` if that is set.
  void add(std::size_t size, const Address& to, const LocalAddress& local);
  /// Sends what was added. Gives the first error of the network that concerns a connected socket's peer since
  /// begin() (errno), or 0.
  int flush();

 private:
  struct Slot;
  std::size_t send_from(std::size_t first);
  std::size_t gather(std::size_t first);
  std::size_t run_length(std::size_t first) const;
  int send_one() const;

  ShardStats& stats_;
  std::vector<Slot> slots_;
  std::vector<iovec> vectors_;     // of the slots
  std::vector<mmsghdr> messages_;  // for one call: a run of slots each
  std::vector<std::size_t> runs_;  // their lengths
  int socket_ = -1;
  std::size_t size_ = 0;
  int error_ = 0;
  bool segments_ = true;  // until the kernel refuses one of this batch: IPsec, or a small MTU on its way
};

}  // namespace gateway::net
