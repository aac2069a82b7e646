//! Signature Version 4 as S3 checks it: in the `Authorization` header, over method, path, query, signed headers and the
//! body's hash. <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use shopclerk_domain::clock::Timestamp;
use subtle::ConstantTimeEq;

use super::BucketSetup;
use super::call::Call;
use super::error::S3Error;

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// How far the caller's clock may be off.
const SKEW_MS: u64 = 15 * 60 * 1_000;
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a caller signed with, once it is proven: the parts of a streamed body are signed on from it.
pub(super) struct Seal {
    pub(super) key: Vec<u8>,
    pub(super) time: String,
    pub(super) scope: String,
    pub(super) signature: String,
}

/// The `Authorization` header taken apart.
struct Claimed<'a> {
    key: &'a str,
    day: &'a str,
    region: &'a str,
    headers: Vec<&'a str>,
    signature: &'a str,
}

/// Refuses every call that is not signed with the one key.
pub(super) fn check(call: &Call, setup: &BucketSetup, now: Timestamp) -> Result<Seal, S3Error> {
    let line = call.header("authorization").ok_or_else(S3Error::access_denied)?;
    let claimed = taken_apart(line)
        .ok_or_else(|| malformed("The authorization header that you provided is not valid."))?;
    if claimed.key != setup.key {
        return Err(S3Error::new(
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ));
    }
    if claimed.region != setup.region {
        return Err(malformed(&format!(
            "The authorization header is malformed; the region '{}' is wrong; expecting '{}'",
            claimed.region, setup.region
        )));
    }
    let time = call.header("x-amz-date").ok_or_else(S3Error::access_denied)?.to_owned();
    let at = instant(&time).ok_or_else(S3Error::access_denied)?;
    if !time.starts_with(claimed.day) {
        return Err(malformed("Invalid credential date. This date is not the same as X-Amz-Date."));
    }
    if at.millis().abs_diff(now.millis()) > SKEW_MS {
        return Err(S3Error::new(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        ));
    }
    all_is_signed(call, &claimed)?;
    let scope = format!("{}/{}/s3/aws4_request", claimed.day, claimed.region);
    let key = signing_key(&setup.secret, claimed.day, claimed.region);
    let canonical = hex::encode(Sha256::digest(canonical_request(call, &claimed)?));
    let expected = hex::encode(mac(&key, format!("{ALGORITHM}\n{time}\n{scope}\n{canonical}").as_bytes()));
    if !bool::from(expected.as_bytes().ct_eq(claimed.signature.as_bytes())) {
        return Err(S3Error::new(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        ));
    }
    Ok(Seal { key, time, scope, signature: expected })
}

fn malformed(message: &str) -> S3Error {
    S3Error::new(400, "AuthorizationHeaderMalformed", message)
}

fn taken_apart(line: &str) -> Option<Claimed<'_>> {
    let fields = line.strip_prefix(ALGORITHM)?;
    let field = |name: &str| {
        let mut all = fields.split(',').map(str::trim);
        all.find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
    };
    let mut scope = field("Credential")?.rsplitn(5, '/');
    let (Some("aws4_request"), Some("s3")) = (scope.next(), scope.next()) else { return None };
    let (region, day, key) = (scope.next()?, scope.next()?, scope.next()?);
    Some(Claimed {
        key,
        day,
        region,
        headers: field("SignedHeaders")?.split(';').collect(),
        signature: field("Signature")?,
    })
}

fn instant(time: &str) -> Option<Timestamp> {
    let (day, hour) = time.strip_suffix('Z')?.split_once('T')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if day.len() != 8 || hour.len() != 6 || !digits(day) || !digits(hour) {
        return None;
    }
    let cut = |text: &str, from: usize, to: usize| text.get(from..to).map(str::to_owned);
    Timestamp::parse(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        cut(day, 0, 4)?,
        cut(day, 4, 6)?,
        cut(day, 6, 8)?,
        cut(hour, 0, 2)?,
        cut(hour, 2, 4)?,
        cut(hour, 4, 6)?
    ))
}

/// The host and every `x-amz-` header there is must be signed, and the kind of content where it is said.
fn all_is_signed(call: &Call, claimed: &Claimed<'_>) -> Result<(), S3Error> {
    let must = |name: &str| name == "host" || name == "content-type" || name.starts_with("x-amz-");
    let unsigned = call
        .headers
        .keys()
        .map(axum::http::HeaderName::as_str)
        .find(|name| must(name) && !claimed.headers.contains(name));
    if unsigned.is_some() || !claimed.headers.contains(&"host") || !claimed.headers.is_sorted() {
        return Err(S3Error::new(
            403,
            "AccessDenied",
            "There were headers present in the request which were not signed",
        ));
    }
    Ok(())
}

fn canonical_request(call: &Call, claimed: &Claimed<'_>) -> Result<String, S3Error> {
    let hash = call
        .header("x-amz-content-sha256")
        .ok_or_else(|| S3Error::request("Missing required header for this request: x-amz-content-sha256"))?;
    let encoded = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let mut query: Vec<String> =
        call.query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    query.sort_unstable();
    let mut headers = Vec::new();
    for name in &claimed.headers {
        let values = call.headers.get_all(*name).iter().filter_map(|value| value.to_str().ok());
        let value: Vec<String> =
            values.map(|value| value.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        headers.push(format!("{name}:{}\n", value.join(",")));
    }
    let path = if call.raw_path.is_empty() { "/" } else { call.raw_path.as_str() };
    let (method, query, names) = (&call.method, query.join("&"), claimed.headers.join(";"));
    let headers = headers.concat();
    Ok(format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{hash}"))
}

fn signing_key(secret: &str, day: &str, region: &str) -> Vec<u8> {
    [day, region, "s3", "aws4_request"]
        .iter()
        .fold(format!("AWS4{secret}").into_bytes(), |key, step| mac(&key, step.as_bytes()))
}

pub(super) fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
