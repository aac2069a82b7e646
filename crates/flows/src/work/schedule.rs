//! Work that recurs. Knows no business: which schedules there are and what each does is told to it. Whoever leases a schedule
//! runs it alone; what was missed while nobody ran is made up once.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use shopclerk_domain::clock::{Clock, Timestamp};
use shopclerk_storage::installation::{LeasedSchedule, PlannedSchedule, Schedule, ScheduleRun};
use shopclerk_storage::{SharedStore, StoreError};

use super::wait;

const DAY: Duration = Duration::from_hours(24);
/// A run that failed is repeated after this long, unless its rule says sooner.
const AGAIN: Duration = Duration::from_mins(5);

/// When a schedule runs, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// At each multiple of a span since 1970: everybody comes to the same times, whenever they started.
    Every(Duration),
    /// Once a day, so long after midnight.
    DailyAt(Duration),
}

impl Rule {
    /// The first time by this rule after `now`.
    pub(crate) fn next(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Every(span) => on_grid(now, span, Duration::ZERO),
            Self::DailyAt(after_midnight) => on_grid(now, DAY, after_midnight),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(span) => write!(out, "every {} s", span.as_secs()),
            Self::DailyAt(after_midnight) => {
                let minutes = after_midnight.as_secs() / 60;
                write!(out, "daily at {:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// The first instant after `now` that is a whole number of spans and `offset` after 1970.
fn on_grid(now: Timestamp, span: Duration, offset: Duration) -> Timestamp {
    let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX).max(1);
    let into = now.minus(offset).millis().rem_euclid(millis(span));
    Timestamp::from_millis(now.millis().saturating_add(millis(span) - into))
}

/// How one schedule is run: by what rule, and for how long at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) name: &'static str,
    pub(crate) rule: Rule,
    /// A run that takes longer is dropped, and counts as failed.
    pub(crate) hold: Duration,
}

/// Makes the schedules known to the store.
pub(crate) async fn plan(store: &SharedStore, plans: &[Plan], now: Timestamp) -> Result<(), StoreError> {
    let planned = |plan: &Plan| PlannedSchedule {
        name: plan.name,
        rule: plan.rule.to_string(),
        run_at: plan.rule.next(now),
    };
    store.plan_schedules(plans.iter().map(planned).collect(), now).await
}

/// How long until the next of these is due.
pub(crate) async fn next_due(
    store: &SharedStore,
    plans: &[Plan],
    now: Timestamp,
) -> Result<Option<Duration>, StoreError> {
    let known = store.list_schedules().await?;
    let next = known.iter().find(|schedule| plan_of(schedule, plans).is_some());
    Ok(next.map(|schedule| schedule.due_at.since(now)))
}

/// Leases the one that has been due the longest and runs it; `false` when none is due. What another program put into the store
/// is left alone.
pub(crate) async fn run_next<F>(
    store: &SharedStore,
    clock: &dyn Clock,
    plans: &[Plan],
    run: impl Fn(&'static str) -> F,
) -> Result<bool, StoreError>
where
    F: Future<Output = ScheduleRun>,
{
    let now = clock.now();
    for schedule in store.list_schedules().await?.iter().take_while(|schedule| schedule.due_at <= now) {
        let Some(plan) = plan_of(schedule, plans) else { continue };
        let Some(leased) = store.lease_schedule(plan.name, now, plan.hold).await? else { continue };
        let ended = wait::within(plan.hold, run(plan.name)).await;
        let ended = ended.unwrap_or_else(|| ScheduleRun::Failed("schedule.too_long".to_owned()));
        finish(store, plan, &leased, ended, clock.now()).await?;
        return Ok(true);
    }
    Ok(false)
}

async fn finish(
    store: &SharedStore,
    plan: &Plan,
    leased: &LeasedSchedule,
    ended: ScheduleRun,
    now: Timestamp,
) -> Result<(), StoreError> {
    let next = plan.rule.next(now);
    let run_at = match &ended {
        ScheduleRun::Done => next,
        ScheduleRun::Failed(why) => {
            tracing::warn!(schedule = plan.name, code = %why, "a schedule did not run well");
            next.min(now.plus(AGAIN))
        }
    };
    store.finish_schedule(leased, ended, run_at, now).await
}

fn plan_of<'a>(schedule: &Schedule, plans: &'a [Plan]) -> Option<&'a Plan> {
    plans.iter().find(|plan| plan.name == schedule.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: Rule, now: &str, next: &str) {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        assert_eq!(rule.next(at(now)), at(next), "{rule} at {now}");
    }

    #[test]
    fn times_are_utc_and_always_ahead() {
        let midnight = Rule::DailyAt(Duration::ZERO);
        check(midnight, "2026-11-21T11:00:00Z", "2026-11-22T00:00:00Z");
        check(midnight, "2026-11-21T23:59:59.999Z", "2026-11-22T00:00:00Z");
        check(midnight, "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z");
        check(midnight, "2028-02-28T12:00:00Z", "2028-02-29T00:00:00Z");
        check(midnight, "1969-12-31T12:00:00Z", "1970-01-01T00:00:00Z");

        let morning = Rule::DailyAt(Duration::from_mins(6 * 60 + 30));
        check(morning, "2026-11-21T06:29:00Z", "2026-11-21T06:30:00Z");
        check(morning, "2026-11-21T06:30:00Z", "2026-11-22T06:30:00Z");

        check(Rule::Every(Duration::from_mins(1)), "2026-11-21T11:00:30Z", "2026-11-21T11:01:00Z");
        check(Rule::Every(Duration::from_hours(1)), "2026-11-21T11:00:00Z", "2026-11-21T12:00:00Z");
        check(Rule::Every(Duration::ZERO), "2026-11-21T11:00:00Z", "2026-11-21T11:00:00.001Z");
    }

    #[test]
    fn rules_are_told_apart_by_their_words() {
        assert_eq!(Rule::DailyAt(Duration::from_mins(390)).to_string(), "daily at 06:30");
        assert_eq!(Rule::Every(Duration::from_mins(1)).to_string(), "every 60 s");
    }
}
