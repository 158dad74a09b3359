#pragma once

#include <string_view>

namespace gateway::metrics {

/// How the status page looks: cards beside each other where there is room, below each other on a phone.
inline constexpr std::string_view status_style = R"css(
:root {
  color-scheme: light dark;
  --page: #f3f5f7; --card: #fff; --ink: #1a2028; --dim: #5a6572; --line: #e2e6eb;
  --good: #18743a; --warn: #8a5a00; --bad: #b91c28; --good-back: #dcf3e3; --warn-back: #fcefc9; --bad-back: #fde0e0;
  --fill: #2f7de1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #181e25; --ink: #e4e8ed; --dim: #98a3b0; --line: #29313a;
    --good: #6fd694; --warn: #f0c45c; --bad: #ff8f8f; --good-back: #163522; --warn-back: #3a2e0f; --bad-back: #431c20;
    --fill: #5b9df5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.25rem; max-width: 88rem; background: var(--page); color: var(--ink);
  font: 0.9375rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
h1 { margin: 0; font-size: 1.375rem; }
h2 { margin: 0 0 0.5rem; font-size: 1rem; }
header, section {
  background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.9rem 1.1rem;
}
main {
  display: grid; gap: 1rem; margin-top: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr));
}
.title { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 0.75rem; }
.good, .warn, .bad { border-radius: 1rem; padding: 0.05rem 0.6rem; font-weight: 600; white-space: nowrap; }
.good { color: var(--good); background: var(--good-back); }
.warn { color: var(--warn); background: var(--warn-back); }
.bad { color: var(--bad); background: var(--bad-back); }
dl { margin: 0; }
dt, small, .note, thead th { color: var(--dim); font-weight: 400; font-size: 0.8125rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.facts { display: flex; flex-wrap: wrap; gap: 0.6rem 2rem; margin-top: 0.75rem; }
.limits > div {
  display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0.1rem 1rem;
  margin-bottom: 0.7rem;
}
.bar { flex: 0 0 100%; }
meter { display: block; width: 100%; height: 0.6rem; }
meter::-webkit-meter-bar { background: var(--line); border: 0; border-radius: 0.3rem; height: 0.6rem; }
meter::-webkit-meter-optimum-value { background: var(--fill); border-radius: 0.3rem; }
table { width: 100%; border-collapse: collapse; margin-bottom: 0.5rem; }
th, td { padding: 0.3rem 0 0.3rem 0.75rem; text-align: right; vertical-align: top; border-top: 1px solid var(--line); }
th:first-child { padding-left: 0; text-align: left; font-weight: 400; width: 100%; }
tbody th { overflow-wrap: anywhere; }
thead th, table:not(:has(thead)) tr:first-child > * { border-top: 0; }
thead th { vertical-align: bottom; }
td { white-space: nowrap; }
td .good, td .warn, td .bad { font-size: 0.8125rem; }
small { display: block; }
section > :last-child { margin-bottom: 0; }
.note { margin: 0.5rem 0 0; }
@media (max-width: 30rem) {
  body { padding: 0.6rem; font-size: 0.875rem; }
  header, section { padding: 0.75rem; }
  th, td { padding-left: 0.5rem; }
}
)css";

}  // namespace gateway::metrics
