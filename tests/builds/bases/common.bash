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

# Downloads a wheel of wheels.txt; its checksum is verified by pip, also when it was downloaded before.
download_wheel() { # name [pip options]
    local name=$1
    shift
    grep "^$name==" "$HERE/wheels.txt" >requirement.txt
    retry "${PYTHON:-python3}" -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
        --find-links "$FOLDER/wheels" -d "$FOLDER/wheels" "$@" -r requirement.txt
}

# Unpacks a wheel of wheels.txt into a folder.
wheel() { # name folder [pip options]
    local version
    download_wheel "$1" "${@:3}"
    version=$(sed -n "s/^$1==\([^ ]*\) .*/\1/p" "$HERE/wheels.txt")
    unzip -qo "$FOLDER/wheels/${1//-/_}-$version-"*.whl -d "$2"
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

# Runs a program of apt in a container of the Debian base, with the mirrors; lists and packages are kept between recipes.
mirrored_apt() { # container command…
    local container=$1
    shift
    buildah run --network host -v "$FOLDER/apt/lists:/var/lib/apt/lists" -v "$FOLDER/apt/archives:/var/cache/apt/archives" \
        --env DEBIAN_FRONTEND=noninteractive --env APT_CONFIG=/opt/debs/keep.conf "$container" -- \
        "$1" -o Dir::Etc::sourcelist=/opt/debs/mirrors.list -o APT::Sandbox::User=root "${@:2}"
}

# Installs real Debian packages in a container of the Debian base.
install_debian() { # container packages…
    [ -n "$(find "$FOLDER/apt/lists" -name '*_Packages*' -mmin -600 2>/dev/null)" ] ||
        retry mirrored_apt "$1" apt-get update -q >/dev/null
    retry mirrored_apt "$1" apt-get install -yq --no-install-recommends "${@:2}" >apt.log 2>&1 || {
        tail -20 apt.log >&2
        return 1
    }
}
