//! What is rendered for Ruby projects.

use crate::dockerfile::testing::{has, lacks, render, render_with};

const PUMA: &str = "language = \"ruby\"\nruntime.cmd = [\"bundle\", \"exec\", \"puma\"]\n";

#[test]
fn gems_are_a_layer_of_their_own() {
    let expected = r#"
FROM ruby:3.3-slim AS builder
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential git libpq-dev libyaml-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV BUNDLE_DEPLOYMENT="1"
ENV BUNDLE_WITHOUT="development:test"
ENV BUNDLE_PATH="/usr/local/bundle"
ENV BUNDLE_GLOBAL_GEM_CACHE="true"
ENV RAILS_ENV="production"
COPY Gemfile Gemfile.lock .ruby-version* .tool-versions* ./
RUN --mount=type=cache,target=/root/.bundle/cache \
    bundle install --jobs 4 --retry 3
COPY . .
RUN --mount=type=cache,target=/root/.bundle/cache \
    if [ -f bin/rails ] && grep -Eq '^ +(propshaft|sprockets-rails|shakapacker|vite_rails|webpacker) ' Gemfile.lock; then \
    SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile; fi

FROM ruby:3.3-slim AS runtime
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpq5 \
 && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 app \
 && useradd --uid 10001 --gid app --no-create-home --home-dir /app --shell /usr/sbin/nologin app
WORKDIR /app
COPY --link --from=builder /usr/local/bundle/ /usr/local/bundle/
COPY --link --from=builder /app/ /app/
RUN mkdir -p /app/log /app/tmp \
 && chown 10001:10001 /app/log /app/tmp
ENV BUNDLE_DEPLOYMENT="1"
ENV BUNDLE_WITHOUT="development:test"
ENV BUNDLE_PATH="/usr/local/bundle"
ENV RAILS_ENV="production"
ENV RACK_ENV="production"
ENV RAILS_LOG_TO_STDOUT="1"
ENV PORT="3000"
EXPOSE 3000
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["ruby", "-rnet/http", "-e", "exit Net::HTTP.get_response('127.0.0.1', '/', 3000).code.to_i < 500"]
CMD ["bundle", "exec", "puma"]
"#;
    let text = render(PUMA);
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn gems_of_the_project_come_with_its_sources() {
    for line in [
        "gem \"billing\", path: \"engines/billing\"",
        "gemspec",
        "path \"engines\" do",
    ] {
        let files = [("Gemfile", line), ("Gemfile.lock", "")];
        let text = render_with(PUMA, &files);
        assert!(!text.contains("COPY Gemfile"), "{text}");
        assert!(
            text.find("COPY . .") < text.find("bundle install"),
            "{text}"
        );
    }
}

#[test]
fn commands_of_its_own_replace_the_two_steps_and_nothing_else() {
    let toml = format!(
        "{PUMA}install.command = \"bundle install --jobs 2\"\nbuild.command = \"bin/rails assets:precompile\"\n"
    );
    let expected = r#"
RUN --mount=type=cache,target=/root/.bundle/cache \
    bundle install --jobs 2
COPY . .
RUN --mount=type=cache,target=/root/.bundle/cache \
    bin/rails assets:precompile
"#;
    has(&toml, expected);
    assert_eq!(
        render(&toml).lines().count(),
        render(PUMA).lines().count() - 1
    );
}

#[test]
fn arguments_and_steps_stand_between_sources_and_assets() {
    let toml = format!(
        "{PUMA}build.args = {{ REVISION = \"dev\" }}\nbuild.steps = [\"RUN yarn install\"]\nbuild.env = {{ RAILS_ENV = \"staging\" }}\n"
    );
    has(
        &toml,
        "COPY . .\nRUN yarn install\nARG REVISION=dev\nRUN --mount=type=cache,target=/root/.bundle/cache \\",
    );
    has(
        &toml,
        "ENV RAILS_ENV=\"staging\"\nENV BUNDLE_DEPLOYMENT=\"1\"",
    );
}

#[test]
fn secrets_are_mounted_where_gems_and_assets_are_made() {
    let toml = format!("{PUMA}secrets.gems = {{ env = \"BUNDLE_GEMS__EXAMPLE__COM\" }}\n");
    let mount = "--mount=type=secret,id=gems,env=BUNDLE_GEMS__EXAMPLE__COM";
    assert_eq!(render(&toml).matches(mount).count(), 2);
}

#[test]
fn an_image_of_alpine_gets_packages_of_alpine() {
    let toml = format!("{PUMA}runtime.image_family = \"alpine\"\n");
    has(
        &toml,
        "RUN apk add --no-cache build-base git libpq-dev yaml-dev pkgconf",
    );
    has(&toml, "RUN apk add --no-cache libpq");
}

#[test]
fn the_file_decides_about_user_port_and_environment() {
    let toml = format!(
        "{PUMA}runtime.user = \"web:5000\"\nruntime.expose = 9292\nruntime.env = {{ RAILS_ENV = \"staging\" }}\n"
    );
    has(&toml, " && chown 5000:5000 /app/log /app/tmp");
    has(
        &toml,
        "ENV PORT=\"9292\"\nENV RAILS_ENV=\"staging\"\nEXPOSE 9292\nUSER 5000:5000",
    );
    lacks(&format!("{PUMA}runtime.expose = false\n"), "HEALTHCHECK");
}

#[test]
fn old_and_canonical_files_render_to_the_same_bytes() {
    let old = "runtime = \"ruby\"\nstart.command = \"bundle exec puma\"\n";
    assert_eq!(render(old), render(PUMA));
}
