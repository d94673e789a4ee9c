# denoland/deno: that Debian, Deno, and tini before it, as in the official image.
# shellcheck shell=bash

wheel deno wheel
mkdir -p root/usr/bin root/deno-dir root/usr/local/bin
install -m 755 wheel/deno-*.data/scripts/deno root/usr/bin/deno
chown 1993:1993 root/deno-dir
cat >root/usr/local/bin/docker-entrypoint.sh <<'SCRIPT'
#!/bin/sh
set -e
case $1 in
bench | bundle | cache | check | compile | completions | doc | eval | fmt | help | info | install | lint | repl | run | serve | task | test | types | upgrade | vendor | -*)
    set -- deno "$@"
    ;;
esac
exec "$@"
SCRIPT
chmod 755 root/usr/local/bin/docker-entrypoint.sh
debian_package tini
dpkg-deb -x tini_*.deb debian
cp debian/usr/bin/tini-static root/tini
container=$(buildah from --pull-never localhost/debian:bookworm-slim)
buildah run "$container" -- sh -c 'groupadd --gid 1993 deno && useradd --uid 1993 --gid deno deno'
buildah commit -q --rm --format docker "$container" localhost/denoland/deno:2.9.8 >/dev/null
image localhost/denoland/deno:2.9.8 localhost/denoland/deno:2.9.8 root --env DENO_DIR=/deno-dir/ --env DENO_VERSION=2.9.8 \
    --entrypoint '["/tini", "--", "docker-entrypoint.sh"]' --cmd 'eval "console.log(1)"'
