//! How product and fakes are set up to meet: the product gets stand-in addresses and the fakes' secrets, the fakes get the
//! product's addresses.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use shopclerk_domain::clock::Clock;
use shopclerk_domain::entropy::Entropy;
use shopclerk_sandbox::fault::Waits;
use shopclerk_sandbox::meta::PageSetup;
use shopclerk_sandbox::objects::BucketSetup;
use shopclerk_sandbox::shopify::Allowance;
use shopclerk_sandbox::{Goods, Ports, Sandbox, SandboxOptions, sample};

use super::folder::Folder;
use super::watcher::IntoJournal;
use crate::config::{Config, Sources};
use crate::engine::Plan;

/// The fakes, for a product at `app_url`.
pub(super) fn fakes(
    folder: &Folder,
    app_url: &str,
    goods: Goods,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> SandboxOptions {
    let identity = &folder.identity;
    let ports = folder.remembered_ports();
    let page_name = identity.page_name.as_deref().unwrap_or("The shop's Page");
    SandboxOptions {
        folder: Some(folder.path().join("fakes")),
        ports: Ports { meta: ports.meta, shopify: ports.shopify, objects: 0, control: ports.control },
        facebook_app_id: identity.facebook_app_id.clone(),
        facebook_app_secret: identity.facebook_app_secret.clone(),
        facebook_redirect_uris: vec![format!("{app_url}/facebook/callback")],
        pages: vec![PageSetup::new(&identity.page_id, page_name)],
        shopify_api_key: identity.shopify_api_key.clone(),
        shopify_api_secret: identity.shopify_api_secret.clone(),
        shopify_redirect_uris: vec![format!("{app_url}/shopify/callback")],
        goods,
        files: sample::picture,
        allowance: Allowance::PLUS,
        bucket: bucket(folder),
        shopper: "Ana".to_owned(),
        control_path: identity.control_path.clone(),
        retry_pauses: [1, 5, 30].map(Duration::from_secs).to_vec(),
        waits: Waits::LIVE,
        clock,
        entropy,
    }
}

/// The bucket that the product mirrors to: what is kept in it lies below `fakes/objects`.
fn bucket(folder: &Folder) -> BucketSetup {
    BucketSetup::new("SANDBOXKEY", &folder.identity.bucket_secret)
}

/// A model that is switched on on the page is to answer the next message.
const LOOK_FOR_THE_MODEL: Duration = Duration::from_secs(1);

/// The product, for the fakes of `sandbox`: the same settings an operator would write, checked the same way.
pub(super) fn product(
    folder: &Folder,
    app_url: &str,
    sandbox: &Sandbox,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Plan> {
    let identity = &folder.identity;
    let data = folder.path().join("product");
    let shopify_url = sandbox.shopify_url_template();
    let bucket = bucket(folder);
    let values = [
        ("SHOPCLERK_PUBLIC_URL", app_url),
        ("SHOPCLERK_TOLD_CODES", "public"),
        ("SHOPCLERK_DATA_DIR", data.to_str().context("the folder's name is not UTF-8")?),
        ("FACEBOOK_APP_ID", &identity.facebook_app_id),
        ("FACEBOOK_APP_SECRET", &identity.facebook_app_secret),
        ("FACEBOOK_VERIFY_TOKEN", &identity.facebook_verify_token),
        ("FACEBOOK_GRAPH_URL", sandbox.meta_url()),
        ("FACEBOOK_DIALOG_URL", sandbox.meta_url()),
        ("SHOPIFY_API_KEY", &identity.shopify_api_key),
        ("SHOPIFY_API_SECRET", &identity.shopify_api_secret),
        ("SHOPIFY_URL", &shopify_url),
        ("AGENT_ENDPOINT", sandbox.model_url()),
        ("AGENT_MODEL", "rehearsal"),
        ("SPACES_ENDPOINT", sandbox.objects_url()),
        ("SPACES_REGION", &bucket.region),
        ("SPACES_BUCKET", &bucket.bucket),
        ("SPACES_KEY", &bucket.key),
        ("SPACES_SECRET", &bucket.secret),
        ("MIRROR_CONVERSATIONS", "true"),
    ];
    let mut config = Config::load(&Sources::only(&values)?).map_err(|faults| anyhow::anyhow!("{faults}"))?;
    config.settings.model.probe_every = LOOK_FOR_THE_MODEL;
    config.settings.model.probe_at_most = LOOK_FOR_THE_MODEL;
    let watcher = Arc::new(IntoJournal::new(sandbox.journal().clone()));
    Ok(Plan { clock, watcher, ..Plan::of(config) })
}
