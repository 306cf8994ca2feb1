#!/bin/sh
# Dumps each database of BACKUP_DATABASES to BACKUP_FOLDER and removes dumps older than KEEP_DAYS days.
set -eu
PGPASSFILE="$(mktemp)"
export PGPASSFILE
trap 'rm -f "$PGPASSFILE"' EXIT
printf '*:*:*:*:%s\n' "$(sed 's/[\\:]/\\&/g' "${SECRETS_FOLDER:-/run/secrets}/PGPASSWORD")" > "$PGPASSFILE"
stamp="$(date -u +%Y%m%dT%H%M%SZ)"
for database in $BACKUP_DATABASES; do
    dump="$BACKUP_FOLDER/$database-$stamp.dump"
    pg_dump --format=custom --no-owner --file="$dump.part" "$database"
    pg_restore --list "$dump.part" > /dev/null
    mv "$dump.part" "$dump"
    echo "backed up $database: $(wc -c < "$dump") bytes in $dump"
done
find "$BACKUP_FOLDER" -name '*.dump' -mtime "+$KEEP_DAYS" -exec rm -f {} +
find "$BACKUP_FOLDER" -name '*.dump.part' -mtime +1 -exec rm -f {} +
