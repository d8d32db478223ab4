#!/usr/bin/env bash
# Licences, bans and sources of every dependency; known vulnerabilities where their database can be fetched.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo deny --locked check licenses bans sources
if timeout 60 cargo deny fetch db >/dev/null 2>&1; then
    cargo deny --locked check advisories
else
    echo "note: the advisory database cannot be reached; vulnerabilities were not checked" >&2
fi
