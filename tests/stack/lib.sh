# Shared by the scripts of this folder; sourced, never run.
# shellcheck shell=bash

STACK=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$STACK/../.." && pwd)
# Downloads, the private engine's images and its build cache: what makes a second run quick.
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

# start_load URL PASSWORD_FILE, then stop_load: the report is in $REPORT, and report_value reads it.
start_load() {
    REPORT=$(mktemp)
    "$PYTHON" "$STACK/load.py" "$1" admin@localhost "$2" >"$REPORT" 2>"$REPORT.err" &
    LOAD=$!
    wait_for 30 grep -q started "$REPORT.err" || { cat "$REPORT.err" && return 1; }
}
stop_load() {
    kill "$LOAD"
    wait "$LOAD" || true
    cat "$REPORT"
}
report_value() { "$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$REPORT" "$1"; }
