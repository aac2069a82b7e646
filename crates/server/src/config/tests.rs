//! Settings that can and cannot be started with.

use super::{Config, Faults, Sources};

const GOOD: &[(&str, &str)] = &[
    ("SHOPCLERK_PUBLIC_URL", "https://clerk.nordlys.example"),
    ("FACEBOOK_APP_ID", "123456789012345"),
    ("FACEBOOK_APP_SECRET", "1f0c7d1c9f5e4a41b1"),
    ("FACEBOOK_VERIFY_TOKEN", "b7f2d4e86a1c4f5599"),
    ("SHOPIFY_API_KEY", "5d0a8e4f1b7c4e2f"),
    ("SHOPIFY_API_SECRET", "9c1e5a7b3d2f4c6e88"),
];

fn load(changes: &[(&str, &str)]) -> Result<Config, Faults> {
    let mut values: Vec<(&str, &str)> = GOOD.to_vec();
    for (name, value) in changes {
        values.retain(|(other, _)| other != name);
        values.push((name, value));
    }
    Config::load(&Sources::only(&values).unwrap())
}

fn check(changes: &[(&str, &str)], expected: &[&str]) {
    let found = load(changes).map_or_else(|faults| faults.0, |_| Vec::new());
    let named: Vec<&str> = found.iter().map(|fault| fault.option.as_str()).collect();
    assert_eq!(named, expected, "{changes:?}");
    assert!(found.iter().all(|fault| !fault.cure.is_empty()), "each fault has its cure");
}

#[test]
fn t30_what_cannot_be_started_with_is_named() {
    check(&[], &[]);
    check(&[("FACEBOOK_APP_ID", "")], &["FACEBOOK_APP_ID"]);
    check(&[("FACEBOOK_APP_SECRET", "changeme-please")], &["FACEBOOK_APP_SECRET"]);
    check(&[("FACEBOOK_APP_SECRET", "short")], &["FACEBOOK_APP_SECRET"]);
    check(&[("SHOPIFY_API_SECRET", "1f0c7d1c9f5e4a41b1")], &["SHOPIFY_API_SECRET"]);
    check(&[("SHOPCLERK_PUBLIC_URL", "http://clerk.nordlys.example")], &["SHOPCLERK_PUBLIC_URL"]);
    check(&[("SHOPCLERK_PUBLIC_URL", "clerk.nordlys.example")], &["SHOPCLERK_PUBLIC_URL"]);
    check(&[("SHOPCLERK_PUBLIC_URL", "https://clerk.nordlys.example/app")], &["SHOPCLERK_PUBLIC_URL"]);
    check(&[("SHOPCLERK_BIND", "5000")], &["SHOPCLERK_BIND"]);
    check(&[("SHOPCLERK_ROLE", "worker")], &["SHOPCLERK_ROLE"]);
    check(&[("FACEBOOK_GRAPH_VERSION", "26")], &["FACEBOOK_GRAPH_VERSION"]);
    check(&[("SHOPIFY_API_VERSION", "2026-05")], &["SHOPIFY_API_VERSION"]);
    check(&[("SHOPCLERK_SIGNUP", "everyone!")], &["SHOPCLERK_SIGNUP"]);
    check(&[("FACEBOOK_APP_SECRET_PREVIOUS", "0a0b0c0d0e0f")], &["FACEBOOK_APP_SECRET_PREVIOUS_UNTIL"]);
    check(
        &[("FACEBOOK_REDIRECT_URI", "https://other.example/facebook/callback")],
        &["FACEBOOK_REDIRECT_URI"],
    );
    check(&[("SHOPCLERK_KEYS", "a:b"), ("SHOPCLERK_KEYS_FILE", "/k")], &["SHOPCLERK_KEYS_FILE"]);
    check(
        &[
            ("SHOPIFY_API_SECRET_PREVIOUS", "changeme-please"),
            ("SHOPIFY_API_SECRET_PREVIOUS_UNTIL", "2027-01-31T00:00:00Z"),
        ],
        &["SHOPIFY_API_SECRET_PREVIOUS"],
    );
    for codes in ["TEN % OFF", ",", &"X".repeat(65)] {
        check(&[("SHOPCLERK_TOLD_CODES", codes)], &["SHOPCLERK_TOLD_CODES"]);
    }
    check(&[("SHOPCLERK_TRUSTED_PROXIES", "proxy.example")], &["SHOPCLERK_TRUSTED_PROXIES"]);
    check(&[("SHOPCLERK_LOGINS_PER_MINUTE", "many")], &["SHOPCLERK_LOGINS_PER_MINUTE"]);
    check(&[("SHOPCLERK_PENDING_LOGINS", "-1")], &["SHOPCLERK_PENDING_LOGINS"]);
    check(
        &[("SHOPCLERK_STRICT", "maybe"), ("SHOPCLERK_KEYS_FILE", "/k")],
        &["SHOPCLERK_STRICT", "SHOPCLERK_KEYS_FILE"],
    );
    check(&[("SHOPCLERK_SETTLE_MS", "5000")], &["SHOPCLERK_SETTLE_MOST_MS"]);
    check(&[("SHOPCLERK_STOCK_MINUTES", "0")], &["SHOPCLERK_STOCK_MINUTES"]);
}

#[test]
fn t30_the_database_is_sqlite_in_the_data_folder_or_a_clear_refusal() {
    for good in ["sqlite:", "sqlite://", "sqlite:./data/shopclerk.db"] {
        check(&[("DATABASE_URL", good)], &[]);
    }
    for (bad, what) in [
        ("postgres://clerk:CANARY@db/clerk", "not in this build yet"),
        ("postgresql://db/clerk", "not in this build yet"),
        ("sqlite:/elsewhere.db", "names another file"),
        ("mysql://CANARY", "is no database address"),
    ] {
        let faults = load(&[("DATABASE_URL", bad)]).unwrap_err().to_string();
        assert!(faults.contains(what) && !faults.contains("CANARY"), "{faults}");
    }
}

#[test]
fn t30_a_model_is_reached_in_clear_only_nearby() {
    let endpoint = |address: &str| load(&[("AGENT_ENDPOINT", address), ("AGENT_API_KEY", "sk-0d1e2f3a4b")]);
    for good in [
        "https://api.example/v1",
        "http://127.0.0.1:11434/v1",
        "http://192.168.1.9/v1",
        "http://[fd00::1]/v1",
    ] {
        let config = endpoint(good).unwrap();
        assert_eq!(config.model.unwrap().endpoint.as_str(), good);
        let warned = config.remarks.iter().any(|remark| remark.contains("travels in clear"));
        assert_eq!(warned, good.starts_with("http:"), "{good}");
    }
    for bad in [
        "http://api.example/v1",
        "http://8.8.8.8/v1",
        "ftp://127.0.0.1",
        "api.example",
        "https://k:s@api.example",
    ] {
        assert!(endpoint(bad).unwrap_err().to_string().contains("AGENT_ENDPOINT: "), "{bad}");
    }
    assert!(load(&[("AGENT_API_KEY", "sk-0d1e2f3a4b")]).unwrap().model.is_none());
    check(&[("AGENT_ENDPOINT", "https://a.example"), ("AGENT_API_KEY", "changeme")], &["AGENT_API_KEY"]);
    check(
        &[("AGENT_ENDPOINT", "https://a.example"), ("AGENT_PROMPT_FILE", "/nowhere")],
        &["AGENT_PROMPT_FILE"],
    );
}

/// What a start says of a prompt file with this text, and this many tokens for a turn.
fn with_prompt(text: &str, tokens: &str) -> Result<Config, Faults> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prompt.txt");
    std::fs::write(&file, text).unwrap();
    load(&[
        ("AGENT_ENDPOINT", "https://a.example"),
        ("AGENT_PROMPT_FILE", file.to_str().unwrap()),
        ("AGENT_TURN_TOKENS", tokens),
    ])
}

#[test]
fn a_prompt_of_ones_own_is_what_the_file_says() {
    let words = "Du verkaufst für {shopify_metadata}: {message_text}\n";
    let config = with_prompt(words, "12000").unwrap();

    assert_eq!(config.settings.model.template.as_deref(), Some(words));
    assert_eq!(load(&[("AGENT_ENDPOINT", "https://a.example")]).unwrap().settings.model.template, None);
}

#[test]
fn a_prompt_that_no_turn_has_room_for_is_refused_at_the_start() {
    let kib = |kib: usize| "a ".repeat(kib * 512);
    for (text, tokens, refused) in [
        (kib(64), "30000", None),
        (format!("{} ", kib(64)), "30000", Some("is longer than 64 KiB. shorten it")),
        (kib(64), "12000", Some("tokens at least, and AGENT_TURN_TOKENS allows 12000. shorten it, or raise")),
        (kib(24), "12000", None),
        (kib(4), "1500", Some("AGENT_TURN_TOKENS allows 1500")),
    ] {
        let started = with_prompt(&text, tokens);
        let said = started.as_ref().err().map(ToString::to_string).unwrap_or_default();
        assert_eq!(started.is_err(), refused.is_some(), "{} bytes, {tokens}: {said}", text.len());
        assert!(said.contains(refused.unwrap_or_default()), "{said}");
        assert_eq!(said.contains("AGENT_PROMPT_FILE: "), refused.is_some(), "{said}");
    }
    let remarks = |text: String| with_prompt(&text, "12000").unwrap().remarks.join("\n");
    assert!(remarks(kib(24)).contains("leaves no room to ask the model a second time"));
    assert!(!remarks(kib(8)).contains("room"));
    let own = [("AGENT_ENDPOINT", "https://a.example"), ("AGENT_TURN_TOKENS", "1000")];
    check(&own, &["AGENT_TURN_TOKENS"]);
    check(&own[1..], &[]);
}

#[test]
fn t30_a_bucket_is_named_whole_or_not_at_all() {
    let whole = [
        ("SPACES_KEY", "DO00EXAMPLE7KEYID42A"),
        ("SPACES_SECRET", "9pQ2vX7mK4tL8wZ1nB5cR3"),
        ("SPACES_BUCKET", "nordlys"),
        ("SPACES_ENDPOINT", "https://fra1.digitaloceanspaces.com"),
    ];
    let but = |name: &'static str, value: &'static str| {
        let mut changed = whole.to_vec();
        changed.retain(|(other, _)| *other != name);
        changed.push((name, value));
        changed
    };
    check(&whole, &[]);
    check(&[("SPACES_REGION", "fra1")], &["SPACES_KEY", "SPACES_SECRET", "SPACES_BUCKET"]);
    check(&but("SPACES_KEY", ""), &["SPACES_KEY"]);
    check(&[&but("SPACES_KEY", "")[..], &[("SPACES_API_KEY", "DO00EXAMPLE7KEYID42A")]].concat(), &[]);
    check(&but("SPACES_API_KEY", "DO00ANOTHER7KEYID42A"), &["SPACES_API_KEY"]);
    check(&but("SPACES_API_SECRET", "changeme"), &["SPACES_API_SECRET"]);
    check(&but("SPACES_SECRET", "changeme"), &["SPACES_SECRET"]);
    check(&but("SPACES_BUCKET", "Nord/lys"), &["SPACES_BUCKET"]);
    check(&but("SPACES_ENDPOINT", ""), &["SPACES_ENDPOINT"]);
    check(&but("SPACES_REGION", "fra1/x"), &["SPACES_REGION"]);
    check(&but("SPACES_ENDPOINT", "http://fra1.digitaloceanspaces.com"), &["SPACES_ENDPOINT"]);
    check(&but("MIRROR_CONVERSATIONS", "perhaps"), &["MIRROR_CONVERSATIONS"]);
}

#[test]
fn t20_a_key_that_travels_in_clear_is_told() {
    let config = load(&[
        ("SPACES_KEY", "DO00EXAMPLE7KEYID42A"),
        ("SPACES_SECRET", "9pQ2vX7mK4tL8wZ1nB5cR3"),
        ("SPACES_BUCKET", "nordlys"),
        ("SPACES_ENDPOINT", "http://127.0.0.1:9000"),
    ])
    .unwrap();

    assert!(config.remarks.iter().any(|remark| remark.contains("SPACES_ENDPOINT is plain http")));
}

#[test]
fn all_that_is_missing_is_named_at_once_with_its_cure() {
    let faults = Config::load(&Sources::only(&[]).unwrap()).unwrap_err();

    let text = faults.to_string();

    for (name, _) in GOOD {
        assert!(text.contains(&format!("{name}: is missing.")), "{text}");
    }
}

#[test]
fn stand_ins_are_for_development_only() {
    let local = ("SHOPCLERK_PUBLIC_URL", "http://127.0.0.1:5000");

    check(
        &[local, ("FACEBOOK_GRAPH_URL", "http://127.0.0.1:9"), ("SHOPIFY_URL", "http://127.0.0.1:9/{shop}")],
        &[],
    );
    check(&[("FACEBOOK_GRAPH_URL", "https://graph.evil.example")], &["FACEBOOK_GRAPH_URL"]);
    check(&[("SHOPIFY_URL", "https://evil.example/{shop}")], &["SHOPIFY_URL"]);
    check(&[("SHOPCLERK_FAULT_POINT", "inbox.committed")], &["SHOPCLERK_FAULT_POINT"]);
    check(&[local, ("SHOPCLERK_FAULT_POINT", "inbox.committed")], &[]);
    check(&[local, ("SHOPCLERK_FAULT_POINT", "everywhere")], &["SHOPCLERK_FAULT_POINT"]);
}

#[test]
fn the_public_address_is_taken_from_the_webhooks_where_it_is_not_given() {
    let config = load(&[
        ("SHOPCLERK_PUBLIC_URL", ""),
        ("FACEBOOK_WEBHOOK_ADDRESS", "https://clerk.nordlys.example/facebook/webhook"),
    ])
    .unwrap();

    assert_eq!(config.settings.public_url, "https://clerk.nordlys.example");
    assert_eq!(config.settings.shopify_redirect, "https://clerk.nordlys.example/shopify/callback");
}

#[test]
fn what_is_no_longer_used_is_said() {
    let config = load(&[("STATE_TOKEN_SECRET", "old")]).unwrap();

    assert!(config.remarks.iter().any(|remark| remark.contains("STATE_TOKEN_SECRET")));
}

#[test]
fn what_a_model_may_cost_is_checked_and_all_its_faults_are_named_at_once() {
    check(&[("AGENT_PROMPT_PRICE", "0.15"), ("AGENT_MERCHANT_COST", "25")], &[]);
    check(
        &[
            ("AGENT_DEADLINE_SECONDS", "0"),
            ("AGENT_TURN_TOKENS", "many"),
            ("AGENT_TURN_COST", "-1"),
            ("AGENT_SHOPPER_TOKENS", "-5"),
            ("AGENT_MERCHANT_COST", "1e9"),
        ],
        &[
            "AGENT_DEADLINE_SECONDS",
            "AGENT_TURN_TOKENS",
            "AGENT_TURN_COST",
            "AGENT_SHOPPER_TOKENS",
            "AGENT_MERCHANT_COST",
        ],
    );
}
