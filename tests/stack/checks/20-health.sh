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

freeze_all() { for name in "${NAMES[@]}"; do signal STOP "$name"; done; }
thaw_all() { for name in "${NAMES[@]}"; do signal CONT "$name"; done; }

redis_turns_red_without_its_password() {
    compose exec -T redis sh -c 'REDISCLI_AUTH=$REDIS_PASSWORD redis-cli config set requirepass another'
    local status=0
    wait_for 60 has_health mcp-redis unhealthy || status=1
    compose exec -T redis sh -c 'REDISCLI_AUTH=another redis-cli config set requirepass "$REDIS_PASSWORD"'
    wait_for 60 has_health mcp-redis healthy
    return $status
}

NAMES=(mcp-api mcp-postgres mcp-redis mcp-pgadmin)
check "freezing all four" freeze_all
for name in "${NAMES[@]}"; do check "$name turns red when it hangs" wait_for 90 has_health "$name" unhealthy; done
check "thawing all four" thaw_all
for name in "${NAMES[@]}"; do check "$name turns green again" wait_for 90 has_health "$name" healthy; done
check "mcp-redis turns red when its password is refused" redis_turns_red_without_its_password
check "all four are healthy again" wait_for 60 all_healthy
