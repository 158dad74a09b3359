#!/usr/bin/env bash
# Builds the fuzz targets and runs each for some seconds, or one of them; prints what each executed.
#   tests/fuzz/run.sh SECONDS [TARGET]
# An input that fails is kept in build/fuzz/failures; running the target with it as the only argument repeats it.
set -euo pipefail
cd "$(dirname "$0")/../.." || exit 1

seconds=${1:-}
if [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then
  sed -n '2,3s/^# \?//p' "$0"
  exit 2
fi
only=${2:-}
only=${only#fuzz_}
home=build/fuzz
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"

build() {
  local launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake --preset asan "${launcher[@]}" && cmake --build --preset fuzz -j "$(nproc)"
}

# run TARGET: seeds are made afresh, what was found in earlier runs is kept beside them.
run() {
  local program=build/asan/tests/$1 log=$home/$1.log seeds=$home/seeds/$1 corpus=$home/corpus/$1
  mkdir -p "$corpus" "$home/failures"
  rm -rf "$seeds"
  if ! FUZZ_SEEDS=$seeds "$program" >"$log" 2>&1 ||
    ! "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$home/failures/$1-" "$corpus" "$seeds" >>"$log" 2>&1; then
    echo "$1 FAILED, all of it in $log"
    tail -n 40 "$log"
    return 1
  fi
  local executions
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  echo "$1: $executions executions in $seconds s, $(find "$corpus" -type f | wc -l) inputs worth keeping"
}

mkdir -p "$home"
if ! build >"$home/build.log" 2>&1; then
  echo "The fuzz targets don't build; all of it in $home/build.log"
  tail -n 40 "$home/build.log"
  exit 1
fi

targets=()
for source in tests/fuzz/fuzz_*.cpp; do
  target=$(basename "$source" .cpp)
  if [[ -z $only || $target == "fuzz_$only" ]]; then targets+=("$target"); fi
done
if ((${#targets[@]} == 0)); then
  echo "No target fuzz_$only"
  exit 2
fi
# As many at once as there are cores.
export -f run
export seconds home
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -euo pipefail -c 'run {}'
