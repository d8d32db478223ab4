#!/usr/bin/env bash
# Moves a laptop's Puente (its data folder, with an SQLite database) into the Docker stack, or back.
#
# usage: scripts/migrate_sqlite_to_postgres.sh [DATA_DIR]          ./data if none is named
#        scripts/migrate_sqlite_to_postgres.sh --back [DATA_DIR]   back into the file, with what was written since
#
# Stops the stack's server, backs both sides up into ./backups, moves everything in one transaction, compares both sides,
# puts the laptop's keys behind those in .env, and starts the stack. Nothing in DATA_DIR is changed; if anything fails,
# the stack's database is as it was. Stop the laptop's server first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=docker/lib.sh
. docker/lib.sh

readonly INSIDE=/transfer

# puente in a container of its own, beside the database, with the data folder.
puente() {
    compose run --rm --no-deps -T --volume "$data:$INSIDE" api "$@"
}

# Files that the container cannot read or write would fail one by one.
check_owner() {
    local uid owner
    uid=$(setting APP_UID 1000)
    owner=$(find "$data" -maxdepth 0 -exec ls -nd {} + | awk '{ print $3 }')
    [ "$owner" = "$uid" ] || fail "$data belongs to user $owner, but Puente runs as $uid in the stack" \
        "Lend it: sudo chown -R $uid $data (and give it back afterwards), or put APP_UID=$owner into .env"
}

dump() {
    local file
    file=backups/before-migration-$(date -u +%Y%m%dT%H%M%SZ).dump
    say "dumping the stack's database into ./$file"
    (umask 077 && compose exec -T db pg_dump -U mcp_user -d mcp_system --format=custom >"$file.new")
    mv "$file.new" "$file"
}

# Puts the keys of file $2 behind those of $1 in .env, each once: they still open and verify.
carry_keys() {
    local name=$1 file=$2 all key
    [ -e "$file" ] || return 0
    all=$(setting "$name")
    while read -r key; do
        case ",$all," in
            *",$key,"*) ;;
            *) all=$all,$key ;;
        esac
    done < <(sed '/^[[:space:]]*$/d' "$file")
    put "$name" "$all"
}

stop_writers() {
    say "stopping the stack's server"
    compose stop api >/dev/null 2>&1 || true
}

start_again() {
    start_services || fail "the stack did not become healthy; see ./docker-logs.sh api"
}

move() {
    say "backing $data up into ./backups"
    puente backup --from "sqlite:$INSIDE/puente.db" --to "/app/backups/before-migration-$(date -u +%Y%m%dT%H%M%SZ).backup"
    dump
    say "moving"
    puente transfer --from "sqlite:$INSIDE/puente.db" ||
        { start_again; fail "nothing was moved; the stack serves what it did before, and $data is as it was"; }
    say "comparing once more"
    puente transfer verify --from "sqlite:$INSIDE/puente.db"
    carry_keys ENCRYPTION_KEY "$data/keys/encryption.key"
    carry_keys JWT_SECRET_KEY "$data/keys/jwt.key"
    start_again
    say "the stack serves what was in $data; the way back: scripts/migrate_sqlite_to_postgres.sh --back $given"
}

back() {
    say "moving back, with what was written since"
    puente transfer rollback --to "sqlite:$INSIDE/puente.db" ||
        fail "nothing was moved; ./docker-start.sh starts the stack again"
    say "$data holds everything again, and the old file lies beside it as puente.db.replaced"
    say "the stack's server stays stopped; start yours: DATA_DIR=$given puente serve"
}

action=move
if [ "${1-}" = --back ]; then
    action=back
    shift
fi
case ${1-} in
    -h | --help) usage && exit ;;
    -*) usage >&2 && exit 2 ;;
esac
given=${1:-data}
[ -e "$given/puente.db" ] || fail "there is no $given/puente.db" "Name the laptop's data folder."
data=$(cd "$given" && pwd)
need_docker
prepare_env
prepare_folders
check_owner
start_services db redis || fail "PostgreSQL and Redis must run"
stop_writers
"$action"
