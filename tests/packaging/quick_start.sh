#!/usr/bin/env bash
# "Five minutes from nothing" of README.md as a new operator types it: its commands run in a clean root of Debian 12, in front
# of a test server with test clients; then every query of the dashboard is asked. Prints how long each part took. Needs
# root, network for apt, a build of the preset release, and the ports of the defaults: 5055, 15055, 9090, 9464.
#   ./tests/packaging/quick_start.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/root.sh
source tests/packaging/root.sh

running=()
end_all() {
  inside systemctl stop-all || true
  for process in "${running[@]}"; do kill "$process" 2>/dev/null || true; done
}

# The first block of commands under the heading.
commands_of_readme() {
  sed -n '/^## Five minutes/,/^## /{/^```sh$/,/^```$/p}' README.md | sed '/^```/d'
}

# A root has no init: this stands for what the commands ask of systemd, with the command and the account of each unit.
write_systemctl() {
  cat >"$root/usr/local/bin/systemctl" <<'END'
#!/bin/bash
set -eu
of_unit() { sed -n "s/^$1=//p" "/lib/systemd/system/$unit.service" | tail -n 1; }
stop() { [[ ! -e /run/$1.pid ]] || { kill "$(<"/run/$1.pid")" 2>/dev/null || true; rm "/run/$1.pid"; }; }
case "$1" in
  enable | start | restart)
    unit=${!#}
    stop "$unit"
    account=$(of_unit User)
    ARGS="" setsid setpriv --reuid="$account" --regid="$account" --clear-groups $(of_unit ExecStart | sed 's/\$ARGS//') >"/var/log/$unit.log" 2>&1 </dev/null &
    echo $! >"/run/$unit.pid"
    ;;
  stop-all) for file in /run/*.pid; do stop "$(basename "$file" .pid)"; done ;;
esac
END
  chmod 755 "$root/usr/local/bin/systemctl"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # packages start nothing: there is no init
  chmod 755 "$root/usr/sbin/policy-rc.d"
}

need debootstrap=debootstrap dpkg-dev=dpkg-shlibdeps file=file
say "a clean Debian 12, with the package in the current folder"
build_package
clean_root
write_systemctl
cp "$package" "$root/root/"
trap end_all EXIT

say "the commands of README.md"
commands_of_readme | tee build/quick_start.commands
began=$SECONDS
cp build/quick_start.commands "$root/root/commands"
inside bash -ec 'cd /root && set -x && source ./commands' >build/quick_start.log 2>&1 ||
  { tail -n 20 build/quick_start.log >&2; fail "the commands failed, all they said is in build/quick_start.log"; }
commands_took=$((SECONDS - began))
tail -n 12 build/quick_start.log

say "players"
build/release/tests/demo_server 15055 >/dev/null 2>&1 &
running+=($!)
python3 tests/packaging/quick_start.py grafana/dashboards/photon-gateway.json build/release/tests/demo_client
say "commands: $commands_took s; with the first players and the dashboard's queries: $((SECONDS - began)) s"
