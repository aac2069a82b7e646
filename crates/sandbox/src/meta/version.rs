//! Which Graph versions exist and until when: a call to an ended one is served by the next oldest that lives, silently.

use shopclerk_domain::clock::Timestamp;

/// A year, month and day.
type Day = (i16, i8, i8);

/// Versions with the day on which each ends; `None` where no end is announced.
const VERSIONS: [(u16, Option<Day>); 13] = [
    (14, Some((2024, 9, 17))),
    (15, Some((2024, 11, 20))),
    (16, Some((2025, 5, 14))),
    (17, Some((2025, 9, 12))),
    (18, Some((2026, 1, 26))),
    (19, Some((2026, 5, 21))),
    (20, Some((2026, 9, 24))),
    (21, Some((2027, 1, 21))),
    (22, Some((2027, 5, 20))),
    (23, Some((2027, 10, 8))),
    (24, Some((2028, 2, 18))),
    (25, Some((2028, 7, 29))),
    (26, None),
];
const NEWEST: u16 = 26;

/// Reads a path part such as `v26.0`; `None` when it is no version at all.
pub(super) fn parse(part: &str) -> Option<u16> {
    let (major, minor) = part.strip_prefix('v')?.split_once('.')?;
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if digits(major, 3) && digits(minor, 1) { major.parse().ok() } else { None }
}

/// The version that really answers a call to `asked`; `None` when no such version was ever launched.
pub(super) fn served(asked: u16, now: Timestamp) -> Option<u16> {
    if asked > NEWEST {
        return None;
    }
    let lives = |end: Option<Day>| end.and_then(midnight).is_none_or(|end| now < end);
    VERSIONS.iter().find(|(version, end)| *version >= asked && lives(*end)).map(|(version, _)| *version)
}

fn midnight((year, month, day): Day) -> Option<Timestamp> {
    let date = jiff::civil::Date::new(year, month, day).ok()?;
    let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_version_is_served_by_the_next_that_lives() {
        let november_2026 = Timestamp::from_millis(1_795_258_800_000);
        for (part, expected) in [
            ("v26.0", Some(Some(26))),
            ("v21.0", Some(Some(21))),
            ("v19.0", Some(Some(21))),
            ("v2.7", Some(Some(21))),
            ("v27.0", Some(None)),
            ("v999.0", Some(None)),
            ("v26", None),
            ("vx.0", None),
            ("me", None),
        ] {
            assert_eq!(parse(part).map(|asked| served(asked, november_2026)), expected, "{part}");
        }
    }
}
