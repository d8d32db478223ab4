#!/bin/bash
# What the official entry point does for us: POSTGRES_{USER,PASSWORD,DB,INITDB_ARGS} and their _FILE forms, a first start
# without TCP that runs /docker-entrypoint-initdb.d, and giving up root.
set -euo pipefail

if [ "${1#-}" != "$1" ]; then set -- postgres "$@"; fi
if [ "$1" = postgres ] && [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown -R postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid postgres --regid postgres --clear-groups "$0" "$@"
fi

setting() { # NAME DEFAULT
    local file=$1_FILE
    if [ -n "${!file:-}" ]; then cat "${!file}"; else printf '%s' "${!1:-$2}"; fi
}

initialise() {
    local user password database
    user=$(setting POSTGRES_USER postgres)
    database=$(setting POSTGRES_DB "$user")
    password=$(setting POSTGRES_PASSWORD '')
    [ -n "$password" ] || { echo "POSTGRES_PASSWORD must be given" >&2 && exit 1; }
    # shellcheck disable=SC2086
    initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --auth-local=trust --auth-host=trust ${POSTGRES_INITDB_ARGS:-}
    printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -k /var/run/postgresql" -w start
    export PGHOST=/var/run/postgresql
    [ "$database" = postgres ] || psql -v ON_ERROR_STOP=1 -U "$user" -d postgres -c "CREATE DATABASE \"$database\""
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
            *.sh) bash "$file" ;;
            *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$user" -d "$database" -f "$file" ;;
        esac
    done
    pg_ctl -D "$PGDATA" -m fast -w stop
    unset PGHOST
}

if [ "$1" = postgres ]; then
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA" 2>/dev/null || true
    [ -s "$PGDATA/PG_VERSION" ] || initialise
    # The clients here look for the socket in /tmp.
    set -- "$@" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql,/tmp
fi
exec "$@"
