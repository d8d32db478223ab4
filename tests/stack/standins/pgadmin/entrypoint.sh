#!/bin/bash
# What the official entry point does for us: PGADMIN_CONFIG_*, PGADMIN_DEFAULT_{EMAIL,PASSWORD,PASSWORD_FILE}, a first
# start that loads PGADMIN_SERVER_JSON_FILE, and the server on PGADMIN_LISTEN_PORT.
set -euo pipefail
cd /pgadmin4

{
    echo "SERVER_MODE = True"
    echo "DEFAULT_SERVER = '0.0.0.0'"
    echo "LOG_FILE = '/dev/null'"
    for name in "${!PGADMIN_CONFIG_@}"; do echo "${name#PGADMIN_CONFIG_} = ${!name}"; done
} >config_distro.py

if [ ! -f /var/lib/pgadmin/pgadmin4.db ]; then
    [ -z "${PGADMIN_DEFAULT_PASSWORD_FILE:-}" ] || PGADMIN_DEFAULT_PASSWORD=$(cat "$PGADMIN_DEFAULT_PASSWORD_FILE")
    export PGADMIN_SETUP_EMAIL=$PGADMIN_DEFAULT_EMAIL PGADMIN_SETUP_PASSWORD=$PGADMIN_DEFAULT_PASSWORD
    /venv/bin/python3 setup.py setup-db
    file=${PGADMIN_SERVER_JSON_FILE:-/pgadmin4/servers.json}
    [ ! -f "$file" ] || /venv/bin/python3 setup.py load-servers "$file" --user "$PGADMIN_DEFAULT_EMAIL"
fi
exec /venv/bin/gunicorn --bind "0.0.0.0:${PGADMIN_LISTEN_PORT:-80}" -w 1 --threads "${GUNICORN_THREADS:-25}" \
    --access-logfile "${GUNICORN_ACCESS_LOGFILE:--}" pgAdmin4:app
