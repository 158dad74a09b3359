#!/usr/bin/env bash
# Shows the gateway at work: installs what is missing, builds, runs a game server without cryptography, the gateway, and
# two clients, and prints both links side by side. Exit code 0 only if everything shown was also checked.
#   ./deploy/demo.sh          ends everything it started
#   ./deploy/demo.sh --keep   leaves the gateway and the server running
set -euo pipefail
cd "$(dirname "$0")/.."

keep=no
case "${1:-}" in
  "") ;;
  --keep) keep=yes ;;
  *) sed -n '2,5s/^# \?//p' "$0"; exit 2 ;;
esac

build=build/release
config=deploy/demo.yaml
out=build/demo
links=$out/links.jsonl # of both links, in the order written
gateway_pid=""
server_pid=""

say() { printf '\n== %s\n' "$*"; }

fail() {
  echo "demo: $*" >&2
  exit 1
}

cleanup() {
  for pid in $gateway_pid $server_pid; do kill "$pid" 2>/dev/null || true; done
}
trap cleanup EXIT

build_programs() {
  local launcher=()
  if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  { cmake --preset release "${launcher[@]}" &&
    cmake --build --preset release -j "$(nproc)" --target photon-gateway demo_client demo_server; } >"$out/build.log" 2>&1 ||
    { tail -n 30 "$out/build.log" >&2; fail "the build failed, all of it is in $out/build.log"; }
}

# wait_for FILE TEXT PID: until TEXT is in FILE; fails when the process ended, or after 10 s.
wait_for() {
  for _ in {1..100}; do
    if grep -q "$2" "$1"; then return; fi
    if ! kill -0 "$3" 2>/dev/null; then break; fi
    sleep 0.1
  done
  tail -n 5 "$1" "$out/server.err" >&2
  fail "a program did not start; is another one on its port?"
}

start() {
  : >"$links"
  setsid "$build/tests/demo_server" 15055 >>"$links" 2>"$out/server.err" </dev/null &
  server_pid=$!
  wait_for "$links" listening "$server_pid"
  setsid "$build/photon-gateway" --config "$config" >"$out/gateway.log" 2>&1 </dev/null &
  gateway_pid=$!
  wait_for "$out/gateway.log" 'listening listener=demo' "$gateway_pid"
}

to_hex() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; }

# expect WHAT COUNT PATTERN: as many lines of the links (or more, with +) match.
expect() {
  local found
  found=$(grep -cE "$3" "$links" || true)
  if [[ $2 == *+ ]]; then
    ((found >= ${2%+})) || fail "not so: $1 ($found of at least ${2%+})"
  else
    ((found == $2)) || fail "not so: $1 ($found instead of $2)"
  fi
  echo "  checked: $1"
}

check_links() {
  local secret event open
  secret=$(to_hex 'token=the-players-own-password')
  event=$(to_hex 'Bob, my cards are 7 and 9')
  open=$(to_hex 'anybody on the way may read this')
  local client='^\{"link":"client".*' received='"link":"server","direction":"received"'
  expect "the open operation and its answer are readable on the clients' link" 2+ "$client\"hex\":\"[0-9a-f]*$open"
  expect "the secret operation, its answer and the event are not" 0 "$client\"hex\":\"[0-9a-f]*($secret|$event)"
  expect "encrypted requests are on that link" 3+ "$client\"direction\":\"to_server\".*ENCRYPTED"
  expect "encrypted responses and an encrypted event are on that link" 3+ "$client\"direction\":\"to_client\".*ENCRYPTED"
  expect "the server received the open operation" 1 "$received,\"type\":\"OperationRequest\",\"code\":1,.*$open"
  expect "the server received the secret operation in the clear" 1 "$received,\"type\":\"OperationRequest\",\"code\":1,.*$secret"
  expect "the server received the secret event in the clear" 1 "$received,\"type\":\"OperationRequest\",\"code\":253,.*$event"
  expect "the server received no key exchange" 0 "$received,\"type\":\"Internal"
  expect "the server saw nothing encrypted" 0 '"link":"server".*"encrypted":true'
}

mkdir -p "$out"
say "Installing what is missing"
deploy/install_dependencies.sh
say "Building (the first time takes some minutes; progress is in $out/build.log)"
build_programs
say "A game server without cryptography on port 15055, the gateway before it on port 5055, two clients"
start
client_status=0
"$build/tests/demo_client" 127.0.0.1 5055 --json >>"$links" || client_status=$?
sleep 0.3 # the server prints what it saw every 20 ms
awk -f deploy/demo_links.awk "$links"
((client_status == 0)) || fail "the clients did not get what they expected"

say "Checked by the clients: every answer and event arrived, encrypted where it was asked for encrypted. And:"
check_links
say "What the gateway logged ($out/gateway.log)"
cut -c 1-200 "$out/gateway.log"

if [[ $keep == no ]]; then
  kill -INT "$gateway_pid"
  wait "$gateway_pid" || fail "the gateway did not end cleanly"
  gateway_pid=""
fi

say "Your own server"
cat <<END
  The configuration of this demo is $PWD/$config; config/full.yaml explains every key.
  Put your server's address under upstreams, check it with
    $build/photon-gateway --config $config --check-config
  run the same without --check-config, and let clients connect to the gateway's address. Or without a file:
    $build/photon-gateway --listen udp://0.0.0.0:5055 --upstream udp://YOUR-SERVER:5055
END
if [[ $keep == yes ]]; then
  say "Still running: the gateway on udp://127.0.0.1:5055 (metrics: http://127.0.0.1:9464/metrics), the server behind it"
  echo "  To end both: kill $gateway_pid $server_pid"
  gateway_pid=""
  server_pid=""
fi
