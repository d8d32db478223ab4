# Official clients through the stack, and pgAdmin as a person would use it.
# shellcheck shell=bash disable=SC2016

# One catalog on a database of its own beside Puente's, read by a role that may do nothing else.
prepare_shop() {
    psql_in -d postgres -c 'CREATE DATABASE shop' -c "CREATE ROLE shop_reader LOGIN PASSWORD 'only-reads-the-shop'"
    psql_in -d shop -c "CREATE TABLE goods (id int PRIMARY KEY, name text NOT NULL); INSERT INTO goods VALUES (1, 'bridge'), (2, 'puente')" \
        -c 'GRANT SELECT ON goods TO shop_reader'
    echo 'SOURCE_SHOP_URL=postgresql://shop_reader:only-reads-the-shop@mcp-postgres:5432/shop' >"$SITE/sources.env"
    "$SITE/docker-start.sh"
    compose exec -T api puente apply -f - <"$STACK/shop.yaml"
    compose exec -T api puente key create stack --json >"$SITE/key.json"
}

key() { "$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))["key"])' "$SITE/key.json"; }

call_with_official_client() {
    local answer
    answer=$("$PYTHON" "$ROOT/tests/clients/python/client.py" <<END
{"url": "http://127.0.0.1:$API_PORT/mcp", "headers": {"Authorization": "Bearer $(key)"}, "mode": "$1",
 "steps": [{"method": "tools/call", "params": {"name": "shop_goods", "arguments": {}}}]}
END
    )
    echo "$answer"
    "$PYTHON" -c 'import json, sys; rows = json.loads(sys.argv[1])["answers"][0]["result"]["structuredContent"]["rows"]
assert [row["name"] for row in rows] == ["bridge", "puente"], rows' "$answer"
}

commands_of_the_document() {
    local command
    # Everything in the list that only looks; what starts, stops, follows or restores has checks of its own.
    grep -E '^(docker compose (ps|top|logs|exec)|docker stats|curl)' "$SITE/DOCKER_SETUP.md" |
        grep -vE 'createdb|pg_restore|exec db psql -U mcp_user -d mcp_system$|exec api sh$|apply -f|key create' | sort -u |
        while IFS= read -r command; do
            command=${command//localhost:8000/localhost:$API_PORT}
            echo "\$ $command"
            (cd "$SITE" && bash -c "${command//exec /exec -T }" </dev/null >/dev/null) || return 1
        done
}

check "a catalog on PostgreSQL is applied, a key made" prepare_shop
check "an official client calls a tool (legacy)" call_with_official_client legacy
check "an official client calls a tool (2026-07-28)" call_with_official_client 2026-07-28
check "pgAdmin opens the configured server and runs a query" "$PYTHON" "$STACK/pgadmin.py"
check "the document's commands run" commands_of_the_document
