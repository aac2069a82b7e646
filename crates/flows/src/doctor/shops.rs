//! Shopify: each shop with its token, scopes, subscriptions and the age of what was read, and the version that answers.

use std::time::Duration;

use shopclerk_domain::ids::MerchantId;
use shopclerk_storage::nouns::connections::ShopTokens;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::shopify::subscriptions::TOPICS;

use super::connections::Gathered;
use super::{Finding, meta};
use crate::app::App;
use crate::connect::facts;
use crate::connections::ShopOverview;
use crate::standing::{self, Heard};

const STANDING: &str = "shop.standing";
/// A catalogue is read whole once a day; this leaves the reading its time.
const OLD: Duration = Duration::from_hours(26);

pub(super) async fn examine(app: &App, who: &Gathered) -> Vec<Finding> {
    let mut found = Vec::new();
    for (merchant, seen) in &who.merchants {
        for shop in &seen.shops {
            let name = shop.row.shop.domain.as_str();
            found.extend(examine_shop(app, *merchant, shop).await.into_iter().map(|one| one.about(name)));
        }
    }
    found.extend(version(app));
    found
}

async fn examine_shop(app: &App, merchant: MerchantId, shop: &ShopOverview) -> Vec<Finding> {
    let domain = &shop.row.shop.domain;
    let recorded = Finding { code: STANDING, ..meta::stands(shop.row.shop.state, shop.row.cause) };
    let tokens = match app.store().shop_tokens(merchant, domain).await {
        Ok(Some(tokens)) => tokens,
        Ok(None) => return vec![recorded],
        Err(error) => {
            let says = format!("Its token cannot be read: {error}");
            return vec![Finding::broken(STANDING, says, "Connect it again")];
        }
    };
    if tokens.access_ends.is_some_and(|ends| ends <= app.now()) {
        // It is renewed at its next use; the doctor spends no refresh token.
        return vec![recorded, age(app, shop)];
    }
    let standing = match app.shopify().shop_facts(domain, &tokens.access).await {
        Ok((_, scopes)) => match facts::scopes_say(app, &scopes) {
            None => recorded,
            Some(cause) => Finding { code: STANDING, ..meta::stands(cause.state(), Some(cause)) },
        },
        Err(error) => return vec![refused(&error), age(app, shop)],
    };
    vec![standing, subscribed(app, shop, &tokens).await, age(app, shop)]
}

fn refused(error: &UpstreamError) -> Finding {
    match standing::of_shop(error) {
        Some(Heard::Trouble(cause)) => Finding { code: STANDING, ..meta::stands(cause.state(), Some(cause)) },
        _ => Finding::warning(STANDING, format!("The shop could not be asked: {error}"), "Ask again"),
    }
}

async fn subscribed(app: &App, shop: &ShopOverview, tokens: &ShopTokens) -> Finding {
    const CODE: &str = "shop.webhooks";
    let callback = &app.settings().shopify_webhook;
    match app.shopify().subscribed(&shop.row.shop.domain, &tokens.access, callback).await {
        Ok(topics) => {
            let missing: Vec<&str> =
                TOPICS.iter().copied().filter(|topic| !topics.iter().any(|has| has == topic)).collect();
            if missing.is_empty() {
                return Finding::ok(CODE, format!("The shop tells us of {} kinds of changes", topics.len()));
            }
            Finding::warning(
                CODE,
                format!("The shop does not tell us of {}", missing.join(", ")),
                "It is repaired by itself within a day, and at once by connecting the shop again",
            )
        }
        Err(error) => Finding::warning(CODE, format!("The shop could not be asked: {error}"), "Ask again"),
    }
}

fn age(app: &App, shop: &ShopOverview) -> Finding {
    const CODE: &str = "shop.catalogue";
    const CURE: &str = "It is read every night; read it now with: shopclerk poll now";
    let Some(read) = shop.sync.as_ref().and_then(|sync| Some((sync.products, sync.last_complete?))) else {
        return Finding::warning(CODE, "The catalogue has not been read whole yet", CURE);
    };
    let (products, last) = read;
    let old = app.now().since(last);
    if old > OLD {
        let says = format!("The catalogue was last read whole {} hours ago", old.as_secs() / 3_600);
        return Finding::warning(CODE, says, CURE);
    }
    Finding::ok(CODE, format!("{products} products, read whole within a day"))
}

fn version(app: &App) -> Option<Finding> {
    let (asked, served) = app.shopify().versions();
    let served = served?;
    Some(if served == asked {
        Finding::ok("shop.version", format!("Shopify serves version {asked}"))
    } else {
        Finding::warning(
            "shop.version",
            format!("Shopify serves {served} where {asked} is asked for"),
            "Set SHOPIFY_API_VERSION to a version that is alive",
        )
    })
}
