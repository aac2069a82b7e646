//! The product, started and stopped: store, clients, worker and listener in one process. `serve` and `sandbox` both run it,
//! and so do the stories.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use shopclerk_domain::clock::Clock;
use shopclerk_domain::entropy::Entropy;
use shopclerk_domain::fault::FaultPoints;
use shopclerk_flows::app::{App, Parts, Settings};
use shopclerk_flows::watch::Watcher;
use shopclerk_flows::wiring::{
    Http, KeyRing, Meta, MetaSettings, Objects, Shopify, ShopifySettings, SqliteOptions, SqliteStore,
    open_sqlite,
};
use shopclerk_flows::worker;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::config::storage::{KeySource, StorageConfig};
use crate::web::{self, Web};

/// How long leased work may take to finish at the stop.
const FINISH: Duration = Duration::from_secs(8);

/// What the product is started with.
#[derive(Debug)]
pub struct Plan {
    /// What the flows need to know.
    pub settings: Settings,
    /// How Meta is reached.
    pub meta: MetaSettings,
    /// How Shopify is reached.
    pub shopify: ShopifySettings,
    /// Where everything durable lives.
    pub storage: StorageConfig,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// What happens at named fault points.
    pub faults: Arc<dyn FaultPoints>,
    /// Who watches.
    pub watcher: Arc<dyn Watcher>,
}

/// The running product.
#[derive(Debug)]
pub struct Engine {
    /// What every flow takes.
    pub app: App,
    store: Arc<SqliteStore>,
    ready: Arc<AtomicBool>,
    listening: JoinHandle<()>,
}

impl Engine {
    /// Opens the store, listens, and starts the worker. The listener is bound by the caller, so that a taken port is known
    /// before anything is opened.
    pub async fn start(plan: Plan, listener: TcpListener) -> anyhow::Result<Self> {
        let engine = Self::open(plan, listener).await?;
        worker::start(&engine.app);
        Ok(engine)
    }

    /// As [`Engine::start`], but only accepts: the work is done by whoever calls [`worker::step`].
    pub async fn open(plan: Plan, listener: TcpListener) -> anyhow::Result<Self> {
        let keys = keys(&plan)?;
        let folder = plan.storage.folder.clone();
        let store = open_sqlite(SqliteOptions {
            folder: folder.clone(),
            keys,
            clock: Arc::clone(&plan.clock),
            entropy: Arc::clone(&plan.entropy),
            faults: Arc::clone(&plan.faults),
        })
        .await?;
        let store = Arc::new(store);
        let http = Http::new(Arc::clone(&plan.clock), Arc::clone(&plan.faults))?;
        let objects = objects(&plan)?;
        let app = App::new(Parts {
            store: Arc::clone(&store) as _,
            clock: plan.clock,
            entropy: plan.entropy,
            meta: Meta::new(plan.meta, http.clone()),
            shopify: Shopify::new(plan.shopify, http),
            objects,
            watcher: plan.watcher,
            settings: plan.settings,
        });
        worker::recover(&app).await?;
        Ok(Self::listen(app, store, listener))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the listener ends before the tasks do, and is waited for by itself"
    )]
    fn listen(app: App, store: Arc<SqliteStore>, listener: TcpListener) -> Self {
        let web = Web::new(app.clone());
        let ready = web.ready();
        let listening = tokio::spawn(web::listen::serve(listener, web::router(web), app.stop.clone()));
        ready.store(true, Ordering::Release);
        Self { app, store, ready, listening }
    }

    /// Stops accepting, lets leased work finish, closes the store.
    pub async fn stop(self) {
        self.ready.store(false, Ordering::Release);
        self.app.stop.cancel();
        self.app.tasks.close();
        if let Err(error) = self.listening.await {
            tracing::error!(%error, "the listener did not end well");
        }
        finish(&self.app).await;
        self.store.close().await;
    }
}

#[expect(clippy::disallowed_methods, reason = "a stop must end, whatever an upstream does")]
async fn finish(app: &App) {
    if tokio::time::timeout(FINISH, app.tasks.wait()).await.is_err() {
        tracing::warn!("some work was still under way at the stop; the next start goes on with it");
    }
}

fn objects(plan: &Plan) -> anyhow::Result<Objects> {
    match &plan.storage.bucket {
        None => {
            Objects::in_folder(&plan.storage.folder, &plan.faults).context("the folder of mirror and backups")
        }
        Some(bucket) => {
            Objects::in_bucket(bucket, Arc::clone(&plan.clock), &plan.faults).context("SPACES_ENDPOINT")
        }
    }
}

fn keys(plan: &Plan) -> anyhow::Result<KeyRing> {
    match &plan.storage.keys {
        KeySource::Given(text) => KeyRing::parse(text.expose()).context("SHOPCLERK_KEYS"),
        KeySource::File { path, make: true } => {
            create_folder(&plan.storage.folder)?;
            let (keys, made) = KeyRing::open_or_create(path, plan.entropy.as_ref())
                .with_context(|| format!("the key file {}", path.display()))?;
            if made {
                tracing::info!(file = %path.display(), "a key ring was made; keep a copy: without it a backup opens nothing");
            }
            Ok(keys)
        }
        KeySource::File { path, make: false } => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("SHOPCLERK_KEYS_FILE {}", path.display()))?;
            KeyRing::parse(text.trim()).with_context(|| format!("SHOPCLERK_KEYS_FILE {}", path.display()))
        }
    }
}

/// Makes a folder of ours, or says in one line why it cannot be used.
pub fn create_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| {
        format!("the folder {} cannot be made; choose one this process may write to", folder.display())
    })
}

/// Listens, or says in one line why it cannot.
pub async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("{address} is taken by another program; stop it or choose another address")
        }
        _ => anyhow::Error::new(error).context(format!("{address} cannot be listened on")),
    })
}
