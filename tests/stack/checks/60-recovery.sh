# Load while services die and passwords change; what each service takes.
# shellcheck shell=bash

password_file() { env_value ADMIN_PASSWORD >"$SITE/admin-password" && echo "$SITE/admin-password"; }

# Without a hand: the engine starts it again, the others wait or reconnect, and calls work again.
recovers_from_death() {
    local pid before
    start_load "http://127.0.0.1:$API_PORT" "$(password_file)"
    before=$(docker inspect --format '{{.RestartCount}}' "$1")
    pid=$(docker inspect --format '{{.State.Pid}}' "$1")
    kill -9 "$pid"
    wait_for 60 bash -c "[ \"\$(docker inspect --format '{{.RestartCount}}' $1)\" -gt $before ]"
    wait_for 120 all_healthy
    stop_load
    figure "kill -9 of $1: calls, failed" "$(report_value calls), $(report_value failed)"
    # And it serves again.
    start_load "http://127.0.0.1:$API_PORT" "$(password_file)"
    sleep 2
    stop_load
    [ "$(report_value failed)" = 0 ] && [ "$(report_value calls)" -gt 0 ]
}

rotates_under_load() {
    start_load "http://127.0.0.1:$API_PORT" "$(password_file)"
    "$SITE/docker-start.sh" --rotate-passwords
    stop_load
    all_healthy
    figure "rotating passwords: calls, failed" "$(report_value calls), $(report_value failed)"
    [ "$(report_value calls)" -gt 0 ]
}

# In bytes. `docker stats` writes 38.48MiB.
memory_of() { docker stats --no-stream --format '{{.MemUsage}}' "$1" | awk '{ sub("B$", "", $1); print $1 }' | numfmt --from=auto; }
measure() {
    local name
    for name in mcp-api mcp-postgres mcp-redis mcp-pgadmin; do
        figure "$1: $name: memory, CPU" "$(docker stats --no-stream --format '{{.MemUsage}}, {{.CPUPerc}}' "$name" | sed 's# / [^,]*##')"
    done
}
idle_is_small() {
    # Four workers in one sign-in ask more than one caller may.
    echo 'RATE_LIMIT=1000000/1m' >>"$SITE/.env"
    "$SITE/docker-start.sh"
    measure idle
    [ "$(memory_of mcp-api)" -le 40000000 ]
}
load_is_small() {
    start_load "http://127.0.0.1:$API_PORT" "$(password_file)"
    sleep 10
    measure "under load"
    local memory
    memory=$(memory_of mcp-api)
    stop_load
    figure "load: calls, failed, p50 ms, p99 ms" "$(report_value calls), $(report_value failed), $(report_value p50_ms), $(report_value p99_ms)"
    [ "$memory" -le 80000000 ] && [ "$(report_value failed)" = 0 ]
}

check "Puente takes 40 MB at most when idle" idle_is_small
check "Puente takes 80 MB at most under load" load_is_small
for name in mcp-api mcp-postgres mcp-redis mcp-pgadmin; do check "recovers from kill -9 of $name" recovers_from_death "$name"; done
check "rotating passwords under load" rotates_under_load
