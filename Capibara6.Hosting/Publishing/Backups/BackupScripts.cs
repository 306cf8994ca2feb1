namespace Capibara6.Hosting.Publishing.Backups;

/// <summary>What the backup and restore jobs run, with the tools of the server's own image. POSIX shell; tested on a real PostgreSQL.</summary>
internal static class BackupScripts
{
    public const string Folder = "/backups";
    public const string BackupPath = "/etc/capibara6/backup.sh";
    public const string RestorePath = "/etc/capibara6/restore.sh";

    /// <summary>A dump counts only when it is whole and can be read back.</summary>
    public const string Backup = """
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

        """;

    /// <summary>
    /// Fills a new database and only then changes names, so that a dump that fails half-way costs nothing and the data that was
    /// there stays under another name.
    /// </summary>
    public const string Restore = """
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

        """;
}
