#!/usr/bin/env bash
# For the scripts of this folder: the Debian package, and a clean root of Debian 12 to install it in. Sourced.
roots=${GATEWAY_ROOTS:-build/roots}
root=$PWD/$roots/package
export DEBIAN_FRONTEND=noninteractive

say() { printf '== %s\n' "$*"; }

fail() {
  echo "packaging: $*" >&2
  exit 1
}

# need PACKAGE=PROGRAM…: says what to install.
need() {
  local entry missing=()
  for entry in "$@"; do
    command -v "${entry#*=}" >/dev/null || missing+=("${entry%=*}")
  done
  ((${#missing[@]} == 0)) || fail "missing: apt-get install ${missing[*]}"
}

((EUID == 0)) || fail "needs root, for chroot"

build_package() {
  rm -rf build/package
  cmake build/release >build/package.log # what cpack reads is written here
  cpack --preset deb >>build/package.log || { tail -n 20 build/package.log >&2; fail "cpack failed"; }
  package=$(ls build/package/photon-gateway_*.deb)
  dpkg-deb --info "$package" | grep -E '^ (Package|Version|Depends|Installed-Size)'
}

clean_root() {
  local base=$roots/bookworm
  if [[ ! -e $base/.complete ]]; then
    rm -rf "$base"
    mkdir -p "$base"
    debootstrap --variant=minbase bookworm "$base" >build/debootstrap.log 2>&1 ||
      { tail -n 5 build/debootstrap.log >&2; fail "debootstrap failed"; }
    touch "$base/.complete"
  fi
  rm -rf "$root"
  cp -a --reflink=auto "$base" "$root"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
}

inside() { chroot "$root" "$@"; }
