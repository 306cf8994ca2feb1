#!/bin/sh
# What the official image's entry point does with the variables that the host sets, over Debian's PostgreSQL.
set -e
: "${POSTGRES_USER:=postgres}"
if [ -n "$POSTGRES_PASSWORD_FILE" ]; then
  POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
fi
if [ -z "$POSTGRES_PASSWORD" ]; then
  echo "Error: Database is uninitialized and superuser password is not specified." >&2
  exit 1
fi
bin=$(echo /usr/lib/postgresql/*/bin)
data=${PGDATA:-/var/lib/postgresql/18/docker}
if [ ! -s "$data/PG_VERSION" ]; then
  mkdir -p "$data"
  chown -R postgres:postgres "$data"
  secret=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" >"$secret"
  chown postgres "$secret"
  # The arguments are a list in one variable, as in the official image.
  # shellcheck disable=SC2086
  setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/initdb" -D "$data" -U "$POSTGRES_USER" --pwfile="$secret" --encoding=UTF8 --locale=C.UTF-8 $POSTGRES_INITDB_ARGS
  rm "$secret"
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$data/pg_hba.conf"
  for script in /docker-entrypoint-initdb.d/*.sql; do
    # Single-user mode takes one statement a line, which is how the publisher writes them.
    [ ! -r "$script" ] || grep -v '^--' "$script" | setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/postgres" --single -D "$data" postgres >/dev/null
  done
fi
[ "$1" = postgres ] && shift
exec setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/postgres" -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
