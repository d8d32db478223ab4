#!/usr/bin/env bash
# Serves the sample: `scripts/run.sh COMMAND…`, where COMMAND is how puente is started. Data go to DATA_DIR.
# The first run makes the sample ERP and applies its catalog; later runs go on with what is there.
set -euo pipefail
cd "$(dirname "$0")/.."

puente=("$@")
data=$(realpath --canonicalize-missing "${DATA_DIR:-data}")
erp=$data/erp.sqlite
export DATA_DIR=$data SOURCE_ERP_URL=${SOURCE_ERP_URL:-sqlite:$erp}

mkdir -p "$data"
if [ ! -e "$erp" ]; then
    "${puente[@]}" demo-data "$erp"
    "${puente[@]}" apply -f examples/expenses/catalog.yaml
fi
exec "${puente[@]}" serve
