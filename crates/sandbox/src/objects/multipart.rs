//! Uploads in parts. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>

use axum::http::{StatusCode, header};
use shopclerk_domain::entropy::bytes;

use super::ObjectsFake;
use super::answer::Answer;
use super::call::Call;
use super::error::S3Error;
use super::object::{encrypted, intact};
use super::xml::{Xml, listed_parts};

/// Every part but the last is at least this large.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;
const MOST_PARTS: u16 = 10_000;

impl ObjectsFake {
    pub(super) fn begin(&self, call: &Call, key: &str) -> Result<Answer, S3Error> {
        let kept = self.kept(call)?;
        let id = hex::encode(bytes::<24>(self.options.entropy.as_ref()));
        self.bucket().begin(&id, key, kept.clone())?;
        let mut xml = Xml::new("InitiateMultipartUploadResult");
        xml.leaf("Bucket", &self.options.setup.bucket);
        xml.leaf("Key", key);
        xml.leaf("UploadId", &id);
        Ok(encrypted(Answer::xml(xml), &kept))
    }

    pub(super) fn send_part(
        &self,
        call: &Call,
        key: &str,
        id: &str,
        content: &[u8],
    ) -> Result<Answer, S3Error> {
        let number = call.asked("partNumber").and_then(|number| number.parse::<u16>().ok());
        let Some(number) = number.filter(|number| (1..=MOST_PARTS).contains(number)) else {
            return Err(S3Error::argument("Part number must be an integer between 1 and 10000, inclusive"));
        };
        intact(call, content)?;
        let mut bucket = self.bucket();
        bucket.upload(id, key).ok_or_else(S3Error::no_such_upload)?;
        let tag = bucket.send(id, number, content)?;
        Ok(Answer::empty(StatusCode::OK).with(header::ETAG, format!("\"{tag}\"")))
    }

    pub(super) fn complete(&self, key: &str, id: &str, content: &[u8]) -> Result<Answer, S3Error> {
        let listed = listed_parts(content)?;
        let mut bucket = self.bucket();
        let upload = bucket.upload(id, key).ok_or_else(S3Error::no_such_upload)?;
        if !listed.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(S3Error::new(
                400,
                "InvalidPartOrder",
                "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
            ));
        }
        for (position, (number, tag)) in listed.iter().enumerate() {
            let part = upload.parts.get(number).filter(|part| part.tag == *tag).ok_or_else(|| {
                S3Error::new(
                    400,
                    "InvalidPart",
                    "One or more of the specified parts could not be found. The part might not have been uploaded, or the specified entity tag might not have matched the part's entity tag.",
                )
            })?;
            if part.bytes < SMALLEST_PART && position + 1 < listed.len() {
                return Err(S3Error::new(
                    400,
                    "EntityTooSmall",
                    "Your proposed upload is smaller than the minimum allowed object size.",
                ));
            }
        }
        let numbers: Vec<u16> = listed.iter().map(|(number, _)| *number).collect();
        let object = bucket.complete(id, &numbers, self.options.clock.now())?;
        let object = object.ok_or_else(S3Error::no_such_upload)?;
        let mut xml = Xml::new("CompleteMultipartUploadResult");
        xml.leaf("Location", &format!("/{}/{key}", self.options.setup.bucket));
        xml.leaf("Bucket", &self.options.setup.bucket);
        xml.leaf("Key", key);
        xml.leaf("ETag", &format!("\"{}\"", object.tag));
        Ok(encrypted(Answer::xml(xml), &object.kept))
    }

    pub(super) fn give_up(&self, key: &str, id: &str) -> Result<Answer, S3Error> {
        let mut bucket = self.bucket();
        bucket.upload(id, key).ok_or_else(S3Error::no_such_upload)?;
        bucket.end(id)?;
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    }
}
