//! Starts everything on loopback: the fakes, the control surface with its page, and the queues between them and the product.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
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
use crate::date;
use crate::deliver::Deliveries;
use crate::error::{SHORTEST_PATH, SandboxError};
use crate::fault::{self, Faults, Front, Vendor, Waits};
use crate::journal::Journal;
use crate::loopback;
use crate::meta::{self, MetaFake, PageSetup};
use crate::model::{self, ModelFake};
use crate::objects::{self, BucketSetup, ObjectsFake};
use crate::parts::Parts;
use crate::shopify::store::Store;
use crate::shopify::{self, Allowance, Files, ShopifyFake};

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
    parts: Parts,
    status: watch::Sender<Status>,
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
        let (shopper, control_path) = (options.shopper.clone(), options.control_path.clone());
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
            shopper,
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
            (on_control, control.router(&control_path)),
        ];
        for (listener, router) in listeners {
            let dated = middleware::from_fn_with_state(Arc::clone(&parts.dates), date::stamp);
            tasks.spawn(serve(listener, router.layer(dated), stop.clone()));
        }
        Ok(Self {
            parts,
            status,
            meta_url,
            shopify_url,
            objects_url,
            model_url: format!("{model_url}/v1"),
            control_url: format!("{control_base}/{control_path}"),
            tasks,
            stop,
        })
    }

    /// The fake Meta.
    pub fn meta(&self) -> &Arc<MetaFake> {
        &self.parts.meta
    }

    /// The fake Shopify.
    pub fn shopify(&self) -> &Arc<ShopifyFake> {
        &self.parts.shopify
    }

    /// The fake S3.
    pub fn objects(&self) -> &Arc<ObjectsFake> {
        &self.parts.objects
    }

    /// The language model.
    pub fn model(&self) -> &Arc<ModelFake> {
        &self.parts.model
    }

    /// What happens; the product's own steps may be written into it too.
    pub fn journal(&self) -> &Journal {
        &self.parts.journal
    }

    /// The webhooks on their way.
    pub fn deliveries(&self) -> &Deliveries {
        &self.parts.deliveries
    }

    /// What is to go wrong.
    pub fn faults(&self) -> &Faults {
        &self.parts.faults
    }

    /// From now on the platforms' clocks are this many milliseconds ahead of ours.
    pub fn clocks_run_ahead(&self, millis: i64) {
        self.parts.dates.run_ahead(millis);
    }

    /// What the page is told of the product.
    pub fn status(&self) -> &watch::Sender<Status> {
        &self.status
    }

    /// The shop's permanent address, `….myshopify.com`.
    pub fn shop(&self) -> &str {
        &self.parts.shop
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
        self.parts.meta.unknown_calls()
            + self.parts.shopify.unknown_calls()
            + self.parts.model.unknown_calls()
            + self.parts.objects.unknown_calls()
    }

    /// Stops delivering and answering, and waits until all connections have ended. Webhooks still queued are dropped: wait
    /// for [`Deliveries::idle`] first, while the product still listens.
    pub async fn close(self) {
        self.parts.deliveries.stop();
        self.parts.faults.let_go();
        self.parts.objects.release();
        self.parts.model.release();
        self.stop.cancel();
        self.tasks.close();
        // A client that never finishes its request must not keep the process alive.
        wait_at_most(CLOSING, self.tasks.wait()).await;
    }
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
