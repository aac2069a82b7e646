//! Graph's errors in Graph's shape. The code and subcode say what happened; the HTTP status only hints at it.

use serde_json::{Value, json};

/// A refusal as the Graph API words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError {
    code: u32,
    subcode: Option<u32>,
    message: String,
    status: Option<u16>,
    transient: bool,
}

impl GraphError {
    /// The error `code` with the sentence Graph prints for developers.
    pub fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, subcode: None, message: message.into(), status: None, transient: false }
    }

    /// Says more exactly which of the cases of its code it is.
    #[must_use]
    pub fn subcode(mut self, subcode: u32) -> Self {
        self.subcode = Some(subcode);
        self
    }

    /// Answers with this HTTP status rather than with the usual one of its code.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Says that trying again may help.
    #[must_use]
    pub fn transient(mut self) -> Self {
        self.transient = true;
        self
    }

    /// The code, for a ledger of what was refused.
    pub fn code(&self) -> u32 {
        self.code
    }

    /// A missing or wrong parameter.
    pub(super) fn parameter(message: impl AsRef<str>) -> Self {
        Self::new(100, format!("(#100) {}", message.as_ref()))
    }

    /// A permission the person did not grant.
    pub(super) fn permission(scope: &str) -> Self {
        Self::new(200, format!("(#200) Requires {scope} permission to manage the object."))
    }

    /// A path nobody knows, or a thing its caller may not see: Graph does not tell which.
    pub(super) fn missing_object(method: &str, id: &str) -> Self {
        let verb = method.to_ascii_lowercase();
        Self::new(
            100,
            format!(
                "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
                 permissions, or does not support this operation."
            ),
        )
        .subcode(33)
    }

    /// Our own memory failed; Meta would say that it is briefly unavailable.
    pub(super) fn unavailable() -> Self {
        Self::new(2, "Service temporarily unavailable").transient()
    }

    pub(super) fn http_status(&self) -> u16 {
        self.status.unwrap_or(match (self.code, self.subcode) {
            (1 | 2, _) => 500,
            (4 | 10 | 200..=299, _) => 403,
            (190, Some(_)) => 401,
            _ => 400,
        })
    }

    pub(super) fn body(&self, trace: &str) -> Value {
        let kind = if self.code == 100 && self.subcode == Some(33) {
            "GraphMethodException"
        } else {
            "OAuthException"
        };
        let mut error = json!({
            "message": self.message, "type": kind, "code": self.code, "is_transient": self.transient, "fbtrace_id": trace,
        });
        if let (Some(subcode), Some(fields)) = (self.subcode, error.as_object_mut()) {
            fields.insert("error_subcode".to_owned(), subcode.into());
        }
        json!({ "error": error })
    }

    /// Code, subcode and sentence in one line, for the journal.
    pub(super) fn in_words(&self) -> String {
        match self.subcode {
            Some(subcode) => format!("{}/{subcode}: {}", self.code, self.message),
            None => format!("{}: {}", self.code, self.message),
        }
    }
}
