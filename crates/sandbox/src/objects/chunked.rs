//! The body of a call as its header says it was signed: by its hash, not at all, or in chunks that are each signed on from the
//! one before. <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::call::Call;
use super::error::S3Error;
use super::signature::{Seal, mac};

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The content that the call carries, proven.
pub(super) fn content(call: &Call, seal: &Seal) -> Result<Vec<u8>, S3Error> {
    match call.header("x-amz-content-sha256").unwrap_or_default() {
        "UNSIGNED-PAYLOAD" => Ok(call.body.clone()),
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => {
            let content = joined(&call.body, seal)?;
            let said = call.header("x-amz-decoded-content-length").and_then(|length| length.parse().ok());
            if said != Some(content.len()) {
                return Err(S3Error::new(400, "IncompleteBody", "The request body terminated unexpectedly"));
            }
            Ok(content)
        }
        hash if hash.len() == EMPTY.len() => {
            if hex::encode(Sha256::digest(&call.body)) == hash {
                return Ok(call.body.clone());
            }
            Err(S3Error::new(
                400,
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            ))
        }
        _ => Err(S3Error::argument(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD or a valid sha256 value.",
        )),
    }
}

/// `<length in hex>;chunk-signature=<signature>\r\n<bytes>\r\n`, the last of length 0.
fn joined(mut body: &[u8], seal: &Seal) -> Result<Vec<u8>, S3Error> {
    let mut content = Vec::new();
    let mut previous = seal.signature.clone();
    loop {
        let (chunk, signature, rest) = next_chunk(body)
            .ok_or_else(|| S3Error::new(400, "IncompleteBody", "The request body terminated unexpectedly"))?;
        let hash = hex::encode(Sha256::digest(chunk));
        let (time, scope) = (&seal.time, &seal.scope);
        let to_sign = format!("AWS4-HMAC-SHA256-PAYLOAD\n{time}\n{scope}\n{previous}\n{EMPTY}\n{hash}");
        let expected = hex::encode(mac(&seal.key, to_sign.as_bytes()));
        if !bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) {
            return Err(S3Error::new(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
            ));
        }
        if chunk.is_empty() {
            return Ok(content);
        }
        content.extend_from_slice(chunk);
        (previous, body) = (expected, rest);
    }
}

fn next_chunk(body: &[u8]) -> Option<(&[u8], &str, &[u8])> {
    let end = body.windows(2).position(|two| two == b"\r\n")?;
    let head = std::str::from_utf8(body.get(..end)?).ok()?;
    let (length, signature) = head.split_once(";chunk-signature=")?;
    let length = usize::from_str_radix(length, 16).ok()?;
    let start = end + 2;
    let chunk = body.get(start..start.checked_add(length)?)?;
    let rest = body.get(start + length..)?.strip_prefix(b"\r\n".as_slice())?;
    Some((chunk, signature, rest))
}
