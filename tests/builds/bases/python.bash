# python: that Debian and its own Python, with pip. In place of the package index there is a folder of wheels.
# shellcheck shell=bash

download_wheel gunicorn
download_wheel packaging
container=$(buildah from --pull-never localhost/debian:bookworm-slim)
install_debian "$container" python3 python3-venv python3-pip ca-certificates
folder=$(buildah mount "$container")
mkdir -p "$folder/opt/wheels"
cp "$FOLDER"/wheels/{gunicorn,packaging}-*.whl "$folder/opt/wheels/"
for name in python3 pip3; do ln -s "/usr/bin/$name" "$folder/usr/local/bin/${name%3}"; done
# The official image's Python is not managed by Debian.
rm -f "$folder"/usr/lib/python3*/EXTERNALLY-MANAGED
buildah config --cmd python3 --env PIP_NO_INDEX=1 --env PIP_FIND_LINKS=/opt/wheels "$container"
buildah commit -q --rm --format docker "$container" localhost/python:3.11-slim >/dev/null
