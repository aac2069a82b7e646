//! How conversations are led: what is waited for, how old a figure may be when it is said, and which codes may be told.

use std::time::Duration;

use shopclerk_domain::discount::ToldCodes;
use shopclerk_flows::app::Settings;
use shopclerk_flows::reply::doubt::DoubtSettings;

use super::check::Checker;

/// Spans a conversation is led by.
pub(super) struct Conversations {
    settle: (i64, i64),
    stale_after: Duration,
    person_pause: Duration,
    replies_an_hour: u32,
    price: Duration,
    stock: Duration,
    doubt: DoubtSettings,
    told_codes: ToldCodes,
}

impl Conversations {
    pub(super) fn apply(self, settings: &mut Settings) {
        (settings.settle.quiet_ms, settings.settle.at_most_ms) = self.settle;
        settings.stale_after = self.stale_after;
        settings.person_pause = self.person_pause;
        settings.replies_an_hour = self.replies_an_hour;
        settings.freshness.price = self.price;
        settings.freshness.stock = self.stock;
        settings.doubt = self.doubt;
        settings.told_codes = self.told_codes;
    }
}

const A_DAY: u64 = 24 * 60;

pub(super) fn read(check: &mut Checker<'_>) -> Option<Conversations> {
    let quiet = check.number("SHOPCLERK_SETTLE_MS", 0..=10_000);
    let most = check.number("SHOPCLERK_SETTLE_MOST_MS", 0..=30_000);
    if let (Some(quiet), Some(most)) = (quiet, most)
        && most < quiet
    {
        check.fault("SHOPCLERK_SETTLE_MOST_MS", "is less than SHOPCLERK_SETTLE_MS", "make it the larger one");
    }
    let stale = check.number("SHOPCLERK_STALE_MINUTES", 1..=A_DAY);
    let pause = check.number("SHOPCLERK_PERSON_PAUSE_HOURS", 1..=168);
    let replies = check.number("SHOPCLERK_REPLIES_AN_HOUR", 1..=1_000_000);
    let price = check.number("SHOPCLERK_PRICE_MINUTES", 1..=A_DAY);
    let stock = check.number("SHOPCLERK_STOCK_MINUTES", 1..=A_DAY);
    let doubt = doubt(check);
    let told_codes = told_codes(check);
    Some(Conversations {
        settle: (quiet?, most?),
        stale_after: Duration::from_mins(stale?),
        person_pause: Duration::from_hours(pause?),
        replies_an_hour: replies?,
        price: Duration::from_mins(price?),
        stock: Duration::from_mins(stock?),
        doubt: doubt?,
        told_codes: told_codes?,
    })
}

/// How long what is waited for, until a send without an answer is settled.
fn doubt(check: &mut Checker<'_>) -> Option<DoubtSettings> {
    let echo = check.number("SHOPCLERK_ECHO_WAIT_SECONDS", 1..=600);
    let between = check.number("SHOPCLERK_READS_APART_SECONDS", 1..=600);
    let missing = check.number("SHOPCLERK_MISSING_AFTER_SECONDS", 1..=3_600);
    let give_up = check.number("SHOPCLERK_DOUBT_MINUTES", 1..=A_DAY);
    Some(DoubtSettings {
        echo_wait: Duration::from_secs(echo?),
        between_reads: Duration::from_secs(between?),
        missing_after: Duration::from_secs(missing?),
        give_up_after: Duration::from_mins(give_up?),
    })
}

/// So many codes can be listed, and so long is the longest.
const MOST_CODES: usize = 200;
const LONGEST_CODE: usize = 64;

fn told_codes(check: &mut Checker<'_>) -> Option<ToldCodes> {
    const NAME: &str = "SHOPCLERK_TOLD_CODES";
    let cure =
        "write `none`, `public` for every code that is open to all buyers, or codes separated by commas";
    let text = check.required(NAME, cure)?;
    match text {
        "none" => return Some(ToldCodes::None),
        "public" => return Some(ToldCodes::Public),
        _ => {}
    }
    let codes: Vec<&str> = text.split(',').map(str::trim).filter(|code| !code.is_empty()).collect();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let odd = codes.iter().find(|code| code.len() > LONGEST_CODE || !code.bytes().all(plain));
    if let Some(odd) = odd {
        let odd: String = odd.chars().take(LONGEST_CODE).collect();
        check.fault(
            NAME,
            format!("`{odd}` is no code that can be told: letters, digits, - and _ only"),
            cure,
        );
        return None;
    }
    if codes.is_empty() || codes.len() > MOST_CODES {
        check.fault(NAME, format!("lists no code, or more than {MOST_CODES}"), cure);
        return None;
    }
    Some(ToldCodes::These(codes.into_iter().map(str::to_owned).collect()))
}
