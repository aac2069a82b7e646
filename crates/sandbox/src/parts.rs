//! What runs behind the listeners: the fakes and what they share, opened from what the sandbox is told.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::date::Dates;
use crate::deliver::Deliveries;
use crate::error::SandboxError;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::meta::{MetaFake, MetaOptions};
use crate::model::ModelFake;
use crate::objects::{ObjectsFake, ObjectsOptions};
use crate::shopify::{ShopifyFake, ShopifyOptions};
use crate::start::{Goods, SandboxOptions};
use crate::state::StateFile;

/// Results per page that Graph answers here: few, so that a list soon has a second page.
const GRAPH_PAGE: usize = 25;

/// The fakes, and what they share.
pub(crate) struct Parts {
    pub(crate) meta: Arc<MetaFake>,
    pub(crate) shopify: Arc<ShopifyFake>,
    pub(crate) objects: Arc<ObjectsFake>,
    pub(crate) model: Arc<ModelFake>,
    pub(crate) journal: Journal,
    pub(crate) deliveries: Deliveries,
    pub(crate) faults: Faults,
    pub(crate) dates: Arc<Dates>,
    /// The shop's permanent address.
    pub(crate) shop: String,
}

impl Parts {
    /// Opens everything where the last run left it.
    pub(crate) fn open(
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
        let model = ModelFake::new(journal.clone());
        Ok(Self { meta, shopify, objects, model, journal, deliveries, faults, dates, shop })
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
