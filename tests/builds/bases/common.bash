# What the recipes of the base images share. Each recipe runs in an empty folder, as root, in a mount namespace of its own.
# shellcheck shell=bash

readonly STANDARD_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Lets buildah work on the image store in a folder, and on nothing else of the machine.
use_store() {
    printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/images"\nrunroot = "%s/run"\n' "$1" "$1" >"$1/storage.conf"
    # Names without a registry are found here only, and nothing outside is asked.
    printf 'unqualified-search-registries = ["localhost"]\n' >"$1/registries.conf"
    export CONTAINERS_STORAGE_CONF=$1/storage.conf CONTAINERS_REGISTRIES_CONF=$1/registries.conf BUILDAH_ISOLATION=chroot
}

retry() {
    local attempt
    for attempt in 1 2 3; do
        "$@" && return 0
        echo "base images: attempt $attempt failed: $*" >&2
        sleep $((attempt * 3))
    done
    return 1
}

# Unpacks a wheel of wheels.txt into a folder; its checksum is verified by pip, also when it was downloaded before.
wheel() { # name folder [pip options]
    local name=$1 folder=$2
    shift 2
    grep "^$name==" "$HERE/wheels.txt" >requirement.txt
    retry "${PYTHON:-python3}" -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
        --find-links "$FOLDER/wheels" -d "$FOLDER/wheels" "$@" -r requirement.txt
    unzip -qo "$FOLDER/wheels/${name//-/_}-"*.whl -d "$folder"
}

# Downloads Debian packages into the current folder.
debian_package() {
    apt-cache show "$@" >/dev/null 2>&1 || retry apt-get -o DPkg::Lock::Timeout=300 update -q >/dev/null
    retry apt-get -q -o APT::Sandbox::User=root download "$@" >/dev/null
}

# Makes an image of a root file system, or of a base with files added: `image BASE NAME FOLDER [buildah config options]`.
image() {
    local base=$1 name=$2 folder=$3 container
    shift 3
    container=$(buildah from --pull-never "$base")
    buildah add -q "$container" "$folder" / >/dev/null
    buildah config "$@" "$container"
    buildah commit -q --rm --format docker "$container" "$name" >/dev/null
}
