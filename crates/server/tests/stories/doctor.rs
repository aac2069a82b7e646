//! The doctor: what it says of installations that are broken in one way or another. The same screens stand in `docs/doctor.md`;
//! `UPDATE_DOCS=1` writes them there, with one test thread.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use shopclerk::config::storage::KeySource;
use shopclerk::doctor::{premises, screen};
use shopclerk::engine::{Engine, bind};
use shopclerk_domain::secret::Secret;
use shopclerk_domain::standing::Cause;
use shopclerk_flows::doctor::{self, Finding, Level, Premises};
use shopclerk_flows::poll;
use shopclerk_flows::progress::Unwatched;
use shopclerk_flows::{backup, keys};
use shopclerk_sandbox::meta::{GraphError, Revoked};

use crate::control;
use crate::merchant::NORDLYS;
use crate::products;
use crate::scene::Scene;
use crate::world::{FACEBOOK_SECRET, PAGE, SHOPIFY_SECRET, VERIFY_TOKEN, World};

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/doctor.md");
const GIB: u64 = 1024 * 1024 * 1024;

impl World {
    /// The premises of a server in earnest: no stand-in, room enough.
    fn premises(&self) -> Premises {
        let found = premises::of(&self.config());
        Premises { remarks: Vec::new(), free_bytes: Some(40 * GIB), ..found }
    }

    /// The keys were exported and the nightly backup was made.
    async fn is_well_kept(&self) {
        keys::mark_exported(self.app()).await.unwrap();
        backup::make(self.app(), &Unwatched).await.unwrap();
    }

    /// What the doctor finds.
    async fn examined(&self) -> Vec<Finding> {
        self.is_well_kept().await;
        let found = doctor::examine(self.app(), &self.premises()).await;
        self.remember_answer(&screen::json(&found).to_string());
        found
    }

    /// What the doctor says that wants to be looked at, as it stands in the documents under this title.
    async fn doctor_says(&self, title: &str) -> String {
        let shown = self.shown(&self.examined().await);
        documented(title, &shown);
        shown
    }

    fn shown(&self, found: &[Finding]) -> String {
        self.alike(&screen::brief(found))
    }

    /// What differs from run to run is written as in the documents.
    fn alike(&self, text: &str) -> String {
        let folder = self.folder().join("data");
        let shopify = self.sandbox().shopify_url_template().replace("/{shop}", "");
        let mut alike = text
            .replace(folder.to_str().unwrap(), "./data")
            .replace(self.url("").as_str(), "https://clerk.example.com")
            .replace(self.sandbox().meta_url(), "https://graph.facebook.com")
            .replace(&shopify, "https://shopify");
        if let Some(at) = alike.find("SQLite ") {
            let end = at + alike[at..].find(", is sound").unwrap();
            alike.replace_range(at..end, "SQLite, at the newest schema");
        }
        alike
    }
}

/// The screen must stand in the documents under its title.
#[track_caller]
fn documented(title: &str, shown: &str) {
    let docs = fs::read_to_string(DOCS).unwrap();
    let heading = format!("### {title}\n");
    let start = docs.find(&heading).unwrap_or_else(|| panic!("docs/doctor.md has no screen {title:?}"));
    let from = start + docs[start..].find("```text\n").unwrap() + "```text\n".len();
    let to = from + docs[from..].find("```").unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(DOCS, format!("{}{shown}{}", &docs[..from], &docs[to..])).unwrap();
    } else {
        assert_eq!(&docs[from..to], shown, "docs/doctor.md, {title}: run with UPDATE_DOCS=1");
    }
}

fn worst(shown: &str) -> Level {
    if shown.contains("\n  broken ") { Level::Broken } else { Level::Warning }
}

#[tokio::test]
async fn all_is_well_when_it_is() {
    let world = World::with_shop(products::warm_things()).await;

    let found = world.examined().await;

    let shown = world.alike(&screen::text(&found));
    documented("When all is well", &shown);
    assert_eq!(screen::worst(&found), Level::Ok, "{shown}");
    for part in
        ["All is well.", "FACEBOOK_APP_SECRET: set", "6 products", "The clock agrees", "which proves itself"]
    {
        assert!(shown.contains(part), "{part} is missing in\n{shown}");
    }
    world.close().await;
}

#[tokio::test]
async fn t27_the_doctor_shows_no_secret_and_spends_no_token() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().meta().revoke(Revoked::PasswordChanged).unwrap();
    let tokens = world.sandbox().shopify().calls().get("token refreshed").copied();

    let found = world.examined().await;

    let shown = format!("{}{}{found:?}", screen::text(&found), screen::json(&found));
    for secret in [FACEBOOK_SECRET, VERIFY_TOKEN, SHOPIFY_SECRET, "EAAB", "EAAG", "shpat_", "shprt_"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert_eq!(world.sandbox().shopify().calls().get("token refreshed").copied(), tokens);
    world.close().await;
}

#[tokio::test]
async fn a_page_whose_person_changed_their_password() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().meta().revoke(Revoked::PasswordChanged).unwrap();
    assert_eq!(worst(&world.doctor_says("A Page token that was revoked").await), Level::Broken);
    world.close().await;
}

#[tokio::test]
async fn an_app_whose_secret_was_reset_at_meta() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().meta().reset_app_secret("another-secret-after-a-reset");
    assert_eq!(worst(&world.doctor_says("An app secret that was reset at Meta").await), Level::Broken);
    world.close().await;
}

#[tokio::test]
async fn a_shop_that_uninstalled_the_app() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().shopify().revoke_tokens(NORDLYS).unwrap();
    assert_eq!(worst(&world.doctor_says("A shop that uninstalled the app").await), Level::Broken);
    world.close().await;
}

#[tokio::test]
async fn t25_a_shop_that_grants_too_little() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().shopify().grants_only(NORDLYS, &["read_inventory", "read_locations"]).unwrap();
    assert_eq!(worst(&world.doctor_says("A scope that was not granted").await), Level::Broken);
    world.close().await;
}

#[tokio::test]
async fn an_address_that_does_not_lead_here() {
    let mut world = World::with_shop(products::warm_things()).await;
    world
        .restarts_set(|settings| settings.facebook_webhook = "http://127.0.0.1:1/facebook/webhook".to_owned())
        .await;
    let says = world.doctor_says("A public address that does not lead here").await;
    assert!(says.contains("cannot be reached from here") && worst(&says) == Level::Broken);
    world.close().await;
}

#[tokio::test]
async fn a_page_that_no_longer_tells_of_its_messages() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().meta().turn_off(PAGE, "messages");
    world.sandbox().meta().turn_off(PAGE, "message_echoes");
    assert_eq!(worst(&world.doctor_says("Fields that a Page no longer tells of").await), Level::Broken);
    world.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_and_a_key_file_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::with_shop(products::warm_things()).await;
    let mode = |path: &str, mode| {
        fs::set_permissions(world.folder().join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("data", 0o755);
    mode("data/keys", 0o644);
    assert_eq!(worst(&world.doctor_says("Data that others can read").await), Level::Broken);
    mode("data/keys", 0o600);
    world.close().await;
}

#[tokio::test]
async fn a_key_ring_of_another_installation() {
    let world = World::with_shop(products::warm_things()).await;
    let (premises, mut plan) = (world.premises(), world.plan());
    plan.storage.folder = world.copied();
    let foreign = "other:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    plan.storage.keys = KeySource::Given(Secret::new(foreign.to_owned()));
    let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();

    let why = Engine::open(plan, listener).await.unwrap_err();

    let shown = world.shown(&doctor::examine_unopened(&premises, &format!("{why:#}")));
    documented("The key ring of another installation", &shown);
    assert_eq!(worst(&shown), Level::Broken);
    world.close().await;
}

#[tokio::test]
async fn a_version_that_shopify_no_longer_serves() {
    let old = &[("SHOPIFY_API_VERSION", "2025-04")];
    let world = Scene::of(products::warm_things()).configured(old).connected().await;
    let says = world.doctor_says("A version that Shopify no longer serves").await;
    assert!(
        says.contains("Shopify serves 2026-01 where 2025-04 is asked for") && worst(&says) == Level::Warning
    );
    world.close().await;
}

#[tokio::test]
async fn a_mirror_that_cannot_be_written() {
    let world = World::with_shop(products::warm_things()).await;
    let mirror = world.folder().join("data/mirror");
    fs::remove_dir_all(&mirror).unwrap();
    fs::write(&mirror, "in the way").unwrap();
    assert_eq!(worst(&world.doctor_says("A mirror that cannot be written").await), Level::Broken);
    world.close().await;
}

#[tokio::test]
async fn a_disk_that_is_nearly_full() {
    let world = World::with_shop(products::warm_things()).await;
    world.is_well_kept().await;
    let premises = Premises { free_bytes: Some(GIB / 2), ..world.premises() };
    let shown = world.shown(&doctor::examine(world.app(), &premises).await);
    documented("A disk that is nearly full", &shown);
    assert_eq!(worst(&shown), Level::Warning);
    world.close().await;
}

#[tokio::test]
async fn a_clock_that_is_off() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().clocks_run_ahead(600_000);
    let says = world.doctor_says("A clock that is ten minutes off").await;
    assert!(says.contains("600 s behind") && worst(&says) == Level::Broken);
    world.close().await;
}

#[tokio::test]
async fn a_development_machine_with_stand_ins_and_keys_of_its_own() {
    let world = World::with_shop(products::warm_things()).await;
    let premises = Premises { free_bytes: Some(40 * GIB), ..premises::of(&world.config()) };
    let shown = world.shown(&doctor::examine(world.app(), &premises).await);
    documented("A development machine with stand-ins", &shown);
    assert_eq!(worst(&shown), Level::Warning);
    world.close().await;
}

#[tokio::test]
async fn what_waits_for_people_and_what_a_platform_holds_back() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.settles_no_doubt();
    let sent_although = GraphError::new(1, "(#1) An unknown error occurred").subcode(1_357_046);
    world.sandbox().meta().next_send_taken_but(sent_although);
    ana.asks("a candle under 25 dollars").await;
    world.after(Duration::from_secs(30)).await;
    let ben = world.shopper("Ben").await;
    world.sandbox().meta().next_send(GraphError::new(368, "no"));
    ben.asks("a candle under 25 dollars").await.nothing();

    let says = world.doctor_says("What waits for people, and a Page that may not write").await;

    assert!(
        says.contains("1 message is parked") && says.contains("blocked (platform.writing_forbidden)"),
        "{says}"
    );
    world.close().await;
}

#[test]
fn every_cause_is_explained() {
    let documented =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md")).unwrap();
    for cause in Cause::ALL {
        let row = format!("| `{}` | `{}` |", cause.word(), cause.state().word());
        assert!(documented.contains(&row), "docs/errors.md does not explain {row}");
    }
}

#[tokio::test]
async fn the_running_process_is_asked_over_its_socket() {
    let world = World::with_shop(products::warm_things()).await;
    keys::mark_exported(world.app()).await.unwrap();

    let told = control::asks(&world, &control::order("doctor.examine", &json!({}))).await;

    let found = &told[0]["done"];
    world.remember_answer(&found.to_string());
    let text = found["text"].as_str().unwrap();
    assert!(text.contains("FACEBOOK_APP_SECRET: set") && text.contains("which proves itself"), "{text}");
    // The stand-ins of the story are warned of; whatever disk this runs on is another matter.
    assert!(found["json"]["findings"].as_array().unwrap().len() > 20 && found["worst"].as_u64() >= Some(1));
    assert!(found["brief"].as_str().unwrap().len() < text.len());
    world.close().await;
}

#[tokio::test]
async fn the_doctor_finds_what_the_daily_look_mends() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().meta().turn_off(PAGE, "messages");
    assert_eq!(screen::worst(&world.examined().await), Level::Broken);

    poll::everything(world.app()).await.unwrap();
    world.settle().await;

    assert_eq!(screen::worst(&world.examined().await), Level::Ok);
    world.close().await;
}

impl World {
    /// A copy of this world's store.
    fn copied(&self) -> PathBuf {
        let folder = self.folder().join("copy");
        fs::create_dir(&folder).unwrap();
        for file in ["shopclerk.db", "shopclerk.db-wal"] {
            fs::copy(self.folder().join("data").join(file), folder.join(file)).unwrap();
        }
        folder
    }
}
