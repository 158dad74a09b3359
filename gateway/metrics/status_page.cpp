#include "metrics/status_page.h"

#include <string_view>

#include "metrics/html.h"
#include "metrics/quantities.h"
#include "metrics/status_sections.h"
#include "metrics/status_style.h"

namespace gateway::metrics {
namespace {

/// The state in a word, and how good it is: a class of the style.
struct StateWord {
  std::string_view word;
  std::string_view tag;
};

StateWord state_of(const Scrape& scrape) {
  if (scrape.draining) return {.word = "draining", .tag = "span class=\"warn\""};
  if (scrape.ready) return {.word = "ready", .tag = "span class=\"good\""};
  return {.word = "not ready", .tag = "span class=\"bad\""};
}

void add_head(const StateWord& state, Html& out) {
  out.markup(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"refresh\" content=\"5\">\n<title>");
  out.text(state.word);
  out.markup(" - photon-gateway</title>\n<style>");
  out.markup(status_style);
  out.markup("</style>\n</head>\n");
}

void add_fact(std::string_view what, std::string_view value, Html& out) {
  out.markup("<div>");
  out.element("dt", what);
  out.element("dd", value);
  out.markup("</div>\n");
}

std::string version_text(const Build& build) {
  std::string text = build.version;
  if (!build.commit.empty()) {
    text += ", commit ";
    text += build.commit;
  }
  return text;
}

void add_reloads(const ConfigState& config, Html& out) {
  add_fact("configuration in effect since", time_text(config.last_success), out);
  out.markup("<div>");
  out.element("dt", "last reload");
  if (config.last_successful) {
    out.element("dd", config.reloads == 0 ? "none so far" : "succeeded");
  } else {
    out.markup("<dd>");
    out.element("span class=\"bad\"", "not in effect");
    out.markup(" the log says why</dd>");
  }
  out.markup("</div>\n");
  add_fact("configuration's fingerprint", config.hash, out);
}

void add_header(const Scrape& scrape, const StateWord& state, Duration uptime, Html& out) {
  out.markup("<header>\n<div class=\"title\"><h1>photon-gateway</h1>");
  out.element(state.tag, state.word);
  out.markup("</div>\n<dl class=\"facts\">\n");
  add_fact("up for", span_text(uptime), out);
  add_fact("version", version_text(scrape.build), out);
  add_reloads(scrape.config, out);
  out.markup("</dl>\n</header>\n");
}

}  // namespace

std::string StatusPage::write(const Scrape& scrape, TimePoint now) {
  const Totals totals = totals_of(scrape);
  if (now - last_.time >= shortest_look) {
    before_ = last_;
    last_ = {.time = now, .totals = totals};
  }
  const StateWord state = state_of(scrape);
  Html out;
  add_head(state, out);
  out.markup("<body>\n");
  add_header(scrape, state, now - started_, out);
  out.markup("<main>\n");
  add_limits(scrape, out);
  add_listeners(scrape, out);
  add_upstreams(scrape, out);
  add_traffic({.now = totals,
               .before = before_.totals,
               .since = now - before_.time,
               .from_start = before_.time == started_},
              out);
  add_exchanges(scrape, out);
  add_ends(scrape, out);
  out.markup("</main>\n</body>\n</html>\n");
  return out.str();
}

}  // namespace gateway::metrics
