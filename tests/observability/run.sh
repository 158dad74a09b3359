#!/usr/bin/env bash
# Holds grafana/ against what is real: a gateway with servers and clients, and a Prometheus that scrapes it each second; and
# the compose file of deploy/container against the files that it mounts.
#   tests/observability/run.sh [build folder]     build/release by default; needs photon-gateway and observability_scene
# Everything is on free ports of the loopback interface and in a temporary folder, and ends with this.
set -euo pipefail
cd "$(dirname "$0")/../.."

build=${1:-build/release}
promtool check rules grafana/prometheus/alerts.yml
promtool check config grafana/prometheus/prometheus.yml
(cd grafana/prometheus && promtool test rules alerts_test.yml)
PYTHONDONTWRITEBYTECODE=1 python3 tests/observability/compose.py

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tests/support/certificate.sh "$folder"
PYTHONDONTWRITEBYTECODE=1 python3 tests/observability/check.py "$build" "$folder"
