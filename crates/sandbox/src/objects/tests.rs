//! The fake S3 seen from outside, by a caller that signs as the vendor's documents say.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response};
use sha2::{Digest, Sha256};
use shopclerk_domain::clock::{Clock, ManualClock, Timestamp};
use shopclerk_domain::entropy::SeededEntropy;
use tower::ServiceExt;

use super::signature::mac;
use super::*;

const NOW: &str = "2026-11-21T11:00:00Z";
const DAY: &str = "20261121";
const TIME: &str = "20261121T110000Z";

fn fake_in(folder: Option<PathBuf>) -> Arc<ObjectsFake> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp::parse(NOW).unwrap()));
    let setup = BucketSetup { page_size: 3, ..BucketSetup::new("the-key", "the-secret") };
    let journal = Journal::in_memory(Arc::clone(&clock));
    let entropy = Arc::new(SeededEntropy::new(5));
    ObjectsFake::open(ObjectsOptions { setup, folder, clock, entropy, journal }).unwrap()
}

/// A call before it is signed; each part can be made wrong.
struct Signed {
    method: Method,
    host: &'static str,
    path: String,
    /// In the order of their names, encoded.
    query: String,
    body: Vec<u8>,
    hash: String,
    secret: &'static str,
    key: &'static str,
    region: &'static str,
    time: String,
    extra: Vec<(&'static str, String)>,
}

fn call(method: Method, path: &str, query: &str, body: &[u8]) -> Signed {
    Signed {
        method,
        host: "127.0.0.1:9000",
        path: path.to_owned(),
        query: query.to_owned(),
        body: body.to_vec(),
        hash: hex::encode(Sha256::digest(body)),
        secret: "the-secret",
        key: "the-key",
        region: "sandbox-1",
        time: TIME.to_owned(),
        extra: Vec::new(),
    }
}

impl Signed {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.extra.push((name, value.to_owned()));
        self
    }

    fn request(&self) -> Request<Body> {
        let mut headers = vec![
            ("host", self.host.to_owned()),
            ("x-amz-content-sha256", self.hash.clone()),
            ("x-amz-date", self.time.clone()),
        ];
        headers.extend(self.extra.iter().filter(|(name, _)| name.starts_with("x-amz-")).cloned());
        headers.sort();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let names = names.join(";");
        let Self { method, path, query, hash, region, time, key, .. } = self;
        let canonical = format!("{method}\n{path}\n{query}\n{}\n{names}\n{hash}", lines.concat());
        let scope = format!("{DAY}/{region}/s3/aws4_request");
        let digest = hex::encode(Sha256::digest(canonical));
        let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}");
        let signature = hex::encode(mac(&self.signing_key(), to_sign.as_bytes()));
        let line =
            format!("AWS4-HMAC-SHA256 Credential={key}/{scope},SignedHeaders={names},Signature={signature}");
        let uri = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
        let mut request = Request::builder().method(method.clone()).uri(uri).header("authorization", line);
        request = request.header("content-length", self.body.len());
        for (name, value) in
            headers.iter().chain(self.extra.iter().filter(|(name, _)| !name.starts_with("x-amz-")))
        {
            request = request.header(*name, value);
        }
        request.body(Body::from(self.body.clone())).unwrap()
    }

    fn signing_key(&self) -> Vec<u8> {
        let steps = [DAY, self.region, "s3", "aws4_request"];
        steps.iter().fold(format!("AWS4{}", self.secret).into_bytes(), |key, step| mac(&key, step.as_bytes()))
    }
}

async fn sent(fake: &Arc<ObjectsFake>, request: Request<Body>) -> (u16, Response<()>, String) {
    let (head, body) = fake.router().oneshot(request).await.unwrap().into_parts();
    let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    (head.status.as_u16(), Response::from_parts(head, ()), body)
}

async fn answer(fake: &Arc<ObjectsFake>, call: Signed) -> (u16, String) {
    let (status, _, body) = sent(fake, call.request()).await;
    (status, body)
}

#[tokio::test]
async fn an_object_is_written_read_and_removed_by_path_and_by_host() {
    let fake = fake_in(None);
    let (status, head, _) = sent(&fake, call(Method::PUT, "/sandbox/a/b.json", "", b"{}").request()).await;
    assert_eq!(status, 200);
    assert_eq!(head.headers()["etag"], "\"99914b932bd37a50b983c5e7c90ae93b\"");

    let by_host = Signed { host: "sandbox.localhost:9000", ..call(Method::GET, "/a/b.json", "", b"") };
    assert_eq!(answer(&fake, by_host).await, (200, "{}".to_owned()));
    let part = call(Method::GET, "/sandbox/a/b.json", "", b"").with("range", "bytes=1-9");
    assert_eq!(answer(&fake, part).await, (206, "}".to_owned()));
    let (status, head, body) = sent(&fake, call(Method::HEAD, "/sandbox/a/b.json", "", b"").request()).await;
    assert_eq!((status, body.as_str()), (200, ""));
    assert_eq!(head.headers()["content-length"], "2");
    assert_eq!(head.headers()["last-modified"], "Sat, 21 Nov 2026 11:00:00 GMT");

    for _ in 0..2 {
        assert_eq!(answer(&fake, call(Method::DELETE, "/sandbox/a/b.json", "", b"")).await.0, 204);
    }
    let (status, body) = answer(&fake, call(Method::GET, "/sandbox/a/b.json", "", b"")).await;
    assert!(status == 404 && body.contains("<Code>NoSuchKey</Code>"), "{body}");
    assert_eq!(fake.unknown_calls(), 0);
}

#[tokio::test]
async fn a_call_that_is_not_rightly_signed_is_refused_and_changes_nothing() {
    let fake = fake_in(None);
    let put = || call(Method::PUT, "/sandbox/x", "", b"{}");
    let mut tampered = put().request();
    *tampered.body_mut() = Body::from("[]");
    let mut moved = put().request();
    *moved.uri_mut() = "/sandbox/y".parse().unwrap();
    let mut unsigned = put().request();
    unsigned.headers_mut().insert("x-amz-acl", "public-read".parse().unwrap());
    let mut anonymous = put().request();
    anonymous.headers_mut().remove("authorization");
    let late = Signed { time: "20261121T111501Z".to_owned(), ..put() }.request();
    for (request, expected) in [
        (Signed { secret: "another", ..put() }.request(), "SignatureDoesNotMatch"),
        (Signed { key: "another", ..put() }.request(), "InvalidAccessKeyId"),
        (Signed { region: "elsewhere", ..put() }.request(), "AuthorizationHeaderMalformed"),
        (tampered, "XAmzContentSHA256Mismatch"),
        (moved, "SignatureDoesNotMatch"),
        (unsigned, "AccessDenied"),
        (anonymous, "AccessDenied"),
        (late, "RequestTimeTooSkewed"),
    ] {
        let (status, _, body) = sent(&fake, request).await;
        assert!(status >= 400 && body.contains(&format!("<Code>{expected}</Code>")), "{expected}: {body}");
    }
    assert!(fake.keys().is_empty());
}

#[tokio::test]
async fn a_body_may_come_unsigned_or_in_chunks_that_are_each_signed() {
    let fake = fake_in(None);
    let unsigned =
        Signed { hash: "UNSIGNED-PAYLOAD".to_owned(), ..call(Method::PUT, "/sandbox/u", "", b"any") };
    assert_eq!(answer(&fake, unsigned).await.0, 200);

    let streamed = |tamper: fn(&mut Vec<u8>)| {
        let mut call = call(Method::PUT, "/sandbox/s", "", b"").with("x-amz-decoded-content-length", "8");
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD".clone_into(&mut call.hash);
        let line = call.request().headers()["authorization"].to_str().unwrap().to_owned();
        let mut previous = line.rsplit('=').next().unwrap().to_owned();
        let empty = hex::encode(Sha256::digest(b""));
        for chunk in ["first", "end", ""] {
            let hash = hex::encode(Sha256::digest(chunk));
            let scope = format!("{DAY}/sandbox-1/s3/aws4_request");
            let to_sign = format!("AWS4-HMAC-SHA256-PAYLOAD\n{TIME}\n{scope}\n{previous}\n{empty}\n{hash}");
            previous = hex::encode(mac(&call.signing_key(), to_sign.as_bytes()));
            let framed = format!("{:x};chunk-signature={previous}\r\n{chunk}\r\n", chunk.len());
            call.body.extend_from_slice(framed.as_bytes());
        }
        tamper(&mut call.body);
        call
    };
    assert_eq!(answer(&fake, streamed(|_| ())).await.0, 200);
    assert_eq!(fake.content("s").unwrap(), b"firstend");
    let (status, body) = answer(&fake, streamed(|body| body[85] ^= 1)).await;
    assert!(status == 403 && body.contains("SignatureDoesNotMatch"), "{body}");
    let (status, _) = answer(&fake, streamed(|body| body.truncate(100))).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_listing_has_pages_and_folders() {
    let fake = fake_in(None);
    for key in ["a/1", "a/2", "a/x/3", "a/x/4", "a/y&z/5", "b/6"] {
        fake.place(key, b"x").unwrap();
    }
    let list = |query: String| answer(&fake, call(Method::GET, "/sandbox", &query, b""));
    let keys = |body: &str, name: &str| -> Vec<String> {
        let open = format!("<{name}>");
        body.split(&open).skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
    };

    let (_, first) = list("list-type=2&prefix=a%2F".to_owned()).await;
    assert_eq!(keys(&first, "Key"), ["a/1", "a/2", "a/x/3"]);
    let token = keys(&first, "NextContinuationToken").remove(0).replace('=', "%3D");
    let (_, second) = list(format!("continuation-token={token}&list-type=2&prefix=a%2F")).await;
    assert_eq!(keys(&second, "Key"), ["a/x/4", "a/y&amp;z/5"]);
    assert!(first.contains("<IsTruncated>true<") && second.contains("<IsTruncated>false<"));

    let (_, folders) = list("delimiter=%2F&list-type=2&max-keys=10&prefix=a%2F".to_owned()).await;
    assert_eq!(keys(&folders, "Key"), ["a/1", "a/2"]);
    assert_eq!(keys(&folders, "Prefix"), ["a/", "a/x/"], "the third is on the next page: {folders}");
    let (status, body) = list("continuation-token=%21&list-type=2".to_owned()).await;
    assert!(status == 400 && body.contains("InvalidArgument"), "{body}");
}

#[tokio::test]
async fn an_upload_in_parts_is_seen_when_it_is_complete_and_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let open = || fake_in(Some(folder.path().join("objects")));
    let fake = open();
    let (_, begun) = answer(&fake, call(Method::POST, "/sandbox/big", "uploads=", b"")).await;
    let id = begun.split("<UploadId>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let big = vec![7; 5 * 1024 * 1024];
    let part = |number: u8, body: &[u8]| {
        call(Method::PUT, "/sandbox/big", &format!("partNumber={number}&uploadId={id}"), body)
    };
    let complete = |parts: &[(u8, &str)]| {
        let listed: Vec<String> = parts
            .iter()
            .map(|(number, tag)| {
                format!("<Part><PartNumber>{number}</PartNumber><ETag>\"{tag}\"</ETag></Part>")
            })
            .collect();
        let body = format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", listed.concat());
        call(Method::POST, "/sandbox/big", &format!("uploadId={id}"), body.as_bytes())
    };
    let tag = async |fake: &Arc<ObjectsFake>, number: u8, body: &[u8]| {
        let (_, head, _) = sent(fake, part(number, body).request()).await;
        head.headers()["etag"].to_str().unwrap().trim_matches('"').to_owned()
    };
    let (small, large) = (tag(&fake, 1, b"small").await, tag(&fake, 2, &big).await);
    let refused = answer(&fake, complete(&[(1, &small), (2, &large)])).await.1;
    assert!(refused.contains("EntityTooSmall"), "{refused}");
    assert!(answer(&fake, complete(&[(2, &large), (1, &small)])).await.1.contains("InvalidPartOrder"));
    assert!(answer(&fake, complete(&[(1, &large)])).await.1.contains("InvalidPart"));
    assert!(fake.keys().is_empty() && fake.open_uploads() == 1);
    drop(fake);

    let fake = open();
    let first = tag(&fake, 1, &big).await;
    let last = tag(&fake, 2, b"last").await;
    assert_eq!(answer(&fake, complete(&[(1, &first), (2, &last)])).await.0, 200);
    drop(fake);

    let fake = open();
    let stored = fake.object("big").unwrap();
    assert!(stored.tag.ends_with("-2") && stored.bytes == big.len() as u64 + 4);
    assert!(fake.content("big").unwrap().ends_with(b"last") && fake.open_uploads() == 0);
    assert_eq!(std::fs::read_dir(folder.path().join("objects")).unwrap().count(), 2, "no part is left over");
}

#[tokio::test]
async fn what_is_not_simulated_is_noticed() {
    let fake = fake_in(None);
    for unknown in [
        call(Method::GET, "/sandbox", "acl=", b""),
        call(Method::GET, "/sandbox/x", "tagging=", b""),
        call(Method::PUT, "/sandbox/x", "", b"").with("x-amz-copy-source", "/sandbox/y"),
        call(Method::GET, "/", "", b""),
    ] {
        assert_eq!(answer(&fake, unknown).await.0, 501);
    }
    assert_eq!(fake.unknown_calls(), 4);
}
