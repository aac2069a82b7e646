//! A bucket that speaks S3, such as a Space: its address, parsed once, and the client that calls it under the
//! rules of every call: no redirects, no proxies from the environment, limits on time and size. Plain http stays within the
//! own network.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use shopclerk_domain::clock::Clock;
use shopclerk_domain::secret::SecretText;
use thiserror::Error;
use url::{Host, Url};

use super::ObjectsError;
use super::room::Stores;
use super::sign::{Credentials, Signing};
use crate::http::{self, Limits, Reach};

/// A bucket and the key to it.
#[derive(Clone, Debug)]
pub struct BucketSettings {
    /// Where it is.
    pub address: BucketAddress,
    /// The access key's id.
    pub key: SecretText,
    /// The access key's secret.
    pub secret: SecretText,
}

/// Where a bucket is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketAddress {
    /// Scheme and host, without a slash at the end.
    base: String,
    region: String,
    bucket: String,
    /// Whether the host names the bucket; else the path does.
    named_by: NamedBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NamedBy {
    Host,
    Path,
}

/// Why an address is no bucket's.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum InvalidBucket {
    /// The bucket's name.
    #[error("is not a bucket's name")]
    Bucket,
    /// The region.
    #[error("is not a region's name")]
    Region,
    /// Neither endpoint nor region is known.
    #[error("is missing, and so is SPACES_REGION")]
    Nowhere,
    /// The endpoint.
    #[error("is not the address of an S3 service")]
    Endpoint,
    /// Plain http beyond the own network.
    #[error("is plain http beyond the own network")]
    PlainHttp,
}

/// The service of a region when no endpoint is given.
const SPACES: &str = "digitaloceanspaces.com";
/// What services that know no regions take.
const ANY_REGION: &str = "us-east-1";
/// Endings of names that only the own network knows.
const INSIDE: [&str; 5] = [".internal", ".local", ".lan", ".localhost", ".home.arpa"];

impl BucketAddress {
    /// Reads an endpoint such as `https://fra1.digitaloceanspaces.com`, with or without the bucket in its host or path.
    /// Without one it is the Space of that region.
    pub fn parse(endpoint: Option<&str>, region: Option<&str>, bucket: &str) -> Result<Self, InvalidBucket> {
        if !is_bucket(bucket) {
            return Err(InvalidBucket::Bucket);
        }
        if region.is_some_and(|region| !is_region(region)) {
            return Err(InvalidBucket::Region);
        }
        let endpoint = match (endpoint, region) {
            (Some(endpoint), _) => endpoint.to_owned(),
            (None, Some(region)) => format!("https://{region}.{SPACES}"),
            (None, None) => return Err(InvalidBucket::Nowhere),
        };
        let url = Url::parse(&endpoint).map_err(|_| InvalidBucket::Endpoint)?;
        let host = url.host_str().ok_or(InvalidBucket::Endpoint)?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let names_nothing_else =
            matches!(url.path().trim_matches('/'), "") || url.path().trim_matches('/') == bucket;
        if !bare || !names_nothing_else || !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidBucket::Endpoint);
        }
        if url.scheme() == "http" && !is_inside(&url) {
            return Err(InvalidBucket::PlainHttp);
        }
        let in_host = host.strip_prefix(bucket).and_then(|rest| rest.strip_prefix('.'));
        let service = in_host.unwrap_or(host);
        let named_by = if in_host.is_some() { NamedBy::Host } else { NamedBy::Path };
        Ok(Self {
            region: region.or_else(|| region_in(service)).unwrap_or(ANY_REGION).to_owned(),
            base: url.origin().ascii_serialization(),
            bucket: bucket.to_owned(),
            named_by,
        })
    }

    /// Whether the key travels in clear.
    pub fn is_plain(&self) -> bool {
        self.base.starts_with("http:")
    }
}

impl fmt::Display for BucketAddress {
    /// The same for every way to write the same bucket.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.base.split_once("://").map_or(self.base.as_str(), |(_, host)| host);
        let named = format!("{}.", self.bucket);
        let service = match self.named_by {
            NamedBy::Host => host.strip_prefix(&named).unwrap_or(host),
            NamedBy::Path => host,
        };
        write!(out, "bucket {} at {service}", self.bucket)
    }
}

fn is_bucket(name: &str) -> bool {
    let letter = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && bytes.iter().all(|byte| letter(byte) || matches!(byte, b'-' | b'.'))
        && bytes.first().is_some_and(letter)
        && bytes.last().is_some_and(letter)
        && !name.contains("..")
}

fn is_region(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=32).contains(&name.len()) && name.bytes().all(plain)
}

/// `fra1` of `fra1.digitaloceanspaces.com`.
fn region_in(service: &str) -> Option<&str> {
    service.strip_suffix(SPACES)?.strip_suffix('.').filter(|region| is_region(region))
}

/// Whether a host can only lie in the own network. Names are judged again by their addresses when they are resolved.
fn is_inside(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(four)) => !http::is_public(IpAddr::V4(four)),
        Some(Host::Ipv6(six)) => !http::is_public(IpAddr::V6(six)),
        Some(Host::Domain(name)) => !name.contains('.') || INSIDE.iter().any(|ending| name.ends_with(ending)),
        None => false,
    }
}

/// For what somebody waits for: one attempt; who asked tries again by the work's own rules.
const BRISK: RetryConfig = RetryConfig {
    max_retries: 0,
    retry_timeout: Duration::from_secs(30),
    backoff: BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(1),
        base: 2.,
    },
};
/// For slices of a long transfer: starting over for one lost slice would never end on a poor line.
const PATIENT: RetryConfig = RetryConfig { max_retries: 3, retry_timeout: Duration::from_mins(3), ..BRISK };

const LIMITS: Limits = Limits {
    connect: Duration::from_secs(3),
    read: Duration::from_secs(30),
    total: Duration::from_mins(1),
    // A listing's page or a slice.
    most_bytes: 8 * 1024 * 1024,
};

/// The client of a bucket. Nothing is called yet.
pub(super) fn open(settings: &BucketSettings, clock: Arc<dyn Clock>) -> Result<Stores, ObjectsError> {
    let reach = if settings.address.is_plain() { Reach::Inside } else { Reach::Anywhere };
    let client = http::client(LIMITS, reach).map_err(|error| ObjectsError::Setup(Box::new(error)))?;
    let credentials = Credentials {
        key: settings.key.clone(),
        secret: settings.secret.clone(),
        region: settings.address.region.clone(),
    };
    let signing = Arc::new(Signing::new(client, credentials, clock, LIMITS.most_bytes));
    let store = |retry| build(&settings.address, &signing, retry).map(Arc::new);
    Ok(Stores { brisk: store(BRISK)?, patient: store(PATIENT)?, folder: None })
}

fn build(
    address: &BucketAddress,
    signing: &Arc<Signing>,
    retry: RetryConfig,
) -> Result<AmazonS3, object_store::Error> {
    AmazonS3Builder::new()
        .with_endpoint(&address.base)
        .with_virtual_hosted_style_request(address.named_by == NamedBy::Host)
        .with_bucket_name(&address.bucket)
        .with_region(&address.region)
        // Calls are signed by `Signing`: it goes by our clock, and keeps the secret hidden.
        .with_skip_signature(true)
        // Every service knows the deletion of one object.
        .with_disable_bulk_delete(true)
        .with_retry(retry)
        .with_http_connector(Connector(Arc::clone(signing)))
        .build()
}

/// Hands the one client out, instead of one that reads the environment.
#[derive(Debug)]
struct Connector(Arc<Signing>);

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Signing::clone(&self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Expected<'a> = Result<(&'a str, &'a str, NamedBy), InvalidBucket>;

    /// An empty text is an option that is not set.
    fn check(endpoint: &str, region: &str, bucket: &str, expected: Expected<'_>) {
        let set = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
        let parsed = BucketAddress::parse(set(endpoint).as_deref(), set(region).as_deref(), bucket);
        let found = parsed.as_ref().map(|at| (at.base.as_str(), at.region.as_str(), at.named_by));
        assert_eq!(found.map_err(|error| *error), expected, "{endpoint} {region} {bucket}");
    }

    #[test]
    fn a_bucket_is_found_however_its_endpoint_is_written() {
        use NamedBy::{Host, Path};
        let fra = "https://fra1.digitaloceanspaces.com";
        check(fra, "fra1", "nordlys", Ok((fra, "fra1", Path)));
        check(fra, "", "nordlys", Ok((fra, "fra1", Path)));
        check("", "fra1", "nordlys", Ok((fra, "fra1", Path)));
        check("https://fra1.digitaloceanspaces.com/nordlys/", "", "nordlys", Ok((fra, "fra1", Path)));
        let hosted = "https://nordlys.fra1.digitaloceanspaces.com";
        check(hosted, "", "nordlys", Ok((hosted, "fra1", Host)));
        check(
            "https://s3.eu-north-1.amazonaws.com",
            "eu-north-1",
            "a-b.c",
            Ok(("https://s3.eu-north-1.amazonaws.com", "eu-north-1", Path)),
        );
        check("http://127.0.0.1:9000", "", "nordlys", Ok(("http://127.0.0.1:9000", "us-east-1", Path)));
        check("http://minio:9000", "", "nordlys", Ok(("http://minio:9000", "us-east-1", Path)));
        check("http://s3.lan", "", "nordlys", Ok(("http://s3.lan", "us-east-1", Path)));
        let written = [fra, hosted]
            .map(|endpoint| BucketAddress::parse(Some(endpoint), None, "nordlys").unwrap().to_string());
        assert_eq!(written, ["bucket nordlys at fra1.digitaloceanspaces.com"; 2]);
    }

    #[test]
    fn t20_what_is_no_buckets_address_is_refused() {
        use InvalidBucket::{Bucket, Endpoint, Nowhere, PlainHttp, Region};
        check("", "", "nordlys", Err(Nowhere));
        for bucket in ["", "ab", "Nordlys", "nord/lys", "nord..lys", "-nordlys", "nordlys.", "nørdlys"] {
            check("https://s3.example", "", bucket, Err(Bucket));
        }
        for region in ["FRA1", "fra1.evil.example/", "a/b", "a@b"] {
            check("", region, "nordlys", Err(Region));
        }
        for endpoint in [
            "fra1.digitaloceanspaces.com",
            "ftp://s3.example",
            "https://key:secret@s3.example",
            "https://s3.example/?x=1",
            "https://s3.example/#x",
            "https://s3.example/other",
            "file:///tmp",
        ] {
            check(endpoint, "", "nordlys", Err(Endpoint));
        }
        for endpoint in ["http://s3.example", "http://fra1.digitaloceanspaces.com", "http://157.240.1.1"] {
            check(endpoint, "", "nordlys", Err(PlainHttp));
        }
    }
}
