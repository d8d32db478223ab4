# What needs no container.
# shellcheck shell=bash disable=SC2016

# are_in FILE PATTERN: whether every name on standard input stands there; @ in the pattern is the name.
are_in() {
    local name missing=0
    while read -r name; do
        grep -qE -- "${2//@/$name}" "$SITE/$1" || { echo "$name is not in $1" && missing=1; }
    done
    return $missing
}
variables_of() { (cd "$SITE" && grep -hoE '\$\{[A-Z_0-9]+' "$@" | tr -d '${' | sort -u); }

every_setting_is_documented() {
    variables_of docker-compose.yml docker-compose.monitoring.yml | are_in .env.example '^#?@='
    { sed -nE 's/^#?([A-Z_0-9]+)=.*/\1/p' "$SITE/.env.example" && variables_of docker-compose.prod.yml; } |
        grep -vE '_(CPUS|MEMORY)$' | are_in DOCKER_SETUP.md '`@`'
}

# What the image itself sets, and what else holds a secret's place under Swarm.
every_setting_reaches_puente() {
    local names
    names=$(docker run --rm puente/puente:latest doctor --settings --json |
        "$PYTHON" -c 'import json, sys; print(*(setting["name"] for setting in json.load(sys.stdin)), sep="\n")' |
        grep -vxE 'HOST|PORT|UPLOADS_DIR')
    [ "$(wc -l <<<"$names")" -gt 40 ]
    are_in docker-compose.yml '^      @:' <<<"$names"
    # Production has no use for these: it never debugs, and its containers keep no files.
    grep -vxE 'DEBUG|LOGS_DIR' <<<"$names" | are_in docker-compose.prod.yml '^      @(_FILE)?:'
}

files_are_valid() {
    (cd "$SITE" && env POSTGRES_PASSWORD=x REDIS_PASSWORD=x PGADMIN_PASSWORD=x ADMIN_PASSWORD=x JWT_SECRET_KEY=x \
        ENCRYPTION_KEY=x GRAFANA_PASSWORD=x \
        docker compose -f docker-compose.yml -f docker-compose.monitoring.yml config --quiet)
    docker run --rm --entrypoint promtool -v "$SITE/docker/prometheus:/etc/prometheus:ro" prom/prometheus:v2.53.5 \
        check config /etc/prometheus/prometheus.yml
}

# ports VARIABLE=VALUE…: what Compose would publish, as ADDRESS:PORT.
ports() {
    (cd "$SITE" && env POSTGRES_PASSWORD=x REDIS_PASSWORD=x PGADMIN_PASSWORD=x ADMIN_PASSWORD=x JWT_SECRET_KEY=x ENCRYPTION_KEY=x \
        "$@" docker compose config --format json) | "$PYTHON" -c 'import json, sys
for service in json.load(sys.stdin)["services"].values():
    for port in service.get("ports", []):
        print(port["host_ip"] + ":" + port["published"])' | sort
}
ports_can_be_chosen() {
    local chosen=(API_PORT=11 POSTGRES_PORT=12 REDIS_PORT=13 PGADMIN_PORT=14)
    ports "${chosen[@]}" | diff <(printf '127.0.0.1:%s\n' 11 12 13 14) -
    ports "${chosen[@]}" API_BIND=0.0.0.0 | diff <(printf '%s\n' 0.0.0.0:11 127.0.0.1:12 127.0.0.1:13 127.0.0.1:14) -
}

workflows_are_valid() { "$PYTHON" -m check_jsonschema --builtin-schema vendor.github-workflows "$SITE"/.github/workflows/*.yml; }

manifests_are_valid() { "$(dirname "$PYTHON")/kubernetes-validate" --strict --quiet "$SITE"/deploy/kubernetes/*.yaml; }

check "both languages have the same headings and commands" "$PYTHON" "$STACK/documents.py" "$SITE"
check "every setting of the files is in .env.example and documented" every_setting_is_documented
check "every setting of Puente can be given to the stack" every_setting_reaches_puente
check "all four ports can be chosen, and the API's address" ports_can_be_chosen
check "workflows are valid" workflows_are_valid
check "Kubernetes manifests are valid" manifests_are_valid
check "Compose and Prometheus accept their files" files_are_valid
