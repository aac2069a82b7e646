//! What goes wrong, and when: at a named point of the product its process dies, or something happens outside.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Mutex;
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
    died: Notify,
    /// The thread of the worker: dying there leaves the step at once.
    worker: ThreadId,
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
        Self { planned: Mutex::default(), died: Notify::new(), worker: thread::current().id() }
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

    fn plan(&self, point: &str, passes: usize, then: Then) {
        self.planned.lock().unwrap().push(Planned { point: point.to_owned(), passes, then });
    }

    /// Runs one step until it ends or the process dies in it.
    pub(crate) async fn run(&self, step: impl Future<Output = bool>) -> Stepped {
        tokio::select! {
            biased;
            () = self.died.notified() => Stepped::Died,
            worked = AssertUnwindSafe(step).catch_unwind() => match worked {
                Ok(true) => Stepped::Worked,
                Ok(false) => Stepped::Idle,
                Err(dead) if dead.is::<Dead>() => Stepped::Died,
                Err(panic) => resume_unwind(panic),
            },
        }
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

    fn die(&self) {
        if thread::current().id() == self.worker {
            // No panic: the hook would print a message of something that is meant to happen.
            resume_unwind(Box::new(Dead));
        }
        self.died.notify_one();
    }
}

struct Dead;

impl FaultPoints for Rehearsal {
    fn reach(&self, site: &'static str, moment: Moment) {
        match self.take(&format!("{site}.{}", moment.word())) {
            Some(Then::Die) => self.die(),
            Some(Then::Happen(happens)) => happens(),
            None => {}
        }
    }
}
