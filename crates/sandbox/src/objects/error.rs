//! S3's errors in S3's words: a code that says what happened, and the status that goes with it.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

/// A refusal as S3 words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Error {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl S3Error {
    /// An error of this status and code.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// Calls come too fast.
    pub fn slow_down() -> Self {
        Self::new(503, "SlowDown", "Please reduce your request rate.")
    }

    /// The service is not there for now.
    pub fn unavailable() -> Self {
        Self::new(503, "ServiceUnavailable", "Service is unable to handle request.")
    }

    /// The key may not do this.
    pub fn access_denied() -> Self {
        Self::new(403, "AccessDenied", "Access Denied")
    }

    /// A header means something that is not implemented here.
    pub fn not_implemented() -> Self {
        Self::new(
            501,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented.",
        )
    }

    pub(super) fn no_such_bucket() -> Self {
        Self::new(404, "NoSuchBucket", "The specified bucket does not exist")
    }

    pub(super) fn no_such_key() -> Self {
        Self::new(404, "NoSuchKey", "The specified key does not exist.")
    }

    pub(super) fn no_such_upload() -> Self {
        Self::new(
            404,
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
        )
    }

    pub(super) fn argument(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidArgument", message)
    }

    pub(super) fn request(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidRequest", message)
    }

    pub(super) fn malformed_xml() -> Self {
        Self::new(
            400,
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        )
    }

    /// Our own memory failed.
    pub(super) fn internal() -> Self {
        Self::new(500, "InternalError", "We encountered an internal error. Please try again.")
    }
}

impl From<std::io::Error> for S3Error {
    fn from(error: std::io::Error) -> Self {
        tracing::warn!(%error, "the sandbox's bucket cannot be kept");
        Self::internal()
    }
}
