# Prometheus reads everything, what is drawn and alerted on exists, alerts arrive; and passwords change under load.
# shellcheck shell=bash

passwords() { grep -E '^(POSTGRES|REDIS|PGADMIN|GRAFANA)_PASSWORD=' "$SITE/.env"; }
grafana() { curl -fsS -u "admin:$1" "http://127.0.0.1:$GRAFANA_PORT/api/$2"; }
is_running() { [ "$(docker inspect --format '{{.State.Status}}' "$1" 2>&1)" = running ]; }

# Alerts go to a listener beside the stack, which logs what it is told.
starts() {
    # Everything is asked more often than in earnest, so that rates are there soon, and alerts are not gathered.
    sed -i 's/: 15s/: 2s/' "$SITE/docker/prometheus/prometheus.yml"
    sed -i 's/group_wait: .*/group_wait: 0s/' "$SITE/docker/prometheus/alertmanager.yml"
    docker run --detach --name stack-receiver --network mcp-network puente/puente:latest sh -c 'sleep 600 | nc -l -p 7000'
    printf '%s\n' ALERT_WEBHOOK_URL=http://stack-receiver:7000/alerts RATE_LIMIT=1000000/1m >>"$SITE/.env"
    "$SITE/docker-start.sh" --monitoring | contains Grafana
}

is_remembered() {
    [ "$(env_value MONITORING)" = yes ]
    "$SITE/docker-start.sh" | contains Grafana
    is_running mcp-prometheus
}

metrics_are_not_public() {
    local status
    status=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$API_PORT/metrics")
    [ "$status" = 401 ] || { echo "without a key: $status" && return 1; }
    # The other listener is not published at all; from within the network it answers.
    [ -z "$(docker port mcp-api 9464 2>/dev/null)" ]
    docker exec mcp-api wget -q -O - http://mcp-api:9464/metrics | contains '^puente_build_info'
}

everything_exists() {
    [ -e "$SITE/stack.key" ] || serve_shop
    call_shop "$API_PORT" "$(cat "$SITE/stack.key")" legacy
    "$PYTHON" "$STACK/monitoring.py" "http://127.0.0.1:$PROMETHEUS_PORT" "$SITE/docker/grafana/dashboards/puente.json"
}

grafana_has_its_password_and_dashboard() {
    grafana "$(env_value GRAFANA_PASSWORD)" user | contains '"admin"'
    grafana "$(env_value GRAFANA_PASSWORD)" dashboards/home | contains 'Puente'
    expect_failure 401 grafana admin user
}

receiver_has() { docker logs stack-receiver | contains -F "$1"; }
alerts_arrive() {
    docker stop mcp-redis-exporter
    # RedisDown waits a minute in earnest.
    sed -i 's/for: 1m/for: 2s/' "$SITE/docker/prometheus/alerts.yml"
    docker kill --signal HUP mcp-prometheus
    wait_for 60 receiver_has RedisDown
    receiver_has 'POST /alerts'
}

explains_a_wrong_password() {
    sed -i 's/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=this-is-not-the-right-one-0123/' "$SITE/.env"
    expect_failure "./docker-start.sh --rotate-passwords" "$SITE/docker-start.sh"
}

# Whatever the check before left in .env.
rotates_under_load() {
    local after
    start_load "http://127.0.0.1:$API_PORT" "$(password_file)"
    "$SITE/docker-start.sh" --rotate-passwords
    stop_load
    all_healthy
    figure "rotating passwords: calls, failed" "$(report_value calls), $(report_value failed)"
    after=$(passwords)
    [ "$(printf '%s\n%s\n' "$BEFORE" "$after" | sort | uniq -d | wc -l)" = 0 ]
    if contains this-is-not-the-right-one <<<"$after"; then return 1; fi
    serves_every_call
}

old() { sed -n "s/^$1_PASSWORD=//p" <<<"$BEFORE"; }
refuses_old_passwords() {
    expect_failure "password authentication failed" \
        compose exec -T -e "PGPASSWORD=$(old POSTGRES)" db psql -h mcp-postgres -U mcp_user -d mcp_system -c ''
    { compose exec -T -e "REDISCLI_AUTH=$(old REDIS)" redis redis-cli ping 2>&1 || true; } | contains -E 'WRONGPASS|NOAUTH'
    expect_failure 401 grafana "$(old GRAFANA)" user
    expect_failure "refused the sign-in" env "PGADMIN_PASSWORD=$(old PGADMIN)" "$PYTHON" "$STACK/pgadmin.py"
}
takes_new_passwords() {
    "$PYTHON" "$STACK/pgadmin.py"
    grafana "$(env_value GRAFANA_PASSWORD)" user | contains '"admin"'
}

ends() {
    docker rm --force stack-receiver
    sed -i '/^ALERT_WEBHOOK_URL=/d' "$SITE/.env"
    "$SITE/docker-start.sh" --no-monitoring
    [ "$(docker ps --all --quiet --filter label=com.docker.compose.project=puente | wc -l)" = 4 ]
}

check "monitoring starts" starts
check "monitoring is remembered" is_remembered
check "metrics are not public" metrics_are_not_public
check "every query of dashboard and alerts names what exists" everything_exists
check "Grafana has a password of its own, and the dashboard" grafana_has_its_password_and_dashboard
check "an alert reaches the receiver" alerts_arrive
BEFORE=$(passwords)
check "a wrong password in .env is explained" explains_a_wrong_password
check "rotating passwords under load mends it, and changes every one" rotates_under_load
check "every service refuses its old password" refuses_old_passwords
check "every service takes its new one" takes_new_passwords
check "monitoring ends" ends
