//! When the product looks through everything by itself.

use std::time::Duration;

use shopclerk_flows::app::Settings;
use shopclerk_flows::backup::Keep;

use super::check::Checker;

/// The times the operator chose.
pub(super) struct ScheduleConfig {
    poll_at: Duration,
    backup_at: Duration,
    keep: Keep,
}

impl ScheduleConfig {
    pub(super) fn apply(self, settings: &mut Settings) {
        settings.poll_at = self.poll_at;
        settings.backup.at = self.backup_at;
        settings.backup.keep = self.keep;
    }
}

pub(super) fn read(check: &mut Checker<'_>) -> Option<ScheduleConfig> {
    let (poll_at, backup_at) =
        (time_of_day(check, "SHOPCLERK_POLL_AT"), time_of_day(check, "SHOPCLERK_BACKUP_AT"));
    let (days, weeks) = (kept(check, "SHOPCLERK_BACKUP_DAYS"), kept(check, "SHOPCLERK_BACKUP_WEEKS"));
    let keep = Keep { days: days?, weeks: weeks? };
    Some(ScheduleConfig { poll_at: poll_at?, backup_at: backup_at?, keep })
}

/// Of how many days or weeks a backup is kept.
fn kept(check: &mut Checker<'_>, option: &str) -> Option<u32> {
    const LIKE: &str = "write a whole number from 0 to 1000; the newest backup is kept in any case";
    let text = check.required(option, LIKE)?;
    let number = text.parse::<u32>().ok().filter(|number| *number <= 1_000);
    if number.is_none() {
        check.fault(option, format!("`{text}` is not such a number"), LIKE);
    }
    number
}

const LIKE: &str = "write hours and minutes in UTC, such as 00:00 or 03:30";

/// How long after midnight in UTC.
fn time_of_day(check: &mut Checker<'_>, option: &str) -> Option<Duration> {
    let text = check.required(option, LIKE)?;
    let time = minutes(text);
    if time.is_none() {
        check.fault(option, format!("`{text}` is not a time of day"), LIKE);
    }
    time.map(Duration::from_mins)
}

fn minutes(text: &str) -> Option<u64> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, most: u64| {
        let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u64>().ok().filter(|number| plain && *number <= most)
    };
    Some(number(hours, 23)? * 60 + number(minutes, 59)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_hours_and_minutes() {
        for (text, read) in [
            ("00:00", Some(0)),
            ("03:30", Some(210)),
            ("23:59", Some(1_439)),
            ("24:00", None),
            ("3:30", None),
            ("03:60", None),
            ("+3:30", None),
            ("03:30:00", None),
            ("midnight", None),
        ] {
            assert_eq!(minutes(text), read, "{text}");
        }
    }
}
