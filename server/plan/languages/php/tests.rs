//! What is rendered for PHP projects.

use crate::dockerfile::testing::{has, holds, lacks, render, render_with};

const FILES: [(&str, &str); 2] = [("composer.json", "{}"), ("public/index.php", "")];

#[test]
fn apache_serves_the_public_folder_on_a_port_that_it_may_bind() {
    let text = render_with("language = \"php\"\n", &FILES);
    let expected = r#"
FROM --platform=$BUILDPLATFORM composer:2 AS builder-deps
WORKDIR /app
ENV COMPOSER_CACHE_DIR="/cache"
COPY composer.json composer.lock* ./
RUN --mount=type=cache,target=/cache \
    composer install --no-dev --no-scripts --no-autoloader --no-interaction --prefer-dist --ignore-platform-reqs
COPY . .
RUN --mount=type=cache,target=/cache \
    composer dump-autoload --no-dev --optimize

FROM php:8.3-apache AS runtime
RUN docker-php-ext-install pdo_mysql
RUN sed -i 's|/var/www/html|/app/public|g' /etc/apache2/sites-available/*.conf \
 && sed -i 's|/var/www/|/app/|g' /etc/apache2/apache2.conf /etc/apache2/conf-available/*.conf \
 && sed -i 's|^Listen 80$|Listen 8080|' /etc/apache2/ports.conf \
 && sed -i 's|<VirtualHost \*:80>|<VirtualHost *:8080>|' /etc/apache2/sites-available/*.conf \
 && a2enmod rewrite
WORKDIR /app
COPY --link --from=builder-deps /app/ /app/
EXPOSE 8080
USER 33:33
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["php", "-r", "exit(@fsockopen('127.0.0.1', 8080) ? 0 : 1);"]
CMD ["apache2-foreground"]
"#;
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn old_files_keep_port_80() {
    let old = "runtime = \"php\"\nstart.command = \"apache2-foreground\"\n";
    has(old, "EXPOSE 80");
    lacks(old, "Listen");
    assert_eq!(
        render(old),
        render(&format!("{}runtime.expose = 80\n", "language = \"php\"\n"))
    );
}

#[test]
fn the_shell_looks_where_nobody_knows_the_files() {
    let expected = r#"
COPY . .
RUN --mount=type=cache,target=/cache \
    if [ -f composer.json ]; then composer install --no-dev --no-scripts --no-autoloader --no-interaction --prefer-dist --ignore-platform-reqs; fi
RUN --mount=type=cache,target=/cache \
    if [ -f composer.json ]; then composer dump-autoload --no-dev --optimize; fi
"#;
    has("language = \"php\"\n", expected);
}

#[test]
fn a_project_without_packages_needs_no_composer() {
    let files = [("index.php", "<?php")];
    let text = render_with("language = \"php\"\n", &files);
    assert!(!text.contains("composer"), "{text}");
    holds(&text, "COPY . /app/");
    holds(
        &text,
        r"RUN sed -i 's|/var/www/html|/app|g' /etc/apache2/sites-available/*.conf \",
    );
}

#[test]
fn packages_of_the_project_come_with_its_sources() {
    let manifest = r#"{"repositories": [{"type": "path", "url": "packages/*"}]}"#;
    let text = render_with("language = \"php\"\n", &[("composer.json", manifest)]);
    assert!(
        text.find("COPY . .") < text.find("composer install"),
        "{text}"
    );
}

#[test]
fn the_target_is_the_folder_that_is_served() {
    let toml = "language = \"php\"\nbuild.target = \"a&b|c's\"\n";
    has(
        toml,
        r"RUN sed -i 's|/var/www/html|/app/a\&b\|c'\''s|g' /etc/apache2/sites-available/*.conf \",
    );
}

#[test]
fn other_images_are_left_as_they_are() {
    let fpm = "language = \"php\"\nruntime.image = \"php:8.4-fpm-alpine\"\n";
    lacks(fpm, "apache");
    has(fpm, "EXPOSE 9000\nUSER 82:82");
    has(fpm, "CMD [\"php-fpm\"]");
    has(fpm, "RUN docker-php-ext-install pdo_mysql");
    let own =
        "language = \"php\"\nruntime.image = \"ghcr.io/acme/php:8\"\nruntime.cmd = [\"serve\"]\n";
    for unexpected in ["apache", "docker-php-ext-install", "HEALTHCHECK"] {
        lacks(own, unexpected);
    }
}

#[test]
fn a_command_of_its_own_replaces_the_installation_alone() {
    let own = "language = \"php\"\ninstall.command = \"composer install --no-dev\"\n";
    let text = render_with(own, &FILES);
    let generated = "composer install --no-dev --no-scripts --no-autoloader --no-interaction --prefer-dist --ignore-platform-reqs";
    let expected =
        render_with("language = \"php\"\n", &FILES).replace(generated, "composer install --no-dev");
    assert_eq!(text, expected);
}

#[test]
fn steps_arguments_and_secrets_reach_composer() {
    let toml = r#"
language = "php"
[build]
packages = ["git"]
args = { REVISION = "dev" }
steps = ["RUN php artisan about"]
[secrets.auth]
env = "COMPOSER_AUTH"
"#;
    let text = render_with(toml, &FILES);
    holds(
        &text,
        "FROM --platform=$BUILDPLATFORM composer:2 AS builder-deps\nWORKDIR /app",
    );
    // Extensions are compiled in the image itself.
    holds(
        &text,
        " && apt-get install -y --no-install-recommends git \\",
    );
    holds(
        &text,
        "COPY . .\nRUN php artisan about\nARG REVISION=dev\nRUN --mount=type=cache,target=/cache \\",
    );
    assert_eq!(
        text.matches("--mount=type=secret,id=auth,env=COMPOSER_AUTH")
            .count(),
        2
    );
}
