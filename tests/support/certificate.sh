#!/usr/bin/env bash
# Writes tls.crt and tls.key for localhost into a folder. Good for longer than the alerts on certificates want.
#   tests/support/certificate.sh <folder>
set -euo pipefail
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$1/tls.key" -out "$1/tls.crt" 2>"$1/openssl.log" ||
  { cat "$1/openssl.log" >&2; exit 1; }
