#!/usr/bin/env bash
# A Docker engine for the tests.
#
#   tests/stack/engine.sh start   installs what is missing, starts the engine unless one runs, prints its variables
#   tests/stack/engine.sh stop    stops the engine that start started, and nothing else
#
# An engine that answers already is used as it is. Otherwise a private one keeps its images below $CACHE/engine, and
# everything else in a temporary folder. It leaves the machine's network as it found it.
set -euo pipefail
# shellcheck source=tests/stack/lib.sh
. "$(dirname "$0")/lib.sh"

readonly PLUGINS=$CACHE/docker/cli-plugins
readonly RUN_FILE=$CACHE/engine.run
# Under sudo the system folders may be missing from the PATH.
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

install_packages() {
    local missing=()
    have dockerd || missing+=(docker.io)
    have debootstrap || missing+=(debootstrap)
    have iptables || missing+=(iptables)
    have ip || missing+=(iproute2)
    have shellcheck || missing+=(shellcheck)
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" != 0 ] || ! have apt-get; then fail "no Docker engine answers; start one, or run this as root on Debian"; fi
    say "installing ${missing[*]}" >&2
    # Without a systemd to ask, the package must not start the system's own engine.
    local policy=/usr/sbin/policy-rc.d created=
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && created=yes; }
    local status=0
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}"; } \
        >"$CACHE/apt.log" 2>&1 || status=$?
    [ -z "$created" ] || rm -f "$policy"
    [ "$status" = 0 ] || { tail -20 "$CACHE/apt.log" >&2 && fail "apt-get failed"; }
}

# Compose v2 and buildx, as plain files out of the next Debian's packages: this Debian has only Compose v1.
install_plugins() {
    [ -x "$PLUGINS/docker-compose" ] && [ -x "$PLUGINS/docker-buildx" ] && return
    say "installing Compose v2 and buildx" >&2
    local apt=$CACHE/apt
    mkdir -p "$PLUGINS" "$apt/lists/partial" "$apt/archives/partial"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' "$(debian_mirror)" >"$apt/sources.list"
    local options=(-qq -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update
    (cd "$apt" && apt-get "${options[@]}" download docker-compose docker-buildx)
    local package
    for package in "$apt"/docker-*.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -x -C "$PLUGINS" --strip-components=5 ./usr/libexec/docker/cli-plugins
    done
    rm -rf "$apt"
}

# What an engine changes on the host: its rules, forwarding, and bridges.
remember_network() {
    local table
    iptables-save >"$1/firewall"
    for table in filter nat; do
        grep -qx "\*$table" "$1/firewall" || printf '*%s\nCOMMIT\n' "$table" >>"$1/firewall"
    done
    cat /proc/sys/net/ipv4/ip_forward >"$1/forwarding"
    ls /sys/class/net >"$1/interfaces"
}
restore_network() {
    local interface
    for interface in /sys/class/net/*/bridge; do
        [ -e "$interface" ] || continue
        interface=$(basename "$(dirname "$interface")")
        grep -qx "$interface" "$1/interfaces" || ip link delete "$interface"
    done
    iptables-restore <"$1/firewall"
    cat "$1/forwarding" >/proc/sys/net/ipv4/ip_forward
}

start_private() {
    local run
    run=$(mktemp -d /tmp/puente-engine.XXXXXX)
    echo "$run" >"$RUN_FILE"
    remember_network "$run"
    export DOCKER_HOST=unix://$run/sock
    setsid dockerd --data-root "$CACHE/engine" --exec-root "$run/exec" --pidfile "$run/pid" --host "$DOCKER_HOST" \
        >"$run/log" 2>&1 </dev/null &
    wait_for 60 docker info || { tail -20 "$run/log" >&2 && fail "dockerd did not start"; }
}

start() {
    mkdir -p "$CACHE"
    export DOCKER_CONFIG=${DOCKER_CONFIG:-$CACHE/docker}
    # Where the private engine of an earlier run still answers, it is used again.
    if [ -e "$RUN_FILE" ] && [ -S "$(cat "$RUN_FILE")/sock" ]; then
        DOCKER_HOST=unix://$(cat "$RUN_FILE")/sock
        export DOCKER_HOST
    fi
    if docker info >/dev/null 2>&1; then
        docker compose version >/dev/null 2>&1 || install_plugins
    else
        unset DOCKER_HOST
        install_packages
        install_plugins
        start_private
    fi
    printf 'export DOCKER_CONFIG=%q\n' "$DOCKER_CONFIG"
    [ -z "${DOCKER_HOST:-}" ] || printf 'export DOCKER_HOST=%q\n' "$DOCKER_HOST"
}

stop() {
    [ -e "$RUN_FILE" ] || return 0
    local run pid
    run=$(cat "$RUN_FILE")
    if [ -e "$run/pid" ]; then
        pid=$(cat "$run/pid")
        kill "$pid" 2>/dev/null || true
        wait_for 60 sh -c "! kill -0 $pid 2>/dev/null" || fail "dockerd ($pid) did not stop"
    fi
    restore_network "$run"
    rm -rf "$run" "$RUN_FILE"
}

case ${1:-} in
    start) start ;;
    stop) stop ;;
    *) fail "usage: $0 start|stop" ;;
esac
