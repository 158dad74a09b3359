#include "net/server_name.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/log_line.h"
#include "net/address.h"

namespace gateway::net {

std::string objection_to(const std::vector<Address>& addresses, const ServerOptions& server, Scheme scheme,
                         const std::vector<ListenerOptions>& listeners) {
  for (const Address& address : addresses) {
    if (link_local_v6(address)) {
      return "means " + ip_text(address) + ", a link-local address, and those aren't supported";
    }
    if (!server.trusted && !private_network(address)) {
      return "means " + ip_text(address) +
             ", which leaves private networks; write trusted: true if the link is protected";
    }
    for (const ListenerOptions& listener : listeners) {
      if (is_stream(scheme) != is_stream(listener.scheme) || !arrives_at(address, listener.address)) continue;
      return "means " + ip_text(address) + ", which is the gateway itself: listener \"" + listener.name +
             "\" listens on " + listener.text;
    }
  }
  return {};
}

void ServerName::take(const Resolved& answer, TimePoint now) {
  std::string complaint = answer.addresses.empty()
                              ? answer.error
                              : objection_to(answer.addresses, server_, pool_.scheme(), listeners_);
  if (!complaint.empty()) return complain(complaint);
  complaint_.clear();
  const Address current = pool_.address(id_);
  if (std::find(answer.addresses.begin(), answer.addresses.end(), current) != answer.addresses.end()) return;
  const Address& next = answer.addresses.front();
  pool_.moved(id_, next, now);
  spdlog::info(LogLine("server moved")
                   .text("upstream", pool_.name())
                   .text("server", server_.text)
                   .text("from", ip_text(current))
                   .text("to", ip_text(next))
                   .note("new sessions go there")
                   .str());
}

void ServerName::complain(const std::string& complaint) {
  pool_.resolve_failed(id_);
  if (complaint == complaint_) return;
  complaint_ = complaint;
  spdlog::warn(LogLine("server keeps its address")
                   .text("address", ip_text(pool_.address(id_)))
                   .text("upstream", pool_.name())
                   .text("server", server_.text)
                   .note("the name \"" + host() + "\" " + complaint)
                   .str());
}

std::vector<ServerName> names_of(std::deque<SharedPool>& pools,
                                 const std::vector<ListenerOptions>& listeners) {
  std::vector<ServerName> names;
  for (SharedPool& pool : pools) {
    for (auto& [id, server] : pool.named()) names.emplace_back(pool, id, std::move(server), listeners);
  }
  return names;
}

}  // namespace gateway::net
