//! `s3s-fs`, serving a folder on loopback until it is dropped.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) const BUCKET: &str = "nordlys";
pub(crate) const KEY: &str = "DO00TESTKEY5521AB7F1";
pub(crate) const SECRET: &str = "wq7Rk2vT9pLx4mZ8bN3cJ6hF1sD5gY0aE";

/// A running server with one empty bucket.
pub(crate) struct Server {
    endpoint: String,
    serving: JoinHandle<()>,
    _folder: TempDir,
}

impl Server {
    #[expect(clippy::disallowed_methods, reason = "a server beside the code under test")]
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let http = Builder::new(TokioExecutor::new());
                    // A connection that ends badly is the client's to tell.
                    http.serve_connection(TokioIo::new(stream), service).await.ok();
                });
            }
        });
        Self { endpoint, serving, _folder: folder }
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
