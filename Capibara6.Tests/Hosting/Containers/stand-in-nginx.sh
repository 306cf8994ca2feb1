#!/bin/sh
# Debian's nginx, with DNS where this engine says it is. All else of the mounted configuration is taken as it stands.
set -e
# The first is the engine's; the machine's own, which knows no container, is among the others.
server=$(sed -n 's/^nameserver //p' /etc/resolv.conf | head -n 1)
sed -e "s/resolver 127\.0\.0\.11 /resolver $server /" /etc/nginx/nginx.conf >/tmp/stand-in-nginx.conf
[ "$1" = nginx ] && shift
exec nginx -c /tmp/stand-in-nginx.conf "$@"
