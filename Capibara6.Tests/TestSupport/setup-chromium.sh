#!/bin/bash
# Makes the browser tests runnable on a Debian machine without chromium. Run as root; a second run does nothing.
set -euo pipefail
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
  exit 0
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -q && apt-get install -qy --no-install-recommends chromium; } >"$log" 2>&1 || { tail -5 "$log" >&2; exit 1; }
