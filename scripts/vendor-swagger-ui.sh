#!/bin/sh
# Fetches Swagger UI from npm into crates/api/assets. Usage: scripts/vendor-swagger-ui.sh [VERSION]
set -eu
version=${1:-5.35.0}
assets=$(cd "$(dirname "$0")/../crates/api/assets" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent "swagger-ui-dist@$version" >/dev/null
tar xzf "swagger-ui-dist-$version.tgz"
gzip -9nc package/swagger-ui-bundle.js >"$assets/swagger-ui-bundle.js.gz"
gzip -9nc package/swagger-ui.css >"$assets/swagger-ui.css.gz"
cp package/LICENSE "$assets/LICENSE.swagger-ui"
cp package/NOTICE "$assets/NOTICE.swagger-ui"
cp package/swagger-ui-bundle.js.LICENSE.txt "$assets/"
