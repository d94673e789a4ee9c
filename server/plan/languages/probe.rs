//! Health checks that need no program of the language: is anybody listening?

use crate::image::known::Family;
use crate::plan::BaseFacts;

/// A check in exec form that connects to a port, with a program that the base is known to have: BusyBox's `nc`, or bash,
/// which opens sockets itself. Any answer is healthy: a server that says 404 at `/` works. Nothing where neither is known.
pub(super) fn connects(base: &BaseFacts, port: u16) -> Option<Vec<String>> {
    let known = base.known.as_ref()?;
    let words: Vec<String> = match known.family {
        Family::Alpine | Family::Busybox => ["nc", "-z", "127.0.0.1"].map(str::to_owned).to_vec(),
        _ if known.bash == Some(true) => {
            return Some(vec![
                "bash".to_owned(),
                "-c".to_owned(),
                format!("</dev/tcp/127.0.0.1/{port}"),
            ]);
        }
        _ => return None,
    };
    Some(words.into_iter().chain([port.to_string()]).collect())
}
