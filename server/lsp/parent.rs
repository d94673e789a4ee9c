//! The process that started us: when it is gone without a word, nobody reads what we say.

use std::time::Duration;

use tokio::sync::oneshot;

/// How often we look.
const INTERVAL: Duration = Duration::from_secs(3);

/// Is ready when the client's process, whose id comes through `client`, is gone.
///
/// It never is if no id comes, or if there is no such process from the start: the client may run on another machine or
/// in another container.
pub(crate) async fn gone(client: oneshot::Receiver<u32>) {
    let Ok(id) = client.await else {
        return std::future::pending().await;
    };
    if !is_alive(id) {
        return std::future::pending().await;
    }
    while is_alive(id) {
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Whether a process runs; one that has ended but was not yet waited for does not.
#[cfg(target_os = "linux")]
#[expect(
    clippy::disallowed_methods,
    reason = "`/proc` tells of processes, not of the user's files"
)]
fn is_alive(id: u32) -> bool {
    std::fs::read(format!("/proc/{id}/stat")).is_ok_and(|status| runs(&status))
}

/// Whether a process runs, by its `stat` file.
#[cfg(target_os = "linux")]
fn runs(status: &[u8]) -> bool {
    // The name of the program stands in parentheses and may contain any bytes.
    let status = String::from_utf8_lossy(status);
    let state = status.rsplit_once(") ").map(|(_, state)| state);
    !state.is_some_and(|state| state.starts_with(['Z', 'X']))
}

/// Whether a process is still our parent: the system gives an orphan to another one.
#[cfg(all(unix, not(target_os = "linux")))]
fn is_alive(id: u32) -> bool {
    std::os::unix::process::parent_id() == id
}

/// Elsewhere the end of the input has to do.
#[cfg(not(unix))]
fn is_alive(_id: u32) -> bool {
    true
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::{is_alive, runs};

    #[test]
    fn we_run_and_the_highest_id_does_not() {
        assert!(is_alive(std::process::id()));
        assert!(!is_alive(u32::MAX));
    }

    #[test]
    fn the_name_of_a_program_may_be_any_bytes() {
        assert!(runs(b"7 (\xff) ) S 1 7"));
        assert!(!runs(b"7 (\xff) S) Z 1 7"));
    }
}
