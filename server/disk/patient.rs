//! Looks at the disk that are not waited for beyond a limit: over a network, a disk may hang for minutes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::context::{BuildContext, Entry, Listed};

/// How many looks may hang at once. Each holds a thread until the disk answers; beyond them nobody looks.
const MOST_STUCK: usize = 8;

/// How long is waited while another look hangs: most likely it is the same disk.
const WHILE_STUCK: Duration = Duration::from_millis(50);

/// Looking takes no stack to speak of.
const STACK: usize = 512 << 10;

/// How many looks hang now.
static STUCK: AtomicUsize = AtomicUsize::new(0);

/// A build context, or anything else that looks at the disk, that is waited for so long in all and no longer.
///
/// Once the time is over, every question is answered as if nobody had looked. The look that hangs is left behind.
#[derive(Debug)]
pub struct Patient<C> {
    context: Arc<C>,
    state: Mutex<State<C>>,
    /// Counts the looks that hang.
    stuck: &'static AtomicUsize,
}

#[derive(Debug)]
struct State<C> {
    /// The waiting that is left.
    left: Duration,
    worker: Option<Worker<C>>,
}

type Question<C> = Box<dyn FnOnce(&C) + Send>;

/// The thread that looks, from the first question on.
#[derive(Debug)]
struct Worker<C> {
    questions: Sender<Question<C>>,
    is_stuck: Arc<AtomicBool>,
    stuck: &'static AtomicUsize,
}

impl<C: Send + Sync + 'static> Worker<C> {
    fn start(context: &Arc<C>, stuck: &'static AtomicUsize) -> Option<Self> {
        if stuck.load(Ordering::SeqCst) >= MOST_STUCK {
            return None;
        }
        let (questions, inbox) = mpsc::channel::<Question<C>>();
        let is_stuck = Arc::new(AtomicBool::new(false));
        let (context, flag) = (Arc::clone(context), Arc::clone(&is_stuck));
        let work = move || {
            let free = Free { flag, stuck };
            for question in inbox {
                question(&context);
                free.now();
            }
        };
        let thread = thread::Builder::new().stack_size(STACK).spawn(work);
        thread.is_ok().then_some(Self {
            questions,
            is_stuck,
            stuck,
        })
    }

    /// Leaves the thread behind with the question that hangs.
    fn leave(self) {
        self.stuck.fetch_add(1, Ordering::SeqCst);
        // The thread sees it after its question, or when it sees that nobody can ask any more.
        self.is_stuck.store(true, Ordering::SeqCst);
    }
}

/// Takes note that a thread hangs no more; also of one that ends in a panic.
struct Free {
    flag: Arc<AtomicBool>,
    stuck: &'static AtomicUsize,
}

impl Free {
    fn now(&self) {
        if self.flag.swap(false, Ordering::SeqCst) {
            self.stuck.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Free {
    fn drop(&mut self) {
        self.now();
    }
}

impl<C: Send + Sync + 'static> Patient<C> {
    /// What is waited for `limit` in all.
    pub fn new(context: C, limit: Duration) -> Self {
        Self::counted(context, limit, &STUCK)
    }

    fn counted(context: C, limit: Duration, stuck: &'static AtomicUsize) -> Self {
        let is_stuck = stuck.load(Ordering::SeqCst) > 0;
        let left = if is_stuck {
            limit.min(WHILE_STUCK)
        } else {
            limit
        };
        let state = State { left, worker: None };
        Self {
            context: Arc::new(context),
            state: Mutex::new(state),
            stuck,
        }
    }

    /// The answer, or `unanswered` if there is none in time.
    pub fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&C) -> T + Send + 'static,
        unanswered: T,
    ) -> T {
        // One question is asked after the other, and after a panic there is no worker or a sound one.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.left.is_zero() {
            return unanswered;
        }
        let worker = state.worker.take();
        let worker = worker.or_else(|| Worker::start(&self.context, self.stuck));
        let Some(worker) = worker else {
            return unanswered;
        };
        let (sender, answer) = mpsc::sync_channel(1);
        let question: Question<C> = Box::new(move |context| {
            // Nobody may be waiting any more.
            let _ = sender.send(question(context));
        });
        if worker.questions.send(question).is_err() {
            return unanswered;
        }
        let begin = Instant::now();
        let answer = answer.recv_timeout(state.left);
        state.left = state.left.saturating_sub(begin.elapsed());
        match answer {
            Ok(answer) => {
                state.worker = Some(worker);
                answer
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                state.left = Duration::ZERO;
                worker.leave();
                unanswered
            }
            // The look panicked.
            Err(mpsc::RecvTimeoutError::Disconnected) => unanswered,
        }
    }
}

impl<C: BuildContext + Send + Sync + 'static> BuildContext for Patient<C> {
    fn entry(&self, path: &str) -> Entry {
        let path = path.to_owned();
        self.ask(move |context| context.entry(&path), Entry::Unknown)
    }

    fn list(&self, path: &str) -> Vec<String> {
        let path = path.to_owned();
        self.ask(move |context| context.list(&path), Vec::new())
    }

    fn sizes(&self, path: &str) -> Vec<Listed> {
        let path = path.to_owned();
        self.ask(move |context| context.sizes(&path), Vec::new())
    }

    fn text(&self, path: &str) -> Option<String> {
        let path = path.to_owned();
        self.ask(move |context| context.text(&path), None)
    }

    /// Known without a look at the disk.
    fn folder(&self, levels: usize) -> Option<String> {
        self.context.folder(levels)
    }
}

/// What a look at the disk gives; nothing if it takes longer than `limit`.
pub fn within<T: Send + 'static>(
    limit: Duration,
    look: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    Patient::new((), limit).ask(move |()| Some(look()), None)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{self, Receiver};
    use std::time::{Duration, Instant};

    use super::{Patient, within};
    use crate::context::{BuildContext, Entry};

    /// Hangs at every path that begins with `hang`, until somebody sends.
    struct Hanging(Mutex<Receiver<()>>);

    impl BuildContext for Hanging {
        fn entry(&self, path: &str) -> Entry {
            if path.starts_with("hang") {
                let freed = self.0.lock().expect("nobody panics");
                let _ = freed.recv();
            }
            Entry::Folder
        }

        fn list(&self, path: &str) -> Vec<String> {
            vec![path.to_owned()]
        }

        fn text(&self, _path: &str) -> Option<String> {
            panic!("on purpose")
        }

        fn folder(&self, _levels: usize) -> Option<String> {
            Some("app".to_owned())
        }
    }

    #[test]
    fn what_hangs_is_not_waited_for_and_the_disk_is_asked_again_once_it_answers() {
        static STUCK: AtomicUsize = AtomicUsize::new(0);
        let hanging = |limit: u64| {
            let (free, freed) = mpsc::channel();
            let context = Hanging(Mutex::new(freed));
            let limit = Duration::from_millis(limit);
            (free, Patient::counted(context, limit, &STUCK))
        };
        let (free, context) = hanging(300);
        assert_eq!(context.entry("é"), Entry::Folder);
        assert_eq!(context.list("é"), ["é"]);
        let begin = Instant::now();
        assert_eq!(context.entry("hang"), Entry::Unknown);
        assert_eq!(context.entry("é"), Entry::Unknown);
        assert_eq!(context.folder(1).as_deref(), Some("app"));
        assert!(begin.elapsed() < Duration::from_secs(5));
        // While it hangs, others wait for next to nothing.
        let begin = Instant::now();
        let (free_other, other) = hanging(60_000);
        assert_eq!(other.entry("hang"), Entry::Unknown);
        assert!(begin.elapsed() < Duration::from_secs(30));
        assert_eq!(STUCK.load(Ordering::SeqCst), 2);
        drop((free, free_other));
        let begin = Instant::now();
        while STUCK.load(Ordering::SeqCst) > 0 {
            assert!(begin.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(within(Duration::from_secs(30), || 1), Some(1));
    }

    #[test]
    fn a_look_that_panics_is_no_answer() {
        let (_free, freed) = mpsc::channel();
        let context = Patient::new(Hanging(Mutex::new(freed)), Duration::from_secs(30));
        assert_eq!(context.text("x"), None);
        assert_eq!(context.entry("x"), Entry::Folder);
    }
}
