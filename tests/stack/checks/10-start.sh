# From nothing to four healthy services, twice: without a .env, and with a copied .env.example.
# shellcheck shell=bash disable=SC2016

start_without_env() {
    local start=$SECONDS
    [ ! -e "$SITE/.env" ]
    # From another folder, because people do.
    (cd / && "$SITE/docker-start.sh")
    all_healthy
    figure "start: no .env to four healthy services" "$((SECONDS - start)) s"
}

secrets_are_private() {
    [ "$(stat -c %a "$SITE/.env")" = 600 ]
    local name
    for name in POSTGRES_PASSWORD REDIS_PASSWORD PGADMIN_PASSWORD ADMIN_PASSWORD JWT_SECRET_KEY ENCRYPTION_KEY; do
        # URL-safe, and at least 256 bits.
        [[ $(env_value "$name") =~ ^[A-Za-z0-9_-]{40,}$ ]] || { echo "$name" && return 1; }
    done
    [ "$(grep -E '^[A-Z_]+(PASSWORD|KEY)=' "$SITE/.env" | cut -d= -f2 | sort | uniq -d | wc -l)" = 0 ]
}

second_start_changes_nothing() {
    local before
    before=$(sha256sum "$SITE/.env")
    "$SITE/docker-start.sh"
    [ "$before" = "$(sha256sum "$SITE/.env")" ]
}

reset_erases() {
    psql_in -d mcp_system -c 'CREATE TABLE stack_test (id int)'
    echo x >"$SITE/uploads/stack-test"
    expect_failure "nothing was deleted" "$SITE/docker-reset.sh" <<<"yes"
    psql_in -d mcp_system -c 'TABLE stack_test'
    "$SITE/docker-reset.sh" <<<"puente"
    [ -z "$(docker volume ls --quiet --filter label=com.docker.compose.project=puente)" ]
    [ -z "$(docker ps --all --quiet --filter label=com.docker.compose.project=puente)" ]
    [ ! -e "$SITE/uploads/stack-test" ]
}

start_with_copied_env() {
    local start=$SECONDS
    cp "$SITE/.env.example" "$SITE/.env"
    # One secret of the person's own, one placeholder, and one line that nobody knows.
    sed -i 's/^REDIS_PASSWORD=.*/REDIS_PASSWORD=chosen-by-hand-0123456789/; s/^JWT_SECRET_KEY=.*/JWT_SECRET_KEY=change-me/' "$SITE/.env"
    printf '%s\n' '# a note of mine' 'MY_OWN=a=b c' LOG_LEVEL=debug >>"$SITE/.env"
    "$SITE/docker-start.sh"
    all_healthy
    [ "$(env_value REDIS_PASSWORD)" = chosen-by-hand-0123456789 ]
    [ "$(env_value JWT_SECRET_KEY)" != change-me ]
    # Everything else is as it was.
    diff <(grep -vE '^[A-Z_]+(PASSWORD|KEY)=' "$SITE/.env.example") \
        <(grep -vE '^[A-Z_]+(PASSWORD|KEY)=|^MY_OWN=|^# a note|^LOG_LEVEL=' "$SITE/.env")
    grep -qx 'MY_OWN=a=b c' "$SITE/.env"
    figure "start: copied .env.example to four healthy services" "$((SECONDS - start)) s"
}

extensions_are_there() {
    [ "$(psql_in -d mcp_system -c "SELECT count(*) FROM pg_extension WHERE extname IN ('uuid-ossp', 'pg_trgm', 'btree_gin')")" = 3 ]
}

redis_is_set_up() {
    local setting
    for setting in "maxmemory 536870912" "maxmemory-policy allkeys-lru" "appendonly yes"; do
        compose exec -T redis sh -c "REDISCLI_AUTH=\$REDIS_PASSWORD redis-cli config get ${setting% *}" | contains -x "${setting#* }"
    done
    # Room for a copy of what it holds, while the append-only file is written anew.
    [ "$(docker inspect --format '{{.HostConfig.Memory}}' mcp-redis)" -gt $((2 * 536870912)) ]
}

writes_its_log() {
    local name=stack-test-4711
    curl -sS -o /dev/null -H "X-Request-Id: $name" "http://127.0.0.1:$API_PORT/api/v1/me"
    wait_for 10 sh -c "docker logs mcp-api 2>&1 | grep -F $name"
    wait_for 10 sh -c "cat '$SITE'/logs/* | grep -F $name"
    docker logs mcp-api 2>&1 | grep -F "$name" | tail -n 1 | json_value spans 0 id | contains -x "$name"
    # The checks after this one need not read so much.
    sed -i '/^LOG_LEVEL=/d' "$SITE/.env"
}

names_a_taken_port() {
    "$PYTHON" -c 'import socket, sys, time; s = socket.create_server(("127.0.0.1", int(sys.argv[1]))); time.sleep(600)' "$REDIS_PORT" &
    local squatter=$! status=0
    wait_for 20 bash -c "exec 3<>/dev/tcp/127.0.0.1/$REDIS_PORT"
    expect_failure "port $REDIS_PORT is taken" "$SITE/docker-start.sh" || status=1
    [ -z "$(docker ps --quiet --filter label=com.docker.compose.project=puente)" ] || status=1
    kill "$squatter"
    wait "$squatter" 2>/dev/null || true
    return $status
}

stops() {
    psql_in -d mcp_system -c 'CREATE TABLE stack_test (id int)'
    compose exec -T redis sh -c 'REDISCLI_AUTH=$REDIS_PASSWORD redis-cli set stack-test 7'
    "$SITE/docker-stop.sh"
    [ -z "$(docker ps --quiet --filter label=com.docker.compose.project=puente)" ]
}
data_survive() {
    "$SITE/docker-start.sh"
    psql_in -d mcp_system -c 'TABLE stack_test'
    [ "$(compose exec -T redis sh -c 'REDISCLI_AUTH=$REDIS_PASSWORD redis-cli get stack-test')" = 7 ]
    psql_in -d mcp_system -c 'DROP TABLE stack_test'
}

figure "image: size" "$(($(docker image inspect --format '{{.Size}}' puente/puente:latest) / 1000 / 1000)) MB"
figure "image: layers" "$(docker image inspect --format '{{len .RootFS.Layers}}' puente/puente:latest)"
image_is_small() { [ "$(docker image inspect --format '{{.Size}}' puente/puente:latest)" -le 40000000 ]; }

if [ "$PROFILE" = release ]; then check "the image takes 40 MB at most" image_is_small; fi
check "from no .env to four healthy services" start_without_env
check "secrets are generated, strong, distinct and private" secrets_are_private
check "a second start changes nothing in .env" second_start_changes_nothing
check "reset asks first, then erases" reset_erases
check "from a copied .env.example to four healthy services" start_with_copied_env
check "the database has its extensions" extensions_are_there
check "Redis keeps what it is told, within its memory" redis_is_set_up
check "Puente logs as JSON on its output and into ./logs, with request ids" writes_its_log
check "everything stops" stops
check "a taken port is named before anything starts" names_a_taken_port
check "data survive stop and start" data_survive
