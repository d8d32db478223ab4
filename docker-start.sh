#!/usr/bin/env bash
# Starts Puente, PostgreSQL, Redis and pgAdmin, waits until they are healthy and prints their addresses.
#
# usage: ./docker-start.sh [--build] [--monitoring | --no-monitoring] [--rotate-passwords]
#
#   --build             builds the image from this folder, instead of using the one that is there or pulling it
#   --monitoring        starts Prometheus and Grafana as well, now and next time; --no-monitoring ends that
#   --rotate-passwords  gives PostgreSQL, Redis, pgAdmin and Grafana new passwords, inside each and in .env
#
# Makes .env on the first run, with generated secrets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=docker/lib.sh
. docker/lib.sh

prepare_image() {
    local image
    image=$(image)
    if [ "$build" = yes ]; then
        say "building $image"
        compose build api
    elif docker image inspect "$image" >/dev/null 2>&1; then
        return
    else
        say "pulling $image"
        if ! compose pull --quiet api 2>/dev/null; then
            say "it cannot be pulled; building it (some minutes, the first time)"
            compose build api
        fi
    fi
}

# The database's volume keeps the password of its first start, whatever .env says later.
check_database_password() {
    # shellcheck disable=SC2016
    local knows='PGPASSWORD=$POSTGRES_PASSWORD psql -h mcp-postgres -U mcp_user -d mcp_system -c "" 2>&1'
    local answer
    if answer=$(compose exec -T db sh -c "$knows"); then return; fi
    case $answer in
        *"password authentication failed"*)
            fail "the database does not know the POSTGRES_PASSWORD of .env" \
                "Its volume keeps the password that it was made with. Either put that one back into .env, or give it" \
                "a new one that both know: ./docker-start.sh --rotate-passwords"
            ;;
        *) fail "the database refuses mcp_user: $answer" ;;
    esac
}

rotate_passwords() {
    local password
    start_services db redis pgadmin || fail "PostgreSQL, Redis and pgAdmin must run to learn new passwords"

    say "rotating POSTGRES_PASSWORD"
    password=$(generate)
    printf "ALTER ROLE mcp_user PASSWORD '%s';\n" "$password" |
        compose exec -T db psql --quiet -v ON_ERROR_STOP=1 -U mcp_user -d mcp_system
    put POSTGRES_PASSWORD "$password"

    say "rotating REDIS_PASSWORD"
    password=$(generate)
    # Redis asks for the old one, which its container still has.
    # shellcheck disable=SC2016
    printf 'CONFIG SET requirepass %s\n' "$password" |
        compose exec -T redis sh -c 'REDISCLI_AUTH=$REDIS_PASSWORD redis-cli' | grep -q OK || fail "Redis refused"
    put REDIS_PASSWORD "$password"

    say "rotating PGADMIN_PASSWORD"
    password=$(generate)
    # shellcheck disable=SC2016
    printf '%s\n' "$password" | compose exec -T pgadmin sh -c \
        'read -r new && cd /pgadmin4 && /venv/bin/python3 setup.py update-user --password "$new" --admin "$PGADMIN_DEFAULT_EMAIL"' >/dev/null
    put PGADMIN_PASSWORD "$password"

    if is_running grafana; then
        say "rotating GRAFANA_PASSWORD"
        password=$(generate)
        # shellcheck disable=SC2016
        printf '%s\n' "$password" | compose exec -T grafana grafana cli admin reset-admin-password --password-from-stdin >/dev/null
        put GRAFANA_PASSWORD "$password"
    fi
    say "starting what uses them again"
}

print_addresses() {
    local base=http://localhost
    cat <<END

Puente is ready.
  MCP       $(setting PUBLIC_URL "$base:$(setting API_PORT 8000)")/mcp
  REST API  $base:$(setting API_PORT 8000)/docs
            sign in as $(setting ADMIN_EMAIL admin@localhost), ADMIN_PASSWORD in .env
  pgAdmin   $base:$(setting PGADMIN_PORT 5050)
            sign in as $(setting PGADMIN_EMAIL admin@example.com), PGADMIN_PASSWORD in .env
  PostgreSQL  localhost:$(setting POSTGRES_PORT 5432), database mcp_system, user mcp_user
  Redis       localhost:$(setting REDIS_PORT 6379)
END
    if [ "$(setting MONITORING no)" = yes ]; then
        cat <<END
  Grafana     $base:$(setting GRAFANA_PORT 3000)  sign in as admin, GRAFANA_PASSWORD in .env
  Prometheus  $base:$(setting PROMETHEUS_PORT 9090)
END
    fi
    printf '\n%s\n' "Logs: ./docker-logs.sh   Stop: ./docker-stop.sh   Help: DOCKER_SETUP.md"
}

build=no rotate=no monitoring=
for argument in "$@"; do
    case $argument in
        --build) build=yes ;;
        --rotate-passwords) rotate=yes ;;
        --monitoring) monitoring=yes ;;
        --no-monitoring) monitoring=no ;;
        -h | --help) usage && exit ;;
        *) fail "unknown option '$argument'" "See ./docker-start.sh --help." ;;
    esac
done

need_docker
prepare_env
[ -z "$monitoring" ] || put MONITORING "$monitoring"
check_names
prepare_folders
check_ports
prepare_image
[ "$rotate" = no ] || rotate_passwords
say "starting"
start_services db redis || fail "PostgreSQL or Redis did not become healthy"
check_database_password
start_services || fail "not every service became healthy; its last words stand above"
print_addresses
