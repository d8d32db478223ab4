#!/usr/bin/env bash
# Checks every SQL query against both databases, and writes what sqlx learned into crates/storage-*/.sqlx, so that a
# plain build needs no database. Run it after every change to a query or a migration.
#
#   scripts/prepare-sqlx.sh           checks and writes
#   scripts/prepare-sqlx.sh --check   checks, writes nothing, and fails if what is committed is not fresh
#
# It starts a PostgreSQL of its own (see scripts/install-test-tools.sh) and needs no sqlx-cli.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly BACKENDS="sqlite postgres"

# Writes the fresh data of backend $1 into folder $2. The touch makes cargo expand the macros again: it does not know
# that they asked a database.
describe() {
    touch "crates/storage-$1/src/lib.rs"
    SQLX_OFFLINE_DIR=$2 cargo check --quiet --package "puente-storage-$1" --lib
}

replace() {
    rm -rf "crates/storage-$1/.sqlx"
    cp -r "$2" "crates/storage-$1/.sqlx"
}

compare() {
    diff --recursive --brief "crates/storage-$1/.sqlx" "$2" && return
    echo "error: crates/storage-$1/.sqlx is not fresh; run scripts/prepare-sqlx.sh and commit what it writes" >&2
    return 1
}

# Runs $1 (replace or compare) for each backend, beside the databases.
inside() {
    local folder status=0
    folder=$(mktemp -d)
    # shellcheck disable=SC2064  # the folder of now
    trap "rm -rf '$folder'" EXIT
    for backend in $BACKENDS; do
        mkdir "$folder/$backend"
        describe "$backend" "$folder/$backend"
        "$1" "$backend" "$folder/$backend" || status=1
    done
    return "$status"
}

case "${1-}" in
    --inside) inside "$2" ;;
    --check) action=compare ;;
    "") action=replace ;;
    *) echo "usage: scripts/prepare-sqlx.sh [--check]" >&2; exit 2 ;;
esac
if [ -n "${action-}" ]; then
    cargo run --quiet --package puente-test-support --bin sqlx_databases -- scripts/prepare-sqlx.sh --inside "$action"
fi
