//! The product, started and stopped: store, clients, worker and listener in one process. `serve` and `sandbox` both run it,
//! and so do the stories.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use shopclerk_domain::clock::{Clock, SystemClock};
use shopclerk_domain::entropy::{Entropy, SystemEntropy};
use shopclerk_domain::fault::{FaultPoints, NoFaults};
use shopclerk_flows::app::{App, Parts, Settings};
use shopclerk_flows::backup;
use shopclerk_flows::doctor::Premises;
use shopclerk_flows::watch::{Nobody, Watcher};
use shopclerk_flows::wiring::{
    Chat, ChatSettings, Http, KeyRing, Meta, MetaSettings, Objects, Shopify, ShopifySettings, SqliteOptions,
    SqliteStore, open_sqlite,
};
use shopclerk_flows::worker;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::config::edge::EdgeConfig;
use crate::config::http::Role;
use crate::config::storage::{KeySource, StorageConfig};
use crate::control::{self, Product};
use crate::doctor::premises;
use crate::meters::{Counted, Meters};
use crate::web::{self, Site, Web};

/// How long leased work may take to finish at the stop.
const FINISH: Duration = Duration::from_secs(8);

/// What the product is started with.
#[derive(Debug)]
pub struct Plan {
    /// What this process does.
    pub role: Role,
    /// What the flows need to know.
    pub settings: Settings,
    /// How Meta is reached.
    pub meta: MetaSettings,
    /// How Shopify is reached.
    pub shopify: ShopifySettings,
    /// How the language model is reached, where there is one.
    pub model: Option<ChatSettings>,
    /// Where everything durable lives.
    pub storage: StorageConfig,
    /// What is believed and allowed at the edge.
    pub edge: EdgeConfig,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// What happens at named fault points.
    pub faults: Arc<dyn FaultPoints>,
    /// Who watches.
    pub watcher: Arc<dyn Watcher>,
    /// What the doctor is told of the settings and the machine.
    pub premises: Premises,
}

impl Plan {
    /// What an operator's settings come to on a real machine.
    pub fn of(config: Config) -> Self {
        let premises = premises::of(&config);
        let faults: Arc<dyn FaultPoints> = match config.rehearsal {
            Some(rehearsal) => Arc::new(rehearsal),
            None => Arc::new(NoFaults),
        };
        let deadline = config.settings.model.deadline;
        Self {
            role: config.role,
            settings: config.settings,
            meta: config.meta,
            shopify: config.shopify,
            model: config.model.map(|model| model.client(deadline)),
            storage: config.storage,
            edge: config.edge,
            clock: Arc::new(SystemClock::start()),
            entropy: Arc::new(SystemEntropy),
            faults,
            watcher: Arc::new(Nobody),
            premises,
        }
    }
}

/// The running product.
#[derive(Debug)]
pub struct Engine {
    /// What every flow takes.
    pub app: App,
    premises: Arc<Premises>,
    store: Arc<SqliteStore>,
    meters: Meters,
    ready: Arc<AtomicBool>,
    /// `None` where it was opened for one order of the terminal.
    listening: Option<JoinHandle<()>>,
}

impl Engine {
    /// Opens the store, listens, and starts the workers if this process is to work. The listener is bound by the caller, so that a taken port is known
    /// before anything is opened.
    pub async fn start(plan: Plan, listener: TcpListener) -> anyhow::Result<Self> {
        let role = plan.role;
        let engine = Self::open(plan, listener).await?;
        match role {
            Role::Web => {
                tracing::warn!("only accepting: what comes in waits for a start with the role web,worker");
                worker::only_accept(&engine.app);
            }
            Role::WebAndWorker => worker::start(&engine.app),
        }
        Ok(engine)
    }

    /// As [`Engine::start`], but only accepts: the work is done by whoever calls [`worker::step`].
    pub async fn open(plan: Plan, listener: TcpListener) -> anyhow::Result<Self> {
        let (folder, edge) = (plan.storage.folder.clone(), plan.edge.clone());
        let mut engine = Self::open_alone(plan).await?;
        if let Err(error) = control::open(&engine.product(), &folder) {
            tracing::warn!(%error, "no orders are taken from the terminal; its commands need this process stopped");
        }
        let web = Web::new(engine.app.clone(), edge, engine.meters.clone());
        engine.ready = web.ready();
        engine.listening = Some(listen(web, listener));
        engine.ready.store(true, Ordering::Release);
        Ok(engine)
    }

    /// Opens the product for one order of the terminal: nobody is listened to, and no work is begun.
    pub async fn open_alone(plan: Plan) -> anyhow::Result<Self> {
        let keys = keys(&plan)?;
        let folder = plan.storage.folder.clone();
        let store = open_sqlite(SqliteOptions {
            folder: folder.clone(),
            keys,
            clock: Arc::clone(&plan.clock),
            entropy: Arc::clone(&plan.entropy),
            faults: Arc::clone(&plan.faults),
            settle: plan.settings.settle,
        })
        .await?;
        let store = Arc::new(store);
        let http = Http::new(Arc::clone(&plan.clock), Arc::clone(&plan.faults))?;
        let objects = objects(&plan)?;
        let model = plan.model.map(|model| Chat::new(model, &http)).transpose()?;
        let meters = Meters::default();
        let premises = Arc::new(plan.premises);
        let app = App::new(Parts {
            store: Arc::clone(&store) as _,
            clock: plan.clock,
            entropy: plan.entropy,
            meta: Meta::new(plan.meta, http.clone()),
            shopify: Shopify::new(plan.shopify, http),
            model,
            objects,
            watcher: Arc::new(Counted { meters: meters.clone(), watcher: plan.watcher }),
            settings: plan.settings,
        });
        backup::follow(&app).await.map_err(|fault| anyhow::anyhow!(fault.sentence())).context(
            "after a restore the first start reads what lies beside the backups, and could not; see that they can be reached",
        )?;
        worker::recover(&app).await?;
        Ok(Self { app, premises, store, meters, ready: Arc::default(), listening: None })
    }

    /// What orders of the terminal may use.
    pub(crate) fn product(&self) -> Product {
        Product { app: self.app.clone(), premises: Arc::clone(&self.premises) }
    }

    /// Stops accepting, lets leased work finish, closes the store.
    pub async fn stop(self) {
        self.ready.store(false, Ordering::Release);
        self.app.stop.cancel();
        self.app.tasks.close();
        if let Some(listening) = self.listening
            && let Err(error) = listening.await
        {
            tracing::error!(%error, "the listener did not end well");
        }
        finish(&self.app).await;
        self.store.close().await;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the listener ends before the tasks do, and is waited for by itself"
)]
fn listen(web: Web, listener: TcpListener) -> JoinHandle<()> {
    let (stop, proxies) = (web.stop(), web.proxies());
    tokio::spawn(web::listen::serve(listener, Site::new(web), proxies, stop))
}

#[expect(clippy::disallowed_methods, reason = "a stop must end, whatever an upstream does")]
async fn finish(app: &App) {
    if tokio::time::timeout(FINISH, app.tasks.wait()).await.is_err() {
        tracing::warn!("some work was still under way at the stop; the next start goes on with it");
    }
}

/// Where a backup is put back, and with what. Nothing is opened, and no key is made: a new one would open nothing.
pub fn place_to_restore(plan: Plan) -> anyhow::Result<backup::Place> {
    if let KeySource::File { path, make: true } = &plan.storage.keys
        && !path.exists()
    {
        anyhow::bail!(
            "{} is not there: put the exported key ring there (chmod 600), or give it in SHOPCLERK_KEYS",
            path.display()
        );
    }
    Ok(backup::Place {
        keys: keys(&plan)?,
        objects: objects(&plan)?,
        folder: plan.storage.folder,
        scratch: plan.settings.backup.scratch,
        clock: plan.clock,
        entropy: plan.entropy,
        faults: plan.faults,
    })
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

/// Makes a folder of ours, its owner's alone, or says in one line why it cannot be used.
pub fn create_folder(folder: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| {
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
