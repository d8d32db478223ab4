# What needs no container.
# shellcheck shell=bash

every_setting_is_documented() {
    local name missing=0
    while read -r name; do
        case $name in *_CPUS | *_MEMORY) continue ;; esac
        grep -qF "\`$name\`" "$SITE/DOCKER_SETUP.md" || { echo "$name is not in DOCKER_SETUP.md" && missing=1; }
    done < <(sed -nE 's/^#?([A-Z_]+)=.*/\1/p' "$SITE/.env.example")
    return $missing
}

files_are_valid() {
    (cd "$SITE" && env POSTGRES_PASSWORD=x REDIS_PASSWORD=x PGADMIN_PASSWORD=x ADMIN_PASSWORD=x JWT_SECRET_KEY=x \
        ENCRYPTION_KEY=x GRAFANA_PASSWORD=x \
        docker compose -f docker-compose.yml -f docker-compose.monitoring.yml config --quiet)
    docker run --rm --entrypoint promtool -v "$SITE/docker/prometheus:/etc/prometheus:ro" prom/prometheus:v2.53.5 \
        check config /etc/prometheus/prometheus.yml
}

workflows_are_valid() { "$PYTHON" -m check_jsonschema --builtin-schema vendor.github-workflows "$SITE"/.github/workflows/*.yml; }

manifests_are_valid() { "$(dirname "$PYTHON")/kubernetes-validate" --strict --quiet "$SITE"/deploy/kubernetes/*.yaml; }

check "both languages have the same headings and commands" "$PYTHON" "$STACK/documents.py" "$SITE"
check "every setting of .env.example is documented" every_setting_is_documented
check "workflows are valid" workflows_are_valid
check "Kubernetes manifests are valid" manifests_are_valid
check "Compose and Prometheus accept their files" files_are_valid
