# gcr.io/distroless/static-debian12:nonroot: certificates, time zones, two users; no shell.
# shellcheck shell=bash

mkdir -p root/etc/ssl/certs root/tmp root/home/nonroot root/usr/share
chmod 1777 root/tmp
chown 65532:65532 root/home/nonroot
printf '%s:/sbin/nologin\n' root:x:0:0:root:/root nobody:x:65534:65534:nobody:/nonexistent \
    nonroot:x:65532:65532:nonroot:/home/nonroot >root/etc/passwd
printf '%s:\n' root:x:0 nobody:x:65534 nonroot:x:65532 >root/etc/group
cp /etc/ssl/certs/ca-certificates.crt root/etc/ssl/certs/
cp -a /usr/share/zoneinfo root/usr/share/
image scratch gcr.io/distroless/static-debian12:nonroot root --user 65532 --workingdir /home/nonroot \
    --env "PATH=$STANDARD_PATH" --env SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
