//! Whether the client asks for diagnostics or waits to be told.
//!
//! A client that offers to ask is not told as well, or every finding would stand there twice. Some offer it and never
//! ask: they are told after all, once they had time to.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::sync::Notify;

/// How long a client that offers to ask may take to ask for the first time.
const PATIENCE: Duration = Duration::from_millis(500);

/// Who begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Mode {
    /// The client offers to ask and has not yet asked.
    #[default]
    Open,
    /// The client asks.
    Pull,
    /// The server tells.
    Push,
}

/// What is known of who begins.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    mode: Mutex<Mode>,
    asked: Notify,
}

impl Delivery {
    /// Whether the client is to be told. One that offers to ask gets its time to do so first.
    pub(crate) async fn is_push(&self, offers_pull: bool) -> bool {
        if !offers_pull {
            return true;
        }
        if self.mode() == Mode::Open {
            let asked = self.asked.notified();
            // It may have asked in between.
            if self.mode() == Mode::Open && tokio::time::timeout(PATIENCE, asked).await.is_err() {
                self.decide(Mode::Push);
            }
        }
        self.mode() == Mode::Push
    }

    /// Takes note that the client asks. Says whether it was told until now.
    pub(crate) fn pulled(&self) -> bool {
        let before = std::mem::replace(&mut *self.lock(), Mode::Pull);
        self.asked.notify_one();
        before == Mode::Push
    }

    /// Whether the client asks.
    pub(crate) fn is_pull(&self) -> bool {
        self.mode() == Mode::Pull
    }

    /// Settles what nobody else has settled.
    fn decide(&self, mode: Mode) {
        let mut current = self.lock();
        if *current == Mode::Open {
            *current = mode;
        }
    }

    fn mode(&self) -> Mode {
        *self.lock()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Mode> {
        // A mode is replaced whole, so a panic cannot leave half of one.
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Delivery;

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        runtime.block_on(future)
    }

    #[test]
    fn a_client_that_cannot_ask_is_told() {
        assert!(run(Delivery::default().is_push(false)));
    }

    #[test]
    fn a_client_that_asks_is_not_told() {
        let delivery = Delivery::default();
        assert!(!delivery.pulled());
        assert!(!run(delivery.is_push(true)));
    }

    #[test]
    fn a_client_that_asks_while_it_is_waited_for_is_not_told() {
        let delivery = Delivery::default();
        let both = async {
            let (is_push, _) = tokio::join!(delivery.is_push(true), async {
                tokio::task::yield_now().await;
                delivery.pulled()
            });
            is_push
        };
        assert!(!run(both));
    }

    #[test]
    fn a_client_that_never_asks_is_told_until_it_does() {
        let delivery = Delivery::default();
        assert!(run(delivery.is_push(true)));
        assert!(delivery.pulled());
        assert!(!run(delivery.is_push(true)));
    }
}
