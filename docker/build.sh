#!/bin/sh
# Inside the image build: compiles Puente for the machine that builds, and puts the binary at one known place. PROFILE
# is Cargo's profile.
#
# usage: build-puente dependencies   leaves what was compiled in /dependencies
#        build-puente                goes on from there, or from what the last build left in ./target, a cache
#
# Cargo goes by the times of files, which say nothing in an image build. So every file is made old, and then those of
# packages that changed since the last build are made new: by their content, which the cache remembers.
set -eu

compile() {
    target=$(rustc -vV | sed -n 's/^host: //p')
    # What tests of the workspace optimise, nothing here waits for.
    if [ "$PROFILE" = dev ]; then set -- --config 'profile.dev.package.puente-transfer.opt-level=0'; else set --; fi
    cargo build --profile "$PROFILE" --locked --package puente-cli --target "$target" "$@"
}

if [ "${1:-}" = dependencies ]; then
    compile
    { rustc -vV && echo "$RUSTFLAGS $PROFILE" && find . -path ./target -prune -o -type f -exec sha256sum {} + | sort; } >target/made-from
    mv target /dependencies
    exit
fi

if ! cmp -s target/made-from /dependencies/made-from; then
    rm -rf target/* && cp -a /dependencies/. target/
fi
find . -path ./target -prune -o -type f -exec sha256sum {} + | sort -k 2 >/tmp/contents
find . -path ./target -prune -o -exec touch -d @0 {} +
touch target/contents
# Lines of one list only, as the folder of their package.
sort /tmp/contents target/contents | uniq -u | awk '{ print $2 }' | cut -d / -f 1-3 | sort -u | while read -r changed; do
    [ ! -e "$changed" ] || find "$changed" -exec touch {} +
done
# A build that fails leaves no list: what it compiled is not known to be of these sources.
rm target/contents
compile
cp /tmp/contents target/contents
folder=$PROFILE
# The one profile whose folder has another name.
if [ "$folder" = dev ]; then folder=debug; fi
cp "target/$target/$folder/puente" puente
