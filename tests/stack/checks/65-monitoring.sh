# Prometheus reads everything, and what is drawn and alerted on exists.
# shellcheck shell=bash

# Debian has no Grafana, and an alert manager that is too old for our file.
STAND_INS=(prometheus postgres-exporter redis-exporter)

with_monitoring() { docker compose --project-directory "$SITE" -f "$SITE/docker-compose.yml" -f "$SITE/docker-compose.monitoring.yml" "$@"; }

starts() {
    if [ "$KIND" = official ]; then
        "$SITE/docker-start.sh" --monitoring
    else
        with_monitoring up --detach --wait --wait-timeout 120 "${STAND_INS[@]}"
    fi
}

metrics_are_not_public() {
    local status
    status=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$API_PORT/metrics")
    [ "$status" = 401 ] || { echo "without a key: $status" && return 1; }
    # The other listener is not published at all; from within the network it answers.
    [ -z "$(docker port mcp-api 9464 2>/dev/null)" ]
    docker exec mcp-api wget -q -O - http://mcp-api:9464/metrics | contains '^puente_build_info'
}

everything_exists() { "$PYTHON" "$STACK/monitoring.py" "http://127.0.0.1:$PROMETHEUS_PORT" "$SITE/docker/grafana/dashboards/puente.json"; }

ends() {
    if [ "$KIND" = official ]; then
        "$SITE/docker-start.sh" --no-monitoring
    else
        with_monitoring rm --stop --force --volumes "${STAND_INS[@]}"
    fi
}

check "monitoring starts" starts
check "metrics are not public" metrics_are_not_public
check "every query of dashboard and alerts names what exists" everything_exists
check "monitoring ends" ends
