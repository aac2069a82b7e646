//! When something that failed is tried again.

use std::time::Duration;

use shopclerk_domain::clock::Timestamp;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(15);

/// Exponential with full jitter, never before the other side's `hint`. `jitter` is a fraction in `0.0..1.0`.
pub(crate) fn next_attempt(now: Timestamp, attempt: u32, hint: Option<Duration>, jitter: f64) -> Timestamp {
    let ceiling = FIRST.saturating_mul(1_u32.checked_shl(attempt.min(20)).unwrap_or(u32::MAX)).min(LONGEST);
    let wait = FIRST / 4 + ceiling.mul_f64(jitter.clamp(0.0, 1.0));
    now.plus(hint.map_or(wait, |hint| hint.max(wait)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(attempt: u32, hint_s: Option<u64>, jitter: f64, expected_ms: i64) {
        let now = Timestamp::from_millis(0);
        let at = next_attempt(now, attempt, hint_s.map(Duration::from_secs), jitter);
        assert_eq!(at.millis(), expected_ms, "attempt {attempt}");
    }

    #[test]
    fn t15_retries_spread_out_and_obey_the_other_side() {
        check(0, None, 0.0, 250);
        check(0, None, 1.0, 1_250);
        check(3, None, 0.5, 4_250);
        check(40, None, 1.0, 900_250);
        check(0, Some(300), 0.5, 300_000);
        check(12, Some(1), 1.0, 900_250);
    }
}
