//! The delivery by which the connection check tries our own webhook from outside: signed like a platform's, which is the one use
//! of an app's secret for something of ours. All it can do is tick the nonce it carries.

use serde::{Deserialize, Serialize};
use shopclerk_domain::secret::SecretText;

use crate::http::{Call, Failure, Http};

/// What no platform calls its objects.
const OBJECT: &str = "shopclerk_self_test";
/// Longer than any of ours.
const LONGEST: usize = 256;

/// How our own address answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfTest {
    /// Somebody there took the delivery.
    Taken,
    /// The signature was refused.
    SignatureRefused,
    /// Something else was answered.
    AnsweredOtherwise,
    /// No answer came.
    Unreachable,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    object: String,
    nonce: String,
}

/// The body that carries `nonce`.
pub(crate) fn body(nonce: &SecretText) -> Vec<u8> {
    let wire = Wire { object: OBJECT.to_owned(), nonce: nonce.expose().clone() };
    serde_json::to_vec(&wire).unwrap_or_default()
}

/// The nonce of a delivery that is nothing but a self-test. To be asked after its signature was found good.
pub fn nonce(body: &[u8]) -> Option<SecretText> {
    if body.len() > LONGEST {
        return None;
    }
    let wire: Wire = serde_json::from_slice(body).ok()?;
    (wire.object == OBJECT).then(|| SecretText::new(wire.nonce))
}

pub(crate) async fn deliver(http: &Http, call: Call) -> SelfTest {
    match http.call(call).await {
        Ok(answer) => match answer.status {
            200 => SelfTest::Taken,
            401 => SelfTest::SignatureRefused,
            _ => SelfTest::AnsweredOtherwise,
        },
        Err(Failure::NotSent | Failure::NoAnswer) => SelfTest::Unreachable,
        Err(Failure::TooLarge) => SelfTest::AnsweredOtherwise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t06_only_a_body_that_is_nothing_else_is_a_self_test() {
        let own = body(&SecretText::new("ab".repeat(32)));
        assert_eq!(nonce(&own).unwrap().expose(), &"ab".repeat(32));
        for other in [
            "",
            "{}",
            r#"{"object":"page","entry":[]}"#,
            r#"{"object":"page","nonce":"ab"}"#,
            r#"{"object":"shopclerk_self_test"}"#,
            r#"{"object":"shopclerk_self_test","nonce":7}"#,
            r#"{"object":"shopclerk_self_test","nonce":"ab","entry":[]}"#,
            r#"[{"object":"shopclerk_self_test","nonce":"ab"}]"#,
        ] {
            assert!(nonce(other.as_bytes()).is_none(), "{other}");
        }
        assert!(nonce(&body(&SecretText::new("a".repeat(300)))).is_none());
    }
}
