//! What Meta says of an account itself rather than of a conversation: that it changed, that it may not write for a while, that
//! somebody took a permission back.

use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::event::{AccountEvent, AccountNews, DedupKey};

use super::event::dedup;
use super::{Entry, person};
use crate::lenient::{Fields, as_text, canonical, elements, fields, instant_in, object, text};

/// Longest id of an account, and longest name of a field.
const LONGEST: usize = 64;
/// Most accounts that one change of permissions names.
const MOST_TARGETS: usize = 100;

/// Reads what stands among the events of conversations and has no shopper in it.
///
/// | kind | key | effect |
/// | --- | --- | --- |
/// | `policy_enforcement` | all it says | `block` stops sends, `unblock` allows them, a warning is noted |
/// | `app_roles`, `optin` without a person, `standby` of nobody | all it says | noted |
pub(super) fn read_notice(raw: &str, entry: Entry<'_>) -> Option<AccountEvent> {
    let event = fields(raw)?;
    let policy =
        ["policy_enforcement", "policy-enforcement"].into_iter().find_map(|name| object(&event, name));
    let (kind, news) = if let Some(policy) = policy {
        let news = match text(&policy, "action").as_deref() {
            Some("block") => AccountNews::Blocked,
            Some("unblock") => AccountNews::Unblocked,
            _ => AccountNews::Noted,
        };
        ("policy_enforcement", news)
    } else {
        let named = ["app_roles", "optin"].into_iter().find(|name| event.contains_key(name));
        (named?, AccountNews::Noted)
    };
    let account = person(&event, "recipient").or_else(|| entry.account.map(str::to_owned))?;
    let own = instant_in(&event, "timestamp");
    let key = dedup(&account, kind, &[canonical(raw)], own);
    of(account, kind, news, key, own.or(entry.time))
}

/// Reads one change of a Page: key = field, value and the entry's time; effect = the Page is read again, unless it did that
/// itself, which would turn in circles.
pub(super) fn read_change(change: &Fields<'_>, entry: Entry<'_>) -> Option<AccountEvent> {
    let field = text(change, "field").filter(|field| is_name(field))?;
    let account = entry.account?;
    let value = change.get("value").map(serde_json::value::RawValue::get).unwrap_or_default();
    let from = fields(value).and_then(|value| person(&value, "from"));
    let news = if from.as_deref() == Some(account) { AccountNews::Noted } else { AccountNews::Changed };
    let time = entry.time.map(Timestamp::millis).unwrap_or_default().to_be_bytes().to_vec();
    let key = dedup(account, &field, &[canonical(value), time], entry.time);
    of(account.to_owned(), &field, news, key, entry.time)
}

/// Reads one change of what a person permits: each account it names is asked what still holds.
pub(super) fn read_permission(change: &Fields<'_>, entry: Entry<'_>) -> Vec<AccountEvent> {
    let Some(field) = text(change, "field").filter(|field| is_name(field)) else { return Vec::new() };
    let raw = change.get("value").map(serde_json::value::RawValue::get).unwrap_or_default();
    let value = fields(raw).unwrap_or_default();
    let targets = value.get("target_ids").and_then(|list| elements(list.get())).unwrap_or_default();
    let time = entry.time.map(Timestamp::millis).unwrap_or_default().to_be_bytes().to_vec();
    let kind = format!("permission.{field}");
    let targets = targets.into_iter().take(MOST_TARGETS).filter_map(as_text);
    let key = [canonical(raw), time];
    let regranted = |account: String| {
        let key = dedup(&account, &kind, &key, entry.time);
        of(account, &kind, AccountNews::Regranted, key, entry.time)
    };
    targets.filter_map(regranted).collect()
}

fn of(
    account: String,
    kind: &str,
    news: AccountNews,
    dedup: DedupKey,
    at: Option<Timestamp>,
) -> Option<AccountEvent> {
    (1..=LONGEST).contains(&account.len()).then(|| AccountEvent {
        channel: ChannelKind::Messenger,
        dedup,
        account,
        kind: kind.to_owned(),
        news,
        at,
    })
}

fn is_name(field: &str) -> bool {
    (1..=LONGEST).contains(&field.len())
        && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
