//! Where the mirror and the backups are kept: in the data folder, or in a bucket that speaks S3.

use shopclerk_domain::secret::SecretText;
use shopclerk_flows::wiring::{BucketAddress, BucketSettings, InvalidBucket};

use super::check::Checker;

/// The objects' place, and what may be written there.
pub(super) struct MirrorConfig {
    /// The bucket; `None` = the data folder.
    pub(super) bucket: Option<BucketSettings>,
    /// Whether conversations are written into a bucket too.
    pub(super) conversations: bool,
}

/// Names of one option: ours, and the other that the Python version took.
const KEY: [&str; 2] = ["SPACES_KEY", "SPACES_API_KEY"];
const SECRET: [&str; 2] = ["SPACES_SECRET", "SPACES_API_SECRET"];
const BUCKET: &str = "SPACES_BUCKET";
const REGION: &str = "SPACES_REGION";
const ENDPOINT: &str = "SPACES_ENDPOINT";
const CONVERSATIONS: &str = "MIRROR_CONVERSATIONS";

const OR_NONE: &str = ", or leave all SPACES_ options out: objects are then kept in the data folder";

pub(super) fn read(check: &mut Checker<'_>) -> Option<MirrorConfig> {
    let conversations = check.switch(CONVERSATIONS);
    let options = [KEY[0], KEY[1], SECRET[0], SECRET[1], BUCKET, REGION, ENDPOINT];
    if options.iter().all(|option| check.optional(option).is_none()) {
        return Some(MirrorConfig { bucket: None, conversations: conversations? });
    }
    let key = either(check, KEY, "copy the id of an access key that may read and write the bucket");
    let secret = either(check, SECRET, "copy the secret of the same access key");
    let address = address(check);
    let bucket = BucketSettings { address: address?, key: key?, secret: secret? };
    if bucket.address.is_plain() {
        check.remark(format!("{ENDPOINT} is plain http: what is written there travels in clear"));
    }
    Some(MirrorConfig { bucket: Some(bucket), conversations: conversations? })
}

/// The value under one of two names; both may be set, if they agree.
fn either(check: &mut Checker<'_>, [name, other]: [&str; 2], cure: &str) -> Option<SecretText> {
    let (first, second) = (check.optional(name), check.optional(other));
    if first.is_some() && second.is_some() && first != second {
        check.fault(other, format!("has another value than {name}"), "keep one of the two");
        return None;
    }
    let used = if first.is_none() && second.is_some() { other } else { name };
    check.secret(used, &format!("{cure}{OR_NONE}"))
}

fn address(check: &mut Checker<'_>) -> Option<BucketAddress> {
    let (endpoint, region) = (check.optional(ENDPOINT), check.optional(REGION));
    let bucket = check.required(BUCKET, &format!("name the bucket{OR_NONE}"))?;
    let error = match BucketAddress::parse(endpoint, region, bucket) {
        Ok(address) => return Some(address),
        Err(error) => error,
    };
    let (option, cure) = match error {
        InvalidBucket::Bucket => (BUCKET, "write its name alone: small letters, digits, dots and hyphens"),
        InvalidBucket::Region => (REGION, "write it like fra1"),
        InvalidBucket::Endpoint | InvalidBucket::Nowhere => {
            (ENDPOINT, "write it like https://fra1.digitaloceanspaces.com")
        }
        InvalidBucket::PlainHttp => (ENDPOINT, "write it with https"),
    };
    // The value is not repeated: some write their key into the address.
    check.fault(option, error.to_string(), cure);
    None
}
