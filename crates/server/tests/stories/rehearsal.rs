//! What goes wrong, and when: at a named point of the product its process dies, or something happens outside.
//!
//! A dead process does nothing any more: whatever it still tries to write kills the writer, whatever it calls is not sent.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use futures::FutureExt as _;
use shopclerk_domain::fault::{FaultPoints, Moment};
use tokio::sync::Notify;

/// What one step of the worker came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stepped {
    Worked,
    Idle,
    /// The process died in the middle of it: what it had not made durable is lost.
    Died,
}

/// The points of one story.
pub(crate) struct Rehearsal {
    planned: Mutex<Vec<Planned>>,
    dead: AtomicBool,
    died: Notify,
    /// The thread of the story and of the worker's steps.
    home: ThreadId,
}

struct Planned {
    point: String,
    /// How often the point is passed before.
    passes: usize,
    then: Then,
}

enum Then {
    Die,
    Happen(Box<dyn FnOnce() + Send>),
}

impl std::fmt::Debug for Rehearsal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Rehearsal").finish_non_exhaustive()
    }
}

impl Rehearsal {
    pub(crate) fn new() -> Self {
        Self {
            planned: Mutex::default(),
            dead: AtomicBool::new(false),
            died: Notify::new(),
            home: thread::current().id(),
        }
    }

    /// The process dies the next time `point`, such as `turn.committed`, is reached.
    pub(crate) fn dies_at(&self, point: &str) {
        self.dies_at_pass(point, 0);
    }

    /// The process dies at `point` after it was passed so often.
    pub(crate) fn dies_at_pass(&self, point: &str, passes: usize) {
        self.plan(point, passes, Then::Die);
    }

    /// Something happens the next time `point` is reached. What it sends is delivered later.
    pub(crate) fn at(&self, point: &str, happens: impl FnOnce() + Send + 'static) {
        self.plan(point, 0, Then::Happen(Box::new(happens)));
    }

    /// Nothing that was planned happens any more.
    pub(crate) fn forget(&self) {
        self.planned.lock().unwrap().clear();
    }

    fn plan(&self, point: &str, passes: usize, then: Then) {
        self.planned.lock().unwrap().push(Planned { point: point.to_owned(), passes, then });
    }

    /// Runs one step until it ends or the process dies in it.
    pub(crate) async fn run(&self, step: impl Future<Output = bool>) -> Stepped {
        tokio::select! {
            biased;
            () = self.died.notified() => Stepped::Died,
            worked = AssertUnwindSafe(step).catch_unwind() => match worked {
                _ if self.dead.load(Ordering::SeqCst) => Stepped::Died,
                Ok(true) => Stepped::Worked,
                Ok(false) => Stepped::Idle,
                Err(panic) => resume_unwind(panic),
            },
        }
    }

    /// Another process takes its place.
    pub(crate) fn revive(&self) {
        self.dead.store(false, Ordering::SeqCst);
        // A death that was noticed by its end rather than by its cry has left one.
        let _cry = self.died.notified().now_or_never();
    }

    fn take(&self, point: &str) -> Option<Then> {
        let mut planned = self.planned.lock().unwrap();
        let at = planned.iter().position(|one| one.point == point)?;
        let one = planned.get_mut(at)?;
        if one.passes > 0 {
            one.passes -= 1;
            return None;
        }
        Some(planned.remove(at).then)
    }

    fn die(&self, moment: Moment) {
        self.dead.store(true, Ordering::SeqCst);
        self.died.notify_one();
        // What is committed is told to nobody, because the step is dropped before it hears of it.
        let writer = thread::current().id() != self.home;
        if !(writer && moment == Moment::Committed) {
            leave();
        }
    }
}

/// No panic: the hook would print a message of something that is meant to happen.
fn leave() -> ! {
    resume_unwind(Box::new("the process is dead"))
}

impl FaultPoints for Rehearsal {
    fn reach(&self, site: &'static str, moment: Moment) {
        if self.dead.load(Ordering::SeqCst) {
            leave();
        }
        match self.take(&format!("{site}.{}", moment.word())) {
            Some(Then::Die) => self.die(moment),
            Some(Then::Happen(happens)) => happens(),
            None => {}
        }
    }
}
