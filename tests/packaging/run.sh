#!/usr/bin/env bash
# The Debian package: built from build/release, checked by lintian and systemd-analyze, then installed, run, upgraded and
# purged in a clean root of its own. Needs root, and network for debootstrap the first time.
#   ./tests/packaging/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

exposure_max=2.0 # of systemd-analyze security; 10 is worst
unit=deploy/systemd/photon-gateway.service
source tests/packaging/root.sh

# The same package with another version, as the next release would be.
package_of_version() { # VERSION
  rm -rf build/package/next
  dpkg-deb -R "$package" build/package/next
  sed -i "s/^Version: .*/Version: $1/" build/package/next/DEBIAN/control
  dpkg-deb -b --root-owner-group build/package/next "build/package/next_$1.deb" >/dev/null
  echo "build/package/next_$1.deb"
}

install_package() { # FILE
  cp "$1" "$root/tmp/package.deb"
  inside apt-get -q update >build/apt.log 2>&1 &&
    inside apt-get -q install -y --no-install-recommends /tmp/package.deb >>build/apt.log 2>&1 ||
    { tail -n 20 build/apt.log >&2; fail "the package can't be installed"; }
}

# Relative links of the README that is installed; what follows # is the reader's.
check_links() {
  local folder=$root/usr/share/doc/photon-gateway link links
  links=$(grep -oE '\]\([^)]+\)' "$folder/README.md" | sed -E 's/^..//; s/[#)].*//' | grep -vE '^$|:' | sort -u)
  for link in $links; do
    [[ -e $folder/$link ]] || fail "README.md: $link is not installed"
  done
  wc -w <<<"$links"
}

# ExecStart of the unit that is installed.
command_of() { sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/photon-gateway.service"; }

run_service() {
  rm -f "$root/run/notify"
  # shellcheck disable=SC2046 # its words are the command's
  python3 tests/packaging/notify.py "$root/run/notify" /run/notify http://127.0.0.1:19464 -- \
    chroot --userspec=photon-gateway:photon-gateway "$root" $(command_of)
}

need debootstrap=debootstrap lintian=lintian dpkg-dev=dpkg-shlibdeps file=file systemd=systemd-analyze
say "build"
build_package
say "reload: the signal first, so that the metric tells of a broken file, then the check, so that systemctl does"
mapfile -t reload < <(sed -n 's/^ExecReload=//p' "$unit")
[[ ${#reload[@]} == 2 && ${reload[0]} == *"kill -HUP \$MAINPID" && ${reload[1]} == *" --check-config" ]] ||
  fail "ExecReload: ${reload[*]}"
say "lintian"
lintian --fail-on error "$package"
say "systemd-analyze security (at most $exposure_max)"
systemd-analyze security --offline=true --no-pager --threshold="${exposure_max/./}" "$unit" | tail -n 1
say "install in a clean Debian 12"
clean_root
install_package "$package"
cp -an /lib/systemd/system/. "$root/lib/systemd/system/" # a minimal root lacks the targets that the unit names
said=$(systemd-analyze verify --root="$root" photon-gateway.service 2>&1) && [[ -z $said ]] || fail "systemd-analyze verify: $said"
say "the documents that the README links to"
check_links
inside getent passwd photon-gateway
inside photon-gateway --version
inside su -s /bin/sh photon-gateway -c 'photon-gateway --config /etc/photon-gateway/gateway.yaml --check-config'
say "run as the service does"
cat >>"$root/etc/photon-gateway/gateway.yaml" <<'END'
admin: { listen: "http://127.0.0.1:19464" }
drain: { announce: 0s, deadline: 1s }
END
sed -i 's/0\.0\.0\.0:5055/127.0.0.1:15099/' "$root/etc/photon-gateway/gateway.yaml"
run_service
say "upgrade keeps the operator's configuration"
install_package "$(package_of_version 99.0.0)"
[[ $(inside dpkg-query -W -f '${Version}' photon-gateway) == 99.0.0 ]] || fail "it was not upgraded"
grep -q 19464 "$root/etc/photon-gateway/gateway.yaml" || fail "the configuration was overwritten"
run_service
say "remove keeps it too, and captures; purge doesn't"
mkdir -p "$root/var/lib/photon-gateway/capture" # as the service manager makes it
echo '{}' >"$root/var/lib/photon-gateway/capture/session-1.jsonl"
inside apt-get -q remove -y photon-gateway >>build/apt.log 2>&1
[[ -e $root/etc/photon-gateway/gateway.yaml && ! -e $root/usr/bin/photon-gateway ]] || fail "remove left or took the wrong files"
[[ -e $root/var/lib/photon-gateway/capture/session-1.jsonl ]] || fail "remove took a capture"
inside apt-get -q purge -y photon-gateway >>build/apt.log 2>&1
[[ ! -e $root/etc/photon-gateway ]] || fail "purge left /etc/photon-gateway"
[[ ! -e $root/var/lib/photon-gateway ]] || fail "purge left captures in /var/lib/photon-gateway"
rm -rf "$root"
say "package: all checked"
