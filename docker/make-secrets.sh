#!/usr/bin/env bash
# Makes the secrets of docker-compose.prod.yml in ./secrets, one a file. Files that exist stay as they are. What .env
# has is taken over: a stack named puente goes on with the volumes of docker-compose.yml, and they know those passwords.
#
# usage: ./docker/make-secrets.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=docker/lib.sh
. docker/lib.sh

case ${1:-} in
    '') ;;
    -h | --help) usage && exit ;;
    *) fail "unknown option '$1'" "See ./docker/make-secrets.sh --help." ;;
esac

# write NAME VALUE, unless it is there
write() {
    if [ ! -s "secrets/$1" ]; then printf '%s' "$2" >"secrets/$1"; fi
}

umask 077
mkdir -p secrets certs
for name in postgres_password redis_password pgadmin_password admin_password jwt_secret_key encryption_key \
    backup_passphrase; do
    value=$(setting "${name^^}")
    if is_placeholder "$value"; then value=$(generate); fi
    write "$name" "$value"
done
write database_url "postgresql://mcp_user:$(cat secrets/postgres_password)@mcp-postgres:5432/mcp_system"
write redis_url "redis://:$(cat secrets/redis_password)@mcp-redis:6379/0"
# Only a bucket for backups asks for it, and nobody but its owner can make it. An empty one, Swarm would not take.
write backup_s3_secret_access_key "$(setting BACKUP_S3_SECRET_ACCESS_KEY none)"
say "the secrets are in ./secrets; keep copies of encryption_key and backup_passphrase elsewhere"
