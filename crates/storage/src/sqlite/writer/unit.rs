//! A unit on its way through the writer: its work, then its result, then its caller.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::error::StoreError;

/// What is promised of a unit that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing but the disk's own end undoes it.
    Durable,
    /// It outlives the process; a power cut may undo it.
    Fleeting,
}

/// A unit of any result type.
pub(super) struct Unit {
    /// Its name among the fault points.
    pub(super) site: &'static str,
    pub(super) kind: Kind,
    steps: Box<dyn Steps>,
}

impl Unit {
    /// A unit and where its answer will come.
    pub(super) fn new<T, F>(
        site: &'static str,
        kind: Kind,
        work: F,
    ) -> (Self, oneshot::Receiver<Result<T, StoreError>>)
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        (Self { site, kind, steps: Box::new(Step { work, result: None, caller: Some(caller) }) }, answer)
    }

    /// Does the work, once more if it was undone; says whether it is to be kept.
    pub(super) fn run(&mut self, connection: &Connection) -> bool {
        self.steps.run(connection)
    }

    /// Tells the caller how the work ended.
    pub(super) fn answer(&mut self) {
        self.steps.answer();
    }

    /// Tells the caller that the work is not kept after all.
    pub(super) fn fail(&mut self, error: StoreError) {
        self.steps.fail(error);
    }
}

trait Steps: Send {
    fn run(&mut self, connection: &Connection) -> bool;
    fn answer(&mut self);
    fn fail(&mut self, error: StoreError);
}

struct Step<T, F> {
    work: F,
    result: Option<Result<T, StoreError>>,
    /// `None` once it was told.
    caller: Option<oneshot::Sender<Result<T, StoreError>>>,
}

impl<T, F> Step<T, F> {
    fn tell(&mut self, result: Result<T, StoreError>) {
        // A caller that went away is no concern of ours: the unit is keyed and may be repeated.
        drop(self.caller.take().map(|caller| caller.send(result)));
    }
}

impl<T, F> Steps for Step<T, F>
where
    T: Send,
    F: FnMut(&Connection) -> Result<T, StoreError> + Send,
{
    /// A panic is this unit's failure, not the thread's end.
    fn run(&mut self, connection: &Connection) -> bool {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(connection))).unwrap_or_else(|_| {
            tracing::error!("a unit of the store panicked and was undone");
            Err(StoreError::unavailable("the unit panicked"))
        });
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(&mut self) {
        let result = self.result.take();
        self.tell(result.unwrap_or_else(|| Err(StoreError::unavailable("the unit was not run"))));
    }

    fn fail(&mut self, error: StoreError) {
        self.tell(Err(error));
    }
}
