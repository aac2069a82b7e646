//! Asking a shop's Admin API, and telling apart the many forms in which it says no.

use reqwest::header::{ACCEPT, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::secret::SecretText;

use super::throttle::Cost;
use super::{Shopify, TOKEN_HEADER};
use crate::error::{UpstreamError, safe_code};
use crate::http::{Answer, Body, Call, Failure};

/// One operation with its variables.
#[derive(Debug)]
pub(super) struct Asked {
    /// Names the call among the fault points.
    pub(super) site: &'static str,
    /// The operation's own name.
    pub(super) operation: &'static str,
    pub(super) query: &'static str,
    pub(super) variables: Value,
}

/// What an operation answered.
#[derive(Debug)]
pub(super) struct Answered {
    data: Box<RawValue>,
    pub(super) cost: Cost,
    /// Something asked for was denied: what is missing may be there all the same.
    denied: bool,
}

impl Answered {
    /// The data, read into a form of ours.
    pub(super) fn data<'a, T: Deserialize<'a>>(&'a self) -> Result<T, UpstreamError> {
        serde_json::from_str(self.data.get()).map_err(|_| UpstreamError::Malformed)
    }

    /// Whether something that is missing is really not there. What was denied to us proves nothing.
    pub(super) fn prove_absence(&self) -> Result<(), UpstreamError> {
        if self.denied { Err(UpstreamError::Refused { code: DENIED.to_owned() }) } else { Ok(()) }
    }
}

const DENIED: &str = "ACCESS_DENIED";

/// Why an operation brought nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AdminError {
    /// It asks for more than one call may: ask for less.
    TooMuch,
    /// Anything else.
    Failed(UpstreamError),
}

impl From<AdminError> for UpstreamError {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::TooMuch => Self::Refused { code: "MAX_COST_EXCEEDED".to_owned() },
            AdminError::Failed(error) => error,
        }
    }
}

impl From<UpstreamError> for AdminError {
    fn from(error: UpstreamError) -> Self {
        Self::Failed(error)
    }
}

#[derive(Deserialize)]
struct Envelope {
    data: Option<Box<RawValue>>,
    errors: Option<Value>,
    #[serde(default)]
    extensions: Value,
}

impl Shopify {
    /// Asks once. A shop whose allowance is spent is not asked at all.
    pub(super) async fn admin(
        &self,
        shop: &ShopDomain,
        token: &SecretText,
        asked: Asked,
    ) -> Result<Answered, AdminError> {
        let Asked { site, operation, query, variables } = asked;
        if let Some(wait) = self.throttle.wait(shop, operation, self.http.clock().monotonic()) {
            return Err(UpstreamError::Limited { retry_after: Some(wait) }.into());
        }
        let body = serde_json::json!({ "query": query, "variables": variables, "operationName": operation });
        let url = self.address(shop, &format!("admin/api/{}/graphql.json", self.settings.api_version));
        let call = Call::new(site, self.host(), url, Body::Json(body.to_string().into_bytes()))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .secret_header(TOKEN_HEADER, token.expose());
        let answer = self.http.call(call).await.map_err(|failure| match failure {
            Failure::TooLarge => AdminError::TooMuch,
            other => AdminError::Failed(other.into()),
        })?;
        self.note(&answer);
        let (cost, answered) = read(&answer);
        if let Some(cost) = cost {
            self.throttle.learn(shop, operation, cost, self.http.clock().monotonic());
        }
        answered
    }
}

fn read(answer: &Answer) -> (Option<Cost>, Result<Answered, AdminError>) {
    if let Some(error) = error_of_status(answer) {
        return (None, Err(error.into()));
    }
    let Some(envelope) = answer.json::<Envelope>() else {
        return (None, Err(UpstreamError::Malformed.into()));
    };
    let cost = Cost::read(&envelope.extensions);
    let denied = envelope.errors.as_ref().is_some_and(|errors| codes(errors).any(|code| code == DENIED));
    let answered = match envelope.errors.as_ref().and_then(|errors| error_in(errors, cost)) {
        Some(error) => Err(error),
        None => envelope
            .data
            .filter(|data| data.get().starts_with('{'))
            .map(|data| Answered { data, cost: cost.unwrap_or_default(), denied })
            .ok_or_else(|| UpstreamError::Malformed.into()),
    };
    (cost, answered)
}

/// Refusals of the whole call, whose bodies keep to no form.
fn error_of_status(answer: &Answer) -> Option<UpstreamError> {
    let status = answer.status;
    Some(match status {
        200..=299 => return None,
        401 => UpstreamError::TokenRefused,
        // The one 403 that a new connection cures: a token from before tokens expired.
        403 if text_of(answer).contains("Non-expiring access tokens") => UpstreamError::TokenRefused,
        429 => UpstreamError::Limited { retry_after: answer.retry_after() },
        400..=499 => UpstreamError::Refused { code: status.to_string() },
        500.. => UpstreamError::Unavailable,
        _ => UpstreamError::Malformed,
    })
}

fn text_of(answer: &Answer) -> String {
    let body: Option<Value> = answer.json();
    body.and_then(|body| body.get("errors")?.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The error that decides, if any does. A field that was denied to us leaves a gap in the data, which its reader sees.
fn error_in(errors: &Value, cost: Option<Cost>) -> Option<AdminError> {
    if !errors.is_array() {
        return (!errors.is_null()).then(|| UpstreamError::Refused { code: "other".to_owned() }.into());
    }
    let code = codes(errors).find(|code| code != DENIED)?;
    Some(match code.as_str() {
        "THROTTLED" => throttled(cost),
        "MAX_COST_EXCEEDED" => AdminError::TooMuch,
        "INTERNAL_SERVER_ERROR" => UpstreamError::Unavailable.into(),
        _ => UpstreamError::Refused { code }.into(),
    })
}

/// The codes of the errors in an answer.
fn codes(errors: &Value) -> impl Iterator<Item = String> {
    let code = |error: &Value| {
        let code = error.pointer("/extensions/code").and_then(Value::as_str);
        code.map_or_else(|| "other".to_owned(), safe_code)
    };
    errors.as_array().into_iter().flatten().map(code)
}

/// What never fits into the shop's allowance is not helped by waiting.
fn throttled(cost: Option<Cost>) -> AdminError {
    match cost {
        Some(cost) if cost.requested > cost.maximum => AdminError::TooMuch,
        cost => {
            UpstreamError::Limited { retry_after: cost.and_then(|cost| cost.wait_for(cost.requested)) }.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answered(status: u16, body: &str) -> Result<String, AdminError> {
        let headers = reqwest::header::HeaderMap::new();
        let answer = Answer { status, headers, body: body.to_owned().into() };
        read(&answer).1.map(|answered| answered.data.get().to_owned())
    }

    fn coded(code: &str, extensions: &str) -> String {
        format!(
            r#"{{"data":null,"errors":[{{"message":"secret words","extensions":{{"code":"{code}"}}}}]{extensions}}}"#
        )
    }

    #[test]
    fn every_form_of_no_is_understood() {
        let refused = |code: &str| AdminError::Failed(UpstreamError::Refused { code: code.to_owned() });
        let limited = |wait: Option<u64>| {
            AdminError::Failed(UpstreamError::Limited { retry_after: wait.map(Duration::from_secs) })
        };
        let status = r#","extensions":{"cost":{"requestedQueryCost":400,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":100,"restoreRate":100}}}"#;
        let tiny = status.replace("2000.0", "40");
        let old =
            r#"{"errors":"[API] Non-expiring access tokens are no longer accepted for the Admin API."}"#;
        for (code, body, error) in [
            (
                401,
                r#"{"errors":"[API] Invalid API key or access token"}"#.to_owned(),
                UpstreamError::TokenRefused.into(),
            ),
            (403, old.to_owned(), UpstreamError::TokenRefused.into()),
            (403, r#"{"errors":"Forbidden"}"#.to_owned(), refused("403")),
            (402, "<html>".to_owned(), refused("402")),
            (404, String::new(), refused("404")),
            (429, String::new(), limited(None)),
            (503, "<html>".to_owned(), UpstreamError::Unavailable.into()),
            (302, String::new(), UpstreamError::Malformed.into()),
            (200, "<html>".to_owned(), UpstreamError::Malformed.into()),
            (200, "[]".to_owned(), UpstreamError::Malformed.into()),
            (200, r#"{"data":null}"#.to_owned(), UpstreamError::Malformed.into()),
            (200, r#"{"errors":"text"}"#.to_owned(), refused("other")),
            (200, r#"{"errors":{"query":"wrong"}}"#.to_owned(), refused("other")),
            (200, r#"{"errors":[{"message":"x"}]}"#.to_owned(), refused("other")),
            (200, coded("THROTTLED", status), limited(Some(3))),
            (200, coded("THROTTLED", ""), limited(None)),
            (200, coded("THROTTLED", &tiny), AdminError::TooMuch),
            (200, coded("MAX_COST_EXCEEDED", ""), AdminError::TooMuch),
            (200, coded("INTERNAL_SERVER_ERROR", ""), UpstreamError::Unavailable.into()),
            (200, coded("SHOP_INACTIVE", ""), refused("SHOP_INACTIVE")),
            (200, coded("undefinedField", ""), refused("undefinedField")),
            (200, coded("ACCESS_DENIED", ""), UpstreamError::Malformed.into()),
        ] {
            assert_eq!(answered(code, &body), Err(error), "{code} {body}");
        }
    }

    #[test]
    fn a_denied_field_leaves_the_rest_of_the_data() {
        let body = r#"{"data":{"shop":{"name":"Nordlys"}},"errors":[{"message":"no","extensions":{"code":"ACCESS_DENIED"}}]}"#;
        assert_eq!(answered(200, body), Ok(r#"{"shop":{"name":"Nordlys"}}"#.to_owned()));
    }
}
