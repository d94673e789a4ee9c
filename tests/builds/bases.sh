#!/usr/bin/env bash
# Makes the base images that the builds start from, without a container registry: see README.md for what is real in them.
# Usage: bases.sh FOLDER. Each recipe in bases/ is run once; the stamps in FOLDER tell which are already made.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
FOLDER=$(realpath -m "$1")
readonly HERE FOLDER

# `recipe: those that it starts from`. The second group starts from the first; within a group two are made at a time.
readonly FIRST="
debian:
alpine:
distroless-static:
"
readonly SECOND="
php: debian
rust: alpine debian distroless-static
java: debian
golang: alpine
python: debian
node: alpine
ruby: debian
deno: debian
bun: debian
nginx: alpine
"

# shellcheck source=tests/builds/bases/common.bash
. "$HERE/bases/common.bash"

stamp_of() {
    cat "$HERE/wheels.txt" "$HERE/bases/common.bash" "$HERE/bases/$1.bash" | sha256sum | cut -d' ' -f1
    local parent
    for parent in $2; do cat "$FOLDER/stamps/$parent"; done
}

# Makes the images of a recipe, unless they are there.
make() { # recipe parents
    local recipe=$1 stamp work begun=$SECONDS
    stamp=$(stamp_of "$recipe" "$2")
    [ "$(cat "$FOLDER/stamps/$recipe" 2>/dev/null)" = "$stamp" ] && return
    # What steps have cached from other bases may be wrong for these.
    rm -rf "$FOLDER/stamps/$recipe" "$FOLDER/scratch"
    work=$(mktemp -d "$FOLDER/work.XXXXXX")
    # A recipe is made in memory: package managers sync their files to the disk after each step.
    mount -t tmpfs -o size=4g,mode=755 recipe "$work"
    cd "$work"
    . "$HERE/bases/$recipe.bash"
    cd "$FOLDER"
    umount "$work"
    rmdir "$work"
    echo "$stamp" >"$FOLDER/stamps/$recipe"
    echo "base images: $recipe made in $((SECONDS - begun)) s"
}

make_all() { # recipes, one a line
    local recipe parents
    while IFS=: read -r recipe parents; do
        [ -n "$recipe" ] || continue
        [ "$(jobs -r | wc -l)" -lt 2 ] || wait -n
        make "$recipe" "$parents" </dev/null &
    done <<<"$1"
    while [ -n "$(jobs)" ]; do wait -n; done
}

# One that fails ends the other.
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

# A run that was interrupted leaves its folder, empty since what was mounted there is gone.
rm -rf "$FOLDER"/work.*
mkdir -p "$FOLDER/stamps" "$FOLDER/wheels"
use_store "$FOLDER"
make_all "$FIRST"
make_all "$SECOND"
# What was made before, and has no name now.
buildah rmi --prune >/dev/null
