#!/bin/sh
# Checks the folders, then becomes Puente. Waiting for the database and migrating it is Puente's own business.
set -eu

for folder in "${DATA_DIR:-}" "${UPLOADS_DIR:-}" "${LOGS_DIR:-}"; do
    [ -n "$folder" ] || continue
    mkdir -p "$folder" 2>/dev/null || true
    if [ ! -w "$folder" ]; then
        echo "error: $folder is not writable for user $(id -u) of group $(id -g)." >&2
        echo "       On the host, run: sudo chown -R $(id -u):$(id -g) ./$(basename "$folder")" >&2
        exit 1
    fi
done

case ${1:-} in
    puente | sh) exec "$@" ;;
    *) exec puente "$@" ;;
esac
