//! Which backups stay: the last of each of the last days and of each of the last weeks. A pure rule over moments.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use shopclerk_domain::clock::Timestamp;

const DAY_MS: i64 = 86_400_000;
/// The first Monday of 1970 was its fifth day.
const MONDAY_MS: i64 = 4 * DAY_MS;

/// How many are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// The last of each of so many days.
    pub days: u32,
    /// The last of each of so many weeks.
    pub weeks: u32,
}

impl Keep {
    /// Those of `all` that stay at `now`. The newest always does, and so does whatever claims to come from the future: a
    /// clock that was wrong must not cost the only good one.
    pub(super) fn of(self, all: &[Timestamp], now: Timestamp) -> BTreeSet<Timestamp> {
        let day = |at: Timestamp| at.millis().div_euclid(DAY_MS);
        let week = |at: Timestamp| at.millis().saturating_sub(MONDAY_MS).div_euclid(7 * DAY_MS);
        let mut kept = last_of_each(all, day, day(now) - i64::from(self.days));
        kept.extend(last_of_each(all, week, week(now) - i64::from(self.weeks)));
        kept.extend(all.iter().filter(|at| **at > now));
        kept.extend(all.iter().max());
        kept
    }
}

impl Default for Keep {
    fn default() -> Self {
        Self { days: 14, weeks: 8 }
    }
}

/// The last of each span whose number is above `gone`.
fn last_of_each(all: &[Timestamp], span: impl Fn(Timestamp) -> i64, gone: i64) -> BTreeSet<Timestamp> {
    let mut last: BTreeMap<i64, Timestamp> = BTreeMap::new();
    for at in all.iter().filter(|at| span(**at) > gone) {
        let kept = last.entry(span(*at)).or_insert(*at);
        *kept = (*kept).max(*at);
    }
    last.into_values().collect()
}

/// The default hour: when few shops are open anywhere that sells in the languages we speak.
pub(super) const AT: Duration = Duration::from_hours(3);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn check(keep: Keep, all: &[&str], now: &str, expected: &[&str]) {
        let all: Vec<Timestamp> = all.iter().map(|text| at(text)).collect();
        let kept: Vec<Timestamp> = keep.of(&all, at(now)).into_iter().collect();
        assert_eq!(kept, expected.iter().map(|text| at(text)).collect::<Vec<_>>(), "at {now}");
    }

    #[test]
    fn the_last_of_each_day_and_week_stays() {
        let keep = Keep { days: 2, weeks: 2 };
        let friday = ["2026-11-20T03:00:00Z", "2026-11-20T09:00:00Z"];
        let all =
            ["2026-11-08T03:00:00Z", "2026-11-15T03:00:00Z", friday[0], friday[1], "2026-11-21T03:00:00Z"];

        check(keep, &all, "2026-11-21T03:00:01Z", &[all[1], friday[1], all[4]]);
        check(keep, &all, "2026-11-22T12:00:00Z", &[all[1], all[4]]);
        check(keep, &all, "2027-05-01T00:00:00Z", &[all[4]]);
        check(keep, &[], "2026-11-21T03:00:01Z", &[]);
        check(keep, &["2027-01-01T00:00:00Z", all[0]], "2026-11-21T03:00:01Z", &["2027-01-01T00:00:00Z"]);
    }

    #[test]
    fn the_default_keeps_two_weeks_of_days_and_eight_of_weeks() {
        let newest = at("2026-11-21T03:00:00Z");
        let nightly: Vec<Timestamp> =
            (0..120).map(|days| newest.minus(Duration::from_hours(24 * days))).collect();

        let kept = Keep::default().of(&nightly, newest);

        // The newest of the week that runs lies within the fourteen days, and so do the two Sundays before it.
        assert_eq!(kept.len(), 14 + 8 - 3);
    }
}
