# Shared by the scripts of this folder; sourced, never run.
# shellcheck shell=bash

STACK=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$STACK/../.." && pwd)
# Downloads, the private engine's images and its build cache: what makes a second run quick, where it is kept.
CACHE=${PUENTE_STACK_CACHE:-$ROOT/.tools/stack}
export STACK ROOT CACHE

say() { printf '==> %s\n' "$*"; }
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# wait_for SECONDS COMMAND…: until the command succeeds; its last output is shown when it never did.
wait_for() {
    local limit=$1 start=$SECONDS output
    shift
    until output=$("$@" 2>&1); do
        if [ $((SECONDS - start)) -ge "$limit" ]; then
            printf '%s\n' "$output" >&2
            return 1
        fi
        sleep 0.2
    done
}

# Where this Debian gets its packages from.
debian_mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | awk '$2 == "bookworm" { print $1; exit }'
}

# check NAME COMMAND…: one check; what it says is shown only when it fails. The command runs with `set -e`, so its caller
# must not.
check() {
    local name=$1 start=$SECONDS output status
    shift
    # Not `|| status=$?`, which would switch `set -e` off inside.
    output=$(
        exec 2>&1
        set -euo pipefail
        "$@"
    )
    status=$?
    if [ "$status" = 0 ]; then
        printf '  ok    %s (%d s)\n' "$name" $((SECONDS - start))
        echo ok >>"$RESULTS"
    else
        printf '  FAIL  %s (%d s)\n' "$name" $((SECONDS - start))
        printf '%s\n' "$output" | tail -n 40 | sed 's/^/        /'
        echo fail >>"$RESULTS"
    fi
}

# figure NAME VALUE: for the table at the end.
figure() { printf '%-52s %s\n' "$1" "$2" >>"$FIGURES"; }

# A value of the site's .env.
env_value() { sed -n "s/^$1=//p" "$SITE/.env" | tail -n 1; }

health() { docker inspect --format '{{.State.Health.Status}}' "$1"; }
has_health() { [ "$(health "$1")" = "$2" ] || { health "$1" && return 1; }; }
all_healthy() {
    local name
    for name in mcp-api mcp-postgres mcp-redis mcp-pgadmin; do
        has_health "$name" healthy || return 1
    done
}

# expect_failure TEXT COMMAND…: the command must fail and say TEXT.
expect_failure() {
    local text=$1 output
    shift
    if output=$("$@" 2>&1); then
        printf 'it did not fail:\n%s\n' "$output"
        return 1
    fi
    printf '%s\n' "$output"
    grep -qF -- "$text" <<<"$output"
}

# Like `grep -q`, but reads to the end, so that the command before it in a pipe does not fail.
contains() { grep "$@" >/dev/null; }

compose() { docker compose --project-directory "$SITE" -f "$SITE/docker-compose.yml" "$@"; }
psql_in() { compose exec -T db psql -v ON_ERROR_STOP=1 --quiet --no-align --tuples-only -U mcp_user "$@"; }
export PYTHON=$ROOT/.tools/venv/bin/python

# A business database beside Puente's own, read by a role that may do nothing else.
make_shop() {
    psql_in -d postgres -c 'CREATE DATABASE shop' -c "CREATE ROLE shop_reader LOGIN PASSWORD 'only-reads-the-shop'"
    psql_in -d shop -c "CREATE TABLE goods (id int PRIMARY KEY, name text NOT NULL); INSERT INTO goods VALUES (1, 'bridge'), (2, 'puente')" \
        -c 'GRANT SELECT ON goods TO shop_reader'
}

# Puente serves it, and $SITE/stack.key may use it.
serve_shop() {
    make_shop
    echo 'SOURCE_SHOP_URL=postgresql://shop_reader:only-reads-the-shop@mcp-postgres:5432/shop' >"$SITE/sources.env"
    "$SITE/docker-start.sh"
    compose exec -T api puente apply -f - <"$STACK/shop.yaml"
    compose exec -T api puente key create stack --json | json_value key >"$SITE/stack.key"
}

# json_value PATH…, of the JSON on standard input: json_value items 0 name
json_value() {
    "$PYTHON" -c 'import functools, json, sys
step = lambda value, key: value[int(key) if isinstance(value, list) else key]
print(functools.reduce(step, sys.argv[1:], json.load(sys.stdin)))' "$@"
}

# call_shop PORT KEY ERA: what an official client is told of the shop's goods, as JSON.
call_shop() {
    "$PYTHON" "$ROOT/tests/clients/python/client.py" <<END | json_value answers 0 result
{"url": "http://127.0.0.1:$1/mcp", "headers": {"Authorization": "Bearer $2"}, "mode": "$3",
 "steps": [{"method": "tools/call", "params": {"name": "shop_goods", "arguments": {}}}]}
END
}

# start_load URL PASSWORD_FILE [PAUSE], then stop_load: the report is in $REPORT, and report_value reads it. With its usual
# pause it makes some 150 calls a second, and leaves processors to what happens meanwhile.
start_load() {
    REPORT=$(mktemp)
    "$PYTHON" "$STACK/load.py" "$1" admin@localhost "$2" "${3:-0.02}" >"$REPORT" 2>"$REPORT.err" &
    LOAD=$!
    wait_for 30 grep -q started "$REPORT.err" || { cat "$REPORT.err" && return 1; }
}
stop_load() {
    kill "$LOAD"
    wait "$LOAD" || true
    cat "$REPORT"
}
# A moment of load, of which nothing may fail.
serves_every_call() {
    start_load "http://127.0.0.1:$API_PORT" "$(password_file)"
    sleep 2
    stop_load
    [ "$(report_value failed)" = 0 ] && [ "$(report_value calls)" -gt 0 ]
}
password_file() { env_value ADMIN_PASSWORD >"$SITE/admin-password" && echo "$SITE/admin-password"; }
report_value() { "$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$REPORT" "$1"; }
