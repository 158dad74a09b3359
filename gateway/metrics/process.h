#pragma once

namespace gateway::metrics {

/// What the kernel says about this process. What can't be read stays 0.
struct Process {
  double cpu_seconds = 0;
  double resident_bytes = 0;
  double open_descriptors = 0;
  double max_descriptors = 0;
  double threads = 0;
};

Process read_process();

}  // namespace gateway::metrics
