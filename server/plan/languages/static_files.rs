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
    match server {
        // What another image serves with, only that image knows; of one that is known it is nothing.
        Server::Other => built.base_starts = project.base.known.is_none(),
        Server::Nginx | Server::Unprivileged => {
            let words = ["nginx", "-g", "daemon off;"];
            built.command = Some(words.map(str::to_owned).to_vec());
        }
    }
    // An image of somebody's own may be arranged in another way.
    if server == Server::Nginx && project.base.known.is_some() {
        built.setup.push(setup(project));
    }
    if server == Server::Unprivileged {
        built.setup.extend(other_port(project));
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
/// and the port that is exposed. Files that the project brings are copied over these later. The main one then has its
/// own idea of the process id, usually this file, so it is there for the user.
fn setup(project: &Project<'_>) -> Instruction {
    let destinations = destinations(project.config, project.workdir());
    let brings = |folder: &str| destinations.iter().any(|dst| is_below(dst, folder));
    let mut lines = vec![format!(
        "sed -i -e '/^user /d' -e 's|^pid .*|pid {CACHE}/nginx.pid;|' /etc/nginx/nginx.conf"
    )];
    if let Some(port) = project.port.filter(|port| *port != 80) {
        lines.push(format!(
            "&& sed -i 's|listen  *80;|listen {port};|' /etc/nginx/conf.d/default.conf"
        ));
    }
    let mut owned = vec![CACHE];
    if brings("/etc/nginx/nginx.conf") || destinations.iter().any(|dst| dst == "/etc/nginx") {
        lines.push("&& touch /run/nginx.pid".to_owned());
        owned.push("/run/nginx.pid");
    }
    // The image fills them in when it starts.
    if brings("/etc/nginx/templates") {
        owned.push("/etc/nginx/conf.d");
    }
    let (user, owned) = (project.user.text(), owned.join(" "));
    lines.push(format!("&& chown -R {user} {owned}"));
    project.at(InstructionKind::Run(Run::lines(lines)))
}

/// The port that is exposed, where that is not the one that nginx for other users listens on.
fn other_port(project: &Project<'_>) -> Option<Instruction> {
    let port = project.port.filter(|port| *port != 8080)?;
    let line = format!("sed -i 's|listen  *8080;|listen {port};|' /etc/nginx/conf.d/default.conf");
    Some(project.at(InstructionKind::Run(Run::lines(vec![line]))))
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
    let destinations = destinations(config, workdir);
    destinations.iter().any(|dst| is_below(dst, SERVED))
}

/// Where the file's own copies go, without a slash at the end.
fn destinations(config: &Canonical, workdir: &str) -> Vec<String> {
    let copies = config.runtime.copy.iter().map(|copy| &copy.dst);
    let assets = config.assets.iter().map(|asset| &asset.dst);
    let paths = copies.chain(assets).map(|dst| absolute(workdir, dst));
    paths
        .map(|path| path.trim_end_matches('/').to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::testing::{has, lacks, render, render_with};
    use crate::plan::languages::testing::every_key_counts;

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
    fn nginx_for_other_users_listens_where_it_says() {
        let toml = "language = \"static\"\nruntime.image = \"nginxinc/nginx-unprivileged:1.29-alpine\"\nruntime.expose = 9000\n";
        has(
            toml,
            "USER 0:0\nRUN sed -i 's|listen  *8080;|listen 9000;|' /etc/nginx/conf.d/default.conf",
        );
    }

    #[test]
    fn nginx_for_other_users_is_left_as_it_is() {
        let toml =
            "language = \"static\"\nruntime.image = \"nginxinc/nginx-unprivileged:1.29-alpine\"\n";
        lacks(toml, "sed");
        has(toml, "CMD [\"nginx\", \"-g\", \"daemon off;\"]");
    }

    #[test]
    fn a_configuration_of_the_projects_own_is_copied_over_the_prepared_one() {
        let toml = r#"
language = "static"
[[runtime.copy]]
src = "nginx.conf"
dst = "/etc/nginx/nginx.conf"
[[runtime.copy]]
src = "default.conf"
dst = "/etc/nginx/conf.d/default.conf"
[[runtime.copy]]
src = "templates/"
dst = "/etc/nginx/templates/"
"#;
        let text = render(toml);
        let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
        has(
            toml,
            " && touch /run/nginx.pid \\\n && chown -R 101:101 /var/cache/nginx /run/nginx.pid /etc/nginx/conf.d",
        );
        assert!(place("sed -i") < place("COPY nginx.conf /etc/nginx/nginx.conf"));
        assert!(place("s|listen") < place("COPY default.conf /etc/nginx/conf.d/default.conf"));
        assert!(text.contains("COPY . /usr/share/nginx/html/\n"));
    }

    #[test]
    fn an_image_that_nobody_knows_starts_its_own_server() {
        for image in ["caddy:2-alpine", "ghcr.io/acme/web:1"] {
            let toml = format!("language = \"static\"\nruntime.image = \"{image}\"\n");
            lacks(&toml, "CMD");
            lacks(&toml, "sed");
        }
        let own = "language = \"static\"\nruntime.image = \"ghcr.io/acme/nginx:1\"\n";
        has(own, "CMD [\"nginx\", \"-g\", \"daemon off;\"]");
        lacks(own, "sed");
    }

    #[test]
    fn old_and_canonical_spelling_render_alike() {
        let old = "runtime = \"static\"\nruntime_config.expose = 8080\nenv.A = \"1\"\n";
        let new = "language = \"static\"\nruntime.expose = 8080\nruntime.env.A = \"1\"\n";
        assert_eq!(render(old), render(new));
    }

    #[test]
    fn the_folder_lies_below_the_applications() {
        let toml =
            "runtime = \"static\"\ncontext_root = \"apps/site\"\nbuild.target = \"public\"\n";
        has(toml, "COPY apps/site/public /usr/share/nginx/html/");
        let all = "runtime = \"static\"\ncontext_root = \"apps/site\"\n";
        has(all, "COPY apps/site/ /usr/share/nginx/html/");
    }

    #[test]
    fn every_key_changes_the_image_or_is_reported() {
        every_key_counts("language = \"static\"\n", &[("index.html", "")]);
        assert_eq!(
            render("language = \"static\"\n"),
            render_with("language = \"static\"\n", &[("index.html", "")])
        );
    }
}
