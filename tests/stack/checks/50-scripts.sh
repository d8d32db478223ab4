# What the scripts do when something is wrong.
# shellcheck shell=bash

names_a_taken_port() {
    "$SITE/docker-stop.sh"
    "$PYTHON" -c 'import socket, sys, time; s = socket.create_server(("127.0.0.1", int(sys.argv[1]))); time.sleep(600)' "$REDIS_PORT" &
    local squatter=$! status=0
    wait_for 20 bash -c "exec 3<>/dev/tcp/127.0.0.1/$REDIS_PORT"
    expect_failure "port $REDIS_PORT is taken" "$SITE/docker-start.sh" || status=1
    [ -z "$(docker ps --quiet --filter label=com.docker.compose.project=puente)" ] || status=1
    kill "$squatter"
    wait "$squatter" 2>/dev/null || true
    "$SITE/docker-start.sh"
    return $status
}

names_an_unwritable_folder() {
    chown 4321:4321 "$SITE/uploads"
    local status=0 usual open
    usual=$(expect_failure "sudo chown -R 1000:1000 ./uploads" "$SITE/docker-start.sh") || status=1
    # An address that is opened without a name for it is told as well, and only then.
    open=$(API_BIND=0.0.0.0 expect_failure "sudo chown" "$SITE/docker-start.sh") || status=1
    if contains PUBLIC_URL= <<<"$usual" || ! contains PUBLIC_URL= <<<"$open"; then status=1; fi
    chown 1000:1000 "$SITE/uploads"
    return $status
}

explains_a_wrong_password() {
    sed -i 's/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=this-is-not-the-right-one-0123/' "$SITE/.env"
    expect_failure "./docker-start.sh --rotate-passwords" "$SITE/docker-start.sh"
}

# Whatever the check before left in .env.
rotation_mends_it() {
    local before after old
    before=$(grep -E '^(REDIS|PGADMIN)_PASSWORD=' "$SITE/.env")
    "$SITE/docker-start.sh" --rotate-passwords
    all_healthy
    after=$(grep -E '^(POSTGRES|REDIS|PGADMIN)_PASSWORD=' "$SITE/.env")
    [ "$(printf '%s\n%s\n' "$before" "$after" | sort | uniq -d | wc -l)" = 0 ]
    [ "$(env_value POSTGRES_PASSWORD)" != this-is-not-the-right-one-0123 ]
    # Inside, too: the old ones are refused.
    expect_failure "password authentication failed" compose exec -T -e "PGPASSWORD=$OLD_POSTGRES_PASSWORD" db psql -h mcp-postgres -U mcp_user -d mcp_system -c ''
    old=$(sed -n 's/^REDIS_PASSWORD=//p' <<<"$before")
    { compose exec -T -e "REDISCLI_AUTH=$old" redis redis-cli ping 2>&1 || true; } | contains -E 'WRONGPASS|NOAUTH'
    "$PYTHON" "$STACK/pgadmin.py"
}

# An image that starts and never becomes healthy, and one that ends at once.
broken_image() {
    docker buildx build --quiet --load --tag "$1" - >/dev/null <<END
FROM puente/puente:latest
ENTRYPOINT ["sh", "-c", "$2"]
END
}

upgrade_returns_from() {
    broken_image "puente/puente:broken-$1" "$2"
    local before
    before=$(docker inspect --format '{{.Image}}' mcp-api)
    API_START_PERIOD=5s expect_failure "serves again" "$SITE/docker-upgrade.sh" "broken-$1"
    has_health mcp-api healthy
    [ "$(docker inspect --format '{{.Image}}' mcp-api)" = "$before" ]
}

upgrade_and_back() {
    docker buildx build --quiet --load --tag puente/puente:next - >/dev/null <<<$'FROM puente/puente:latest\nLABEL stack-test=next'
    local before
    before=$(docker inspect --format '{{.Image}}' mcp-api)
    "$SITE/docker-upgrade.sh" next
    has_health mcp-api healthy
    [ "$(docker inspect --format '{{index .Config.Labels "stack-test"}}' mcp-api)" = next ]
    "$SITE/docker-upgrade.sh" --back
    has_health mcp-api healthy
    [ "$(docker inspect --format '{{.Image}}' mcp-api)" = "$before" ]
    # The dump that was made before is one.
    local dump
    dump=$(find "$SITE/backups" -name '*.dump' | sort | tail -n 1)
    compose exec -T db pg_restore --list <"$dump" | contains 'DATABASE mcp_system\|EXTENSION - pg_trgm'
    sed -i 's#^PUENTE_IMAGE=.*#PUENTE_IMAGE=puente/puente:latest#' "$SITE/.env"
}

logs_of_one_service() {
    "$SITE/docker-logs.sh" mcp-postgres --no-follow | grep 'ready to accept connections'
    "$SITE/docker-logs.sh" --no-follow | grep mcp-redis
}

refuses_nonsense() {
    local script
    for script in docker-start.sh docker-stop.sh docker-reset.sh docker/make-secrets.sh; do
        expect_failure "unknown option" "$SITE/$script" --nonsense
        "$SITE/$script" --help | contains "usage: ./$script"
    done
    expect_failure "nothing was changed" "$SITE/docker-upgrade.sh" no-such-version
}

lints() { (cd "$SITE" && shellcheck -x docker-*.sh docker/*.sh tests/stack/*.sh tests/stack/checks/*.sh tests/stack/standins/*/*.sh); }

check "scripts pass shellcheck" lints
check "scripts refuse what they do not know" refuses_nonsense
check "logs of one service and of all" logs_of_one_service
check "a taken port is named before anything starts" names_a_taken_port
check "a folder that is not writable is named, and an open address" names_an_unwritable_folder
OLD_POSTGRES_PASSWORD=$(env_value POSTGRES_PASSWORD)
check "a wrong password in .env is explained" explains_a_wrong_password
check "rotating passwords mends it, and changes every one, inside too" rotation_mends_it
check "an upgrade works, and goes back" upgrade_and_back
check "an upgrade to an image that ends returns" upgrade_returns_from ends "exit 1"
check "an upgrade to an image that never answers returns" upgrade_returns_from hangs "sleep 600"
