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
