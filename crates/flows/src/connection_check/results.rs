//! What a check found, as people and their scripts are told: `success`, `error` or `pending`, and a sentence with the cure.

use shopclerk_domain::connection::{ConnectionName, ShopDomain};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::checks::{Check, Outcome};

use crate::app::App;
use crate::connections;
use crate::error::FlowError;
use crate::work::wait;

/// How one way works, as people and their scripts are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// `success`, `error` or `pending`.
    pub status: &'static str,
    /// What is wrong and what helps.
    pub message: Option<&'static str>,
}

/// What the checks of some connections have come to: the webhook's result, and for each connection, by the name that people know
/// it by, whether it can be polled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResults {
    /// The worst of all.
    pub webhook: TestResult,
    /// By Facebook's id of the Page, or the shop's address.
    pub polling: Vec<(String, TestResult)>,
}

/// The results for the Pages that were granted last.
pub async fn after_pages(app: &App, merchant: MerchantId) -> Result<CheckResults, FlowError> {
    let rows = app.store().list_accounts(merchant).await?;
    let last = rows.iter().map(|row| row.connected_at).max();
    let granted = rows.into_iter().filter(|row| Some(row.connected_at) == last).map(|row| row.account);
    let named = granted.map(|account| (account.native_id, ConnectionName::Account(account.id)));
    wait_for(app, merchant, named.collect()).await
}

/// The results for a shop that was just connected.
pub async fn after_shop(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<CheckResults, FlowError> {
    wait_for(app, merchant, vec![(shop.to_string(), ConnectionName::Shop(shop.clone()))]).await
}

/// Waits for the checks as long as an answer to a person may take.
async fn wait_for(
    app: &App,
    merchant: MerchantId,
    named: Vec<(String, ConnectionName)>,
) -> Result<CheckResults, FlowError> {
    let (labels, connections): (Vec<String>, Vec<ConnectionName>) = named.into_iter().unzip();
    let known = async {
        let mut ear = app.bell.ear();
        loop {
            ear.clear();
            match newest(app, merchant, &connections).await {
                Ok(checks) if checks.iter().any(|check| check.as_ref().is_none_or(Check::is_pending)) => {
                    ear.rung().await;
                }
                _ => return,
            }
        }
    };
    wait::within(app.settings().check_wait, known).await;
    let checks = newest(app, merchant, &connections).await?;
    let (webhook, polling): (Vec<_>, Vec<_>) = checks.iter().map(|check| results(check.as_ref())).unzip();
    Ok(CheckResults {
        webhook: worst(webhook.into_iter()),
        polling: labels.into_iter().zip(polling).collect(),
    })
}

async fn newest(
    app: &App,
    merchant: MerchantId,
    connections: &[ConnectionName],
) -> Result<Vec<Option<Check>>, StoreError> {
    let mut checks = Vec::with_capacity(connections.len());
    for connection in connections {
        checks.push(app.store().last_check(merchant, connection).await?);
    }
    Ok(checks)
}

/// What a check says of the webhook and of polling.
pub fn results(check: Option<&Check>) -> (TestResult, TestResult) {
    let result = |way: fn(&Check) -> &Outcome| check.map_or(PENDING, |check| result(way(check)));
    (result(|check| &check.webhook), result(|check| &check.polling))
}

/// Of several results the one that needs somebody most.
fn worst(results: impl Iterator<Item = TestResult>) -> TestResult {
    let rank =
        |result: &TestResult| ["success", "pending", "error"].iter().position(|word| *word == result.status);
    results.max_by_key(rank).unwrap_or(PENDING)
}

const PENDING: TestResult = TestResult { status: "pending", message: None };

fn result(outcome: &Outcome) -> TestResult {
    match outcome {
        Outcome::Pending => PENDING,
        Outcome::Success => TestResult { status: "success", message: None },
        Outcome::Failed(why) => TestResult { status: "error", message: Some(message(why)) },
    }
}

/// One sentence on a check; `None` before the first one.
pub fn sentence(check: Option<&Check>) -> Option<&'static str> {
    let (webhook, polling) = results(Some(check?));
    Some(match worst([webhook, polling].into_iter()) {
        TestResult { message: Some(message), .. } => message,
        TestResult { status: "success", .. } => "It was tried both ways and works.",
        TestResult { .. } => "It is being tried both ways.",
    })
}

/// What a code means and what helps, in words.
fn message(code: &str) -> &'static str {
    let cause = Cause::from_word(code);
    if let Some(cure) = cause.and_then(|cause| connections::cure(cause.state(), Some(cause))) {
        return cure;
    }
    match code {
        "webhook.unreachable" => {
            "This server could not reach its own public address. In some networks that is so from the inside only, and the \
             connection works all the same: open the address from another network, such as a phone's. If it does not open there \
             either, mend the name, the proxy or the firewall in front of this server."
        }
        "webhook.refused" => {
            "The public address leads to something that does not accept this app's signature: another installation, or one with \
             another app secret. Let it lead to this server."
        }
        "webhook.answered_otherwise" => {
            "Something else answers at the public address. Let the proxy pass the webhook's path on to this server, unchanged."
        }
        "upstream.token_refused" | "account.no_token" | "shop.needs_reconnect" | "shop.disconnected" => {
            "We are not let in. Connect it again."
        }
        "account.fields_missing" | "meta.app_subscription_missing" => {
            "Facebook does not tell us of every kind of event yet. This is mended by itself; if it stays for an hour, look at the \
             webhook's settings of the app."
        }
        "upstream.unavailable" | "upstream.malformed" | "upstream.limited" => {
            "The platform did not answer as it should. It is tried again by itself."
        }
        _ => {
            "The platform refuses to be read. Connect it again; if that does not help, look at the app's settings there."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_results_the_worst_is_told() {
        let success = result(&Outcome::Success);
        let error = result(&Outcome::Failed("webhook.refused".to_owned()));
        assert_eq!(worst([success, PENDING].into_iter()), PENDING);
        assert_eq!(worst([error, PENDING, success].into_iter()), error);
        assert_eq!(worst([success, success].into_iter()), success);
        assert_eq!(worst(std::iter::empty()), PENDING);
    }

    #[test]
    fn every_code_has_words_that_name_a_cure() {
        for code in ["webhook.unreachable", "account.no_token", "token.ending", "upstream.refused.100/33", ""]
        {
            let result = result(&Outcome::Failed(code.to_owned()));
            assert!(result.message.is_some_and(|message| message.len() > 20), "{code}");
        }
    }
}
