//! `healthcheck-localhost`.

use crate::diagnostic::Fix;
use crate::image::known::Family;
use crate::plan::commands::{Purpose, commands};
use crate::plan::local_url::local_urls;
use crate::plan::paths::file_name;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The health check asks `localhost`, which may mean `::1`.
    ///
    /// BusyBox's `wget`, which Alpine has, tries the first address of a name and no other. Where that is `::1` and the
    /// program listens on IPv4 only, every check fails with `can't connect to remote host: Connection refused`, though the
    /// program is well. `curl` and GNU's `wget` try both addresses; of them nothing is said.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.healthcheck = "wget -q --spider http://localhost:8080/ || exit 1"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.healthcheck = "wget -q --spider http://127.0.0.1:8080/ || exit 1"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where the program listens on both: `# docksmith: ignore[healthcheck-localhost] listens on [::]`.
    "healthcheck-localhost", Info, Medium, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let image = subject.plan.image.as_ref();
    let family = image.and_then(|image| image.base.known.as_ref().map(|known| known.family));
    let is_busybox = matches!(
        family,
        Some(Family::Alpine | Family::Busybox | Family::Wolfi)
    );
    let packages = subject.config.runtime.packages.iter();
    let has_gnu = packages
        .flat_map(|packages| packages.iter())
        .any(|package| package.starts_with("wget"));
    if !is_busybox || has_gnu {
        return;
    }
    for command in commands(subject.config, subject.text) {
        let asks = command.words.iter().any(|word| file_name(word) == "wget");
        if command.purpose != Purpose::Check || !asks {
            continue;
        }
        for url in local_urls(&command, subject.text) {
            if url.host != "localhost" {
                continue;
            }
            findings
                .report(url.host_span, "`localhost` may mean `::1` here")
                .why("BusyBox's `wget` tries one address only, and fails where the program listens on IPv4")
                .help("name the address: `127.0.0.1`")
                .fix(Fix::unsafe_(
                    "replace `localhost` by `127.0.0.1`",
                    url.host_span,
                    "127.0.0.1",
                ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn each_form_is_looked_at() {
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.healthcheck = ["wget", "-q", "--spider", "http://localhost:8080/"]
#                                                        ^^^^^^^^^ info: `localhost` may mean `::1` here
"#,
        );
        check(
            r#"
language = "node"
runtime.cmd = ["node", "a.js"]
runtime.healthcheck = { cmd = "\u0077get -qO- http://localhost/ || exit 1" }
#                                                    ^^^^^^^^^ info: `localhost` may mean `::1` here
runtime.expose = 80
#                ^^ info: port 80 is root's on some systems, and the user is not root
"#,
        );
    }

    /// Tells that nothing is found: the expected finding makes the infos count.
    fn check_clean(check_line: &str) {
        check(&format!(
            "\nlanguage = \"go\"\nruntime.image = \"alpine:3.23\"\n#               ^^^^^^^^^^^^^ info: `alpine:3.23` has no digest\n{check_line}\n"
        ));
    }

    #[test]
    fn other_hosts_and_programs_are_fine() {
        check_clean(r#"runtime.healthcheck = "wget -q --spider http://127.0.0.1:8080/""#);
        check_clean(r#"runtime.healthcheck = ["/app/main", "http://localhost:8080/"]"#);
        check_clean(r#"runtime.healthcheck = "wget -q http://localhost.example.com:8080/""#);
        check_clean(
            "runtime.healthcheck = \"wget -q --spider http://localhost:8080/\"\nruntime.packages = [\"wget\"]",
        );
    }
}
