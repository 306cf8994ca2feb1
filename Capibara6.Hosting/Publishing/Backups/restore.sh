#!/bin/sh
# Restores each database of BACKUP_DATABASES from RESTORE_STAMP (YYYYMMDDThhmmssZ), or from its newest dump.
# The database that was there is kept as NAME_before_STAMP; drop it when all is well.
set -eu
PGPASSFILE="$(mktemp)"
export PGPASSFILE
trap 'rm -f "$PGPASSFILE"' EXIT
printf '*:*:*:*:%s\n' "$(sed 's/[\\:]/\\&/g' "${SECRETS_FOLDER:-/run/secrets}/PGPASSWORD")" > "$PGPASSFILE"
now="$(date -u +%Y%m%dt%H%M%Sz)"
run() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname="$1" --command="$2"; }
for database in $BACKUP_DATABASES; do
    if [ -n "${RESTORE_STAMP:-}" ]; then
        dump="$BACKUP_FOLDER/$database-$RESTORE_STAMP.dump"
    else
        dump="$(find "$BACKUP_FOLDER" -name "$database-*Z.dump" | sort | tail -n 1)"
    fi
    if [ -z "$dump" ] || [ ! -r "$dump" ]; then
        echo "no dump of $database${RESTORE_STAMP:+ from $RESTORE_STAMP} in $BACKUP_FOLDER" >&2
        exit 1
    fi
    fresh="${database}_restored_$now"
    run postgres "CREATE DATABASE \"$fresh\""
    timescale="$(pg_restore --list "$dump" | grep -c ' EXTENSION - timescaledb' || true)"
    if [ "$timescale" -gt 0 ]; then
        run "$fresh" "CREATE EXTENSION IF NOT EXISTS timescaledb"
        run "$fresh" "SELECT timescaledb_pre_restore()"
    fi
    if ! pg_restore --exit-on-error --no-owner --dbname="$fresh" "$dump"; then
        run postgres "DROP DATABASE \"$fresh\""
        echo "$dump can't be restored; nothing was changed" >&2
        exit 1
    fi
    if [ "$timescale" -gt 0 ]; then
        run "$fresh" "SELECT timescaledb_post_restore()"
    fi
    run postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$database'" > /dev/null
    run postgres "ALTER DATABASE \"$database\" RENAME TO \"${database}_before_$now\""
    run postgres "ALTER DATABASE \"$fresh\" RENAME TO \"$database\""
    echo "restored $database from $dump; the old one is ${database}_before_$now"
done
