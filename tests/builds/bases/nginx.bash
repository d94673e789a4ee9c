# nginx: that Alpine, and Debian's nginx with the C library that it needs, at the places and with the settings of the official
# image.
# shellcheck shell=bash

debian_package nginx nginx-common libc6 libcrypt1 libpcre2-8-0 libssl3 zlib1g
mkdir -p root debian
for file in ./*.deb; do dpkg-deb -x "$file" debian; done
mkdir -p root/usr/sbin root/lib root/lib64 root/usr/share/nginx/html root/etc/nginx/conf.d root/var/cache/nginx root/var/log/nginx
cp debian/usr/sbin/nginx root/usr/sbin/
cp -r debian/lib/x86_64-linux-gnu debian/usr/lib/x86_64-linux-gnu root/lib/
cp -L debian/lib64/ld-linux-x86-64.so.2 root/lib64/
cp debian/etc/nginx/mime.types root/etc/nginx/
echo '<h1>Welcome to nginx!</h1>' >root/usr/share/nginx/html/index.html
ln -s /dev/stdout root/var/log/nginx/access.log
ln -s /dev/stderr root/var/log/nginx/error.log
cat >root/etc/nginx/nginx.conf <<'CONF'

user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    access_log  /var/log/nginx/access.log;
    sendfile        on;
    keepalive_timeout  65;
    # Debian's nginx has its temporary folders elsewhere by default.
    client_body_temp_path /var/cache/nginx/client_temp;
    proxy_temp_path /var/cache/nginx/proxy_temp;
    fastcgi_temp_path /var/cache/nginx/fastcgi_temp;
    uwsgi_temp_path /var/cache/nginx/uwsgi_temp;
    scgi_temp_path /var/cache/nginx/scgi_temp;
    include /etc/nginx/conf.d/*.conf;
}
CONF
cat >root/etc/nginx/conf.d/default.conf <<'CONF'
server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
CONF
container=$(buildah from --pull-never localhost/alpine:3.21)
buildah run "$container" -- sh -c 'addgroup -g 101 -S nginx && adduser -S -D -H -u 101 -h /var/cache/nginx -s /sbin/nologin -G nginx nginx'
buildah commit -q --rm --format docker "$container" localhost/nginx:1.29-alpine >/dev/null
image localhost/nginx:1.29-alpine localhost/nginx:1.29-alpine root --stop-signal SIGQUIT --port 80 --cmd 'nginx -g "daemon off;"'
