#!/usr/bin/env bash
# Installs with apt what building the gateway and its tests needs; with --checks also what tests/run.sh needs: clang, its
# runtimes and tools for the sanitizers, the fuzzing and the checks, valgrind, Node for the JavaScript client, nginx,
# haproxy and hitch for the benchmarks, Prometheus for the dashboard and the alerts, a browser for the status page. Does
# nothing when all is there. Debian 12 or 13, as root or with sudo.
set -euo pipefail

# A package, or several of which one is enough: names differ between Debian 12 and 13.
packages=(
  ca-certificates git g++ cmake ninja-build pkg-config
  "libboost1.81-dev|libboost1.83-dev" "libboost-json1.81-dev|libboost-json1.83-dev"
  "libbotan-2-dev|libbotan-3-dev" libyaml-cpp-dev prometheus-cpp-dev libspdlog-dev libfmt-dev libcli11-dev
  libssl-dev libsystemd-dev libgtest-dev libgmock-dev zlib1g-dev
  file dpkg-dev # cpack --preset deb
)
if [[ "${1:-}" == --checks ]]; then
  packages+=(clang clang-tidy clang-format "libclang-rt-14-dev|libclang-rt-dev")
  packages+=(nginx libnginx-mod-stream haproxy hitch) # what benchmarks compare with
  packages+=(valgrind) # tests/constant_time
  packages+=(prometheus python3 python3-yaml openssl) # what dashboard and alerts are held against
  packages+=(chromium chromium-driver) # tests/status_page
  # Any Node that is there will do; Debian's own doesn't get along with others.
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then packages+=(nodejs npm); fi
fi

installed() {
  [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

# Some names are known only because other packages mention them.
available() {
  [[ "$(LC_ALL=C apt-cache policy "$1" 2>/dev/null)" =~ Candidate:\ [^\(] ]]
}

# The entries of `packages` of which nothing is installed.
missing=()
for entry in "${packages[@]}"; do
  found=no
  for name in ${entry//|/ }; do
    if installed "$name"; then found=yes; fi
  done
  if [[ $found == no ]]; then missing+=("$entry"); fi
done
if ((${#missing[@]} == 0)); then exit 0; fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "Missing packages: ${missing[*]}. Run this as root, or install sudo." >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)

echo "Installing: ${missing[*]}"
"${apt[@]}" update
chosen=()
for entry in "${missing[@]}"; do
  pick=""
  for name in ${entry//|/ }; do
    if [[ -z $pick ]] && available "$name"; then pick=$name; fi
  done
  if [[ -z $pick ]]; then
    echo "This system has no package ${entry//|/ or }; the gateway is built on Debian 12 and 13." >&2
    exit 1
  fi
  chosen+=("$pick")
done
"${apt[@]}" install -y --no-install-recommends "${chosen[@]}"
# Benchmarks and tests start their own: the services that Debian starts with these packages would only take ports.
for service in nginx haproxy hitch prometheus; do
  if [[ " ${chosen[*]} " == *" $service "* && -d /run/systemd/system ]]; then
    "${as_root[@]}" systemctl disable --now --quiet "$service"
  fi
done
