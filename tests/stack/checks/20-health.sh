# Each health check is red when its service does not serve, and green again afterwards.
# shellcheck shell=bash disable=SC2016

# The main process of a container, as the host counts. Behind an init it is that one's child.
main_pid() {
    local pid child
    pid=$(docker inspect --format '{{.State.Pid}}' "$1")
    child=$(pgrep -P "$pid" -x puente || true)
    echo "${child:-$pid}"
}

# A stopped process holds its port and answers nothing: worse than a dead one, which the engine would start again.
signal() {
    local pid
    pid=$(main_pid "$2")
    kill "-$1" "$pid"
    # Gunicorn answers from a child.
    pkill "-$1" -P "$pid" || true
}

# Redis answers, but not to its password: a health check that is content with any answer would not notice.
change_redis_password() {
    compose exec -T redis sh -c "REDISCLI_AUTH=$1 redis-cli config set requirepass $2" | contains OK
}

FROZEN=(mcp-api mcp-postgres mcp-pgadmin)
break_all() {
    for name in "${FROZEN[@]}"; do signal STOP "$name"; done
    change_redis_password '$REDIS_PASSWORD' another
}
mend_all() {
    for name in "${FROZEN[@]}"; do signal CONT "$name"; done
    change_redis_password another '$REDIS_PASSWORD'
}

check "three freeze, and Redis refuses its password" break_all
for name in "${FROZEN[@]}" mcp-redis; do check "$name turns red" wait_for 90 has_health "$name" unhealthy; done
check "all four are mended" mend_all
for name in "${FROZEN[@]}" mcp-redis; do check "$name turns green again" wait_for 90 has_health "$name" healthy; done
