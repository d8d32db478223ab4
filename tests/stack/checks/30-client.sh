# Official clients through the stack, and pgAdmin as a person would use it.
# shellcheck shell=bash disable=SC2016

call_with_official_client() {
    local answer
    answer=$(call_shop "$API_PORT" "$(cat "$SITE/stack.key")" "$1")
    echo "$answer"
    grep -F "'bridge'" <<<"$answer" | contains -F "'puente'"
}

commands_of_the_document() {
    cp "$STACK/shop.yaml" "$SITE/catalog.yaml"
    # The image that --build builds is then the one that is there.
    printf 'services: {api: {build: {args: {PROFILE: %s}}}}\n' "$PROFILE" >"$SITE/docker-compose.override.yml"
    "$PYTHON" "$STACK/commands.py" DOCKER_SETUP.md "Quick start" Commands Backups
    rm "$SITE/docker-compose.override.yml"
    # The dump and the backup were restored, not only read.
    call_with_official_client 2026-07-28
}

check "a catalog on PostgreSQL is applied, a key made" serve_shop
check "an official client calls a tool (legacy)" call_with_official_client legacy
check "an official client calls a tool (2026-07-28)" call_with_official_client 2026-07-28
check "pgAdmin opens the configured server and runs a query" "$PYTHON" "$STACK/pgadmin.py"
check "the document's quick start and lists of commands run as they stand there" commands_of_the_document
