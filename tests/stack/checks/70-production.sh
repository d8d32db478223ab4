# The production file on Swarm: secrets, users, ports, the proxy, scaling and rolling updates under load, automatic rollback.
# shellcheck shell=bash disable=SC2016

PROXY=https://localhost:18443

# deploy IMAGE [NAME=VALUE…]
deploy() {
    (cd "$SITE" && env DOMAIN=localhost TLS=internal UPDATE_MONITOR=8s RATE_LIMIT=1000000/1m HTTP_PORT=18080 HTTPS_PORT=18443 \
        "PUENTE_IMAGE=$1" "${@:2}" docker stack deploy --resolve-image never -c docker-compose.prod.yml puente)
}
# Every service has as many replicas as it should.
is_up() { ! docker service ls --format '{{.Name}} {{.Replicas}}' | grep -vE ' ([0-9]+)/\1$'; }
# The container of a service, the first of several.
container() { docker ps --quiet --filter "label=com.docker.swarm.service.name=puente_$1" | head -n 1; }
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
    wait_for 30 curl -fsSk "$PROXY/health/ready"
}

# is_confined SERVICE USER CAPABILITIES: every process of its container.
is_confined() {
    local id pid found
    id=$(container "$1")
    [ "$(docker inspect --format '{{.HostConfig.ReadonlyRootfs}}' "$id")" = true ] || { echo "$1: its root is writable" && return 1; }
    docker top "$id" -eo pid | tail -n +2 | while read -r pid; do
        # The real user; what it may do at most.
        found=$(awk '/^Uid:/ { uid = $2 } /^CapBnd:/ { print uid, $2 }' "/proc/$pid/status")
        [ "$found" = "$2 $3" ] || { echo "$1: process $pid has user and capabilities $found" && return 1; }
    done
}
are_confined() {
    is_confined api 1000 0000000000000000
    is_confined db 70 0000000000000000
    is_confined redis 999 0000000000000000
    # To bind ports 80 and 443, and nothing else.
    is_confined proxy 0 0000000000000400
}

hides_secrets() {
    local file name
    for file in "$SITE"/secrets/*; do
        # shellcheck disable=SC2046
        if docker inspect $(docker service ls --quiet) $(docker ps --quiet) | contains -F -- "$(cat "$file")"; then
            echo "$(basename "$file") is in docker inspect" && return 1
        fi
        for name in api db redis proxy; do
            if docker service logs "puente_$name" 2>&1 | contains -F -- "$(cat "$file")"; then
                echo "$(basename "$file") is in the logs of $name" && return 1
            fi
        done
    done
}

publishes_only_the_proxy() {
    [ "$(docker service ls --format '{{.Ports}}' | grep -c .)" = 0 ] # ingress mode; the proxy's are the node's own
    [ "$(docker ps --format '{{.Names}} {{.Ports}}' | grep -c -- '->')" = 1 ]
}

prod() { docker exec --interactive "$(container api)" puente "$@"; }
mcp() { curl -sSk "$PROXY/mcp" -H "Authorization: Bearer $(cat "$SITE/production.key")" -H 'Content-Type: application/json' "$@"; }

# What Puente says on a stream arrives at once, though the stream stays open.
streams_pass_on() {
    local session stream
    prod key create production --json | json_value key >"$SITE/production.key"
    prod grant add default key:production
    session=$(mcp -D - -o /dev/null -H 'Accept: application/json, text/event-stream' -d '{"jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "stack", "version": "1"}}}' |
        tr -d '\r' | sed -n 's/^mcp-session-id: //Ip')
    mcp -N -H 'Accept: text/event-stream' -H "Mcp-Session-Id: $session" -H 'MCP-Protocol-Version: 2025-11-25' >"$SITE/stream" 2>&1 &
    stream=$!
    prod apply -f - <"$STACK/production.yaml"
    wait_for 20 grep -q notifications/tools/list_changed "$SITE/stream" || { cat "$SITE/stream" && return 1; }
    kill -0 "$stream"
    kill "$stream"
}

addresses() { prod audit list --json | sed -nE 's/.*"address": *"([^"]+)".*/\1/p' | sort -u; }
has_addresses() { addresses | contains .; }

# Not the proxy's, and not what the client makes up.
knows_clients_by_address() {
    local addresses
    mcp -H 'X-Forwarded-For: 203.0.113.66' -d '{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "nowhere_look"}}'
    wait_for 10 has_addresses
    addresses=$(addresses)
    echo "$addresses"
    if contains -E '^(10\.201|203)\.' <<<"$addresses"; then return 1; fi
}

scales_under_load() {
    start_load "$PROXY" "$SITE/secrets/admin_password"
    docker service scale --detach puente_api=3
    wait_for 60 is_up
    sleep 2
    docker service scale puente_api=2
    wait_for 60 is_up
    stop_load
    figure "scaling to 3 and back under load: calls, failed" "$(report_value calls), $(report_value failed)"
    [ "$(report_value failed)" = 0 ] && [ "$(report_value calls)" -gt 0 ]
}

refuses_reset() { expect_failure "in use" "$SITE/docker-reset.sh" <<<"puente"; }

updates_under_load() {
    start_load "$PROXY" "$SITE/secrets/admin_password"
    deploy puente/puente:two
    wait_for 180 has_state completed
    stop_load
    figure "rolling update under load: calls, failed" "$(report_value calls), $(report_value failed)"
    [ "$(report_value failed)" = 0 ] && [ "$(report_value calls)" -gt 0 ]
}

rolls_back_under_load() {
    start_load "$PROXY" "$SITE/secrets/admin_password"
    deploy puente/puente:bad
    wait_for 180 has_state rollback_completed
    stop_load
    figure "bad image under load: calls, failed" "$(report_value calls), $(report_value failed)"
    [ "$(report_value failed)" = 0 ] && [ "$(report_value calls)" -gt 0 ]
}

# A certificate of one's own, and pgAdmin because it was asked for.
serves_own_certificate_and_pgadmin() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=of the stack test' -addext 'subjectAltName=DNS:localhost' \
        -keyout "$SITE/certs/key.pem" -out "$SITE/certs/cert.pem"
    deploy puente/puente:one TLS=files PGADMIN_REPLICAS=1
    wait_for 120 is_up
    wait_for 60 curl -fsS --cacert "$SITE/certs/cert.pem" "$PROXY/health/ready"
    wait_for 60 curl -fsSL --cacert "$SITE/certs/cert.pem" -o "$SITE/page" "$PROXY/pgadmin/login"
    contains -i pgadmin <"$SITE/page"
}

ends() {
    docker stack rm puente
    wait_for 120 sh -c '[ -z "$(docker ps --quiet --filter label=com.docker.stack.namespace=puente)" ]'
    docker swarm leave --force
}

check "the production stack starts" starts
check "no secret in docker inspect or in logs" hides_secrets
check "every process has its user, a read-only root and no capabilities" are_confined
check "only the proxy's ports are published" publishes_only_the_proxy
check "reset refuses while production runs" refuses_reset
check "the proxy passes streams on unbuffered" streams_pass_on
check "Puente knows its clients by their addresses" knows_clients_by_address
check "scaling under load fails no call" scales_under_load
check "a rolling update under load fails no call" updates_under_load
check "a bad image rolls back by itself and fails no call" rolls_back_under_load
check "a certificate of one's own is used, and pgAdmin served when asked for" serves_own_certificate_and_pgadmin
check "the production stack ends" ends
