#!/usr/bin/env bash
# Fails if a committed file that is generated is not fresh.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/prepare-sqlx.sh --check
