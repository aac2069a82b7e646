//! The two bounded queues before the writer thread.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Lane;
use super::unit::{Kind, Unit};
use crate::error::StoreError;

/// Units of callers that wait: about a quarter of a second of work at the writer's pace.
const INTERACTIVE: usize = 4_096;

/// Slices of long work: few, because each may hold 200 products.
const BULK: usize = 32;

/// What waits for the writer.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    interactive: VecDeque<Unit>,
    bulk: VecDeque<Unit>,
    closed: bool,
    /// The writer sleeps: only then is a wake-up worth its system call.
    asleep: bool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} interactive, {} bulk", self.interactive.len(), self.bulk.len())
    }
}

impl Queue {
    /// Puts a unit behind the others of its lane; `Busy` when that is full.
    pub(super) fn push(&self, lane: Lane, unit: Unit) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.closed {
            return Err(StoreError::unavailable("the store is closed"));
        }
        let (waiting, most) = match lane {
            Lane::Interactive => (&mut state.interactive, INTERACTIVE),
            Lane::Bulk => (&mut state.bulk, BULK),
        };
        if waiting.len() >= most {
            return Err(StoreError::Busy);
        }
        waiting.push_back(unit);
        let wake = std::mem::take(&mut state.asleep);
        drop(state);
        if wake {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// The next unit of that lane, if one waits.
    pub(super) fn take(&self, lane: Lane) -> Option<Unit> {
        let mut state = self.state();
        match lane {
            Lane::Interactive => state.interactive.pop_front(),
            Lane::Bulk => state.bulk.pop_front(),
        }
    }

    /// The next interactive unit, if it is of that kind.
    pub(super) fn take_kind(&self, kind: Kind) -> Option<Unit> {
        let mut state = self.state();
        state.interactive.pop_front_if(|unit| unit.kind == kind)
    }

    /// Whether all that waits may be undone by a power cut.
    pub(super) fn is_fleeting(&self) -> bool {
        let state = self.state();
        state.bulk.is_empty() && state.interactive.iter().all(|unit| unit.kind == Kind::Fleeting)
    }

    /// How many units wait.
    pub(super) fn len(&self) -> usize {
        let state = self.state();
        state.interactive.len() + state.bulk.len()
    }

    /// Sleeps until something waits; `false` when nothing does and nothing will.
    pub(super) fn wait(&self) -> bool {
        let mut state = self.state();
        loop {
            if !state.interactive.is_empty() || !state.bulk.is_empty() {
                return true;
            }
            if state.closed {
                return false;
            }
            state.asleep = true;
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes no further units.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.filled.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
