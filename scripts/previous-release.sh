#!/usr/bin/env bash
# Builds the release before this one, below target/previous, and prints where its binary is: the newest tag, or, while there
# is none, the commit before the newest migration. `make soak` lets it serve side by side with this one.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly SOURCE=target/previous/source

say() { printf '==> %s\n' "$*" >&2; }

previous() {
    git describe --tags --abbrev=0 2>/dev/null && return
    local newest
    newest=$(git log --diff-filter=A --format=%H -1 -- crates/storage-postgres/migrations)
    git rev-parse --verify --quiet "$newest^" || {
        echo "error: the commit before the newest migration is not in this clone; fetch the whole history" >&2
        return 1
    }
}

commit=$(git rev-parse "$(previous)^{commit}")
if [ "$(cat "$SOURCE/.commit" 2>/dev/null)" != "$commit" ]; then
    rm -rf "$SOURCE"
    mkdir -p "$SOURCE"
    git archive "$commit" | tar -x -C "$SOURCE"
    echo "$commit" >"$SOURCE/.commit"
fi
say "building the release before this one: $(git log -1 --format='%h %s' "$commit")"
# A target folder of its own: cargo would take what it built from one tree for that of the other.
(cd "$SOURCE" && cargo build --quiet --locked --package puente-cli --target-dir ../target) >&2
echo "$PWD/target/previous/target/debug/puente"
