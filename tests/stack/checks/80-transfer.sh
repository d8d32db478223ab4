# From a laptop's data folder into the stack, and back.
# shellcheck shell=bash

LAPTOP=$SITE/laptop
LAPTOP_ADMIN=the-password-of-the-laptop

# laptop COMMAND…: puente on the laptop: the same image, a folder of its own, SQLite, generated keys.
laptop() { laptop_with --rm -- "$@"; }
# laptop_with OPTION… -- COMMAND…
laptop_with() {
    local options=()
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    shift
    docker run --interactive --user 1000:1000 --network mcp-network --volume "$LAPTOP:/data" --env DATA_DIR=/data \
        --env DATABASE_URL= --env UPLOADS_DIR=/data/uploads --env ENVIRONMENT=development --env "ADMIN_PASSWORD=$LAPTOP_ADMIN" \
        --env "PUBLIC_URL=http://localhost:$API_PORT" "${options[@]}" puente/puente:latest "$@"
}

# The stack has been used by the checks before this one, so it starts on an empty database.
starts_anew() {
    (cd "$SITE" && docker compose down && docker volume rm puente_postgres_data)
    "$SITE/docker-start.sh"
    make_shop
}

makes_a_laptop() {
    install -d -o 1000 -g 1000 "$LAPTOP" "$LAPTOP/uploads" "$LAPTOP/uploads/ab"
    echo 'an uploaded file' | install -o 1000 -g 1000 /dev/stdin "$LAPTOP/uploads/ab/abcdef"
    echo 'postgresql://shop_reader:only-reads-the-shop@mcp-postgres:5432/shop' | laptop secret set shop.url
    # shellcheck disable=SC2016
    sed 's/${env:SOURCE_SHOP_URL}/${secret:shop.url}/' "$STACK/shop.yaml" | laptop apply -f -
    laptop team create laptop-team
    laptop key create laptop-key --json | json_value key >"$SITE/laptop.key"
}

# api PORT PATH [CURL-OPTION…]
api() { curl -fsS "http://127.0.0.1:$1/api/v1/$2" -H 'Content-Type: application/json' "${@:3}"; }
sign_in() { api "$1" auth/token -d "{\"email\": \"admin@localhost\", \"password\": \"$LAPTOP_ADMIN\"}"; }

# A call and a sign-in before the move: what they gave must go on.
uses_the_laptop() {
    local port
    laptop_with --detach --name stack-laptop --publish 127.0.0.1::8000 -- serve
    port=$(docker port stack-laptop 8000 | sed 's/.*://')
    wait_for 60 curl -fsS "http://127.0.0.1:$port/health/ready"
    sign_in "$port" >"$SITE/session.json"
    call_shop "$port" "$(cat "$SITE/laptop.key")" legacy >"$SITE/answer-legacy"
    call_shop "$port" "$(cat "$SITE/laptop.key")" 2026-07-28 >"$SITE/answer-2026-07-28"
    contains puente <"$SITE/answer-legacy"
    docker stop stack-laptop
    docker rm stack-laptop
}

refuses_a_folder_without_data() {
    expect_failure "there is no nowhere/puente.db" "$SITE/scripts/migrate_sqlite_to_postgres.sh" nowhere
}

moves_into_the_stack() {
    sha256sum "$LAPTOP/puente.db" >"$SITE/laptop.sum"
    (cd "$SITE" && ./scripts/migrate_sqlite_to_postgres.sh laptop)
    sha256sum --check --quiet "$SITE/laptop.sum"
    find "$SITE/backups" -name 'before-migration-*.backup' | contains backup
    cmp "$LAPTOP/uploads/ab/abcdef" "$SITE/uploads/ab/abcdef"
}

# has_both NAME FILE: the stack's own key first, then the laptop's.
has_both() {
    [ "$(env_value "$1" | tr ',' '\n' | wc -l)" = 2 ]
    [ "$(env_value "$1" | cut -d , -f 2)" = "$(cat "$LAPTOP/keys/$2")" ]
    [ "$(env_value "$1" | cut -d , -f 1)" != "$(cat "$LAPTOP/keys/$2")" ]
}
has_keys_of_its_own() {
    has_both ENCRYPTION_KEY encryption.key
    has_both JWT_SECRET_KEY jwt.key
}

# With the laptop's key; the source's address is one of the laptop's secrets.
answers_the_same_calls() {
    local era
    for era in legacy 2026-07-28; do
        call_shop "$API_PORT" "$(cat "$SITE/laptop.key")" "$era" | diff "$SITE/answer-$era" -
    done
    compose exec -T api puente team list | contains laptop-team
    compose exec -T api puente secret list --json | contains '"readable": true'
}

nobody_signs_in_again() {
    local access refresh
    access=$(json_value access_token <"$SITE/session.json")
    refresh=$(json_value refresh_token <"$SITE/session.json")
    api "$API_PORT" me -H "Authorization: Bearer $access" | contains admin@localhost
    access=$(api "$API_PORT" auth/refresh -d "{\"refresh_token\": \"$refresh\"}" | json_value access_token)
    api "$API_PORT" me -H "Authorization: Bearer $access" | contains admin@localhost
    # Whoever does sign in uses the laptop's password, not the stack's.
    sign_in "$API_PORT" | contains access_token
    expect_failure 401 api "$API_PORT" auth/token -d "{\"email\": \"admin@localhost\", \"password\": \"$(env_value ADMIN_PASSWORD)\"}"
}

moves_back() {
    compose exec -T api puente team create since-then
    (cd "$SITE" && ./scripts/migrate_sqlite_to_postgres.sh --back laptop)
    laptop team list | contains since-then
    laptop secret list --json | contains '"readable": true'
}

check "the stack starts anew" starts_anew
check "a laptop's data folder is made" makes_a_laptop
check "the laptop serves calls and a sign-in" uses_the_laptop
check "a folder without data is refused" refuses_a_folder_without_data
check "everything moves into the stack, the folder stays as it is" moves_into_the_stack
check "the stack keeps its own keys, and the laptop's behind them" has_keys_of_its_own
check "the stack answers the same calls, with the laptop's key and secret" answers_the_same_calls
check "nobody signs in again" nobody_signs_in_again
check "everything moves back, with what was written since" moves_back
