# ruby: that Debian and its own Ruby, with Bundler.
# shellcheck shell=bash

container=$(buildah from --pull-never localhost/debian:bookworm-slim)
install_debian "$container" ruby ruby-bundler ca-certificates
folder=$(buildah mount "$container")
for name in ruby bundle bundler gem; do ln -s "/usr/bin/$name" "$folder/usr/local/bin/$name"; done
mkdir -m 1777 "$folder/usr/local/bundle"
buildah config --cmd irb --env GEM_HOME=/usr/local/bundle --env BUNDLE_SILENCE_ROOT_WARNING=1 \
    --env BUNDLE_APP_CONFIG=/usr/local/bundle --env "PATH=/usr/local/bundle/bin:$STANDARD_PATH" "$container"
buildah commit -q --rm --format docker "$container" localhost/ruby:3.1-slim >/dev/null
