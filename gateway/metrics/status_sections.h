#pragma once

#include "base/time.h"
#include "metrics/html.h"
#include "metrics/scrape.h"
#include "metrics/totals.h"

namespace gateway::metrics {

/// What was relayed, and what of it since an earlier look.
struct Progress {
  Totals now;
  Totals before;
  Duration since{};         // the earlier look
  bool from_start = false;  // there was no look, so it is the start
};

// The sections of the status page, each with its heading.

void add_limits(const Scrape& scrape, Html& out);  // and blocks, and lost lines of the log
void add_listeners(const Scrape& scrape, Html& out);
void add_upstreams(const Scrape& scrape, Html& out);
void add_traffic(const Progress& progress, Html& out);
void add_exchanges(const Scrape& scrape, Html& out);  // and the handshakes of WebSocket and TLS
void add_ends(const Scrape& scrape, Html& out);       // and who was turned away

}  // namespace gateway::metrics
