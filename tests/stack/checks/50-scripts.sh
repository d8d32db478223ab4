# What the scripts do when something is wrong.
# shellcheck shell=bash

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
    # The backup that was made before is one.
    local backup
    backup=$(find "$SITE/backups" -name 'before-upgrade-*.backup' | sort | tail -n 1)
    compose exec -T api puente backup verify "/app/backups/$(basename "$backup")"
    sed -i 's#^PUENTE_IMAGE=.*#PUENTE_IMAGE=puente/puente:latest#' "$SITE/.env"
}

logs_of_one_service() {
    "$SITE/docker-logs.sh" mcp-postgres --no-follow | grep 'ready to accept connections'
    "$SITE/docker-logs.sh" --no-follow | grep mcp-redis
}

# Where Compose is a command of its own.
works_with_the_other_spelling() {
    mkdir -p "$SITE/bin"
    ln -sf "$(docker info --format '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}')" "$SITE/bin/docker-compose"
    (cd "$SITE" && PATH=$SITE/bin:$PATH docker-compose ps) | contains mcp-api
    PATH=$SITE/bin:$PATH DOCKER_CONFIG=$SITE/bin "$SITE/docker-logs.sh" --no-follow api | contains mcp-api
}

refuses_nonsense() {
    local script
    for script in docker-start.sh docker-stop.sh docker-reset.sh docker/make-secrets.sh; do
        expect_failure "unknown option" "$SITE/$script" --nonsense
        "$SITE/$script" --help | contains "usage: ./$script"
    done
    expect_failure "nothing was changed" "$SITE/docker-upgrade.sh" no-such-version
}

lints() { (cd "$SITE" && shellcheck -x docker-*.sh docker/*.sh tests/stack/*.sh tests/stack/checks/*.sh tests/stack/standins/*/*.sh scripts/*.sh); }

check "scripts pass shellcheck" lints
check "scripts refuse what they do not know" refuses_nonsense
check "logs of one service and of all" logs_of_one_service
check "docker-compose works, too" works_with_the_other_spelling
check "a folder that is not writable is named, and an open address" names_an_unwritable_folder
check "an upgrade works, and goes back" upgrade_and_back
check "an upgrade to an image that ends returns" upgrade_returns_from ends "exit 1"
check "an upgrade to an image that never answers returns" upgrade_returns_from hangs "sleep 600"
