//! Starts everything on loopback: the fakes, the control surface with its page, and the queues between them and the product.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware};
use shopclerk_domain::clock::Clock;
use shopclerk_domain::entropy::Entropy;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::control::{Control, Status};
use crate::date::{self, Dates};
use crate::deliver::Deliveries;
use crate::error::{SHORTEST_PATH, SandboxError};
use crate::fault::{self, Faults, Front, Vendor, Waits};
use crate::journal::Journal;
use crate::loopback;
use crate::meta::{self, MetaFake, MetaOptions, PageSetup};
use crate::model::{self, ModelFake};
use crate::objects::{self, BucketSetup, ObjectsFake, ObjectsOptions};
use crate::shopify::store::Store;
use crate::shopify::{self, Allowance, Files, ShopifyFake, ShopifyOptions};
use crate::state::StateFile;

/// Results per page that Graph answers here: few, so that a list soon has a second page.
const GRAPH_PAGE: usize = 25;
/// How long open connections may take to end at the close.
const CLOSING: Duration = Duration::from_secs(3);

/// The ports; 0 takes any free one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ports {
    /// Facebook's dialog and Graph.
    pub meta: u16,
    /// Shopify.
    pub shopify: u16,
    /// S3.
    pub objects: u16,
    /// The control surface and its page.
    pub control: u16,
}

/// Which goods the shop has.
pub enum Goods {
    /// These, unless the folder already holds a shop of that address: its changes stay.
    IfNew(Store),
    /// These, whatever was there.
    Always(Store),
}

/// What the sandbox is told at its start. The embedder makes all secrets.
pub struct SandboxOptions {
    /// Where everything is kept; `None` keeps it in memory.
    pub folder: Option<PathBuf>,
    /// Where to listen.
    pub ports: Ports,
    /// The registered Facebook app: digits.
    pub facebook_app_id: String,
    /// Its secret.
    pub facebook_app_secret: String,
    /// Where Facebook may lead back to.
    pub facebook_redirect_uris: Vec<String>,
    /// The Pages of the person who connects; shoppers write to the first.
    pub pages: Vec<PageSetup>,
    /// The registered Shopify app's key.
    pub shopify_api_key: String,
    /// Its secret.
    pub shopify_api_secret: String,
    /// Where Shopify may lead back to.
    pub shopify_redirect_uris: Vec<String>,
    /// The shop.
    pub goods: Goods,
    /// Pictures of its goods.
    pub files: Files,
    /// How much the shop lets an app ask.
    pub allowance: Allowance,
    /// The bucket, and the key to it.
    pub bucket: BucketSetup,
    /// The shopper the page starts with.
    pub shopper: String,
    /// The unguessable part of the control address: at least 16 letters, digits, `-` or `_`.
    pub control_path: String,
    /// Pauses between the attempts of one webhook delivery.
    pub retry_pauses: Vec<Duration>,
    /// How long what a fault holds back waits.
    pub waits: Waits,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The chance.
    pub entropy: Arc<dyn Entropy>,
}

/// A running sandbox. [`Sandbox::close`] ends it; dropping it leaves its tasks to the runtime.
pub struct Sandbox {
    meta: Arc<MetaFake>,
    shopify: Arc<ShopifyFake>,
    objects: Arc<ObjectsFake>,
    model: Arc<ModelFake>,
    journal: Journal,
    deliveries: Deliveries,
    faults: Faults,
    dates: Arc<Dates>,
    status: watch::Sender<Status>,
    shop: String,
    meta_url: String,
    shopify_url: String,
    objects_url: String,
    model_url: String,
    control_url: String,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Sandbox {
    /// Binds the loopback listeners and begins to answer. The model takes any free port: only the product needs to know it.
    pub async fn start(options: SandboxOptions) -> Result<Self, SandboxError> {
        let path_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if options.control_path.len() < SHORTEST_PATH || !options.control_path.bytes().all(path_letter) {
            return Err(SandboxError::ControlPath);
        }
        let (on_meta, meta_url) = bind(options.ports.meta).await?;
        let (on_shopify, shopify_url) = bind(options.ports.shopify).await?;
        let (on_objects, objects_url) = bind(options.ports.objects).await?;
        let (on_control, control_base) = bind(options.ports.control).await?;
        let (on_model, model_url) = bind(0).await?;
        let tasks = TaskTracker::new();
        let parts = Parts::open(options, &meta_url, &shopify_url, &tasks)?;
        let stop = CancellationToken::new();
        let status = watch::Sender::new(Status::default());
        let control = Control {
            meta: Arc::clone(&parts.meta),
            shopify: Arc::clone(&parts.shopify),
            model: Arc::clone(&parts.model),
            objects: Arc::clone(&parts.objects),
            journal: parts.journal.clone(),
            deliveries: parts.deliveries.clone(),
            faults: parts.faults.clone(),
            status: status.subscribe(),
            shop: parts.shop.clone(),
            shopper: parts.shopper,
            stop: stop.clone(),
        };
        let behind = |vendor: Vendor, fake: Router| {
            let front = Front { vendor, faults: parts.faults.clone() };
            fake.layer(middleware::from_fn_with_state(front, fault::stand))
        };
        let listeners = [
            (on_meta, behind(meta::VENDOR, parts.meta.router())),
            (on_shopify, behind(shopify::VENDOR, parts.shopify.router())),
            (on_objects, behind(objects::VENDOR, parts.objects.router())),
            (on_model, behind(model::VENDOR, parts.model.router())),
            (on_control, control.router(&parts.control_path)),
        ];
        for (listener, router) in listeners {
            let dated = middleware::from_fn_with_state(Arc::clone(&parts.dates), date::stamp);
            tasks.spawn(serve(listener, router.layer(dated), stop.clone()));
        }
        Ok(Self {
            meta: parts.meta,
            shopify: parts.shopify,
            objects: parts.objects,
            model: parts.model,
            journal: parts.journal,
            deliveries: parts.deliveries,
            faults: parts.faults,
            dates: parts.dates,
            status,
            shop: parts.shop,
            meta_url,
            shopify_url,
            objects_url,
            model_url: format!("{model_url}/v1"),
            control_url: format!("{control_base}/{}", parts.control_path),
            tasks,
            stop,
        })
    }

    /// The fake Meta.
    pub fn meta(&self) -> &Arc<MetaFake> {
        &self.meta
    }

    /// The fake Shopify.
    pub fn shopify(&self) -> &Arc<ShopifyFake> {
        &self.shopify
    }

    /// The fake S3.
    pub fn objects(&self) -> &Arc<ObjectsFake> {
        &self.objects
    }

    /// The language model.
    pub fn model(&self) -> &Arc<ModelFake> {
        &self.model
    }

    /// What happens; the product's own steps may be written into it too.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The webhooks on their way.
    pub fn deliveries(&self) -> &Deliveries {
        &self.deliveries
    }

    /// What is to go wrong.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// From now on the platforms' clocks are this many milliseconds ahead of ours.
    pub fn clocks_run_ahead(&self, millis: i64) {
        self.dates.run_ahead(millis);
    }

    /// What the page is told of the product.
    pub fn status(&self) -> &watch::Sender<Status> {
        &self.status
    }

    /// The shop's permanent address, `….myshopify.com`.
    pub fn shop(&self) -> &str {
        &self.shop
    }

    /// For both `FACEBOOK_GRAPH_URL` and `FACEBOOK_DIALOG_URL`.
    pub fn meta_url(&self) -> &str {
        &self.meta_url
    }

    /// For `SHOPIFY_URL`, with `{shop}` in it.
    pub fn shopify_url_template(&self) -> String {
        format!("{}/{{shop}}", self.shopify_url)
    }

    /// For `SPACES_ENDPOINT`.
    pub fn objects_url(&self) -> &str {
        &self.objects_url
    }

    /// For `AGENT_ENDPOINT`.
    pub fn model_url(&self) -> &str {
        &self.model_url
    }

    /// Below it programs drive the sandbox.
    pub fn control_url(&self) -> &str {
        &self.control_url
    }

    /// The page for people.
    pub fn page_url(&self) -> String {
        format!("{}/", self.control_url)
    }

    /// Calls that none of the fakes knows, since the start.
    pub fn unknown_calls(&self) -> usize {
        self.meta.unknown_calls()
            + self.shopify.unknown_calls()
            + self.model.unknown_calls()
            + self.objects.unknown_calls()
    }

    /// Stops delivering and answering, and waits until all connections have ended. Webhooks still queued are dropped: wait
    /// for [`Deliveries::idle`] first, while the product still listens.
    pub async fn close(self) {
        self.deliveries.stop();
        self.faults.let_go();
        self.objects.release();
        self.model.release();
        self.stop.cancel();
        self.tasks.close();
        // A client that never finishes its request must not keep the process alive.
        wait_at_most(CLOSING, self.tasks.wait()).await;
    }
}

struct Parts {
    meta: Arc<MetaFake>,
    shopify: Arc<ShopifyFake>,
    objects: Arc<ObjectsFake>,
    model: Arc<ModelFake>,
    journal: Journal,
    deliveries: Deliveries,
    faults: Faults,
    dates: Arc<Dates>,
    shop: String,
    shopper: String,
    control_path: String,
}

impl Parts {
    fn open(
        options: SandboxOptions,
        meta_url: &str,
        shopify_url: &str,
        tasks: &TaskTracker,
    ) -> Result<Self, SandboxError> {
        let folder = options.folder.clone();
        Self::opened(options, meta_url, shopify_url, tasks).map_err(|source| match folder {
            Some(folder) => SandboxError::Folder { folder, source },
            None => SandboxError::Broken(source),
        })
    }

    fn opened(
        options: SandboxOptions,
        meta_url: &str,
        shopify_url: &str,
        tasks: &TaskTracker,
    ) -> io::Result<Self> {
        let folder = options.folder.as_deref();
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder)?;
        }
        let kept =
            |name: &str| folder.map_or_else(StateFile::in_memory, |folder| StateFile::new(folder.join(name)));
        let journal = match folder {
            Some(folder) => Journal::open(&folder.join("journal.jsonl"), Arc::clone(&options.clock))?,
            None => Journal::in_memory(Arc::clone(&options.clock)),
        };
        let faults = Faults::none(journal.clone(), options.waits);
        let deliveries = Deliveries::start(journal.clone(), faults.clone(), tasks, options.retry_pauses);
        let dates = Dates::by(Arc::clone(&options.clock));
        let meta = MetaFake::open(MetaOptions {
            app_id: options.facebook_app_id,
            app_secret: options.facebook_app_secret,
            redirect_uris: options.facebook_redirect_uris,
            base_url: meta_url.to_owned(),
            pages: options.pages,
            page_size: GRAPH_PAGE,
            clock: Arc::clone(&options.clock),
            entropy: Arc::clone(&options.entropy),
            journal: journal.clone(),
            deliveries: deliveries.clone(),
            state: kept("meta.json"),
            conversations: folder.map(|folder: &Path| folder.join("conversations.jsonl")),
        })?;
        let objects = ObjectsFake::open(ObjectsOptions {
            setup: options.bucket,
            folder: folder.map(|folder| folder.join("objects")),
            clock: Arc::clone(&options.clock),
            entropy: Arc::clone(&options.entropy),
            journal: journal.clone(),
        })?;
        let shopify = ShopifyFake::open(ShopifyOptions {
            client_id: options.shopify_api_key,
            client_secret: options.shopify_api_secret,
            redirect_uris: options.shopify_redirect_uris,
            base_url: shopify_url.to_owned(),
            clock: options.clock,
            entropy: options.entropy,
            journal: journal.clone(),
            deliveries: deliveries.clone(),
            state: kept("shopify.json"),
            catalogue: kept("catalogue.json"),
            files: options.files,
            allowance: options.allowance,
        })?;
        let shop = stock(&shopify, options.goods)?;
        let (shopper, control_path) = (options.shopper, options.control_path);
        let model = ModelFake::new(journal.clone());
        Ok(Self {
            meta,
            shopify,
            objects,
            model,
            journal,
            deliveries,
            faults,
            dates,
            shop,
            shopper,
            control_path,
        })
    }
}

fn stock(shopify: &ShopifyFake, goods: Goods) -> io::Result<String> {
    let (store, keep_saved) = match goods {
        Goods::IfNew(store) => (store, true),
        Goods::Always(store) => (store, false),
    };
    let shop = store.shop.domain.clone();
    if !(keep_saved && shopify.shop(&shop).is_some()) {
        shopify.add_store(store)?;
    }
    Ok(shop)
}

async fn bind(port: u16) -> Result<(TcpListener, String), SandboxError> {
    let failed = |source| SandboxError::Port { port, source };
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, format!("http://{address}")))
}

async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let guarded = router.layer(middleware::from_fn(loopback::guard));
    let served = axum::serve(listener, guarded).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::warn!(%error, "a listener of the sandbox ended early");
    }
}

#[expect(clippy::disallowed_methods, reason = "the end of the process is bounded by real time")]
async fn wait_at_most(limit: Duration, end: impl Future<Output = ()>) {
    // Whether it ended in time makes no difference: the process goes on to its own end.
    tokio::time::timeout(limit, end).await.ok();
}
