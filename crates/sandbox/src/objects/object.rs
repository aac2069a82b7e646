//! One object: written, read, described and removed.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html> and its neighbours.

use axum::http::{HeaderName, Method, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::ObjectsFake;
use super::answer::Answer;
use super::bucket::{Kept, Stored, tag_of};
use super::call::Call;
use super::error::S3Error;
use super::listing::http_date;
use super::range;

const ENCRYPTION: HeaderName = HeaderName::from_static("x-amz-server-side-encryption");
const CANNED: [&str; 7] = [
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
];

impl ObjectsFake {
    pub(super) fn put(&self, call: &Call, key: &str, content: &[u8]) -> Result<Answer, S3Error> {
        intact(call, content)?;
        let kept = self.kept(call)?;
        let mut bucket = self.bucket();
        let there = bucket.object(key).map(|object| object.tag.clone());
        if !condition_holds(call, there.as_deref()) {
            return Err(precondition());
        }
        let object = bucket.put(key, content, kept, self.options.clock.now())?;
        let answer = Answer::empty(StatusCode::OK).with(header::ETAG, format!("\"{}\"", object.tag));
        Ok(encrypted(answer, &object.kept))
    }

    pub(super) fn get(&self, call: &Call, key: &str) -> Result<Answer, S3Error> {
        if call.header(ENCRYPTION.as_str()).is_some() {
            return Err(S3Error::argument(
                "x-amz-server-side-encryption header is not supported for this operation.",
            ));
        }
        let bucket = self.bucket();
        let object = bucket.object(key).ok_or_else(S3Error::no_such_key)?;
        if !condition_holds(call, Some(&object.tag)) {
            let unchanged = call.header("if-none-match").is_some();
            return if unchanged { Ok(Answer::empty(StatusCode::NOT_MODIFIED)) } else { Err(precondition()) };
        }
        let asked = match call.header("range") {
            Some(asked) => range::parse(asked, object.bytes)?,
            None => None,
        };
        let mut content = bucket.content(object)?;
        let mut answer = described(object);
        if let Some((first, last)) = asked {
            let whole = content;
            let ends = (usize::try_from(first).unwrap_or(0), usize::try_from(last).unwrap_or(0));
            content = whole.get(ends.0..=ends.1).unwrap_or_default().to_vec();
            answer.status = StatusCode::PARTIAL_CONTENT;
            answer = answer.with(header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", object.bytes));
        }
        if call.method == Method::HEAD {
            return Ok(answer.with(header::CONTENT_LENGTH, content.len().to_string()));
        }
        answer.body = content;
        Ok(answer)
    }

    pub(super) fn delete(&self, key: &str) -> Result<Answer, S3Error> {
        self.bucket().delete(key)?;
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    }

    /// How a new object is to be kept, as the headers say.
    pub(super) fn kept(&self, call: &Call) -> Result<Kept, S3Error> {
        let encryption = call.header(ENCRYPTION.as_str()).map(str::to_owned);
        match encryption.as_deref() {
            None | Some("AES256") => {}
            Some("aws:kms" | "aws:kms:dsse") => return Err(S3Error::not_implemented()),
            Some(_) => {
                return Err(S3Error::new(
                    400,
                    "InvalidEncryptionAlgorithmError",
                    "The encryption request that you specified is not valid. The valid value is AES256.",
                ));
            }
        }
        if encryption.is_some() && !self.troubles().encrypts() {
            return Err(S3Error::not_implemented());
        }
        let acl = call.header("x-amz-acl").map(str::to_owned);
        if acl.as_deref().is_some_and(|acl| !CANNED.contains(&acl)) {
            return Err(S3Error::argument("The canned access control list is not known"));
        }
        Ok(Kept { content_type: call.header("content-type").map(str::to_owned), acl, encryption })
    }
}

/// The hash that the caller gave along, if it did, must be that of the content.
pub(super) fn intact(call: &Call, content: &[u8]) -> Result<(), S3Error> {
    if call.header("content-length").is_none() {
        return Err(S3Error::new(
            411,
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        ));
    }
    let Some(given) = call.header("content-md5") else { return Ok(()) };
    let given = STANDARD.decode(given).unwrap_or_default();
    if given.len() != 16 {
        return Err(S3Error::new(400, "InvalidDigest", "The Content-MD5 you specified is not valid."));
    }
    if hex::encode(given) != tag_of(content) {
        return Err(S3Error::new(
            400,
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
        ));
    }
    Ok(())
}

pub(super) fn encrypted(answer: Answer, kept: &Kept) -> Answer {
    match &kept.encryption {
        Some(how) => answer.with(ENCRYPTION, how.clone()),
        None => answer,
    }
}

fn described(object: &Stored) -> Answer {
    let kind = object.kept.content_type.as_deref().unwrap_or("binary/octet-stream");
    let answer = Answer::empty(StatusCode::OK)
        .with(header::ETAG, format!("\"{}\"", object.tag))
        .with(header::LAST_MODIFIED, http_date(object.at))
        .with(header::CONTENT_TYPE, kind)
        .with(header::ACCEPT_RANGES, "bytes");
    encrypted(answer, &object.kept)
}

/// `If-Match` and `If-None-Match`, against the tag of what is there.
fn condition_holds(call: &Call, there: Option<&str>) -> bool {
    let names = |list: &str| {
        list.split(',').map(str::trim).any(|one| one == "*" || Some(one.trim_matches('"')) == there)
    };
    let matches = call.header("if-match").is_none_or(|list| there.is_some() && names(list));
    matches && call.header("if-none-match").is_none_or(|list| there.is_none() || !names(list))
}

fn precondition() -> S3Error {
    S3Error::new(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
}
