//! What is rendered for Python projects.

use crate::dockerfile::testing::{has, holds, lacks, render, render_with};

const FLASK: &str = "language = \"python\"\nruntime.cmd = [\"gunicorn\", \"app:app\"]\n";
const FILES: [(&str, &str); 2] = [("requirements.txt", "flask==3.1.0\n"), ("app.py", "")];

#[test]
fn requirements_are_a_layer_of_their_own() {
    let text = render_with(FLASK, &FILES);
    let expected = r#"
FROM python:3.12-slim AS builder
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential libffi-dev libpq-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
RUN python -m venv /app/.venv
ENV PATH="/app/.venv/bin:$PATH"
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install -r requirements.txt

FROM python:3.12-slim AS runtime
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpq5 tini \
 && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 app \
 && useradd --uid 10001 --gid app --no-create-home --home-dir /app --shell /usr/sbin/nologin app
WORKDIR /app
COPY . /app/
COPY --link --from=builder /app/.venv/ /app/.venv/
ENV PATH="/app/.venv/bin:$PATH"
ENV PYTHONUNBUFFERED="1"
ENV PORT="8000"
EXPOSE 8000
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["python", "-c", "import http.client as h;c=h.HTTPConnection('127.0.0.1',8000,timeout=4);c.request('GET','/');exit(c.getresponse().status>=500)"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["gunicorn", "app:app", "--bind", "0.0.0.0:8000"]
"#;
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn requirements_that_name_other_files_come_with_the_sources() {
    let files = [
        ("requirements.txt", "-r base.txt\n"),
        ("base.txt", "flask\n"),
    ];
    let expected = r#"
COPY . .
RUN python -m venv --clear /app/.venv
ENV PATH="/app/.venv/bin:$PATH"
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install -r requirements.txt
"#;
    holds(&render_with(FLASK, &files), expected);
}

#[test]
fn pip_builds_a_project_without_requirements() {
    let files = [("pyproject.toml", "[project]\nname = \"web\"\n")];
    let toml = format!("{FLASK}build.args = {{ VERSION = \"dev\" }}\n");
    let expected = r#"
ARG VERSION=dev
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install .
"#;
    holds(&render_with(&toml, &files), expected);
}

#[test]
fn the_shell_looks_where_nobody_knows_the_files() {
    let expected = r#"
RUN --mount=type=cache,target=/root/.cache/pip \
    if [ -f requirements.txt ]; then pip install -r requirements.txt; \
    else pip install .; fi
"#;
    has(FLASK, expected);
}

#[test]
fn uv_installs_the_lock_file_before_the_project() {
    let toml = format!("{FLASK}package_manager = \"uv\"\n");
    let toml = toml.replace("runtime.cmd", "version = \"3.13\"\nruntime.cmd");
    let toml = reorder(&toml);
    let expected = r#"
RUN pip install --no-cache-dir uv==0.13.9
ENV UV_LINK_MODE="copy"
ENV UV_PYTHON_DOWNLOADS="never"
ENV PATH="/app/.venv/bin:$PATH"
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev --no-install-local
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev --no-editable --inexact

FROM python:3.13-slim AS runtime
"#;
    has(&toml, expected);
}

/// Top-level keys first.
fn reorder(toml: &str) -> String {
    let mut lines: Vec<&str> = toml.lines().collect();
    lines.sort_by_key(|line| line.contains('.') && !line.starts_with("version"));
    lines.join("\n")
}

#[test]
fn every_package_manager_installs_from_its_lock_file() {
    for (manager, manifests, line) in [
        (
            "poetry",
            "pyproject.toml poetry.lock",
            "poetry install --only main --no-root",
        ),
        (
            "pdm",
            "pyproject.toml pdm.lock",
            "pdm sync --prod --no-self",
        ),
        ("pipenv", "Pipfile Pipfile.lock", "pipenv sync"),
    ] {
        let toml = format!("package_manager = \"{manager}\"\n{FLASK}");
        has(&toml, &format!("COPY {manifests} ./"));
        has(&toml, &format!("    {line}"));
        lacks(&toml, "venv /app");
    }
}

#[test]
fn a_command_of_its_own_replaces_the_installation_alone() {
    let own = format!("{FLASK}install.command = \"pip install --no-deps -r requirements.txt\"\n");
    let expected = render_with(FLASK, &FILES).replace(
        "    pip install -r requirements.txt",
        "    pip install --no-deps -r requirements.txt",
    );
    assert_eq!(render_with(&own, &FILES), expected);
}

#[test]
fn a_build_command_comes_after_the_sources_and_its_result_is_the_application() {
    let toml = format!(
        "{FLASK}install.command = \"pip install -r requirements.txt\"
[build]
command = \"python manage.py collectstatic --no-input\"
args = {{ VERSION = \"dev\" }}
steps = [\"RUN make assets\"]
"
    );
    let text = render_with(&toml, &FILES);
    let expected = r#"
    pip install -r requirements.txt
COPY . .
RUN make assets
ARG VERSION=dev
RUN --mount=type=cache,target=/root/.cache/pip \
    python manage.py collectstatic --no-input
"#;
    holds(&text, expected);
    holds(&text, "COPY --link --from=builder /app/ /app/");
    assert!(!text.contains("COPY . /app/"), "{text}");
}

#[test]
fn caches_and_secrets_are_mounted_wherever_packages_are_read() {
    let toml = format!("{FLASK}secrets.netrc.target = \"/root/.netrc\"\n");
    let toml = format!("package_manager = \"uv\"\nbuild.no_cache = true\n{toml}");
    let text = render(&toml);
    assert_eq!(
        text.matches("--mount=type=secret,id=netrc,target=/root/.netrc")
            .count(),
        3
    );
    assert!(!text.contains("type=cache"), "{text}");
}

#[test]
fn gunicorn_is_told_where_to_listen_unless_it_knows() {
    let command = |words: &str| format!("language = \"python\"\nruntime.cmd = \"{words}\"\n");
    has(
        &command("python -m gunicorn app:app"),
        r#"CMD ["python", "-m", "gunicorn", "app:app", "--bind", "0.0.0.0:8000"]"#,
    );
    for words in [
        "gunicorn -b :9000 app:app",
        "gunicorn --bind=:9000 app:app",
        "gunicorn -c conf.py app:app",
        "uvicorn app:app",
    ] {
        lacks(&command(words), "0.0.0.0:8000");
    }
    let files = [
        ("requirements.txt", ""),
        ("gunicorn.conf.py", "bind = ':9000'"),
    ];
    let text = render_with(&command("gunicorn app:app"), &files);
    holds(&text, r#"CMD ["gunicorn", "app:app"]"#);
    lacks(&format!("{FLASK}runtime.expose = false\n"), "--bind");
}

#[test]
fn the_port_is_that_of_expose() {
    let toml = format!("{FLASK}runtime.expose = 5000\n");
    for line in [
        "ENV PORT=\"5000\"",
        "EXPOSE 5000",
        r#"CMD ["gunicorn", "app:app", "--bind", "0.0.0.0:5000"]"#,
    ] {
        has(&toml, line);
    }
    lacks(
        &format!("{FLASK}runtime.env.PORT = \"1\"\n"),
        "PORT=\"8000\"",
    );
}

#[test]
fn an_image_of_alpine_gets_packages_of_alpine() {
    let toml = format!("{FLASK}runtime.image_family = \"alpine\"\n");
    has(
        &toml,
        "RUN apk add --no-cache build-base libffi-dev libpq-dev",
    );
    has(&toml, "RUN apk add --no-cache libpq tini");
    has(&toml, r#"ENTRYPOINT ["/sbin/tini", "--"]"#);
}

#[test]
fn an_application_below_the_context_root_is_copied_alone() {
    let toml = "runtime = \"python\"\ncontext_root = \"svc\"\nstart.command = \"web\"\n";
    let text = render_with(toml, &[("svc/requirements.txt", "flask\n")]);
    holds(&text, "COPY svc/requirements.txt ./");
    holds(&text, "COPY svc/ /app/");
}

#[test]
fn old_and_canonical_files_render_to_the_same_bytes() {
    let old = "runtime = \"python\"\nstart.command = \"gunicorn app:app\"\ninstall.system_deps = [\"git\"]\n";
    let new =
        "language = \"python\"\nruntime.cmd = \"gunicorn app:app\"\nbuild.packages = [\"git\"]\n";
    assert_eq!(render(old), render(new));
}
