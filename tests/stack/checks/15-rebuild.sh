# What a change of one file costs. In the middle of the packages where that is measured, else in the last, which is quick.
# shellcheck shell=bash

if [ "$PROFILE" = release ]; then
    CHANGED=crates/api/src/openapi.rs TEXT='The REST API of Puente' COMMAND=openapi COMPILED="puente-api puente-app puente-cli"
else
    CHANGED=crates/cli/src/commands/doctor.rs TEXT='List the settings instead' COMMAND='doctor --help' COMPILED=puente-cli
fi

# Another one in every run, so that no cache knows it.
MARK="changed $RANDOM$RANDOM:"

# Built beside an .env that holds them.
holds_no_secret() {
    local name id
    id=$(docker create "$1")
    docker export "$id" >"$SITE/image.tar"
    docker rm "$id"
    for name in POSTGRES_PASSWORD ADMIN_PASSWORD JWT_SECRET_KEY ENCRYPTION_KEY; do
        if grep -qaF -- "$(env_value "$name")" "$SITE/image.tar"; then echo "$name is in the image" && return 1; fi
    done
    # What must be found is found.
    grep -qaF "$MARK $TEXT" "$SITE/image.tar"
    rm "$SITE/image.tar"
}

changes_one_file() {
    local file=$SITE/$CHANGED start=$SECONDS took
    sed -i "s/$TEXT/$MARK $TEXT/" "$file"
    (cd "$SITE" && docker buildx build --load --tag puente/puente:rebuilt --build-arg "PROFILE=$PROFILE" --progress plain . >"$CACHE/rebuild.log" 2>&1) ||
        { tail -40 "$CACHE/rebuild.log" && return 1; }
    took=$((SECONDS - start))
    figure "image: build after a change of one file" "$took s"
    # shellcheck disable=SC2086
    docker run --rm puente/puente:rebuilt $COMMAND | contains -F "$MARK $TEXT"
    holds_no_secret puente/puente:rebuilt
    docker image rm puente/puente:rebuilt
    sed -i "s/$MARK $TEXT/$TEXT/" "$file"
}

# Its package, and those that stand on it.
compiles_only_what_changed() {
    local compiled
    compiled=$(sed -n 's/.* Compiling \([^ ]*\) .*/\1/p' "$CACHE/rebuild.log" | sort | paste -sd ' ')
    [ "$compiled" = "$COMPILED" ] || { echo "compiled: $compiled" && return 1; }
}

takes_a_fifth() {
    local first
    first=$(cat "$CACHE/first-build-$PROFILE")
    [ $((REBUILD * 5)) -lt "$first" ] || { echo "$REBUILD s, and the first build took $first s" && return 1; }
}

check "a change of one file is built" changes_one_file
REBUILD=$(sed -n 's/^image: build after a change of one file *\([0-9]*\) s$/\1/p' "$FIGURES")
check "and compiles nothing that does not stand on it" compiles_only_what_changed
# Without optimisation, dependencies compile too quickly for that.
if [ "$PROFILE" = release ]; then check "and takes a fifth of the first build" takes_a_fifth; fi
