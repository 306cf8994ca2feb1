#!/bin/bash
# Makes the tests of alerts runnable on a Debian machine without promtool. Run as root; a second run does nothing.
set -euo pipefail
command -v promtool >/dev/null && exit 0

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# Only the tool: a server that starts by itself would stay behind.
{ apt-get update -q && cd "$(mktemp -d)" && apt-get download -q prometheus && dpkg --fsys-tarfile prometheus_*.deb | tar -xO ./usr/bin/promtool > /usr/local/bin/promtool && chmod 755 /usr/local/bin/promtool; } >"$log" 2>&1 || { rm -f /usr/local/bin/promtool; tail -5 "$log" >&2; exit 1; }
