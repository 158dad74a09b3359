#!/usr/bin/env bash
# Runs build/PRESET/tests/constant_time under valgrind: what handles secrets must have no branch and no index that
# depends on them, and what is made to have one must be found, so that the check is known to work.
#   tests/constant_time/run.sh [PRESET]
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

program=build/${1:-release}/tests/constant_time
found=99 # valgrind's exit code when it has something to report
failed=0

# expect STATUS SUBJECT WHAT: runs one subject.
expect() {
  local status=0 output
  output=$(valgrind --quiet --error-exitcode=$found "$program" "$2" 2>&1) || status=$?
  if ((status == $1)); then
    echo "$3"
    return
  fi
  echo "FAILED (exit code $status instead of $1): $3"
  tail -n 20 <<<"$output"
  failed=1
}

expect 0 padding "the check of the padding depends on no byte of it"
expect $found padding-branching "one that leaves at the first wrong byte is found"
expect 0 power-of-generator-portable "our public key: no branch or index depends on the exponent"
expect 0 power-portable "the shared number: no branch or index depends on the exponent or the client's key"
# Asked for by name: the processor that valgrind plays says that it has no adcx, but it knows the instruction.
if grep -qw adx /proc/cpuinfo && grep -qw bmi2 /proc/cpuinfo; then
  expect 0 power-of-generator-adx "our public key with the processor's instructions for long products: the same"
  expect 0 power-adx "the shared number with these instructions: the same"
else
  echo "not run with the processor's instructions for long products: it has none"
fi
expect $found power-branching "square and multiply is found"
expect $found power-by-index "a table read by the secret is found"
exit $failed
