#!/usr/bin/env bash
# The Docker stack, from nothing: `make test-stack`.
#
#   tests/stack/run.sh [CHECK…]     all of checks/, or those whose names begin so: tests/stack/run.sh 10 40
#
# IMAGES=official|stand-ins|auto: see images.sh.
# PROFILE=dev builds Puente's image sooner, and leaves out how small it is and how soon it is built again.
# PUENTE_STACK_CACHE=FOLDER keeps images, build cache and downloads there; without it, everything is deleted at the end.
# KEEP=yes leaves the engine running for a look; BUILD=no takes the image puente/puente:latest that a kept one has.
set -euo pipefail
if [ "${KEEP:-no}" != yes ] && [ -z "${PUENTE_STACK_CACHE:-}" ]; then
    TEMPORARY=$(mktemp -d "${TMPDIR:-/tmp}/puente-stack.XXXXXX")
    export PUENTE_STACK_CACHE=$TEMPORARY
fi
# shellcheck source=tests/stack/lib.sh
. "$(dirname "$0")/lib.sh"

# The tests run in a copy, as if it had just been checked out, so that nobody's .env or data are touched.
copy_project() {
    SITE=$(mktemp -d /tmp/puente-site.XXXXXX)
    git -C "$ROOT" ls-files --cached --others --exclude-standard -z |
        (cd "$ROOT" && while IFS= read -r -d '' file; do if [ -e "$file" ]; then printf '%s\0' "$file"; fi; done) |
        tar -C "$ROOT" --null --files-from=- -c | tar -x -C "$SITE"
    # The engine's containers run as other users and mount files from here.
    chmod 755 "$SITE"
}

clean_up() {
    local status=$?
    trap - EXIT
    [ -z "${services:-}" ] || kill "$services" 2>/dev/null || true
    if [ "${KEEP:-no}" != yes ]; then
        docker stack rm puente >/dev/null 2>&1 || true
        docker compose -p puente down --volumes --remove-orphans >/dev/null 2>&1 || true
        "$STACK/engine.sh" stop
        rm -rf ${SITE:+"$SITE"} ${TEMPORARY:+"$TEMPORARY"}
    fi
    rm -f "$RESULTS" "$FIGURES"
    exit $status
}

# A default port that something else on this machine uses gets replaced.
choose_ports() {
    local name port
    for name in API_PORT:8000 POSTGRES_PORT:5432 REDIS_PORT:6379 PGADMIN_PORT:5050 PROMETHEUS_PORT:9090 ALERTMANAGER_PORT:9093 \
        GRAFANA_PORT:3000; do
        port=${name#*:}
        while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 10000)); done
        export "${name%:*}=$port"
    done
}

# How long a first build takes is remembered beside the build cache that it leaves.
build_image() {
    local start=$SECONDS took first=$CACHE/first-build-$PROFILE
    (cd "$SITE" && docker buildx build --load --tag puente/puente:latest --build-arg "PROFILE=$PROFILE" --progress plain . >"$CACHE/build.log" 2>&1) ||
        { tail -40 "$CACHE/build.log" >&2 && fail "the image could not be built"; }
    took=$((SECONDS - start))
    [ -e "$first" ] || echo "$took" >"$first"
    figure "image: first build" "$(cat "$first") s"
    figure "image: build in this run" "$took s"
}

RESULTS=$(mktemp) FIGURES=$(mktemp)
export RESULTS FIGURES
trap clean_up EXIT
trap 'exit 130' INT TERM

[ -x "$PYTHON" ] || (cd "$ROOT" && scripts/install-test-tools.sh)
begin=$SECONDS
"$STACK/engine.sh" start >"$RESULTS.env"
# shellcheck disable=SC1090
. "$RESULTS.env" && rm -f "$RESULTS.env"
copy_project
choose_ports
PROFILE=${PROFILE:-release}
export SITE PYTHON PROFILE
KIND=$("$STACK/images.sh" bases)
export KIND
figure "time: engine and base images" "$((SECONDS - begin)) s"
say "images: $KIND; a copy of the project is in $SITE"
# Compiling takes the processors, the other images wait on downloads.
say "building Puente's image, and meanwhile the others"
"$STACK/images.sh" services &
services=$!
if [ "${BUILD:-yes}" = yes ]; then build_image; fi
start=$SECONDS
wait "$services" || fail "not every image is there"
services=
figure "time: waiting for the other images" "$((SECONDS - start)) s"

# What an earlier run was told to keep; and what the first of all checks leaves to the others.
docker compose -p puente down --volumes --remove-orphans >/dev/null 2>&1 || true
if [ $# -gt 0 ] && [ "${1#1}" = "$1" ]; then "$SITE/docker-start.sh" >/dev/null; fi

for script in "$STACK"/checks/*.sh; do
    name=$(basename "$script" .sh)
    wanted=no
    [ $# -gt 0 ] || wanted=yes
    for prefix in "$@"; do [ "${name#"$prefix"}" = "$name" ] || wanted=yes; done
    [ "$wanted" = yes ] || continue
    say "$name"
    start=$SECONDS
    bash -c 'set -uo pipefail; . "$STACK/lib.sh"; . "$1"' _ "$script" || echo fail >>"$RESULTS"
    figure "time of $name" "$((SECONDS - start)) s"
done

figure "time of everything" "$((SECONDS - begin)) s"
printf '\n'
sort "$FIGURES"
printf '%s\n' "For comparison, a FastAPI predecessor: image built in 7 min, again in 45 s, 250 MB; 150 MB of memory, the whole stack" \
    "450 MB idle and 500 MB under load."
passed=$(grep -c '^ok' "$RESULTS" || true)
failed=$(grep -c '^fail' "$RESULTS" || true)
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
