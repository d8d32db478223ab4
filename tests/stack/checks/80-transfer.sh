# From a laptop's data folder into the stack, and back.
# shellcheck shell=bash

LAPTOP=$SITE/laptop

# puente on the laptop: the same image, a folder of its own, SQLite, generated keys.
laptop() {
    docker run --rm --interactive --user 1000:1000 --volume "$LAPTOP:/data" --env DATA_DIR=/data --env DATABASE_URL= \
        --env ENVIRONMENT=development puente/puente:latest "$@"
}

makes_a_laptop() {
    mkdir "$LAPTOP"
    chown 1000:1000 "$LAPTOP"
    echo 'a secret of the laptop' | laptop secret set laptop_secret
    laptop team create laptop-team
    laptop key create laptop-key --json | "$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)["key"])' >"$SITE/laptop.key"
}

refuses_a_folder_without_data() {
    expect_failure "there is no nowhere/puente.db" "$SITE/scripts/migrate_sqlite_to_postgres.sh" nowhere
}

# The stack has been used by the checks before this one, so it starts anew.
moves_into_the_stack() {
    (cd "$SITE" && docker compose down --volumes >/dev/null 2>&1)
    "$SITE/docker-start.sh"
    (cd "$SITE" && sha256sum "$LAPTOP/puente.db") >"$SITE/laptop.sum"
    (cd "$SITE" && ./scripts/migrate_sqlite_to_postgres.sh laptop)
    sha256sum --check --quiet "$SITE/laptop.sum"
}

serves_the_laptops_keys_and_secrets() {
    curl -fsS -H "Authorization: Bearer $(cat "$SITE/laptop.key")" "http://127.0.0.1:$API_PORT/api/v1/me" | contains laptop-key
    compose exec -T api puente secret list --json | contains '"readable": true'
    compose exec -T api puente team list | contains laptop-team
    env_value ENCRYPTION_KEY | contains ','
    find "$SITE/backups" -name 'before-migration-*.backup' | contains backup
}

moves_back() {
    compose exec -T api puente team create since-then
    (cd "$SITE" && ./scripts/migrate_sqlite_to_postgres.sh --back laptop)
    laptop team list | contains since-then
    laptop secret list --json | contains '"readable": true'
}

check "a laptop's data folder is made" makes_a_laptop
check "a folder without data is refused" refuses_a_folder_without_data
check "everything moves into the stack, the folder stays as it is" moves_into_the_stack
check "the stack serves the laptop's keys and secrets" serves_the_laptops_keys_and_secrets
check "everything moves back, with what was written since" moves_back
