// The least a UDP proxy can be: an epoll descriptor, batches by recvmmsg and sendmmsg, one socket to the
// server for each client. It looks at nothing. What a proxy costs beyond it is what the proxy does. For
// clients of the loopback interface only: they are told apart by their port.
//
//   benchmark_relay PORT SERVER_PORT

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <vector>

namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t datagram_max = 2048;
constexpr int buffer_bytes = 4 << 20;

struct Slot {
  std::array<std::uint8_t, datagram_max> bytes;
  sockaddr_in peer;
  iovec vector;
};

/// Datagrams on their way in one direction.
class Batch {
 public:
  Batch() {
    for (std::size_t i = 0; i < batch; ++i) messages_[i].msg_hdr.msg_iovlen = 1;
  }
  /// Appends what `socket` has.
  std::size_t receive(int socket) {
    for (std::size_t i = size_; i < batch; ++i) {
      slots_[i].vector = {slots_[i].bytes.data(), datagram_max};
      messages_[i].msg_hdr.msg_iov = &slots_[i].vector;
      messages_[i].msg_hdr.msg_name = &slots_[i].peer;
      messages_[i].msg_hdr.msg_namelen = sizeof slots_[i].peer;
    }
    const int count =
        recvmmsg(socket, &messages_[size_], static_cast<unsigned>(batch - size_), MSG_DONTWAIT, nullptr);
    if (count <= 0) return 0;
    for (std::size_t i = size_; i < size_ + static_cast<std::size_t>(count); ++i) {
      slots_[i].vector.iov_len = messages_[i].msg_len;
    }
    size_ += static_cast<std::size_t>(count);
    return static_cast<std::size_t>(count);
  }
  /// Sends those from `first` up to `end`: to the peer each came from, or, `connected`, where the socket
  /// goes.
  void send(int socket, std::size_t first, std::size_t end, bool connected) {
    for (std::size_t i = first; connected && i < end; ++i) {
      messages_[i].msg_hdr.msg_name = nullptr;
      messages_[i].msg_hdr.msg_namelen = 0;
    }
    while (first < end) {
      const int sent = sendmmsg(socket, &messages_[first], static_cast<unsigned>(end - first), 0);
      first += sent > 0 ? static_cast<std::size_t>(sent) : 1;  // what the kernel refuses is lost
    }
  }
  void clear() { size_ = 0; }
  bool full() const { return size_ == batch; }
  std::size_t size() const { return size_; }
  sockaddr_in& peer(std::size_t index) { return slots_[index].peer; }
  void address(std::size_t index, const sockaddr_in& to) {
    slots_[index].peer = to;
    messages_[index].msg_hdr.msg_name = &slots_[index].peer;
    messages_[index].msg_hdr.msg_namelen = sizeof to;
  }

 private:
  std::vector<Slot> slots_ = std::vector<Slot>(batch);
  std::array<mmsghdr, batch> messages_{};
  std::size_t size_ = 0;
};

struct Session {
  int socket = 0;  // 0: none yet
  sockaddr_in client{};
};

class Relay {
 public:
  Relay(std::uint16_t port, std::uint16_t server) : server_(loopback(server)), epoll_(epoll_create1(0)) {
    listener_ = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(listener_, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes);
    const sockaddr_in address = loopback(port);
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      std::perror("bind");
      std::exit(1);
    }
    watch(listener_, 0);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 256> events{};
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const std::uint32_t client = events[static_cast<std::size_t>(i)].data.u32;
        if (client == 0) {
          forward();
        } else {
          back(sessions_[client]);
        }
      }
      flush();
    }
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  void watch(int socket, std::uint32_t client) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = client;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
  }

  /// A batch of the clients; neighbours of one client leave together.
  void forward() {
    in_.clear();
    in_.receive(listener_);
    for (std::size_t first = 0, end = 0; first < in_.size(); first = end) {
      const sockaddr_in from = in_.peer(first);
      for (end = first + 1; end < in_.size() && in_.peer(end).sin_port == from.sin_port;) ++end;
      in_.send(session_of(from).socket, first, end, true);
    }
  }

  /// What the server has for one client; it leaves with that of others.
  void back(const Session& session) {
    if (out_.full()) flush();
    const std::size_t first = out_.size();
    out_.receive(session.socket);
    for (std::size_t i = first; i < out_.size(); ++i) out_.address(i, session.client);
  }

  void flush() {
    out_.send(listener_, 0, out_.size(), false);
    out_.clear();
  }

  Session& session_of(const sockaddr_in& client) {
    Session& session = sessions_[ntohs(client.sin_port)];
    if (session.socket != 0) return session;
    session.client = client;
    session.socket = socket(AF_INET, SOCK_DGRAM, 0);
    if (session.socket < 0 ||
        connect(session.socket, reinterpret_cast<const sockaddr*>(&server_), sizeof server_) != 0) {
      std::perror("a session");
      std::exit(1);
    }
    watch(session.socket, ntohs(client.sin_port));
    return session;
  }

  sockaddr_in server_;
  int epoll_;
  int listener_ = -1;
  std::vector<Session> sessions_ = std::vector<Session>(65536);
  Batch in_;
  Batch out_;
};

}  // namespace

int main(int count, char** values) {
  if (count != 3) {
    std::fputs("usage: benchmark_relay PORT SERVER_PORT\n", stderr);
    return 2;
  }
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  Relay relay(static_cast<std::uint16_t>(std::atoi(values[1])),
              static_cast<std::uint16_t>(std::atoi(values[2])));
  std::puts("listening");
  std::fflush(stdout);
  relay.run();
}
