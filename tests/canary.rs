//! A credential that somebody writes into a file is in no output of lint, wherever in the file it stands.

use docksmith::analysis::{Options, analyze_with};
use docksmith::context::Files;
use docksmith::report::Checked;
use docksmith::report::checkstyle::checkstyle;
use docksmith::report::concise::concise;
use docksmith::report::github::github;
use docksmith::report::gitlab::gitlab;
use docksmith::report::json::json;
use docksmith::report::junit::junit;
use docksmith::report::rdjson::rdjson;
use docksmith::report::sarif::sarif;
use docksmith::report::terminal::{Style, terminal};

/// Letters and digits without a word in them; the credentials are put together here, so that nobody takes one for real.
const NOISE: &str = "Zq7Rk2Vw9Xb4Tm6Hn3Jp8Ld5Gs1Fc0Yt2Uv7Qa4We9Ri6Zx3";

/// Credentials of every kind, each with the part that must not be seen.
fn credentials() -> Vec<(String, &'static str)> {
    let noise = |length: usize| &NOISE[..length];
    let joined = |front: &[&str], length: usize| format!("{}{}", front.concat(), noise(length));
    let part = &NOISE[..12];
    let web_token = [
        "ey",
        "JhbGciOiJIUzI1NiJ9.ey",
        "J",
        noise(24),
        ".",
        noise(40),
    ]
    .concat();
    let key = [
        "-----BEGIN RSA PRIVATE",
        " KEY-----",
        "\\n",
        noise(48),
        "\\n-----END RSA PRIVATE",
        " KEY-----",
    ]
    .concat();
    let aws = ["AK", "IAZQ7RK2VW9XB4TM6H", " ", noise(40)].concat();
    vec![
        (joined(&["gh", "p_"], 36), part),
        (joined(&["gh", "s_"], 36), part),
        (joined(&["github", "_pat_"], 40), part),
        (joined(&["gl", "pat-"], 20), part),
        (aws, part),
        (joined(&["xo", "xb-123456789012-"], 24), part),
        (joined(&["sk", "_live_"], 24), part),
        (joined(&["np", "m_"], 36), part),
        (joined(&["py", "pi-AgEIcHlwaS5vcmc"], 48), part),
        (joined(&["AI", "za"], 35), part),
        (key, part),
        (web_token, part),
        (format!("https://me:{}@example.com/x", noise(16)), part),
    ]
}

/// Documents with the mark `@` in every kind of string and key.
const DOCUMENTS: &[&str] = &[
    "language = \"@\"\n",
    "language = \"go\"\n\"@\" = 1\n",
    "language = \"go\"\nversion = \"@\"\npackage_manager = \"@\"\ncontext_root = \"@\"\noverlay = \"@\"\nplatforms = [\"@\"]\n",
    "language = \"go\"\ndockerfile = \"@\"\n",
    "language = \"go\"\nname = \"@\"\ninstall.command = \"@\"\n[args]\nA = \"@\"\n\"@\" = \"x\"\n",
    "language = \"go\"\n[env]\nA = \"@\"\nB = { value = \"@\", expand = true }\n\"@\" = \"x\"\nC = 1\n",
    "language = \"go\"\n[build]\ntarget = \"@\"\ncommand = \"@\"\noutput = \"@\"\nimage = \"@\"\nldflags = \"@\"\nflags = [\"@\"]\n\
        steps = [\"@\", \"RUN echo @\", \"ENV A=@\", \"COPY @ /x\", \"ADD @ /x\", { run = \"@\" }, { run = [\"@\"] }, { \"@\" = 1 }]\n\
        args = { A = \"@\" }\nenv = { A = \"@\" }\ntags = [\"@\"]\n",
    "language = \"go\"\nbuild.target = \"./x\"\n[runtime]\nimage = \"@\"\nimage_family = \"@\"\nuser = \"@\"\nworkdir = \"@\"\n\
        entrypoint = [\"@\"]\ncmd = \"@\"\nexpose = [\"@\"]\nlabels = { a = \"@\", \"@\" = \"b\" }\nvolumes = [\"@\"]\npackages = [\"@\"]\n\
        stop_signal = \"@\"\n\"@\" = \"@\"\n\"@-x\" = 1\n",
    "language = \"go\"\nbuild.target = \"./x\"\n[runtime]\nentrypoint = \"@\"\ncmd = [\"@\"]\n\
        copy = [{ from = \"@\", src = \"@\", dst = \"@\", chown = \"@\", chmod = \"@\" }, { src = \"../@\", dst = \"x\", \"@\" = 1 }]\n\
        healthcheck = { cmd = \"@\", interval = \"@\", timeout = \"@\", \"@\" = 1 }\n",
    "language = \"go\"\nbuild.target = \"./x\"\nruntime.healthcheck = [\"@\"]\nruntime.expose = \"@\"\n",
    "language = \"go\"\nbuild.target = \"./x\"\n[[stages]]\nname = \"@\"\nfrom = \"@\"\nplatform = \"@\"\nworkdir = \"@\"\nuser = \"@\"\n\
        args = { A = \"@\" }\nenv = { A = \"@\" }\nsteps = [{ copy = \"@\", to = \"@\", from = \"@\" }, { run = \"x\", secret = \"@\", mount = \"@\" }]\n\
        [[stages]]\nname = \"a\"\nfrom = \"@:1\"\n[[stages]]\nname = \"@\"\nfrom = \"a\"\n",
    "language = \"go\"\nbuild.target = \"./x\"\n[[external_tools]]\nname = \"@\"\nurl = \"@\"\nversion = \"@\"\nsha256 = \"@\"\ndst = \"@\"\n\
        [secrets.\"@\"]\ntarget = \"@\"\nenv = \"@\"\n[lint]\nallowed_registries = [\"@\"]\n[lint.rules]\n\"@\" = \"off\"\nroot-user = \"@\"\n",
    "language = \"go\"\nx = @\n",
    "language = \"go\"\nx = \"@\n",
    "language = \"go\"\n[runtime]\nenv = { A = \"@\", }\nA B = \"@\"\n\"@\" = 1\n\"@\" = 2\n",
    "language = \"go\"\nbuild.target = \"./x\"\n# docksmith: ignore[no-such] @\nruntime.user = \"root\"\n\
        # docksmith: ignore[image-latest-tag] @\nruntime.image = \"@:latest\"\n",
    "language = \"go\"\nbuild.target = \"./x\"\noverlay = \"Dockerfile.overlay\"\n",
    "dockerfile = \"Dockerfile.own\"\nlanguage = \"go\"\n",
];

/// Files around the document that hold it, too.
const OVERLAY: &str =
    "ENV A=@\nLABEL @=b\nRUN curl @ | sh\nNOPE @\nCOPY --from=@ @ /x\nCOPY --nope=@ a b\nUSER @\n";

const OWN: &str =
    "FROM @\nENV A=@\nNOPE @\nCOPY --from=@ @ /x\nCMD ['@']\nHEALTHCHECK --nope=@ CMD @\n";

fn outputs(text: &str, overlay: &str, own: &str) -> Vec<(&'static str, String)> {
    let files = Files::new([
        ("go.mod", "module x\n"),
        ("Dockerfile.overlay", overlay),
        ("Dockerfile.own", own),
    ]);
    let options = Options {
        pedantic: true,
        ..Options::default()
    };
    let checked = [Checked::new(
        "app/docksmith.toml",
        analyze_with(text, &files, &options),
    )];
    vec![
        ("human", terminal(&checked, &Style::default())),
        ("concise", concise(&checked)),
        ("json", json(&checked, "0").to_string()),
        ("sarif", sarif(&checked, "0").to_string()),
        ("github", github(&checked)),
        ("gitlab", gitlab(&checked).to_string()),
        ("junit", junit(&checked)),
        ("checkstyle", checkstyle(&checked)),
        ("rdjson", rdjson(&checked).to_string()),
    ]
}

#[test]
fn no_format_shows_a_credential() {
    let mut leaks = Vec::new();
    for (credential, part) in credentials() {
        let kind: String = credential.chars().take(12).collect();
        let fill = |text: &str| text.replace('@', &credential);
        for (index, document) in DOCUMENTS.iter().enumerate() {
            let text = fill(document);
            for (format, output) in outputs(&text, &fill(OVERLAY), &fill(OWN)) {
                // A message may repeat a name in lower case.
                if let Some(at) = output.to_lowercase().find(&part.to_lowercase()) {
                    let near = |(index, _): &(usize, char)| index + 150 > at && *index < at + 60;
                    let text: String = output
                        .char_indices()
                        .filter(near)
                        .map(|(_, it)| it)
                        .collect();
                    leaks.push(format!("{kind} {index} {format}: {text}"));
                }
            }
        }
    }
    let count = leaks.len();
    leaks.truncate(40);
    assert!(leaks.is_empty(), "{count} leaks\n{}", leaks.join("\n\n"));
}

/// Were there nothing to be said, nothing would be proved.
#[test]
fn the_documents_make_many_rules_speak() {
    let mut rules = std::collections::BTreeSet::new();
    for document in DOCUMENTS {
        let text = document.replace('@', "some word");
        for (_, output) in outputs(&text, OVERLAY, OWN).into_iter().skip(1).take(1) {
            for line in output.lines() {
                let rule = line.split(['[', ']']).nth(1).unwrap_or_default();
                rules.insert(rule.to_owned());
            }
        }
    }
    assert!(rules.len() > 25, "{rules:?}");
}
