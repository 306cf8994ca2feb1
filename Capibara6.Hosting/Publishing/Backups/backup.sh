#!/bin/sh
# Dumps each database of BACKUP_DATABASES to BACKUP_FOLDER and removes dumps older than KEEP_DAYS days, but never the last one.
# What can go goes first: where the folder is full, a dump fails, and nothing after it would run.
set -eu
PGPASSFILE="$(mktemp)"
export PGPASSFILE
dump=none
trap 'rm -f "$PGPASSFILE" "$dump.part"' EXIT
printf '*:*:*:*:%s\n' "$(sed 's/[\\:]/\\&/g' "${SECRETS_FOLDER:-/run/secrets}/PGPASSWORD")" > "$PGPASSFILE"
remove_old() {
    newest="$(find "$BACKUP_FOLDER" -name "$1-*.dump" | sort | tail -n 1)"
    find "$BACKUP_FOLDER" -name "$1-*.dump" ! -path "$newest" -mtime "+$KEEP_DAYS" -exec rm -f {} +
}
find "$BACKUP_FOLDER" -name '*.dump.part' -mtime +1 -exec rm -f {} +
stamp="$(date -u +%Y%m%dT%H%M%SZ)"
for database in $BACKUP_DATABASES; do
    remove_old "$database"
    dump="$BACKUP_FOLDER/$database-$stamp.dump"
    pg_dump --format=custom --no-owner --file="$dump.part" "$database"
    pg_restore --list "$dump.part" > /dev/null
    mv "$dump.part" "$dump"
    echo "backed up $database: $(wc -c < "$dump") bytes in $dump"
    remove_old "$database"
done
