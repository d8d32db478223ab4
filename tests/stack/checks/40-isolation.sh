# Users, read-only roots, ports and networks.
# shellcheck shell=bash

runs_as() {
    local uid
    uid=$(docker exec "$1" sh -c 'id -u')
    [ "$uid" = "$2" ] || { echo "$1 runs as $uid" && return 1; }
    # Not only the shell that asked: every process of the container.
    docker top "$1" -eo pid,uid | awk -v uid="$2" 'NR > 1 && $2 != uid { print "a process of user " $2; bad = 1 } END { exit bad }'
}

root_is_read_only() {
    [ "$(docker inspect --format '{{.HostConfig.ReadonlyRootfs}}' "$1")" = true ]
    if docker exec --user 0 "$1" sh -c ': >/stack-test' 2>/dev/null; then return 1; fi
}

has_no_privileges() {
    local name capabilities
    for name in mcp-api mcp-postgres mcp-redis mcp-pgadmin; do
        docker inspect --format '{{.HostConfig.SecurityOpt}}' "$name" | contains no-new-privileges
        docker inspect --format '{{.HostConfig.CapDrop}}' "$name" | contains ALL
        capabilities=$(docker exec "$name" sh -c 'grep CapEff /proc/self/status' | awk '{ print $2 }')
        [ "$capabilities" = 0000000000000000 ] || { echo "$name: $capabilities" && return 1; }
    done
}

only_wanted_ports() {
    local wanted found
    wanted=$(printf '127.0.0.1:%s\n' "$API_PORT" "$POSTGRES_PORT" "$REDIS_PORT" "$PGADMIN_PORT" | sort)
    # shellcheck disable=SC2046
    found=$(docker inspect --format '{{range .NetworkSettings.Ports}}{{range .}}{{.HostIp}}:{{.HostPort}}{{println}}{{end}}{{end}}' \
        $(docker ps --quiet --filter label=com.docker.compose.project=puente) | grep . | sort)
    diff <(echo "$wanted") <(echo "$found")
}

# can_connect CONTAINER HOST PORT, from inside a container of our image.
can_connect() { docker exec "$1" nc -w 3 "$2" "$3" -e true; }

reach_each_other() {
    can_connect mcp-api mcp-postgres 5432
    can_connect mcp-api db 5432
    can_connect mcp-api mcp-redis 6379
    can_connect mcp-api redis 6379
    can_connect mcp-api mcp-pgadmin 5050
    compose exec -T db pg_isready --quiet --host=mcp-postgres
}

# Under its names, and under no other.
answers_to_its_names() {
    local status
    docker exec mcp-api wget -q -O /dev/null http://mcp-api:8000/openapi.json
    docker exec mcp-api wget -q -O /dev/null http://api:8000/openapi.json
    status=$(curl -s -o /dev/null -w '%{http_code}' -H 'Host: elsewhere.example' "http://127.0.0.1:$API_PORT/openapi.json")
    [ "$status" = 403 ] || { echo "under a foreign name: $status" && return 1; }
}

# From a container that is on the same machine, but not on the network.
outside_cannot_reach() {
    local address name port status=0
    docker run --rm --detach --name stack-outside puente/puente:latest sh -c 'nc -lk -p 7000 -e true'
    for name in mcp-postgres:5432 mcp-redis:6379; do
        port=${name#*:}
        address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "${name%:*}")
        # The same question works from inside, so that a "no" means something.
        can_connect mcp-api "$address" "$port" || status=1
        if can_connect stack-outside "$address" "$port"; then status=1; fi
    done
    docker rm --force stack-outside
    return $status
}

needs_passwords() {
    # The database's own network address, where no `trust` applies.
    expect_failure "password authentication failed" compose exec -T -e PGPASSWORD=wrong db psql -h mcp-postgres -U mcp_user -d mcp_system -c ''
    compose exec -T redis redis-cli ping | contains NOAUTH
}

logs_and_layers_hold_no_secret() {
    local name
    # An agent's key, made by whoever.
    if compose logs 2>&1 | contains -E 'pk_[A-Za-z0-9]{8}'; then echo "a key is in the logs" && return 1; fi
    for name in POSTGRES_PASSWORD REDIS_PASSWORD PGADMIN_PASSWORD ADMIN_PASSWORD JWT_SECRET_KEY ENCRYPTION_KEY; do
        if compose logs 2>&1 | contains -F -- "$(env_value "$name")"; then echo "$name is in the logs" && return 1; fi
        if docker history --no-trunc puente/puente:latest | contains -F -- "$(env_value "$name")"; then return 1; fi
    done
}

limits_are_set() {
    local name
    for name in mcp-api mcp-postgres mcp-redis mcp-pgadmin; do
        [ "$(docker inspect --format '{{.HostConfig.Memory}}' "$name")" -gt 0 ]
        [ "$(docker inspect --format '{{.HostConfig.NanoCpus}}' "$name")" -gt 0 ]
        [ "$(docker inspect --format '{{index .HostConfig.LogConfig.Config "max-size"}}' "$name")" = 10m ]
        [ "$(docker inspect --format '{{.HostConfig.RestartPolicy.Name}}' "$name")" = unless-stopped ]
    done
}

# The image on its own, without Compose's `user`.
image_is_not_root() { [ "$(docker run --rm puente/puente:latest sh -c 'id -u; id -un')" = $'1000\nappuser' ]; }

image_says_what_it_is() {
    local label
    for label in title description licenses source version revision; do
        docker inspect --format "{{index .Config.Labels \"org.opencontainers.image.$label\"}}" puente/puente:latest | contains .
    done
    [ "$(docker inspect --format '{{.Config.Healthcheck.Test}}' puente/puente:latest)" = "[CMD puente healthcheck]" ]
    # On its own as well, with its embedded database.
    docker run --detach --name stack-alone --read-only --tmpfs /app/data:uid=1000 --env ENVIRONMENT=development puente/puente:latest
    wait_for 60 has_health stack-alone healthy
    docker rm --force stack-alone
}

image_takes_other_ids() {
    (cd "$SITE" && docker buildx build --quiet --load --tag puente/puente:ids --build-arg "PROFILE=$PROFILE" \
        --build-arg APP_UID=4242 --build-arg APP_GID=4343 .)
    [ "$(docker run --rm puente/puente:ids sh -c 'id -u; id -g; id -un; stat -c %u:%g /app/data')" = $'4242\n4343\nappuser\n4242:4343' ]
    docker image rm puente/puente:ids
}

can_write_its_folders() {
    local folder
    for folder in uploads logs backups; do
        docker exec mcp-api sh -c ": >/app/$folder/stack-test"
        rm "$SITE/$folder/stack-test"
    done
}

# Started without the script that would have said so before.
names_an_unwritable_folder() {
    mkdir "$SITE/closed"
    expect_failure "sudo chown -R 1000:1000 ./uploads" docker run --rm --volume "$SITE/closed:/app/uploads" puente/puente:latest
    rmdir "$SITE/closed"
}

check "mcp-api runs as appuser" runs_as mcp-api 1000
check "mcp-postgres runs as postgres" runs_as mcp-postgres 70
check "mcp-redis runs as redis" runs_as mcp-redis 999
check "mcp-pgadmin runs as pgadmin" runs_as mcp-pgadmin 5050
check "the image alone runs as appuser" image_is_not_root
check "the image has labels and a health check of its own" image_says_what_it_is
check "the image takes other ids" image_takes_other_ids
check "Puente can write uploads, logs and backups" can_write_its_folders
check "a folder that Puente cannot write is named by the container" names_an_unwritable_folder
for name in mcp-api mcp-postgres mcp-redis; do check "$name has a read-only root" root_is_read_only "$name"; done
check "no capabilities and no new privileges" has_no_privileges
check "limits, log rotation and restart policies are set" limits_are_set
check "only the wanted ports are open, on loopback only" only_wanted_ports
check "services reach each other by name" reach_each_other
check "Puente answers under its names only" answers_to_its_names
check "the outside cannot reach the databases" outside_cannot_reach
check "PostgreSQL and Redis refuse without a password" needs_passwords
check "no secret in logs and layers" logs_and_layers_hold_no_secret
