# Load while services die; what each service takes.
# shellcheck shell=bash

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
    serves_every_call
}

# measure MOMENT: a row for each service, and Puente's memory in bytes; `docker stats` writes 38.48MiB.
measure() {
    local name memory cpu
    docker stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.CPUPerc}}' mcp-api mcp-postgres mcp-redis mcp-pgadmin |
        while read -r name memory _ _ cpu; do
            figure "$1: $name: memory, CPU" "$memory, $cpu"
            [ "$name" != mcp-api ] || numfmt --from=auto "${memory%B}" >"$SITE/memory"
        done
}
idle_is_small() {
    # Four workers in one sign-in ask more than one caller may.
    echo 'RATE_LIMIT=1000000/1m' >>"$SITE/.env"
    "$SITE/docker-start.sh"
    measure idle
    [ "$(cat "$SITE/memory")" -le 40000000 ]
}
load_is_small() {
    start_load "http://127.0.0.1:$API_PORT" "$(password_file)" 0
    sleep 10
    measure "under load"
    stop_load
    figure "load: calls, failed, p50 ms, p99 ms" "$(report_value calls), $(report_value failed), $(report_value p50_ms), $(report_value p99_ms)"
    [ "$(cat "$SITE/memory")" -le 80000000 ] && [ "$(report_value failed)" = 0 ]
}

check "Puente takes 40 MB at most when idle" idle_is_small
check "Puente takes 80 MB at most under load" load_is_small
for name in mcp-api mcp-postgres mcp-redis mcp-pgadmin; do check "recovers from kill -9 of $name" recovers_from_death "$name"; done
