#!/usr/bin/env bash
# Moves Puente to another version, and back by itself if that one does not become healthy.
#
# usage: ./docker-upgrade.sh VERSION     a tag of the image in use (0.2.0), or a whole image name
#        ./docker-upgrade.sh --back      to the version before the last upgrade
#
# Backs up into ./backups first. Migrations only add, so the previous version works on the new schema.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=docker/lib.sh
. docker/lib.sh

# An image of the repository in use by its version, or any image by its whole name.
wanted_image() {
    case $1 in
        */* | *:*) printf '%s' "$1" ;;
        *) printf '%s:%s' "$(image | sed 's/@.*//; s/:[^/:]*$//')" "$1" ;;
    esac
}

# What runs now under a name that a later build or pull does not move.
keep_running_image() {
    local container
    container=$(compose ps --quiet api)
    [ -n "$container" ] || fail "Puente does not run; start it with ./docker-start.sh first"
    docker tag "$(docker inspect --format '{{.Image}}' "$container")" "$previous"
}

back_up() {
    local file
    file=backups/before-upgrade-$(date -u +%Y%m%dT%H%M%SZ).backup
    say "backing up into ./$file"
    compose exec -T api puente backup --to "/app/$file" >/dev/null ||
        fail "the backup did not succeed, so nothing was changed"
}

switch_to() {
    put PUENTE_IMAGE "$1"
    start_services --no-deps api
}

case ${1:-} in
    -h | --help) usage && exit ;;
    '') usage >&2 && exit 2 ;;
esac
need_docker
[ -e .env ] || fail "there is no .env here, so nothing was started from this folder"
unset PUENTE_IMAGE

if [ "$1" = --back ]; then
    target=$(setting PUENTE_PREVIOUS_IMAGE)
    [ -n "$target" ] || fail "no upgrade was made from this folder, so there is nothing to go back to"
    say "going back to $target"
    switch_to "$target" || fail "$target did not become healthy either; see ./docker-logs.sh api"
    say "$target serves"
    exit
fi

target=$(wanted_image "$1")
docker image inspect "$target" >/dev/null 2>&1 || docker pull --quiet "$target" >/dev/null 2>&1 ||
    fail "$target is neither here nor can it be pulled; nothing was changed"
before=$(image)
previous=$(wanted_image before-upgrade)
keep_running_image
back_up
say "$before -> $target"
if switch_to "$target"; then
    put PUENTE_PREVIOUS_IMAGE "$previous"
    say "$target serves; ./docker-upgrade.sh --back returns to the version before"
else
    say "$target did not become healthy; going back to $before"
    docker tag "$previous" "$before" 2>/dev/null || before=$previous
    switch_to "$before" || fail "$before did not become healthy either; see ./docker-logs.sh api"
    fail "$target does not work here; $before serves again"
fi
