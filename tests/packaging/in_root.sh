#!/usr/bin/env bash
# Builds the project and runs its tests in a clean root of a Debian release: what a new user's machine would do. The tree
# is the last commit. Needs root, and network for debootstrap and apt.
#   ./tests/packaging/in_root.sh bookworm|trixie [COMMAND…]      by default ./tests/run.sh --quick
# The root stays in build/roots/SUITE-tests for the next time; what is built in it, too.
set -euo pipefail
cd "$(dirname "$0")/../.."

suite=${1:-}
if [[ ! $suite =~ ^[a-z]+$ ]]; then sed -n '2,5s/^# \?//p' "$0"; exit 2; fi
shift
command=("${@:-./tests/run.sh}")
(($# > 0)) || command+=(--quick)
root=$(realpath -m "${GATEWAY_ROOTS:-build/roots}/$suite-tests")

fail() {
  echo "in_root: $*" >&2
  exit 1
}

make_root() {
  [[ -e $root/.complete ]] && return
  rm -rf "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase "$suite" "$root" >"$root.log" 2>&1 ||
    { tail -n 5 "$root.log" >&2; fail "debootstrap failed, all of it in $root.log"; }
  cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
  touch "$root/.complete"
}

# The committed files, with their history: the build asks git for the commit. Files that didn't change keep their time, so
# that what was built of them stays.
copy_tree() {
  local commit
  commit=$(git rev-parse --short HEAD)
  git bundle create -q "$root/src.bundle" HEAD
  [[ -d $root/src/.git ]] || git init -q "$root/src"
  git -C "$root/src" fetch -q "$root/src.bundle" HEAD
  git -C "$root/src" reset -q --hard FETCH_HEAD
  git -C "$root/src" clean -fdxq --exclude=/build
  rm "$root/src.bundle"
  echo "commit $commit in a root of Debian $(cat "$root/etc/debian_version"), $root"
}

((EUID == 0)) || fail "needs root, for chroot"
make_root
cp /etc/resolv.conf "$root/etc/resolv.conf"
copy_tree
# A mount namespace of its own: what is mounted is gone with the command.
exec unshare --mount --propagation private bash -c '
  set -e
  root=$1
  shift
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM="${TERM:-dumb}" ${GATEWAY_SEEDS:+GATEWAY_SEEDS="$GATEWAY_SEEDS"} \
    chroot "$root" bash -c '\''cd /src && exec "$@"'\'' in_root "$@"
' in_root "$root" "${command[@]}"
