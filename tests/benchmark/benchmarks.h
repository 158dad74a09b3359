#pragma once

#include <cstddef>
#include <string>

namespace gateway::test {

/// What a benchmark is to do; 0 is its own default.
struct Shape {
  std::size_t sessions = 100;
  std::size_t bytes = 100;  // of an operation's data
  std::size_t window = 64;  // operations under way over all sessions together
  bool clear = false;       // nothing is sealed
  std::size_t rounds = 5;
  std::size_t operations = 20'000;  // a round and variant
  std::size_t threads = 1;          // more than one: also a gateway with so many shards
  std::size_t seconds = 10;         // a round and variant, where only time passes
  std::string only{};               // the one way over UDP that is measured, for profiles; empty: all
};

// Each prints a table of what it measured and lines of ratios. See README.md. They throw std::runtime_error
// with a sentence when something can't be measured.

/// Operations over UDP: direct, gateway, nginx, bare relay.
void benchmark_udp(const Shape& shape);
/// Operations over TCP: direct, gateway, and TLS by nginx, haproxy, hitch.
void benchmark_streams(const Shape& shape);
/// What an operation over UDP costs with `sessions` and with one.
void benchmark_growth(const Shape& shape);
/// Clients that come in: gateway over UDP, and TLS 1.3 by nginx, haproxy, hitch.
void benchmark_logins(const Shape& shape);
/// 2000 operations a second over UDP: how much later their answers come than without a proxy.
void benchmark_latency(const Shape& shape);
/// How late answers of 2000 operations a second come while other clients come in, and while none does.
void benchmark_storm(const Shape& shape);
/// Sessions over UDP that do nothing but stay.
void benchmark_idle(const Shape& shape);
/// User memory of sessions that do nothing: gateway over UDP and TCP, and the peers.
void benchmark_memory(const Shape& shape);

}  // namespace gateway::test
