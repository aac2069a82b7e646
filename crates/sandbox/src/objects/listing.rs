//! A page of a listing, with keys and common prefixes in the order of their bytes.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use shopclerk_domain::clock::Timestamp;

use super::ObjectsFake;
use super::answer::Answer;
use super::bucket::{Bucket, Stored};
use super::call::Call;
use super::error::S3Error;
use super::xml::Xml;

const KNOWN: [&str; 8] = [
    "list-type",
    "prefix",
    "delimiter",
    "start-after",
    "continuation-token",
    "max-keys",
    "encoding-type",
    "fetch-owner",
];
/// What `encoding-type=url` leaves as it is.
const URL_ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b'/');

/// What a page shows.
struct Page {
    objects: Vec<(String, Stored)>,
    prefixes: Vec<String>,
    /// Where the next page begins, if there is one.
    next: Option<String>,
}

impl ObjectsFake {
    pub(super) fn list(&self, call: &Call) -> Result<Answer, S3Error> {
        if let Some((name, _)) = call.query.iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
            return Err(S3Error::argument(format!("The parameter {name} is not known")));
        }
        let prefix = call.asked("prefix").unwrap_or_default();
        let delimiter = call.asked("delimiter").filter(|delimiter| !delimiter.is_empty());
        let most = match call.asked("max-keys") {
            Some(number) => number
                .parse::<usize>()
                .map_err(|_| S3Error::argument("Provided max-keys not an integer or within integer range"))?,
            None => self.options.setup.page_size,
        };
        let after = after(call)?;
        let page = page(&self.bucket(), prefix, delimiter, &after, most.min(self.options.setup.page_size));
        Ok(Answer::xml(self.written(call, &page, most)))
    }

    fn written(&self, call: &Call, page: &Page, most: usize) -> Xml {
        let encoded = |text: &str| match call.asked("encoding-type") {
            Some("url") => utf8_percent_encode(text, URL_ENCODED).to_string(),
            _ => text.to_owned(),
        };
        let mut xml = Xml::new("ListBucketResult");
        xml.leaf("Name", &self.options.setup.bucket);
        xml.leaf("Prefix", &encoded(call.asked("prefix").unwrap_or_default()));
        for name in ["delimiter", "start-after"] {
            let element = if name == "delimiter" { "Delimiter" } else { "StartAfter" };
            if let Some(asked) = call.asked(name) {
                xml.leaf(element, &encoded(asked));
            }
        }
        xml.leaf("KeyCount", &(page.objects.len() + page.prefixes.len()).to_string());
        xml.leaf("MaxKeys", &most.to_string());
        xml.leaf("IsTruncated", &page.next.is_some().to_string());
        if let Some(token) = call.asked("continuation-token") {
            xml.leaf("ContinuationToken", token);
        }
        if let Some(next) = &page.next {
            xml.leaf("NextContinuationToken", &STANDARD.encode(next));
        }
        for (key, object) in &page.objects {
            xml.group("Contents", |xml| {
                xml.leaf("Key", &encoded(key));
                xml.leaf("LastModified", &Timestamp::from_millis(object.at).to_string());
                xml.leaf("ETag", &format!("\"{}\"", object.tag));
                xml.leaf("Size", &object.bytes.to_string());
                xml.leaf("StorageClass", "STANDARD");
            });
        }
        for prefix in &page.prefixes {
            xml.group("CommonPrefixes", |xml| xml.leaf("Prefix", &encoded(prefix)));
        }
        xml
    }
}

/// Where the page begins: behind the last key of the one before, or behind what the caller named.
fn after(call: &Call) -> Result<String, S3Error> {
    let Some(token) = call.asked("continuation-token") else {
        return Ok(call.asked("start-after").unwrap_or_default().to_owned());
    };
    let decoded = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.ok_or_else(|| S3Error::argument("The continuation token provided is incorrect"))
}

fn page(bucket: &Bucket, prefix: &str, delimiter: Option<&str>, after: &str, most: usize) -> Page {
    let mut page = Page { objects: Vec::new(), prefixes: Vec::new(), next: None };
    let mut last = after.to_owned();
    for (key, object) in bucket.following(after) {
        let Some(rest) = key.strip_prefix(prefix) else { continue };
        let folder = delimiter.and_then(|delimiter| rest.find(delimiter).map(|at| at + delimiter.len()));
        let folder = folder.and_then(|length| key.get(..prefix.len() + length));
        // A folder that was shown already is behind us, on this page or on the one before.
        if folder.is_some_and(|folder| {
            page.prefixes.iter().any(|shown| shown == folder) || after.starts_with(folder)
        }) {
            last.clone_from(key);
            continue;
        }
        if page.objects.len() + page.prefixes.len() == most {
            page.next = (most > 0).then_some(last);
            return page;
        }
        match folder {
            Some(folder) => page.prefixes.push(folder.to_owned()),
            None => page.objects.push((key.clone(), object.clone())),
        }
        last.clone_from(key);
    }
    page
}

/// `Sat, 21 Nov 2026 11:00:00 GMT`
pub(super) fn http_date(millis: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
