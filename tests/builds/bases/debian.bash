# debian: the minimal Debian 12 of its installer, with a folder of packages inside in place of the mirrors, so that `apt-get
# install` works without a network and still fails for a name that is not there.
# shellcheck shell=bash

# The compilers and headers that the steps of languages install. The projects here compile nothing with them, so they are
# empty packages, each made only if Debian has a package of that name.
readonly EMPTY="build-essential git libffi-dev libpq-dev libyaml-dev pkg-config"

retry env TMPDIR="$PWD" mmdebstrap --quiet --variant=minbase --dpkgopt=force-unsafe-io bookworm root
mkdir -p root/opt/debs "$FOLDER/apt/lists" "$FOLDER/apt/archives"
cp root/etc/apt/sources.list root/opt/debs/mirrors.list
# As the official image does.
echo force-unsafe-io >root/etc/dpkg/dpkg.cfg.d/docker-apt-speedup
echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' >root/opt/debs/keep.conf
image scratch localhost/debian:bookworm-slim root --cmd bash --env "PATH=$STANDARD_PATH"

container=$(buildah from --pull-never localhost/debian:bookworm-slim)
install_debian "$container" --download-only tini libpq5
mirrored_apt "$container" apt-cache show $EMPTY >/dev/null
folder=$(buildah mount "$container")
find "$folder/var/cache/apt/archives" "$FOLDER/apt/archives" -name '*.deb' -exec cp -n {} "$folder/opt/debs/" \;
for name in $EMPTY; do
    mkdir -p "empty/$name/DEBIAN"
    printf '%s\n' "Package: $name" "Version: 0-standin" "Architecture: amd64" "Maintainer: none <none@example.com>" \
        "Description: stand-in without content" >"empty/$name/DEBIAN/control"
    dpkg-deb --build "empty/$name" "$folder/opt/debs" >/dev/null
done
(cd "$folder/opt/debs" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
echo 'deb [trusted=yes] file:/opt/debs ./' >"$folder/etc/apt/sources.list"
rm -rf "$folder/var/lib/apt/lists"/* "$folder/var/cache/apt"/*
buildah commit -q --rm --format docker "$container" localhost/debian:bookworm-slim >/dev/null
