# The production file on Swarm: secrets, ports, rolling update under load, automatic rollback.
# shellcheck shell=bash disable=SC2016
deploy() {
    (cd "$SITE" && DOMAIN=localhost TLS=internal UPDATE_MONITOR=8s RATE_LIMIT=1000000/1m HTTP_PORT=18080 HTTPS_PORT=18443 PUENTE_IMAGE=$1 \
        docker stack deploy --resolve-image never -c docker-compose.prod.yml puente)
}
is_up() { ! docker service ls --format '{{.Name}} {{.Replicas}}' | grep -vE ' (1/1|2/2|0/0)$'; }
update_state() { docker service inspect --format '{{.UpdateStatus.State}}' puente_api; }
has_state() { [ "$(update_state)" = "$1" ] || { update_state && return 1; }; }

starts() {
    "$SITE/docker-stop.sh"
    "$SITE/docker/make-secrets.sh"
    docker swarm init --advertise-addr 127.0.0.1
    docker tag puente/puente:latest puente/puente:one
    docker buildx build --quiet --load --tag puente/puente:two - <<<$'FROM puente/puente:latest\nLABEL stack-test=two'
    docker buildx build --quiet --load --tag puente/puente:bad - <<<$'FROM puente/puente:latest\nENTRYPOINT ["sh", "-c", "exit 1"]'
    deploy puente/puente:one
    wait_for 180 is_up
    wait_for 30 curl -fsSk https://localhost:18443/health/ready
}

hides_secrets() {
    local file
    for file in "$SITE"/secrets/*; do
        # shellcheck disable=SC2046
        if docker inspect $(docker service ls --quiet) $(docker ps --quiet) | contains -F -- "$(cat "$file")"; then
            echo "$(basename "$file") is in docker inspect" && return 1
        fi
        if docker service logs puente_api 2>&1 | contains -F -- "$(cat "$file")"; then return 1; fi
    done
}

publishes_only_the_proxy() {
    [ "$(docker service ls --format '{{.Ports}}' | grep -c .)" = 0 ] # ingress mode; the proxy's are the node's own
    [ "$(docker ps --format '{{.Names}} {{.Ports}}' | grep -c -- '->')" = 1 ]
}

refuses_reset() { expect_failure "in use" "$SITE/docker-reset.sh" <<<"puente"; }

updates_under_load() {
    start_load https://localhost:18443 "$SITE/secrets/admin_password"
    deploy puente/puente:two
    wait_for 180 has_state completed
    stop_load
    figure "rolling update under load: calls, failed" "$(report_value calls), $(report_value failed)"
    [ "$(report_value failed)" = 0 ] && [ "$(report_value calls)" -gt 0 ]
}

rolls_back_under_load() {
    start_load https://localhost:18443 "$SITE/secrets/admin_password"
    deploy puente/puente:bad
    wait_for 180 has_state rollback_completed
    stop_load
    figure "bad image under load: calls, failed" "$(report_value calls), $(report_value failed)"
    [ "$(report_value failed)" = 0 ] && [ "$(report_value calls)" -gt 0 ]
}

ends() {
    docker stack rm puente
    wait_for 120 sh -c '[ -z "$(docker ps --quiet --filter label=com.docker.stack.namespace=puente)" ]'
    docker swarm leave --force
}

check "the production stack starts" starts
check "no secret in docker inspect or in logs" hides_secrets
check "only the proxy's ports are published" publishes_only_the_proxy
check "reset refuses while production runs" refuses_reset
check "a rolling update under load fails no call" updates_under_load
check "a bad image rolls back by itself and fails no call" rolls_back_under_load
check "the production stack ends" ends
