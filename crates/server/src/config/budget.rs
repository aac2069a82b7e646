//! How long a turn waits for the language model, and what the model may cost.

use std::time::Duration;

use shopclerk_flows::model::{Bounds, Cost, DailyCaps, ModelSettings, Prices};

use super::check::Checker;

const MILLION: u64 = 1_000_000;
const MOST_TOKENS: u64 = 1_000_000_000_000;

/// Time and budgets; all of them are looked at before the first fault ends it.
pub(super) fn read(check: &mut Checker<'_>) -> Option<ModelSettings> {
    let deadline = check.number("AGENT_DEADLINE_SECONDS", 2..=40);
    let tokens = check.number("AGENT_TURN_TOKENS", 1_000..=MILLION);
    let turn_micros = limit(check, "AGENT_TURN_COST");
    let (prompt, answer) = (amount(check, "AGENT_PROMPT_PRICE"), amount(check, "AGENT_ANSWER_PRICE"));
    let shopper = cap(check, "AGENT_SHOPPER_TOKENS", "AGENT_SHOPPER_COST");
    let merchant = cap(check, "AGENT_MERCHANT_TOKENS", "AGENT_MERCHANT_COST");
    Some(ModelSettings {
        deadline: Duration::from_secs(deadline?),
        bounds: Bounds { tokens: tokens?, ..Bounds::default() },
        turn_micros: turn_micros?,
        prices: Prices { prompt: prompt?.unwrap_or(0), answer: answer?.unwrap_or(0) },
        caps: DailyCaps { shopper: shopper?, merchant: merchant? },
        ..ModelSettings::default()
    })
}

/// What a day may cost at most.
fn cap(check: &mut Checker<'_>, tokens: &str, cost: &str) -> Option<Cost> {
    let (tokens, micros) = (check.number(tokens, 1_000..=MOST_TOKENS), limit(check, cost));
    Some(Cost { tokens: tokens?, micros: micros? })
}

/// A limit in millionths; none set is none.
fn limit(check: &mut Checker<'_>, option: &str) -> Option<u64> {
    Some(amount(check, option)?.unwrap_or(u64::MAX))
}

/// An amount in millionths, written like `0.15`.
#[expect(clippy::option_option, reason = "a fault is one thing, no amount another")]
fn amount(check: &mut Checker<'_>, option: &str) -> Option<Option<u64>> {
    let Some(text) = check.optional(option) else { return Some(None) };
    let millionths = millionths(text);
    if millionths.is_none() {
        check.fault(
            option,
            format!("`{text}` is no amount"),
            "write it like 0.15, with at most six decimals",
        );
        return None;
    }
    Some(millionths)
}

fn millionths(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=9).contains(&whole.len()) && decimals.len() <= 6 && digits(whole) && digits(decimals);
    let decimals: u64 = format!("{decimals:0<6}").parse().ok()?;
    let whole: u64 = whole.parse().ok()?;
    fits.then(|| whole * MILLION + decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_or_refused() {
        for (text, expected) in [
            ("0.15", Some(150_000)),
            ("2", Some(2_000_000)),
            ("0.000001", Some(1)),
            ("0.0000001", None),
            ("-1", None),
            ("1e3", None),
            ("", None),
            (".5", None),
            ("9999999999", None),
        ] {
            assert_eq!(millionths(text), expected, "{text}");
        }
    }
}
