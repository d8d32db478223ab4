#!/bin/sh
# Inside the image build: leaves of every package its manifest and empty targets, so that dependencies compile alone.
set -eu
find . -name Cargo.toml ! -path ./Cargo.toml | while read -r manifest; do
    package=$(dirname "$manifest")
    main=no
    if [ -e "$package/src/main.rs" ]; then main=yes; fi
    find "$package" -mindepth 1 -maxdepth 1 ! -name Cargo.toml -exec rm -rf {} +
    mkdir "$package/src"
    if [ "$main" = yes ]; then echo 'fn main() {}' >"$package/src/main.rs"; else : >"$package/src/lib.rs"; fi
done
# A folder without a manifest holds only sources.
find crates -mindepth 1 -maxdepth 1 -type d | while read -r folder; do
    [ -e "$folder/Cargo.toml" ] || rm -rf "$folder"
done
