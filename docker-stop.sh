#!/usr/bin/env bash
# Stops the stack and keeps its data. ./docker-start.sh goes on from there.
#
# usage: ./docker-stop.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=docker/lib.sh
. docker/lib.sh

case ${1:-} in
    '') ;;
    -h | --help) usage && exit ;;
    *) fail "unknown option '$1'" "See ./docker-stop.sh --help." ;;
esac
need_docker
[ -e .env ] || fail "there is no .env here, so nothing was started from this folder"
say "stopping; calls in flight are finished first"
compose down --remove-orphans
say "stopped; the data stay in the volumes and in ./uploads"
