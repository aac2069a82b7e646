//! What a wall calendar in some place shows at an instant: dates are said as the shop's own people would read them.

use crate::clock::Timestamp;

/// Day and minute in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// Year.
    pub year: i16,
    /// Month, from 1.
    pub month: u8,
    /// Day of the month.
    pub day: u8,
    /// Hour, from 0.
    pub hour: u8,
    /// Minute.
    pub minute: u8,
}

impl LocalTime {
    /// What is shown at `at` in the time zone of this IANA name; `None` for a zone nobody knows.
    pub fn of(at: Timestamp, zone: &str) -> Option<Self> {
        let there = jiff::Timestamp::from_millisecond(at.millis()).ok()?.in_tz(zone).ok()?;
        let number = |number: i8| u8::try_from(number).ok();
        Some(Self {
            year: there.year(),
            month: number(there.month())?,
            day: number(there.day())?,
            hour: number(there.hour())?,
            minute: number(there.minute())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(at: &str, zone: &str, expected: Option<(i16, u8, u8, u8, u8)>) {
        let shown = LocalTime::of(Timestamp::parse(at).unwrap(), zone);
        let shown = shown.map(|it| (it.year, it.month, it.day, it.hour, it.minute));
        assert_eq!(shown, expected, "{at} {zone}");
    }

    #[test]
    fn the_same_instant_is_another_day_elsewhere() {
        check("2027-01-01T04:59:00Z", "America/New_York", Some((2026, 12, 31, 23, 59)));
        check("2027-01-01T04:59:00Z", "Europe/Oslo", Some((2027, 1, 1, 5, 59)));
        check("2026-07-01T12:00:00Z", "Europe/Oslo", Some((2026, 7, 1, 14, 0)));
        check("2026-07-01T12:00:00Z", "Nowhere/Atlantis", None);
    }
}
