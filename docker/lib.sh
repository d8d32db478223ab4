# Shared by docker-start.sh, docker-stop.sh, docker-logs.sh, docker-reset.sh and docker-upgrade.sh; sourced, never run.
# shellcheck shell=bash

# The name in docker-compose.yml.
export PROJECT=puente
readonly SECRETS=(POSTGRES_PASSWORD REDIS_PASSWORD PGADMIN_PASSWORD ADMIN_PASSWORD JWT_SECRET_KEY ENCRYPTION_KEY
    GRAFANA_PASSWORD)

say() { printf '==> %s\n' "$*"; }
fail() {
    printf 'error: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
    exit 1
}

# The comment at the top of the script that was called, as its help.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

need_docker() {
    command -v docker >/dev/null 2>&1 || fail "Docker is not installed" "Install Docker Engine 20.10 or newer with Compose v2."
    docker info >/dev/null 2>&1 || fail "the Docker engine does not answer" \
        "Start it, or let this user use it: sudo usermod -aG docker $(id -un), then sign in again."
    if docker compose version >/dev/null 2>&1; then
        COMPOSE=(docker compose)
    elif docker-compose version --short 2>/dev/null | grep -q '^v\{0,1\}2'; then
        COMPOSE=(docker-compose)
    else
        fail "Compose v2 is not installed" "Install the package docker-compose-plugin."
    fi
}

# Compose with the files in use. Values stand in .env, which Compose reads by itself.
compose() {
    local files=(-f docker-compose.yml)
    if [ "$(setting MONITORING no)" = yes ]; then files+=(-f docker-compose.monitoring.yml); fi
    if [ -e docker-compose.override.yml ]; then files+=(-f docker-compose.override.yml); fi
    "${COMPOSE[@]}" "${files[@]}" "$@"
}

# setting NAME DEFAULT: from the environment, else from .env, as Compose sees it.
setting() {
    local line
    if [ -n "${!1:-}" ]; then
        printf '%s' "${!1}"
        return
    fi
    line=$(grep -E "^$1=." .env 2>/dev/null | tail -n 1) || true
    if [ -n "$line" ]; then printf '%s' "${line#*=}"; else printf '%s' "${2:-}"; fi
}

# put NAME VALUE: sets one line of .env and leaves the others alone. The file is replaced at once, never half written.
put() {
    local draft
    draft=$(umask 077 && mktemp .env.XXXXXX)
    NAME=$1 VALUE=$2 awk '
        index($0, ENVIRON["NAME"] "=") == 1 { if (!done) print ENVIRON["NAME"] "=" ENVIRON["VALUE"]; done = 1; next }
        { print }
        END { if (!done) print ENVIRON["NAME"] "=" ENVIRON["VALUE"] }' .env >"$draft"
    chmod 600 "$draft"
    mv "$draft" .env
}

# 256 random bits in characters that need no escaping in a URL. Two are fixed letters so that no generated value starts
# with a dash.
generate() { printf 'pu%s' "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')"; }

# Empty, or evidently from a template.
is_placeholder() {
    case $(printf '%s' "$1" | tr '[:upper:]' '[:lower:]' | tr -d ' _-') in
        '' | *changeme* | *changethis* | *changein* | *replaceme* | *replacethis* | *placeholder* | *yoursecret* | \
            *yourpassword* | *yourkey* | *supersecret* | '<'*'>' | password | secret) return 0 ;;
    esac
    return 1
}

# Makes .env if there is none, and replaces secrets that are no secrets.
prepare_env() {
    local name made=()
    if [ ! -e .env ]; then
        (umask 077 && cp .env.example .env)
        say "made .env from .env.example"
        # Files that Puente writes then belong to whoever started it.
        if [ "$(id -u)" != 0 ]; then
            put APP_UID "$(id -u)"
            put APP_GID "$(id -g)"
        fi
    fi
    chmod 600 .env
    for name in "${SECRETS[@]}"; do
        if is_placeholder "$(setting "$name")"; then
            put "$name" "$(generate)"
            made+=("$name")
        fi
    done
    [ ${#made[@]} -eq 0 ] || say "generated in .env: ${made[*]}"
}

# Whether a service of this project runs.
is_running() { [ -n "$(compose ps --quiet --status running "$1" 2>/dev/null)" ]; }

# Changes a folder's owner only right after making it.
prepare_folders() {
    local folder owner uid gid
    uid=$(setting APP_UID 1000)
    gid=$(setting APP_GID 1000)
    for folder in uploads logs backups; do
        if [ ! -d "$folder" ]; then
            mkdir "$folder"
            if [ "$(id -u)" = 0 ]; then chown "$uid:$gid" "$folder"; fi
        fi
        # Numeric owner, spelt so that it works without GNU's stat.
        owner=$(find "$folder" -maxdepth 0 -exec ls -nd {} + | awk '{ print $3 }')
        if [ "$owner" != "$uid" ] && [ -z "$(find "$folder" -maxdepth 0 -perm -o+w)" ]; then
            fail "./$folder belongs to user $owner, but Puente runs as $uid and could not write there" \
                "Mend it: sudo chown -R $uid:$gid ./$folder"
        fi
    done
}

# The services that publish ports, their variables and defaults.
published() {
    printf '%s\n' "api API_PORT 8000" "db POSTGRES_PORT 5432" "redis REDIS_PORT 6379" "pgadmin PGADMIN_PORT 5050"
    if [ "$(setting MONITORING no)" = yes ]; then
        printf '%s\n' "prometheus PROMETHEUS_PORT 9090" "grafana GRAFANA_PORT 3000" "alertmanager ALERTMANAGER_PORT 9093"
    fi
}

# Puente answers only under names that it knows, so that no web page reaches it under another.
check_names() {
    case $(setting API_BIND 127.0.0.1) in 127.* | localhost | ::1) return ;; esac
    [ -z "$(setting PUBLIC_URL)$(setting ALLOWED_HOSTS)" ] || return 0
    say "note: API_BIND opens Puente to the network, but it answers to the name localhost only. Put the address that" \
        "clients use into .env: PUBLIC_URL=http://NAME:$(setting API_PORT 8000)"
}

check_ports() {
    local service variable default port
    while read -r service variable default; do
        port=$(setting "$variable" "$default")
        if ! is_running "$service" && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            fail "port $port is taken, so $service cannot use it" \
                "Stop what uses it (sudo ss -ltnp 'sport = :$port' shows it), or put $variable=… into .env."
        fi
    done < <(published)
}

image() { setting PUENTE_IMAGE puente/puente:latest; }

# Starts everything and waits until it is healthy; says what is wrong with whatever is not.
start_services() {
    if compose up --detach --wait --wait-timeout 180 --remove-orphans "$@"; then return 0; fi
    local service
    for service in $(compose ps --all --services 2>/dev/null); do
        [ "$(compose ps --all --format '{{.Health}}' "$service")" = healthy ] || {
            printf '\n--- the last words of %s ---\n' "$service"
            compose logs --no-log-prefix --tail 15 "$service"
        } >&2
    done
    return 1
}
