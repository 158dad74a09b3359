#!/usr/bin/env bash
# Measures the goals of performance and prints what was measured next to each: README.md of this folder says how.
#   tests/benchmark/run.sh           all of them, about a quarter of an hour
#   tests/benchmark/run.sh B1 …      these
#   tests/benchmark/run.sh --short   a few seconds: shows that everything starts and gives numbers
# A goal that isn't met is reported, never a reason to fail. What was measured in full is kept in build/logs/benchmark.log.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

program=build/release/tests/proxy_benchmark
log=build/logs/benchmark.log
goals=(B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 B12)
table=()
failed=0

# measure ARGUMENT…: one comparison; `last` is what it printed.
measure() {
  echo "# $program $*" >>"$log"
  if ! last=$("$program" "$@" 2>&1); then
    failed=1
    last="not measured: $(tail -n 1 <<<"$last")"
  fi
  printf '%s\n\n' "$last" | tee -a "$log"
}

# goal NAME WORK LINE LIMIT: compares a line that measure printed with the limit, and adds it to the table.
goal() {
  local line
  line=$(grep -E "^$3 .*[0-9.]+ \(" <<<"$last" | head -n 1)
  table+=("$(awk -v name="$1" -v work="$2" -v what="$(sed -E "s/^(ratio|value|difference) //" <<<"$3")" -v limit="$4" '
    NF > 1 { met = $(NF - 1) <= limit + 0 ? "met" : "not met"; value = $(NF - 1) " " $NF }
    END {
      if (value == "") { value = "-"; met = "not measured" }
      printf "%-4s %-40s %-30s %-26s %-8s %s", name, work, what, value, limit, met
    }' <<<"${line:-}")")
}

udp_goals() { # NAME WORK LIMIT ARGUMENT…: against nginx
  measure udp "${@:4}"
  goal "$1" "$2" "ratio gateway / nginx UDP" "$3"
}

B1() {
  local sessions
  for sessions in 1 100 1000 5000 9000; do
    udp_goals B1 "encrypted UDP, 100 B, sessions $sessions" 0.8 --sessions "$sessions" --operations 20000
    goal B1 "encrypted UDP, 100 B, sessions $sessions" "ratio gateway / relay" 1.3
  done
}

B2() {
  local sessions
  for sessions in 1 100 1000; do
    udp_goals B2 "encrypted UDP, 1000 B, sessions $sessions" 0.9 --sessions "$sessions" --bytes 1000 --operations 15000
  done
}

B3() {
  local sessions
  for sessions in 1 100 1000; do
    udp_goals B3 "clear UDP, 100 B, sessions $sessions" 0.75 --sessions "$sessions" --clear --operations 20000
  done
}

B4() { udp_goals B4 "encrypted UDP, 100 B, session 1, window 1" 1.0 --sessions 1 --window 1 --operations 10000; }

# What crypto_benchmark says, as measure does.
measure_crypto() {
  last=$(build/release/tests/crypto_benchmark 15 2>&1) || { failed=1 last="not measured: $(tail -n 1 <<<"$last")"; }
  printf '%s\n\n' "$last" | tee -a "$log"
}

B5() {
  local size
  measure_crypto
  for size in 16 64 256 1024 8192; do
    goal B5 "seal $size B / a chain of AES-NI" "seal $size B" 1.15
    goal B5 "open $size B / AES-NI" "open $size B" 2
  done
}

B6() {
  measure_crypto
  last=$(awk '$1 == "whole" { printf "whole exchange, us  %.1f (median)", $2 / 1000 }' <<<"$last")
  goal B6 "key exchanges, 24,000 a second and core" "whole exchange, us" 41.7
}

B7() {
  measure logins --sessions 300
  goal B7 "login over UDP" "ratio gateway UDP / nginx TLS" 0.2
  goal B7 "login over TCP" "ratio gateway TCP / nginx TLS" 0.2
  measure storm --operations 4000
  goal B7 "p99 in a login storm, added us" "difference gateway, storm - gateway, calm" 2000
}

B8() {
  local sessions
  for sessions in 1 100; do
    measure streams --sessions "$sessions"
    goal B8 "encrypted TCP, 100 B, sessions $sessions" "ratio gateway / nginx TLS" 0.8
  done
}

B9() {
  local sessions
  for sessions in 1000 9000; do
    measure memory --sessions "$sessions" --rounds 3
    goal B9 "idle session, KiB, UDP, of $sessions" "value gateway UDP" 4
    goal B9 "idle session, KiB, TCP, of $sessions" "value gateway TCP" 4
  done
}

B10() {
  measure latency --sessions 100 --operations 4000
  goal B10 "added p50, 2000 operations/s" "ratio gateway / nginx UDP" 1.1
}

B11() {
  measure idle --sessions 9000 --seconds 4
  goal B11 "9000 sessions that only ping" "ratio gateway / relay" 1.3
}

B12() {
  measure growth --sessions 9000
  goal B12 "cost of an operation, 9000 sessions / 1" "ratio gateway, 9000 / gateway, 1" 1.25
  measure udp --sessions 1000 --threads 2
  goal B12 "two shards / one, sessions 1000" "ratio gateway, shards / gateway" 1.1
}

short() {
  build/release/tests/operation_benchmark 500 3 || failed=1
  echo
  local few=(--rounds 1 --operations 500 --sessions 10)
  measure udp "${few[@]}" --threads 2
  goal B1 "encrypted UDP, 100 B, sessions 10" "ratio gateway / nginx UDP" 0.8
  measure streams "${few[@]}"
  goal B8 "encrypted TCP, 100 B, sessions 10" "ratio gateway / nginx TLS" 0.8
  measure growth "${few[@]}"
  measure logins "${few[@]}"
  goal B7 "login over UDP" "ratio gateway UDP / nginx TLS" 0.2
  measure latency "${few[@]}"
  goal B10 "added p50, 2000 operations/s" "ratio gateway / nginx UDP" 1.1
  measure idle "${few[@]}" --seconds 1
  measure memory "${few[@]}"
  goal B9 "idle session, KiB, UDP, of 10" "value gateway UDP" 4
}

usage() {
  sed -n '2,6s/^# \?//p' "$0"
  exit 2
}

version_of() { # PROGRAM OPTION: its first line
  PATH=$PATH:/usr/sbin command -v "$1" >/dev/null && PATH=$PATH:/usr/sbin "$1" "$2" 2>&1 | head -n 1
}

for name in "$@"; do
  [[ $name == --short && $# == 1 ]] || [[ " ${goals[*]} " == *" $name "* ]] || usage
done
launcher=()
command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
mkdir -p build/logs
{ cmake --preset release "${launcher[@]}" && cmake --build --preset release -j "$(nproc)" --target photon-gateway proxy_benchmark \
  operation_benchmark crypto_benchmark; } \
  >build/logs/benchmark-build.log 2>&1 || { tail -n 20 build/logs/benchmark-build.log; exit 1; }

{
  echo "$(date -u '+%Y-%m-%d %H:%M'), $(git describe --always --dirty 2>/dev/null), load $(cut -d' ' -f1-3 /proc/loadavg)"
  echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), kernel $(uname -r)"
  version_of nginx -v
  version_of haproxy -v
  version_of hitch --version
  echo
} | tee "$log"
if [[ ${1:-} == --short ]]; then
  short
else
  for name in "${@:-${goals[@]}}"; do "$name"; done
fi
{
  printf '%-4s %-40s %-30s %-26s %-8s\n' goal work measured "median (min..max)" "at most"
  printf '%s\n' "${table[@]}"
} | tee -a "$log"
exit $failed
