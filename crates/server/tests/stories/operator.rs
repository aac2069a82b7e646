//! The operator: tokens, and requests that carry one.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use shopclerk_flows::operator::{self, NewToken, Scope};

use crate::outside::{Answer, Request};
use crate::products;
use crate::world::World;

static NEXT: AtomicU32 = AtomicU32::new(1);

impl World {
    /// A token that is good for these.
    pub(crate) async fn token(&self, scopes: &[Scope]) -> String {
        self.token_for(scopes, None).await
    }

    /// A token that is good for these, and for so long.
    pub(crate) async fn token_for(&self, scopes: &[Scope], life: Option<Duration>) -> String {
        let name = format!("story-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let text = operator::draw(self.app().entropy());
        let new = NewToken { name, scopes: scopes.to_vec(), life, hash: operator::hash(&text) };
        operator::keep(self.app(), new).await.unwrap();
        text.expose().clone()
    }

    /// Asks with a token.
    pub(crate) async fn asks(&self, token: &str, path: &str) -> Answer {
        with(Request::get(path), token).send(self).await
    }
}

/// A request that carries a token.
pub(crate) fn with(request: Request, token: &str) -> Request {
    request.header("authorization", format!("Bearer {token}"))
}

#[tokio::test]
async fn t27_a_token_is_kept_as_a_hash_and_told_once() {
    let world = World::with_shop(products::warm_things()).await;
    let token = world.token(&[Scope::Read]).await;

    assert_eq!(world.asks(&token, "/api/v1/merchants").await.status, 200);

    let listed = operator::list(world.app()).await.unwrap();
    assert_eq!((listed.len(), &listed[0].scopes[..]), (1, &[Scope::Read][..]));
    assert!(!format!("{listed:?}").contains(&token));
    for file in std::fs::read_dir(world.folder().join("data")).unwrap().map(|entry| entry.unwrap().path()) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "{}", file.display());
    }
    world.close().await;
}

#[tokio::test]
async fn a_token_counts_until_its_end_or_until_it_is_revoked() {
    let world = World::with_shop(products::warm_things()).await;
    let short = world.token_for(&[Scope::Read], Some(Duration::from_hours(1))).await;
    let long = world.token(&[Scope::Read]).await;
    let refused = (401, "Invalid or expired token".to_owned());
    let status = async |token: &str| world.asks(token, "/api/v1/merchants").await.status;

    world.clock().advance(Duration::from_millis(3_599_999));
    assert_eq!((status(&short).await, status(&long).await), (200, 200));
    world.clock().advance(Duration::from_millis(1));
    assert_eq!(world.asks(&short, "/api/v1/merchants").await.problem(), refused);
    for token in operator::list(world.app()).await.unwrap() {
        operator::revoke(world.app(), &token.name).await.unwrap();
    }
    assert_eq!(world.asks(&long, "/api/v1/merchants").await.problem(), refused);
    world.close().await;
}

#[tokio::test]
async fn a_token_needs_a_plain_name_of_its_own_and_a_scope() {
    let world = World::unconnected(Vec::new()).await;
    let app = world.app();

    let keep = async |name: &str, scopes: &[Scope], hash: u8| {
        let (name, scopes) = (name.to_owned(), scopes.to_vec());
        operator::keep(app, NewToken { name, scopes, life: None, hash: [hash; 32] }).await
    };

    for name in ["", "a b", "a\n", "näme", &"a".repeat(65)] {
        assert!(keep(name, &[Scope::Read], 1).await.is_err(), "{name}");
    }
    assert!(keep("nothing", &[], 1).await.is_err());
    keep("backup-host_1.example", &[Scope::Metrics], 1).await.unwrap();
    let again = keep("backup-host_1.example", &[Scope::Metrics], 2).await;
    assert!(again.unwrap_err().to_string().contains("another token has this name"));
    world.close().await;
}

#[tokio::test]
async fn without_a_token_for_them_there_are_no_metrics() {
    let world = World::with_shop(products::warm_things()).await;
    let reader = world.token(&[Scope::Read, Scope::Write]).await;
    let code = async |request: Request| {
        let answer = request.send(&world).await;
        (answer.status, answer.told("code"))
    };
    let ask = || Request::get("/metrics");

    assert_eq!(code(ask()).await, (404, "http.not_found".to_owned()));
    assert_eq!(code(with(ask(), "shopclerk_wrong")).await, (404, "http.not_found".to_owned()));
    assert_eq!(code(with(ask(), &reader)).await, (403, "api.scope_missing".to_owned()));

    let ended = world.token_for(&[Scope::Metrics], Some(Duration::from_secs(1))).await;
    assert_eq!(code(ask()).await, (401, "api.unauthenticated".to_owned()));
    world.clock().advance(Duration::from_secs(1));
    assert_eq!(code(with(ask(), &ended)).await, (404, "http.not_found".to_owned()));
    world.close().await;
}

#[tokio::test]
async fn t42_the_figures_say_what_happened_and_name_nobody() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.asks("how much is the Storm coat?").await.says(&["189"]);
    let token = world.token(&[Scope::Metrics]).await;

    let answer = world.asks(&token, "/metrics").await;

    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        "# TYPE shopclerk_happenings_total counter",
        "shopclerk_happenings_total{kind=\"turn.gate\"} 2",
        "shopclerk_http_answers_total{route=\"/facebook/webhook\",method=\"POST\",status=\"200\"}",
        "shopclerk_connections{kind=\"account\",state=\"ok\"} 1",
        "shopclerk_undone{kind=\"quarantined\"} 0",
        "shopclerk_overdue_seconds{kind=\"job\"} 0.000",
    ] {
        assert!(answer.body.contains(line), "{line} is missing in\n{}", answer.body);
    }
    let merchant = world.merchant().await.to_string();
    for name in [&*merchant, "nordlys", "Nordlys", crate::world::PAGE, "Ana", &ana.psid()] {
        assert!(!answer.body.contains(name), "{name} in\n{}", answer.body);
    }
    world.close().await;
}
