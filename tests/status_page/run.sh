#!/usr/bin/env bash
# Looks at the status page of a gateway with servers and clients as people do: in a browser, on a phone and on a desk.
#   tests/status_page/run.sh [build folder [picture.png]]     build/release by default; needs photon-gateway and
#                                                             observability_scene. The picture is what the desk shows
# Everything is on free ports of the loopback interface and in a temporary folder, and ends with this.
set -euo pipefail
cd "$(dirname "$0")/../.."

build=${1:-build/release}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tests/support/certificate.sh "$folder"
PYTHONPATH=tests/observability PYTHONDONTWRITEBYTECODE=1 python3 tests/status_page/check.py "$build" "$folder" "${@:2:1}"
