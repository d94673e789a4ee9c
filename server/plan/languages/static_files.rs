//! Static files: nginx serves a folder of the build context.

use crate::config::spellings::Canonical;
use crate::image::ImageReference;
use crate::plan::languages::project::Project;
use crate::plan::languages::{Built, Planner, images, probe};
use crate::plan::paths::{absolute, file_name, is_below};
use crate::plan::{Copy, Instruction, InstructionKind, Problem, Run, Source, SourcePath};

/// The folder that nginx's image serves.
const SERVED: &str = "/usr/share/nginx/html";

/// Where nginx keeps its temporary files; its process id goes there too, since `/run` is root's.
const CACHE: &str = "/var/cache/nginx";

/// How static files are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| Vec::new(),
    image: |_| images::NGINX.to_owned(),
    plan,
};

fn plan(project: &Project<'_>, _problems: &mut Vec<Problem>) -> Built {
    let server = server(&project.base.reference);
    let mut built = Built {
        check: project
            .port
            .and_then(|port| probe::connects(&project.base, port)),
        ..Built::default()
    };
    if server != Server::Other {
        let words = ["nginx", "-g", "daemon off;"];
        built.command = Some(words.map(str::to_owned).to_vec());
    }
    if server == Server::Nginx {
        built.setup.push(setup(project));
    }
    built.copies.extend(files(project));
    built
}

/// What serves the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Server {
    /// nginx as its own image brings it: for root, on port 80.
    Nginx,
    /// nginx that is made for other users already.
    Unprivileged,
    /// Something else, of which nothing is assumed.
    Other,
}

fn server(image: &str) -> Server {
    let name = ImageReference::parse(image).map(|reference| reference.name);
    match name.as_deref().map(file_name) {
        Ok("nginx") => Server::Nginx,
        Ok("nginx-unprivileged") => Server::Unprivileged,
        _ => Server::Other,
    }
}

/// nginx's configuration for a user other than root: no `user`, a place for its process id that the user can write to,
/// and the port that is exposed.
fn setup(project: &Project<'_>) -> Instruction {
    let mut lines = vec![format!(
        "sed -i -e '/^user /d' -e 's|^pid .*|pid {CACHE}/nginx.pid;|' /etc/nginx/nginx.conf"
    )];
    if let Some(port) = project.port.filter(|port| *port != 80) {
        lines.push(format!(
            "&& sed -i 's|listen  *80;|listen {port};|' /etc/nginx/conf.d/default.conf"
        ));
    }
    lines.push(format!("&& chown -R {} {CACHE}", project.user.text()));
    project.at(InstructionKind::Run(Run::lines(lines)))
}

/// The files that are served: `build.target`, or all of the application, unless the file copies something there itself.
fn files(project: &Project<'_>) -> Option<Instruction> {
    let target = project.config.build.target.as_ref();
    if target.is_none() && fills_served_folder(project.config, project.workdir()) {
        return None;
    }
    let path = target.map_or(".", |target| target.value.as_str());
    let span = target.map_or(project.place, |target| target.span);
    let sources = vec![SourcePath {
        path: project.layout.path(path),
        span: target.map(|target| target.span),
    }];
    let copy = Copy {
        sources,
        ..Copy::plain(Source::Context, &[], &format!("{SERVED}/"))
    };
    Some(Instruction::new(InstructionKind::Copy(copy), span))
}

/// Whether the file's own copies go where nginx looks.
fn fills_served_folder(config: &Canonical, workdir: &str) -> bool {
    let copies = config.runtime.copy.iter().map(|copy| &copy.dst);
    let assets = config.assets.iter().map(|asset| &asset.dst);
    let mut destinations = copies.chain(assets);
    destinations.any(|dst| is_below(absolute(workdir, dst).trim_end_matches('/'), SERVED))
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::testing::{has, lacks, render};

    #[test]
    fn nginx_runs_as_its_own_user_on_a_port_that_it_may_bind() {
        let text = render("language = \"static\"\nbuild.target = \"dist\"\n");
        let expected = r#"
FROM nginx:1.29-alpine AS runtime
RUN sed -i -e '/^user /d' -e 's|^pid .*|pid /var/cache/nginx/nginx.pid;|' /etc/nginx/nginx.conf \
 && sed -i 's|listen  *80;|listen 8080;|' /etc/nginx/conf.d/default.conf \
 && chown -R 101:101 /var/cache/nginx
WORKDIR /app
COPY dist /usr/share/nginx/html/
EXPOSE 8080
USER 101:101
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["nc", "-z", "127.0.0.1", "8080"]
CMD ["nginx", "-g", "daemon off;"]
"#;
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn old_files_keep_port_80() {
        let old = "runtime = \"static\"\n";
        has(old, "EXPOSE 80");
        lacks(old, "s|listen");
    }

    #[test]
    fn another_user_owns_what_nginx_writes_to() {
        let toml = "language = \"static\"\nruntime.user = \"web:5000\"\n";
        has(toml, " && chown -R 5000:5000 /var/cache/nginx");
    }

    #[test]
    fn what_stages_build_is_served_alone() {
        let toml = r#"
language = "static"
[[stages]]
name = "web"
from = "node:22-alpine"
[[runtime.copy]]
from = "web"
src = "/src/dist/"
dst = "/usr/share/nginx/html/"
"#;
        lacks(toml, "COPY . ");
        has(toml, "COPY --from=web /src/dist/ /usr/share/nginx/html/");
    }

    #[test]
    fn nginx_for_other_users_is_left_as_it_is() {
        let toml =
            "language = \"static\"\nruntime.image = \"nginxinc/nginx-unprivileged:1.29-alpine\"\n";
        lacks(toml, "sed");
        has(toml, "CMD [\"nginx\", \"-g\", \"daemon off;\"]");
    }
}
