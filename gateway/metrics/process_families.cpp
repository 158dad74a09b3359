// The process: what was built and configured, since when it runs, whether it is about to end, what it uses.
#include "metrics/groups.h"
#include "metrics/names.h"
#include "metrics/process.h"
#include "metrics/sums.h"

namespace gateway::metrics {

namespace {

void add_config(const ConfigState& config, Families& out) {
  out.add(config_reloads, config.reloads, {{"result", "ok"}});
  out.add(config_reloads, config.failed_reloads, {{"result", "failed"}});
  out.add(config_reloads, config.refused_reloads, {{"result", "refused"}});
  out.add(config_last_reload_successful, std::uint64_t{config.last_successful});
  out.add(config_last_reload_success, config.last_success);
  out.add(config_hash_info, std::uint64_t{1}, {{"hash", config.hash}});
}

void add_certificates(const Scrape& scrape, Families& out) {
  for (const std::size_t i : listeners_of(net::Scheme::wss, scrape.options)) {
    out.add(certificate_not_after, scrape.certificates_expire[i],
            {{"listener", scrape.options.listeners[i].name}});
  }
}

void add_process(Families& out) {
  const Process process = read_process();
  out.add(process_cpu, process.cpu_seconds);
  out.add(process_resident_memory, process.resident_bytes);
  out.add(process_open_fds, process.open_descriptors);
  out.add(process_max_fds, process.max_descriptors);
  out.add(process_threads, process.threads);
}

}  // namespace

void add_process_families(const Scrape& scrape, Families& out) {
  add_config(scrape.config, out);
  add_certificates(scrape, out);
  out.add(ready, std::uint64_t{scrape.ready});
  out.add(draining, std::uint64_t{scrape.draining});
  out.add(log_lines_dropped, scrape.log_lines_dropped);
  out.add(records_left_out, Sums(scrape.shards).shards(&net::ShardStats::records_left_out));
  out.add(
      build_info, std::uint64_t{1},
      {{"version", scrape.build.version}, {"commit", scrape.build.commit}, {"botan", scrape.build.botan}});
  out.add(start_time, scrape.started);
  add_process(out);
}

}  // namespace gateway::metrics
