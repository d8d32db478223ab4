#!/usr/bin/env bash
# Shows the logs of all services, or of one, and follows them until Ctrl-C.
#
# usage: ./docker-logs.sh [api | db | redis | pgadmin] [--no-follow] [options of `docker compose logs`]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=docker/lib.sh
. docker/lib.sh

follow=(--follow)
rest=()
for argument in "$@"; do
    case $argument in
        -h | --help) usage && exit ;;
        --no-follow) follow=() ;;
        mcp-postgres) rest+=(db) ;;
        mcp-*) rest+=("${argument#mcp-}") ;;
        *) rest+=("$argument") ;;
    esac
done
need_docker
[ -e .env ] || fail "there is no .env here, so nothing was started from this folder"
compose logs --tail 100 "${follow[@]}" "${rest[@]}"
