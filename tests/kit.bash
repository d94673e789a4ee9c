# What the scripts of the tests share. It is sourced by them.
# shellcheck shell=bash

export DEBIAN_FRONTEND=noninteractive

die() {
    echo "$0: $*" >&2
    exit 1
}

# Runs a command until it succeeds, at most three times: what comes from a network may be missing for a moment.
retry() {
    local attempt
    for attempt in 1 2 3; do
        "$@" && return 0
        echo "$0: attempt $attempt failed: $*" >&2
        sleep $((attempt * 3))
    done
    return 1
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

# Installs Debian packages; called only when one of their programs is missing.
install_packages() {
    command -v apt-get >/dev/null || die "please install: $*"
    as_root true 2>/dev/null || die "please install as root: apt-get install $*"
    retry as_root apt-get -o DPkg::Lock::Timeout=300 update -q
    retry as_root apt-get -o DPkg::Lock::Timeout=300 install -yq --no-install-recommends "$@"
}

python_is_ready() {
    python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

# Makes a virtual environment of Python with pinned packages, once. Further options are pip's.
install_venv() { # folder requirements [option]…
    local folder=$1 requirements=$2 stamp
    shift 2
    python_is_ready || install_packages python3 python3-venv
    python_is_ready || die "Python 3.10 or newer with its venv module is needed"
    # A virtual environment knows its own path: one that was moved with its folder is made again.
    stamp="$folder $(python3 --version) $(cksum <"$requirements")"
    if [ "$(cat "$folder.stamp" 2>/dev/null)" = "$stamp" ] && "$folder/bin/python" -c '' 2>/dev/null; then
        return
    fi
    rm -rf "$folder" "$folder.stamp"
    mkdir -p "$(dirname "$folder")"
    python3 -m venv "$folder"
    retry "$folder/bin/python" -m pip install -q --disable-pip-version-check --only-binary=:all: "$@" -r "$requirements"
    echo "$stamp" >"$folder.stamp"
}

# Adds the sum that a part has printed as its last line, `N passed, M failed`, to `passed` and `failed`. A part that printed none
# or failed without saying how has failed, and one that ran no test as well.
count_part() { # name exit-status log
    local counts
    counts=$(sed -n 's/^\(.*: \)\{0,1\}\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\2 \3/p' "$3" | tail -n 1)
    if [ -z "$counts" ]; then
        echo "$1 did not come to an end (exit code $2)"
        counts="0 1"
    elif [ "$2" -ne 0 ] && [ "${counts#* }" -eq 0 ]; then
        echo "$1 ended with exit code $2"
        counts="${counts% *} 1"
    elif [ "${counts% *}" -eq 0 ] && [ "${counts#* }" -eq 0 ]; then
        echo "$1 ran no test"
        counts="0 1"
    fi
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
}
