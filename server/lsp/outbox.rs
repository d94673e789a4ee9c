//! What is yet to be written to the client, and whether there is room for more.
//!
//! A client may write much before it reads anything, so nobody ever waits to put a message here: a loop that waited would
//! stop reading, and both sides would wait for ever. What is bounded instead is the work: answers and findings are computed
//! only while there is [`Room`], and whoever waits for it holds no more than what the client itself has sent.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use tokio::sync::watch;

/// From so many bytes on that wait to be written, no further answer is computed. A pipe holds a fraction of it, and a client
/// that reads is never so far behind.
const MOST: usize = 4 << 20;

/// Where messages are put, for the loop.
#[derive(Debug)]
pub(crate) struct Outbox {
    messages: mpsc::Sender<Vec<u8>>,
    level: Arc<Level>,
}

/// Where the writing thread takes them.
#[derive(Debug)]
pub(crate) struct Outgoing {
    messages: mpsc::Receiver<Vec<u8>>,
    level: Arc<Level>,
}

/// Tells whether there is room for more.
#[derive(Debug, Clone)]
pub(crate) struct Room(watch::Receiver<bool>);

#[derive(Debug)]
struct Level {
    bytes: AtomicUsize,
    has_room: watch::Sender<bool>,
}

impl Level {
    fn changed(&self) {
        // Read again under the lock of the sender: two threads may come here at once.
        self.has_room.send_if_modified(|has_room| {
            let had_room = *has_room;
            *has_room = self.bytes.load(Ordering::SeqCst) < MOST;
            *has_room != had_room
        });
    }
}

/// An empty outbox.
pub(crate) fn outbox() -> (Outbox, Outgoing, Room) {
    let (sender, receiver) = mpsc::channel();
    let (has_room, room) = watch::channel(true);
    let level = Arc::new(Level {
        bytes: AtomicUsize::new(0),
        has_room,
    });
    let outgoing = Outgoing {
        messages: receiver,
        level: Arc::clone(&level),
    };
    let outbox = Outbox {
        messages: sender,
        level,
    };
    (outbox, outgoing, Room(room))
}

impl Outbox {
    /// Puts a message at the end, whether or not there is room.
    pub(crate) fn put(&self, message: Vec<u8>) {
        self.level.bytes.fetch_add(message.len(), Ordering::SeqCst);
        self.level.changed();
        // The writer ends before us only if the client is gone.
        let _ = self.messages.send(message);
    }

    /// Puts a message at the end if there is room: one that nobody misses.
    pub(crate) fn put_if_room(&self, message: Vec<u8>) {
        if *self.level.has_room.borrow() {
            self.put(message);
        }
    }
}

impl Outgoing {
    /// Writes message after message, until nobody can put any more or one can't be written; says whether all was written.
    pub(crate) fn write_all(&self, mut write: impl FnMut(&[u8]) -> bool) -> bool {
        for message in &self.messages {
            let is_written = write(&message);
            self.level.bytes.fetch_sub(message.len(), Ordering::SeqCst);
            self.level.changed();
            if !is_written {
                return false;
            }
        }
        true
    }
}

impl Room {
    /// Waits until there is room. Without an outbox there always is.
    pub(crate) async fn wait(&self) {
        let mut room = self.0.clone();
        // An error says that the outbox is gone, and with it the client.
        let _ = room.wait_for(|has_room| *has_room).await;
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::{MOST, outbox};

    #[test]
    fn there_is_room_until_too_much_waits_and_again_once_it_is_written() {
        let (outbox, outgoing, room) = outbox();
        let has_room = || room.wait().now_or_never().is_some();
        assert!(has_room());
        outbox.put(vec![0; MOST - 1]);
        assert!(has_room());
        outbox.put_if_room(vec![0]);
        assert!(!has_room());
        outbox.put_if_room(vec![0; 7]);
        outbox.put(vec![0; 9]);
        drop(outbox);
        let mut lengths = Vec::new();
        assert!(outgoing.write_all(|message| {
            lengths.push(message.len());
            true
        }));
        assert_eq!(lengths, [MOST - 1, 1, 9]);
        assert!(has_room());
    }
}
