//! What went wrong with a call, sorted by what the caller can do next. A vendor's own words never get in here.

use std::time::Duration;

use thiserror::Error;

use crate::http::Failure;

/// Why a call did not do what it was for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UpstreamError {
    /// Too many calls; later the same one may pass.
    #[error("the platform asks us to slow down")]
    Limited {
        /// How long to wait, where the platform let us know.
        retry_after: Option<Duration>,
    },
    /// The token is dead or lacks the right: only the merchant can help, by connecting again.
    #[error("the platform does not accept the token")]
    TokenRefused,
    /// Refused for good: the same call will be refused again.
    #[error("the platform refused the call with code {code}")]
    Refused {
        /// The vendor's code, such as `100/33` or `ACCESS_DENIED`; never its text.
        code: String,
    },
    /// An answer came, but not one we understand.
    #[error("the platform's answer cannot be read")]
    Malformed,
    /// It surely had no effect, or has none that matters when it is repeated.
    #[error("the platform cannot be reached")]
    Unavailable,
    /// It was sent, but no usable answer came: it may or may not have had its effect.
    #[error("the call was sent, but no usable answer came")]
    Unclear,
}

impl From<Failure> for UpstreamError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent => Self::Unavailable,
            Failure::NoAnswer => Self::Unclear,
            Failure::TooLarge => Self::Malformed,
        }
    }
}

/// A vendor's code as it may be stored and shown: short, and made of letters, digits and a few signs.
pub(crate) fn safe_code(code: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '/' | '.');
    if !code.is_empty() && code.len() <= 64 && code.chars().all(plain) {
        code.to_owned()
    } else {
        "other".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_never_carries_a_vendors_sentence() {
        for (code, kept) in [
            ("100/33", "100/33"),
            ("ACCESS_DENIED", "ACCESS_DENIED"),
            ("", "other"),
            ("Token shpat_1 is wrong", "other"),
            (&"a".repeat(65), "other"),
            ("é", "other"),
        ] {
            assert_eq!(safe_code(code), kept);
        }
    }
}
