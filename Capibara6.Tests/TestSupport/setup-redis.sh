#!/bin/bash
# Makes the tests runnable that want redis-server itself beside Garnet, on a Debian machine without it: kept away from PATH,
# so that everything else goes on with what a fresh machine has, and without a service that starts by itself. Run as root;
# a second run does nothing. Prints the folder that the tests look into.
#
#   setup-redis.sh [FOLDER]      default /opt/capibara6-redis
set -euo pipefail
folder=${1:-/opt/capibara6-redis}
if command -v redis-server >/dev/null || [ -x "$folder/redis-server" ]; then
  echo "$folder"
  exit 0
fi

# The tools' package holds the server's program under the name of a tool: it looks at the name it is called by.
if [ ! -x /usr/bin/redis-check-rdb ]; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -q && apt-get install -qy --no-install-recommends redis-tools; } >"$log" 2>&1 || { tail -5 "$log" >&2; exit 1; }
fi

mkdir -p "$folder"
ln -sf /usr/bin/redis-check-rdb "$folder/redis-server"
"$folder/redis-server" --version >&2
echo "$folder"
