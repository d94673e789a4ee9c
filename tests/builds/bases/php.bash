# php with Apache, and composer: that Debian and its own packages of them. `docker-php-ext-install` installs Debian's extension
# instead of compiling it; `apache2-foreground` and the settings of Apache are as in the official image.
# shellcheck shell=bash

container=$(buildah from --pull-never localhost/debian:bookworm-slim)
install_debian "$container" apache2 libapache2-mod-php8.2 php8.2-cli ca-certificates
install_debian "$container" --download-only php8.2-mysql
folder=$(buildah mount "$container")
cp "$FOLDER"/apt/archives/php8.2-mysql_*.deb "$folder/opt/debs/"
(cd "$folder/opt/debs" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
cat >"$folder/usr/local/bin/docker-php-ext-install" <<'SCRIPT'
#!/bin/sh
set -e
for extension; do
    case $extension in
    mysqli | pdo_mysql) set -- php8.2-mysql ;;
    *) echo "there is no stand-in for $extension" >&2; exit 1 ;;
    esac
done
apt-get update && apt-get install -y --no-install-recommends "$@"
rm -rf /var/lib/apt/lists/*
SCRIPT
cat >"$folder/usr/local/bin/apache2-foreground" <<'SCRIPT'
#!/bin/sh
set -e
. /etc/apache2/envvars
rm -f "$APACHE_PID_FILE"
exec apache2 -DFOREGROUND "$@"
SCRIPT
chmod 755 "$folder"/usr/local/bin/*
ln -s /usr/bin/php "$folder/usr/local/bin/php"
buildah run "$container" -- sh -ec '
    sed -ri "s/^export ([^=]+)=(.*)$/: \${\1:=\2}\nexport \1/" /etc/apache2/envvars
    . /etc/apache2/envvars
    for folder in "$APACHE_LOCK_DIR" "$APACHE_RUN_DIR" "$APACHE_LOG_DIR"; do
        rm -rf "$folder"; mkdir -p "$folder"; chown www-data:www-data "$folder"; chmod 1777 "$folder"
    done
    rm -rf /var/www/html/*; chown www-data:www-data /var/www/html; chmod 1777 /var/www/html
    ln -sfT /dev/stderr "$APACHE_LOG_DIR/error.log"
    ln -sfT /dev/stdout "$APACHE_LOG_DIR/access.log"
    ln -sfT /dev/stdout "$APACHE_LOG_DIR/other_vhosts_access.log"
    echo "ServerName localhost" > /etc/apache2/conf-enabled/name.conf'
buildah config --workingdir /var/www/html --stop-signal SIGWINCH --port 80 --cmd apache2-foreground "$container"
buildah commit -q --rm --format docker "$container" localhost/php:8.2-apache >/dev/null

container=$(buildah from --pull-never localhost/debian:bookworm-slim)
install_debian "$container" composer php8.2-cli ca-certificates
buildah config --workingdir /app --env COMPOSER_HOME=/tmp --env COMPOSER_ALLOW_SUPERUSER=1 "$container"
buildah commit -q --rm --format docker "$container" localhost/composer:2 >/dev/null
