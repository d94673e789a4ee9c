#!/usr/bin/env bash
# Makes the base images that the builds start from, without a container registry: see README.md for what is real in them.
# Usage: bases.sh FOLDER. Each recipe in bases/ is run once; the stamps in FOLDER tell which are already made.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
FOLDER=$(realpath -m "$1")
readonly HERE FOLDER

# In the order in which they need each other. `recipe: those that it starts from`.
readonly RECIPES="
alpine:
golang: alpine
distroless-static:
node: alpine
debian:
deno: debian
bun: debian
python: debian
ruby: debian
php: debian
rust: alpine debian distroless-static
nginx: alpine
java: debian
"

# shellcheck source=tests/builds/bases/common.bash
. "$HERE/bases/common.bash"

stamp_of() {
    cat "$HERE/wheels.txt" "$HERE/bases/common.bash" "$HERE/bases/$1.bash" | sha256sum | cut -d' ' -f1
    local parent
    for parent in $2; do cat "$FOLDER/stamps/$parent"; done
}

# A run that was interrupted leaves its folder, empty since what was mounted there is gone.
rm -rf "$FOLDER"/work.*
mkdir -p "$FOLDER/stamps" "$FOLDER/wheels"
use_store "$FOLDER"
while IFS=: read -r recipe parents; do
    [ -n "$recipe" ] || continue
    stamp=$(stamp_of "$recipe" "$parents")
    [ "$(cat "$FOLDER/stamps/$recipe" 2>/dev/null)" = "$stamp" ] && continue
    # What steps have cached from other bases may be wrong for these.
    rm -rf "$FOLDER/stamps/$recipe" "$FOLDER/scratch"
    begun=$SECONDS
    work=$(mktemp -d "$FOLDER/work.XXXXXX")
    # A recipe is made in memory: package managers sync their files to the disk after each step.
    mount -t tmpfs -o size=4g,mode=755 recipe "$work"
    (cd "$work" && . "$HERE/bases/$recipe.bash") </dev/null
    umount "$work"
    rmdir "$work"
    echo "$stamp" >"$FOLDER/stamps/$recipe"
    echo "base images: $recipe made in $((SECONDS - begun)) s"
    made=1
done <<<"$RECIPES"
# What was made before, and has no name now.
[ -z "${made:-}" ] || buildah rmi --prune >/dev/null
