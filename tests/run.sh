#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test and check. The last line counts them.
#   ./tests/run.sh          gcc release, clang with ASan and UBSan, gcc with TSan, format, clang-tidy, fuzzing (5 s a target)
#   ./tests/run.sh --all    also the floods in full, 10,000 seeds, a minute of fuzzing a target, clang release, gcc with ASan
#                           and UBSan, clang with TSan; as root the package, the README's quick start and the container's steps
#                           in clean roots of Debian 12, and --quick in one of Debian 13
#   ./tests/run.sh --quick  gcc release and format only
#   ./tests/run.sh --soak N gcc release, N seeds of every simulation that has seeds, and a report; nothing else
# Output of every step is kept in build/logs. Seeds of simulations: GATEWAY_SEED, GATEWAY_SEEDS.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
exec </dev/null

mode=normal
case "${1:-}" in
  "") ;;
  --all) mode=all ;;
  --quick) mode=quick ;;
  --soak)
    mode=soak
    if [[ ! ${2:-} =~ ^[1-9][0-9]*$ ]]; then sed -n '2,9s/^# \?//p' "$0"; exit 2; fi
    ;;
  *) sed -n '2,9s/^# \?//p' "$0"; exit 2 ;;
esac

export LC_ALL=C
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
jobs=$(nproc)
logs=build/logs
tools_version=14 # of clang-format and clang-tidy: other versions format and warn differently
passed=0
failed=0
skipped=0
mkdir -p "$logs"
rm -f "$logs"/*

finish() {
  echo
  local line="$passed passed, $failed failed"
  ((skipped == 0)) || line+=", $skipped skipped"
  echo "$line"
  ((failed == 0)) && exit 0
  exit 1
}

log_of() { # STEP
  echo "$logs/$(tr -cs 'A-Za-z0-9_\n' - <<<"$1").log"
}

# What a failed step's log is shown of: a sanitizer's first report and failed tests, wherever they are, and its end.
why() { # LOG
  grep -m 1 -A 30 -E 'WARNING: ThreadSanitizer|ERROR: (Address|Leak)Sanitizer|runtime error:' "$1"
  grep -m 20 -E '^\[  FAILED  \]' "$1"
  tail -n 40 "$1"
}

# step NAME COMMAND…: runs it, shows name, outcome and time, and why when it fails.
step() {
  local name=$1 log started=$SECONDS status=0
  log=$(log_of "$name")
  shift
  printf '%-42s' "$name"
  "$@" >"$log" 2>&1 || status=$?
  if ((status == 0)); then echo "ok      $((SECONDS - started)) s"; return 0; fi
  echo "FAILED  $((SECONDS - started)) s, all of it in $log"
  why "$log" | sed 's/^/    /'
  return "$status"
}

# check NAME COMMAND…: a step that counts as one test.
check() {
  if step "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

skip() {
  printf '%-42s%s\n' "$1" "skipped: $2"
  skipped=$((skipped + 1))
}

# build PRESET TARGET…: a preset that doesn't build counts as one failed test.
build() {
  local preset=$1 launcher=()
  shift
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  if step "$preset: configure" cmake --preset "$preset" "${launcher[@]}" &&
    step "$preset: build" cmake --build --preset "$preset" -j "$jobs" --target "$@"; then
    return 0
  fi
  failed=$((failed + 1))
  return 1
}

count_of() { # ATTRIBUTE FILE: from the first line of a googletest report that has it
  sed -n "/<testsuites/{s/.* $1=\"\([0-9]*\)\".*/\1/p;q}" "$2"
}

# parts COUNT REPORT COMMAND…: so many copies of a test program at once, each with its part of the tests and a report.
parts() {
  local count=$1 report=$2 running=() status=0 i process
  shift 2
  for ((i = 0; i < count; i++)); do
    GTEST_TOTAL_SHARDS=$count GTEST_SHARD_INDEX=$i "$@" --gtest_output="xml:$report.$i.xml" &
    running+=($!)
  done
  for process in "${running[@]}"; do wait "$process" || status=$?; done
  return "$status"
}

# run_tests PRESET EXECUTABLE ARGUMENT…: adds its tests to the count. One that dies counts what it did and one failed.
# It runs in as many parts at once as there are cores, at most four; the end-to-end tests, which mostly wait, in three. These
# are always those of the release build: only the gateway's program is of the preset.
run_tests() {
  local preset=$1 program=$2 name="$1: $2" count=$((jobs < 4 ? jobs : 4)) tests=0 failures=0 leftout=0 status=0 report i
  local path="build/$preset/tests/$program"
  shift 2
  [[ $program == end_to_end_tests ]] && path="build/release/tests/$program" count=3
  report="$logs/$preset-$program"
  rm -f "$report".*.xml
  step "$name" parts "$count" "$report" "${wrapper[@]}" env GATEWAY_PROGRAM="$PWD/build/$preset/photon-gateway" \
    "$path" --gtest_brief=0 "$@" || status=$?
  for ((i = 0; i < count; i++)); do
    if [[ -s "$report.$i.xml" ]]; then
      tests=$((tests + $(count_of tests "$report.$i.xml")))
      failures=$((failures + $(count_of failures "$report.$i.xml")))
      leftout=$((leftout + $(grep -c 'result="skipped"' "$report.$i.xml")))
    else
      tests=$((tests + 1)) failures=$((failures + 1))
    fi
  done
  ((status != 0 && failures == 0)) && failures=1 tests=$((tests + 1)) # e.g. a leak found at the end
  passed=$((passed + tests - failures - leftout))
  failed=$((failed + failures))
  skipped=$((skipped + leftout))
}

# What the simulations counted, or the seeds that failed and how to replay them.
simulated() {
  grep -E 'messages|raised sealed|gave up|^\[ +FAILED |to replay it' "$(log_of "release: simulation_tests")" | sort -u | sed 's/^/    /'
}

# soak SEEDS: so many of every simulation that has seeds, and a report.
soak() {
  build release simulation_tests || return
  wrapper=()
  GATEWAY_SEEDS=$1 run_tests release simulation_tests --gtest_filter='WholeSession.*:WholeStream.*:BalancedSession.*:BalancedStream.*'
  echo "$1 seeds from ${GATEWAY_SEED:-1} of each:"
  simulated
}

everything() { # PRESET TARGET…
  wrapper=()
  build "$@" || return
  run_tests "$1" unit_tests
  # Of a session's 1,000 seeds sanitizers see a part: they are ten times slower.
  if [[ $1 == *asan ]]; then GATEWAY_SEEDS=${GATEWAY_SEEDS:-30} run_tests "$1" simulation_tests; else run_tests "$1" simulation_tests; fi
  run_tests "$1" end_to_end_tests
}

# What has threads.
threads_only() { # PRESET
  wrapper=()
  # TSan's memory layout collides with much address space randomisation; containers may not allow to switch it off.
  setarch -R true 2>/dev/null && wrapper=(setarch -R)
  build "$1" photon-gateway unit_tests || return
  run_tests "$1" unit_tests
  run_tests "$1" end_to_end_tests
}

# What a user does with the project, from nothing; see tests/packaging.
in_clean_roots() {
  if ((EUID != 0)); then skip "packages in clean roots" "needs root"; return; fi
  check "package" tests/packaging/run.sh
  check "the README's quick start" tests/packaging/quick_start.sh
  check "the container's steps" tests/packaging/container.py gateway demo
  check "Debian 13" tests/packaging/in_root.sh trixie
}

sources() {
  find gateway tests -name '*.h' -o -name '*.cpp' | sort
}

format_check() {
  # shellcheck disable=SC2046
  clang-format --dry-run -Werror $(sources)
}

tidy_check() {
  # Many files at a time, as the build with sanitizers compiles them: most of the work is to read what they include.
  grep -oE "\"file\": \"$PWD/(build/asan/)?gateway/[^\"]*" build/asan/compile_commands.json | cut -d'"' -f4 |
    grep -v '/net/boost.cpp$' |
    xargs -P "$jobs" -n 1 clang-tidy -p build/asan --quiet
}

right_version() { # TOOL
  "$1" --version 2>/dev/null | grep -q "version $tools_version\."
}

if [[ $mode == soak ]]; then
  soak "$2"
  finish
fi
step "install what is missing" deploy/install_dependencies.sh --checks || { failed=$((failed + 1)); finish; }
step "install JavaScript packages" npm ci --prefix tests/javascript --ignore-scripts --no-audit --no-fund ||
  failed=$((failed + 1)) # the tests that need them are skipped

if right_version clang-format; then
  check "format" format_check
else
  skip "format" "needs clang-format $tools_version"
fi

everything release all
simulated
# show NAME COMMAND…: a benchmark in its short form, which shows that it works, and what it says.
show() {
  if [[ -x $2 ]] && check "$@"; then sed 's/^/    /' "$(log_of "$1")"; fi
}
show "release: benchmarks, short" tests/benchmark/run.sh --short
check "release: floods, short" build/release/tests/flood 20 && sed "s/^/    /" "$(log_of "release: floods, short")"
check "release: dashboard and alerts" tests/observability/run.sh build/release &&
  tail -n 1 "$(log_of "release: dashboard and alerts")" | sed "s/^/    /"
check "release: status page in a browser" tests/status_page/run.sh build/release &&
  tail -n 1 "$(log_of "release: status page in a browser")" | sed "s/^/    /"
show "release: constant time" tests/constant_time/run.sh release
if [[ $mode == quick ]]; then finish; fi

everything asan photon-gateway unit_tests simulation_tests
if right_version clang-tidy; then
  check "clang-tidy" tidy_check
else
  skip "clang-tidy" "needs clang-tidy $tools_version"
fi
show "fuzz, short" tests/fuzz/run.sh 5
threads_only tsan
if [[ $mode == all ]]; then
  show "release: floods, all of it" build/release/tests/flood 1
  soak 10000
  show "fuzz, a minute a target" tests/fuzz/run.sh 60
  everything clang all
  everything gcc-asan photon-gateway unit_tests simulation_tests
  threads_only clang-tsan
  in_clean_roots
fi
finish
