#!/bin/sh
# Gives pgAdmin the database's password as a file in its user's storage, so that the configured server opens without
# asking, then starts pgAdmin. Written at every start, because the password may have changed.
set -eu
umask 077
folder=/var/lib/pgadmin/storage/$(printf '%s' "$PGADMIN_DEFAULT_EMAIL" | tr '@' '_')
mkdir -p "$folder"
printf 'mcp-postgres:5432:*:mcp_user:%s\n' "$POSTGRES_PASSWORD" >"$folder/.pgpass"
unset POSTGRES_PASSWORD
umask 022
exec /entrypoint.sh
