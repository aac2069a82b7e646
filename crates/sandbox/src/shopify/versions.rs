//! Which version of the Admin API answers: four quarters are alive, older calls fall forward to the oldest of them.

use jiff::Timestamp;

/// The version a call for `asked` is answered by, or nothing when there is no such version.
pub(crate) fn answering(asked: &str, now_ms: i64) -> Option<String> {
    if asked == "unstable" {
        return Some(asked.to_owned());
    }
    let (year, month) = asked.split_once('-')?;
    let well_formed = year.len() == 4 && matches!(month, "01" | "04" | "07" | "10");
    let asked = if well_formed { quarter(year.parse().ok()?, month.parse().ok()?) } else { return None };
    let newest = current(now_ms);
    // One release candidate lies ahead of the newest stable version.
    (asked <= newest + 1).then(|| name(asked.max(newest - 3)))
}

/// The supported versions, oldest first.
pub(crate) fn supported(now_ms: i64) -> Vec<String> {
    let newest = current(now_ms);
    (newest - 3..=newest).map(name).collect()
}

fn current(now_ms: i64) -> i32 {
    let today = Timestamp::from_millisecond(now_ms).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    quarter(i32::from(today.year()), i32::from(today.month()))
}

fn quarter(year: i32, month: i32) -> i32 {
    year * 4 + (month - 1) / 3
}

fn name(quarter: i32) -> String {
    format!("{:04}-{:02}", quarter.div_euclid(4), quarter.rem_euclid(4) * 3 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_version_falls_forward_and_an_unknown_one_is_refused() {
        const NOVEMBER_2026: i64 = 1_795_258_800_000;
        let cases = [
            ("2026-04", Some("2026-04")),
            ("2026-10", Some("2026-10")),
            ("2025-04", Some("2026-01")),
            ("2027-01", Some("2027-01")),
            ("2027-04", None),
            ("unstable", Some("unstable")),
            ("2026-4", None),
            ("2026-05", None),
            ("latest", None),
        ];
        for (asked, expected) in cases {
            assert_eq!(answering(asked, NOVEMBER_2026).as_deref(), expected, "{asked}");
        }
        assert_eq!(supported(NOVEMBER_2026), ["2026-01", "2026-04", "2026-07", "2026-10"]);
    }
}
