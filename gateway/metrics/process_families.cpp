// The process: what was built and configured, since when it runs, what it uses.
#include "metrics/groups.h"
#include "metrics/names.h"
#include "metrics/process.h"

namespace gateway::metrics {

namespace {

void add_certificates(const Scrape& scrape, Families& out) {
  for (const std::size_t i : listeners_of(net::Scheme::wss, scrape.options)) {
    out.add(certificate_not_after, (*scrape.certificates)[i].not_after.value(),
            {{"listener", scrape.options.listeners[i].name}});
  }
}

}  // namespace

void add_process_families(const Scrape& scrape, bool is_ready, Families& out) {
  const Process process = read_process();
  out.add(
      build_info, std::uint64_t{1},
      {{"version", scrape.build.version}, {"commit", scrape.build.commit}, {"botan", scrape.build.botan}});
  out.add(log_lines_dropped, scrape.log_lines_dropped());
  out.add(config_hash_info, std::uint64_t{1}, {{"hash", scrape.config_hash}});
  out.add(ready, std::uint64_t{is_ready});
  add_certificates(scrape, out);
  out.add(start_time, scrape.started);
  out.add(process_cpu, process.cpu_seconds);
  out.add(process_resident_memory, process.resident_bytes);
  out.add(process_open_fds, process.open_descriptors);
  out.add(process_max_fds, process.max_descriptors);
  out.add(process_threads, process.threads);
}

}  // namespace gateway::metrics
