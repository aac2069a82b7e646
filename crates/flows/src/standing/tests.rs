//! Which answer of a platform puts a connection where, as tables.

use shopclerk_upstream::meta::oauth::GranularScope;

use super::*;

use ConnectionState::{Blocked, Disconnected, Expiring, Limited, NeedsReconnect, Ok as Fine};

const NOW: Timestamp = Timestamp::from_millis(1_795_258_800_000);
const ALL_STATES: [ConnectionState; 6] = [Fine, Expiring, NeedsReconnect, Limited, Blocked, Disconnected];

fn refused(code: &str) -> UpstreamError {
    UpstreamError::Refused { code: code.to_owned() }
}

/// What a move comes to: the words of state and cause, or `-` where the connection stays.
fn check(known: (ConnectionState, Option<Cause>), heard: Heard, expected: &str) {
    let (state, cause) = known;
    let moved = after(state, cause, heard);
    let words = moved.map_or("-", |change| change.to.map_or("ok", Cause::word));
    assert_eq!(words, expected, "{state:?} {cause:?} {heard:?}");
    assert!(moved.is_none_or(|change| change.from == state));
}

#[test]
fn t26_what_was_heard_moves_a_connection_to_where_it_really_stands() {
    let broken = (NeedsReconnect, Some(Cause::TokenRefused));
    let blocked = (Blocked, Some(Cause::WritingForbidden));
    for (known, heard, expected) in [
        ((Fine, None), Heard::MayWrite, "-"),
        ((Fine, None), Heard::TokenGood, "-"),
        ((Fine, None), Heard::Trouble(Cause::SlowedDown), "platform.slowed_down"),
        ((Limited, Some(Cause::SlowedDown)), Heard::Trouble(Cause::SlowedDown), "-"),
        ((Limited, Some(Cause::SlowedDown)), Heard::MayWrite, "ok"),
        ((Limited, Some(Cause::SlowedDown)), Heard::TokenGood, "-"),
        (blocked, Heard::MayWrite, "ok"),
        (blocked, Heard::Trouble(Cause::SlowedDown), "-"),
        (blocked, Heard::Trouble(Cause::TokenRefused), "token.refused"),
        ((Expiring, Some(Cause::TokenEnding)), Heard::TokenGood, "ok"),
        ((Expiring, Some(Cause::TokenEnding)), Heard::MayWrite, "-"),
        ((Expiring, Some(Cause::RenewalFailing)), Heard::Answered(None), "-"),
        ((Expiring, Some(Cause::RenewalFailing)), Heard::Renewed(None), "ok"),
        (
            (Expiring, Some(Cause::RenewalFailing)),
            Heard::Trouble(Cause::RefreshRefused),
            "token.refresh_refused",
        ),
        (broken, Heard::Trouble(Cause::WritingForbidden), "-"),
        (broken, Heard::Trouble(Cause::PasswordChanged), "person.password_changed"),
        (broken, Heard::Trouble(Cause::AppRemoved), "app.removed"),
        (broken, Heard::TokenGood, "ok"),
        (broken, Heard::MayWrite, "-"),
        ((NeedsReconnect, Some(Cause::NoToken)), Heard::TokenGood, "-"),
        ((NeedsReconnect, Some(Cause::MayNotWrite)), Heard::TokenGood, "-"),
        ((NeedsReconnect, Some(Cause::DeliveriesRefused)), Heard::TokenGood, "-"),
        ((NeedsReconnect, Some(Cause::DeliveriesRefused)), Heard::Delivers, "ok"),
        (broken, Heard::Delivers, "-"),
        ((Blocked, Some(Cause::ShopFrozen)), Heard::Answered(None), "ok"),
        ((Fine, None), Heard::Answered(Some(Cause::ScopesFewer)), "scopes.fewer"),
        ((Fine, Some(Cause::ScopesFewer)), Heard::Answered(None), "ok"),
        ((Fine, Some(Cause::ScopesFewer)), Heard::Answered(Some(Cause::ScopesFewer)), "-"),
        ((Fine, Some(Cause::ScopesMore)), Heard::Trouble(Cause::ScopesMissing), "scopes.missing"),
    ] {
        check(known, heard, expected);
    }
}

#[test]
fn t26_what_was_taken_away_comes_back_by_a_new_grant_alone() {
    for heard in
        [Heard::MayWrite, Heard::TokenGood, Heard::Renewed(None), Heard::Trouble(Cause::TokenRefused)]
    {
        check((Disconnected, Some(Cause::AppRemoved)), heard, "-");
    }
}

#[test]
fn nothing_mild_ever_covers_what_only_the_merchant_can_mend() {
    for state in ALL_STATES {
        for trouble in Cause::ALL {
            let moved = after(state, None, Heard::Trouble(trouble));
            let milder = weight(trouble.state()) < weight(state);
            assert!(!(milder && moved.is_some()), "{state:?} {trouble:?}");
        }
    }
}

#[test]
fn a_sends_answer_tells_of_its_account_or_of_nothing() {
    for (sent, heard) in [
        (Ok("m_1".to_owned()), Some(Heard::MayWrite)),
        (Err(SendError::Limited { retry_after: None }), Some(Heard::Trouble(Cause::SlowedDown))),
        (Err(SendError::Paced { wait: Duration::from_secs(1) }), None),
        (Err(SendError::Blocked { retry_after: None }), Some(Heard::Trouble(Cause::WritingForbidden))),
        (Err(SendError::TokenRefused), Some(Heard::Trouble(Cause::TokenRefused))),
        (Err(SendError::WindowClosed), None),
        (Err(SendError::Unreachable), None),
        (Err(SendError::Refused { code: "100".to_owned() }), None),
        (Err(SendError::Unavailable), None),
        (Err(SendError::Unclear), None),
    ] {
        assert_eq!(of_send(&sent), heard, "{sent:?}");
    }
    for (error, heard) in [
        (UpstreamError::TokenRefused, Some(Heard::Trouble(Cause::TokenRefused))),
        (refused("100/33"), Some(Heard::Trouble(Cause::DeliveriesRefused))),
        (UpstreamError::Unavailable, None),
        (UpstreamError::Limited { retry_after: None }, None),
    ] {
        assert_eq!(of_subscribing(&error), heard, "{error}");
    }
}

#[test]
fn a_shops_answer_tells_of_the_shop_or_of_nothing() {
    for (error, cause) in [
        (UpstreamError::TokenRefused, Some(Cause::TokenRefused)),
        (refused("402"), Some(Cause::ShopFrozen)),
        (refused("SHOP_INACTIVE"), Some(Cause::ShopFrozen)),
        (refused("423"), Some(Cause::ShopLocked)),
        (refused("404"), Some(Cause::ShopGone)),
        (refused("403"), None),
        (refused("ACCESS_DENIED"), None),
        (UpstreamError::Limited { retry_after: None }, None),
        (UpstreamError::Malformed, None),
        (UpstreamError::Unclear, None),
    ] {
        assert_eq!(of_shop(&error), cause.map(Heard::Trouble), "{error}");
    }
    for (error, by, cause) in [
        (UpstreamError::TokenRefused, Cause::RefreshRefused, Cause::RefreshRefused),
        (refused(APP_UNKNOWN), Cause::RefreshRefused, Cause::AppRefused),
        (refused(APP_UNKNOWN), Cause::CredentialsRefused, Cause::AppRefused),
        (refused("other"), Cause::RefreshRefused, Cause::RenewalFailing),
        (refused("shop_not_permitted"), Cause::CredentialsRefused, Cause::CredentialsRefused),
        (UpstreamError::Unavailable, Cause::RefreshRefused, Cause::RenewalFailing),
        (UpstreamError::Malformed, Cause::CredentialsRefused, Cause::RenewalFailing),
    ] {
        assert_eq!(of_renewal(&error, by), Heard::Trouble(cause), "{error}");
    }
}

#[test]
fn t25_granted_scopes_are_held_against_those_asked_for() {
    let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (asked, required) = (list("read_products read_discounts"), list("read_products"));
    for (granted, cause) in [
        ("read_products read_discounts", None),
        ("read_products", Some(Cause::ScopesFewer)),
        ("read_discounts", Some(Cause::ScopesMissing)),
        ("", Some(Cause::ScopesMissing)),
        ("read_products read_discounts read_orders", Some(Cause::ScopesMore)),
        ("write_products read_products read_discounts", Some(Cause::ScopesMore)),
        ("write_products read_discounts", Some(Cause::ScopesMore)),
        ("read_products read_orders", Some(Cause::ScopesMore)),
    ] {
        assert_eq!(of_scopes(&list(granted), &asked, &required), cause, "{granted}");
    }
}

/// A Page token as it should be.
fn good() -> TokenInfo {
    let scopes = ["pages_messaging", "pages_manage_metadata"];
    TokenInfo {
        valid: true,
        ended: None,
        ours: true,
        kind: "PAGE".to_owned(),
        user: None,
        expires_at: None,
        data_access_until: Some(NOW.plus(SOON + Duration::from_mins(1))),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        granular: Vec::new(),
    }
}

#[test]
fn what_meta_knows_of_a_token_tells_how_its_page_stands() {
    let granular = |targets: &[&str]| {
        let targets = targets.iter().map(|id| (*id).to_owned()).collect();
        vec![GranularScope { scope: "pages_messaging".to_owned(), targets }]
    };
    let ended = |why| TokenInfo { valid: false, ended: why, ..good() };
    let hour = Duration::from_hours(1);
    for (info, cause) in [
        (good(), None),
        (TokenInfo { granular: granular(&["1", "2"]), ..good() }, None),
        (TokenInfo { granular: granular(&[]), ..good() }, None),
        (TokenInfo { granular: granular(&["2"]), ..good() }, Some(Cause::ScopesMissing)),
        (TokenInfo { scopes: vec!["pages_messaging".to_owned()], ..good() }, Some(Cause::ScopesMissing)),
        (TokenInfo { ours: false, ..good() }, Some(Cause::OtherApp)),
        (ended(None), Some(Cause::TokenRefused)),
        (ended(Some(Ended::InTime)), Some(Cause::TokenEnded)),
        (ended(Some(Ended::AppRemoved)), Some(Cause::AppRemoved)),
        (ended(Some(Ended::PasswordChanged)), Some(Cause::PasswordChanged)),
        (ended(Some(Ended::LoginNeeded)), Some(Cause::LoginNeeded)),
        (ended(Some(Ended::RoleLost)), Some(Cause::RoleLost)),
        (TokenInfo { expires_at: Some(NOW.plus(SOON)), ..good() }, Some(Cause::TokenEnding)),
        (TokenInfo { expires_at: Some(NOW.plus(SOON + hour)), ..good() }, None),
        (TokenInfo { data_access_until: Some(NOW.plus(SOON)), ..good() }, Some(Cause::DataAccessEnding)),
        (TokenInfo { data_access_until: Some(NOW), ..good() }, Some(Cause::DataAccessEnded)),
        (TokenInfo { data_access_until: None, ..good() }, None),
    ] {
        let heard = cause.map_or(Heard::TokenGood, Heard::Trouble);
        assert_eq!(of_page_token(&info, "1", NOW), heard, "{info:?}");
    }
}
