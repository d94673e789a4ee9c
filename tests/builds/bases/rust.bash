# rust: that Alpine, with Debian's Rust and C compiler and the C library that they need. The steps run in a real Alpine, but what
# is built is linked with glibc, as on the Debian variant of the official image. And the distroless image with a C library,
# unpacked from Debian's packages as the official one is.
# shellcheck shell=bash

container=$(buildah from --pull-never localhost/debian:bookworm-slim)
folder=$(buildah mount "$container")
packages_of() { buildah run "$container" -- dpkg-query -W -f '${Package}\n' | sort; }
packages_of >before
install_debian "$container" rustc-web cargo-web gcc libc6-dev
packages_of >after
mapfile -t packages < <(comm -13 before after)
buildah run "$container" -- dpkg -L "${packages[@]}" | sed -En 's,^/(usr/(bin|lib|libexec|include)/.*),\1,p' | sort -u >listed
while read -r path; do
    if [ -L "$folder/$path" ] || [ -f "$folder/$path" ]; then echo "$path"; fi
done <listed >files
mkdir -p root/lib root/lib64 root/usr/lib
tar -C "$folder" -cf - -T files | tar -C root -xf -
# All of Debian's libraries, with the loader. Their folder has a name of its own, beside Alpine's.
cp -a "$folder/usr/lib/x86_64-linux-gnu" root/usr/lib/
ln -s /usr/lib/x86_64-linux-gnu root/lib/x86_64-linux-gnu
cp -a "$folder"/lib64/. root/lib64/
ln -sf gcc root/usr/bin/cc
mkdir -p root/usr/local/cargo
image localhost/alpine:3.21 localhost/rust:1.96-alpine root --env CARGO_HOME=/usr/local/cargo --env CARGO_NET_OFFLINE=true
buildah rm "$container" >/dev/null

debian_package libc6 libgcc-s1 libssl3
mkdir distroless
for file in ./*.deb; do dpkg-deb -x "$file" distroless; done
rm -rf distroless/usr/share/{doc,lintian}
image gcr.io/distroless/static-debian12:nonroot gcr.io/distroless/cc-debian12:nonroot distroless
