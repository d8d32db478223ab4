# What a change of one file costs.
# shellcheck shell=bash

changes_one_file() {
    local file=$SITE/crates/api/src/openapi.rs start=$SECONDS took first
    sed -i 's/The REST API of Puente/The changed API of Puente/' "$file"
    (cd "$SITE" && docker buildx build --load --tag puente/puente:rebuilt --build-arg "PROFILE=$PROFILE" --progress plain . >"$CACHE/rebuild.log" 2>&1) ||
        { tail -40 "$CACHE/rebuild.log" && return 1; }
    took=$((SECONDS - start))
    figure "image: build after a change of one file" "$took s"
    docker run --rm puente/puente:rebuilt openapi | contains 'The changed API of Puente'
    docker image rm puente/puente:rebuilt
    sed -i 's/The changed API of Puente/The REST API of Puente/' "$file"
    first=$(sed -n 's/^image: first build *\([0-9]*\) s$/\1/p' "$FIGURES")
    [ $((took * 5)) -lt "$first" ] || { echo "$took s, and the first build took $first s" && return 1; }
}

check "a change of one file builds in a fifth of the time" changes_one_file
