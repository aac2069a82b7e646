//! Leaves a model alone that fails again and again: the rules answer at once, and a probe waits for its return. What the probe
//! finds is on trial: one turn asks, and only its answer lets the others in.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So many failures in a row are enough.
const FAILURES: u32 = 3;

/// Counts failures; times are of the monotonic clock.
#[derive(Debug)]
pub(super) struct Breaker {
    /// How soon a model that rests is looked after first.
    every: Duration,
    /// The longest pause between two looks.
    at_most: Duration,
    /// How long a turn may be at its trial.
    hold: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Works {
        failures: u32,
    },
    Rests {
        probe_at: Duration,
        /// How often it was looked after in vain.
        vain: u32,
    },
    /// It answered the probe.
    Trial {
        /// One turn asks it until then at the latest: a turn that was dropped must not keep the others out for ever.
        taken_until: Option<Duration>,
        vain: u32,
    },
}

/// What a note changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing.
    None,
    /// From now on it is left alone.
    Rests,
    /// It failed at its trial, and is left alone for longer.
    RestsOn,
    /// It is asked again.
    Returns,
}

impl Breaker {
    pub(super) const fn new(every: Duration, at_most: Duration, hold: Duration) -> Self {
        Self { every, at_most, hold, state: Mutex::new(State::Works { failures: 0 }) }
    }

    /// Whether a turn may ask; where it is on trial, one at a time.
    pub(super) fn admits(&self, now: Duration) -> bool {
        match &mut *self.state() {
            State::Works { .. } => true,
            State::Rests { .. } => false,
            State::Trial { taken_until, .. } => {
                let free = taken_until.is_none_or(|until| until <= now);
                if free {
                    *taken_until = Some(now.saturating_add(self.hold));
                }
                free
            }
        }
    }

    pub(super) fn succeeded(&self) -> Change {
        let before = std::mem::replace(&mut *self.state(), State::Works { failures: 0 });
        if matches!(before, State::Works { .. }) { Change::None } else { Change::Returns }
    }

    pub(super) fn failed(&self, now: Duration) -> Change {
        let mut state = self.state();
        match *state {
            State::Works { failures } if failures + 1 < FAILURES => {
                *state = State::Works { failures: failures + 1 };
                Change::None
            }
            State::Works { .. } => {
                *state = self.resting(now, 0);
                Change::Rests
            }
            State::Rests { .. } => Change::None,
            State::Trial { vain, .. } => {
                *state = self.resting(now, vain + 1);
                Change::RestsOn
            }
        }
    }

    /// The call says nothing of the model, or was not made: another turn may try.
    pub(super) fn undecided(&self) {
        if let State::Trial { taken_until, .. } = &mut *self.state() {
            *taken_until = None;
        }
    }

    /// When it is looked after next; none while it works or is on trial.
    pub(super) fn probe_at(&self) -> Option<Duration> {
        match *self.state() {
            State::Rests { probe_at, .. } => Some(probe_at),
            State::Works { .. } | State::Trial { .. } => None,
        }
    }

    pub(super) fn probed(&self, found: Probed, now: Duration) {
        let mut state = self.state();
        if let State::Rests { vain, .. } = *state {
            *state = match found {
                Probed::There => State::Trial { taken_until: None, vain },
                Probed::Gone => self.resting(now, vain + 1),
            };
        }
    }

    /// Whoever is away for long is looked after less often.
    fn resting(&self, now: Duration, vain: u32) -> State {
        let pause = self.every.saturating_mul(1 << vain.min(16)).min(self.at_most);
        State::Rests { probe_at: now.saturating_add(pause), vain }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Probed {
    There,
    Gone,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn breaker() -> Breaker {
        Breaker::new(at(5), at(60), at(20))
    }

    /// One that rests since the second 2.
    fn resting() -> Breaker {
        let breaker = breaker();
        for second in 0..3 {
            breaker.failed(at(second));
        }
        breaker
    }

    #[test]
    fn three_failures_in_a_row_are_enough_and_a_success_forgets_them() {
        let breaker = breaker();
        breaker.failed(at(0));
        breaker.failed(at(1));
        breaker.succeeded();
        assert_eq!([breaker.failed(at(2)), breaker.failed(at(3))], [Change::None; 2]);
        breaker.undecided();
        assert!(breaker.admits(at(3)));

        assert_eq!(breaker.failed(at(4)), Change::Rests);
        assert_eq!((breaker.admits(at(4)), breaker.probe_at()), (false, Some(at(9))));
        assert_eq!(breaker.failed(at(5)), Change::None, "a late failure moves nothing");
        assert_eq!(breaker.probe_at(), Some(at(9)));
        assert_eq!(breaker.succeeded(), Change::Returns, "a late answer is one");
        assert!(breaker.admits(at(6)) && breaker.admits(at(6)));
    }

    #[test]
    fn what_a_probe_finds_is_tried_by_one_turn_and_its_answer_lets_the_others_in() {
        let breaker = resting();
        breaker.probed(Probed::There, at(7));
        assert_eq!(breaker.probe_at(), None);
        assert_eq!([breaker.admits(at(7)), breaker.admits(at(8))], [true, false]);
        breaker.undecided();
        assert!(breaker.admits(at(9)), "the first one's call said nothing");
        assert_eq!(
            [breaker.admits(at(28)), breaker.admits(at(29))],
            [false, true],
            "the second one was dropped"
        );
        breaker.probed(Probed::Gone, at(30));

        assert_eq!(breaker.succeeded(), Change::Returns);
        assert!(breaker.admits(at(31)) && breaker.admits(at(31)));
        assert_eq!(breaker.failed(at(32)), Change::None, "it has all its chances again");
    }

    #[test]
    fn the_pauses_grow_until_a_turn_was_answered() {
        let breaker = resting();
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let due = breaker.probe_at().unwrap();
            breaker.probed(Probed::Gone, due);
            pauses.push(breaker.probe_at().unwrap().saturating_sub(due).as_secs());
        }
        assert_eq!(pauses, [10, 20, 40, 60, 60, 60]);

        breaker.probed(Probed::There, at(500));
        assert!(breaker.admits(at(500)));
        assert_eq!(breaker.failed(at(520)), Change::RestsOn);
        assert_eq!(breaker.probe_at(), Some(at(580)), "the probe alone proves nothing");

        breaker.probed(Probed::There, at(600));
        breaker.succeeded();
        for second in 700..703 {
            breaker.failed(at(second));
        }
        assert_eq!(breaker.probe_at(), Some(at(707)));
    }
}
