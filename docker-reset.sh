#!/usr/bin/env bash
# Deletes the stack with all its data: containers, volumes, uploads and logs. Backups and .env stay.
#
# usage: ./docker-reset.sh
#
# Asks for the project's name first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=docker/lib.sh
. docker/lib.sh

refuse_production() {
    local services
    services=$(docker service ls --quiet --filter "label=com.docker.stack.namespace=$PROJECT" 2>/dev/null) || return 0
    [ -z "$services" ] || fail "docker-compose.prod.yml is in use here: stack '$PROJECT' runs, and nothing was deleted" \
        "To delete a production stack, do it by name: docker stack rm $PROJECT, and then docker volume rm …"
}

case ${1:-} in
    '') ;;
    -h | --help) usage && exit ;;
    *) fail "unknown option '$1'" "See ./docker-reset.sh --help." ;;
esac
need_docker
[ -e .env ] || fail "there is no .env here, so nothing was started from this folder"
refuse_production
printf 'This deletes the database, the cache, pgAdmin'"'"'s settings, ./uploads and ./logs.\nType %s to go on: ' "$PROJECT"
read -r typed || typed=
[ "$typed" = "$PROJECT" ] || fail "that is not '$PROJECT'; nothing was deleted"
compose down --volumes --remove-orphans
find uploads logs -mindepth 1 -delete 2>/dev/null || fail "./uploads or ./logs could not be emptied" "Run: sudo find uploads logs -mindepth 1 -delete"
say "everything is deleted; ./backups and .env are kept"
