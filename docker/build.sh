#!/bin/sh
# Inside the image build: compiles what is there, for the machine that builds, and puts the binary at one known place.
set -eu
target=$(rustc -vV | sed -n 's/^host: //p')
cargo build --release --locked --package puente-cli --target "$target"
cp "target/$target/release/puente" puente
