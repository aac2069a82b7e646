//! The move from the Python version: what its databases hold is reported, taken over once, and works.

use std::fs;
use std::path::{Path, PathBuf};

use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::Secret;
use shopclerk_flows::connections;
use shopclerk_flows::import::{self, Mode, OldFiles, Report};
use shopclerk_flows::poll::now::{self, Chosen, Look};
use shopclerk_flows::progress::Unwatched;
use shopclerk_flows::wiring::PythonFiles;
use tempfile::TempDir;

use crate::outside::{Request, signed_request};
use crate::products;
use crate::settings::{GOOD, Running, but, command, ran};
use crate::world::{FACEBOOK_SECRET, PAGE, World};

/// What the Python version sealed with.
pub(crate) const SECRET: &str = "a-state-secret-of-the-old-days";
pub(crate) const ANNA: &str = "7f1d1c5e-3f0a-4c57-9d43-0f5a5b1f6c01";
const BORIS: &str = "c2b7a0de-5a8e-4e0b-8f2c-6d1e9a7b4c02";
/// A browser that signed in ten minutes before the stories begin.
const COOKIE: &str = "session_id=5b0e7d1c-8a44-4a7e-9a2b-3c1f5e6d7a80";
pub(crate) const PAGE_TOKEN: &str = "EAABoldPageTokenOfNordlys0000001";
pub(crate) const SHOP_TOKEN: &str = "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";
pub(crate) const OLD_SCOPES: &[&str] =
    &["read_product_listings", "read_inventory", "read_discounts", "read_locations", "read_products"];

/// The databases as the Python version left them.
fn left_behind() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python/old_version")
}

impl World {
    /// The platforms still know the tokens that the Python version was given.
    fn knows_old_tokens(&self) -> &Self {
        self.sandbox().meta().gave_page_token(PAGE, PAGE_TOKEN).unwrap();
        self.sandbox().shopify().gave_token(self.shop(), SHOP_TOKEN, OLD_SCOPES).unwrap();
        self
    }

    async fn merchants(&self) -> Vec<String> {
        let all = self.app().store().list_merchants(None, 9).await.unwrap();
        all.iter().map(ToString::to_string).collect()
    }

    async fn imports(&self, mode: Mode) -> Report {
        let folder = left_behind();
        let files = PythonFiles { tokens: folder.join("tokens.db"), sessions: folder.join("sessions.db") };
        let secret = Secret::new(SECRET.to_owned());
        let report = import::run(self.app(), files, secret, mode, OldFiles::Name).await.unwrap();
        self.remember_answer(&report.to_string());
        report
    }
}

#[tokio::test]
async fn after_the_move_a_shopper_is_answered_as_if_nothing_had_happened() {
    let world = World::unconnected(products::warm_things()).await;
    world.knows_old_tokens().imports(Mode::Apply).await;
    world.settle().await;

    world.stranger("Ana").asks("how much is the Storm coat?").await.says(&["$189.00"]);

    assert!(world.merchants().await.contains(&ANNA.to_owned()), "the merchant kept the user_uuid");
    let app = Request::get("/app").header("cookie", COOKIE).send(&world).await;
    assert_eq!(app.status, 200, "the browser is still signed in");
    world.close().await;
}

#[tokio::test]
async fn a_look_changes_nothing_and_names_every_row() {
    let world = World::unconnected(Vec::new()).await;

    let report = world.imports(Mode::Look).await.to_string();

    assert!(world.merchants().await.is_empty());
    for line in [
        "taken    shop nordlys.myshopify.com\n",
        "taken    Page 106511000000001\n",
        "taken    session 2\n",
        "taken    shop solvik.myshopify.com, without its token: it was canceled; connect it again",
        "taken    Page 106511000000002, without its token: it had expired; connect it again",
        "refused  FACEBOOK_USER_ACCESS_TOKEN: it was one person's token for everybody; it is taken for nobody",
        "refused  shop orphan.myshopify.com: no row says whose it is",
        "refused  SHOPIFY_ACCESS_TOKEN_evil_example_com: it names no shop of myshopify.com",
        "refused  Page 106511000000003: its owner is not a UUID",
        "refused  USER_UUID_broken_myshopify_com: it was changed, or sealed with another secret",
        "refused  session 1: it had ended",
        "refused  session 3: its merchant has neither a shop nor a Page",
        "refused  session 4: it begins in the future",
        "5 would be taken, 0 are here already, 8 refused. Nothing was changed; to take them: shopclerk import --apply",
    ] {
        assert!(report.contains(line), "{line} is missing in:\n{report}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_second_import_finds_everything_here() {
    let world = World::unconnected(products::warm_things()).await;
    world.knows_old_tokens().imports(Mode::Apply).await;
    world.settle().await;

    let again = world.imports(Mode::Apply).await.to_string();

    assert!(again.contains("0 taken, 5 were here already, 8 refused."), "{again}");
    world.close().await;
}

#[tokio::test]
async fn a_page_whose_token_has_ended_says_that_it_must_be_connected_again() {
    let world = World::unconnected(products::warm_things()).await;
    world.imports(Mode::Apply).await;
    world.settle().await;

    let anna = world.app().store().list_merchants(None, 9).await.unwrap();
    let anna = anna.into_iter().find(|merchant| merchant.to_string() == ANNA).unwrap();
    let overview = connections::overview(world.app(), anna).await.unwrap();
    assert_eq!(overview.accounts[0].row.account.state, ConnectionState::NeedsReconnect);
    assert_eq!(overview.shops[0].row.shop.state, ConnectionState::NeedsReconnect);
    world.close().await;
}

#[tokio::test]
async fn t53_a_page_taken_over_stops_once_the_person_who_had_granted_it_removes_the_app() {
    let world = World::unconnected(products::warm_things()).await;
    world.knows_old_tokens().imports(Mode::Apply).await;
    world.settle().await;
    let anna = MerchantId::parse(ANNA).unwrap();
    let page = async || world.app().store().list_accounts(anna).await.unwrap()[0].account.state;
    assert_eq!(page().await, ConnectionState::Ok);

    let signed = signed_request(FACEBOOK_SECRET, &world.of_mia());
    assert_eq!(world.meta_says("/facebook/deauthorize", &signed).await.status, 200);

    assert_eq!(page().await, ConnectionState::Disconnected);
    world.close().await;
}

#[tokio::test]
async fn a_look_at_what_came_without_its_token_ends_and_says_why() {
    let world = World::unconnected(Vec::new()).await;
    world.imports(Mode::Apply).await;
    world.settle().await;
    let boris = Chosen::Merchant(MerchantId::parse(BORIS).unwrap());

    let asked = now::ask(world.app(), &boris).await.unwrap();
    let looks = now::follow(world.app(), &asked, &Unwatched).await.unwrap();

    let [Look::Failed(shop), Look::Failed(page)] = &looks[..] else { panic!("{looks:?}") };
    assert_eq!((&**shop, &**page), ("shop.needs_reconnect", "account.no_token"));
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t24_a_page_that_somebody_else_has_here_stays_theirs() {
    let world = World::with_shop(products::warm_things()).await;
    let before = world.merchants().await;

    let report = world.imports(Mode::Apply).await.to_string();

    assert!(
        report.contains("refused  Page 106511000000001: it belongs to another merchant here"),
        "{report}"
    );
    assert!(report.contains("refused  shop nordlys.myshopify.com: it belongs to another merchant here"));
    assert!(before.iter().all(|merchant| merchant != ANNA));
    world.stranger("Ana").asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn files_of_the_old_mirror_with_a_token_are_named_and_removed_when_that_is_asked_for() {
    let world = World::unconnected(Vec::new()).await;
    let place = world.folder().join("data/mirror/users").join(ANNA).join("facebook/106511000000001");
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("page_metadata.json"), r#"{"name":"Nordlys","access_token":"x"}"#).unwrap();
    fs::write(place.join("page_data.json"), r#"{"data":[{"name":"Nordlys"}]}"#).unwrap();

    let named = world.imports(Mode::Look).await.to_string();
    assert!(
        named.contains("facebook/106511000000001/page_metadata.json: a file of the old mirror"),
        "{named}"
    );
    assert!(!named.contains("page_data.json: a file"), "{named}");
    let files =
        PythonFiles { tokens: left_behind().join("tokens.db"), sessions: left_behind().join("sessions.db") };
    let secret = Secret::new(SECRET.to_owned());
    import::run(world.app(), files, secret, Mode::Apply, OldFiles::Remove).await.unwrap();

    assert!(!place.join("page_metadata.json").exists() && place.join("page_data.json").exists());
    world.settle().await;
    world.close().await;
}

/// A folder as the Python version was run in: its databases, its `.env`.
pub(crate) fn old_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    for name in ["tokens.db", "sessions.db"] {
        fs::copy(left_behind().join(name), data.join(name)).unwrap();
    }
    let env = folder.path().join(".env");
    fs::write(&env, format!("STATE_TOKEN_SECRET={SECRET}\nTOKEN_DB_PATH=data/tokens.db\n")).unwrap();
    fs::set_permissions(&env, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    folder
}

/// What the terminal shows for `shopclerk import` with these words.
fn imports(folder: &TempDir, words: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    ran(command(folder.path(), &[&["import"], words].concat(), environment))
}

#[test]
fn the_program_imports_alike_while_it_runs_and_while_it_does_not_and_shows_no_token() {
    let folder = old_folder();

    let (code, looked, told) = imports(&folder, &[], GOOD);
    assert_eq!(code, Some(0), "{told}");
    assert!(looked.contains("4 would be taken, 0 are here already"), "{looked}");
    let running = Running::start(folder.path(), GOOD);
    let (code, taken, told) = imports(&folder, &["--apply"], GOOD);
    assert_eq!(code, Some(0), "{told}");
    assert!(taken.contains("4 taken, 0 were here already"), "{taken}");
    assert_eq!(running.stops(), Some(0));
    let (_, again, _) = imports(&folder, &["--apply"], GOOD);

    assert!(again.contains("0 taken, 4 were here already"), "{again}");
    for shown in [looked, taken, again, told] {
        assert!(!shown.contains("EAAB") && !shown.contains("shpat_") && !shown.contains(SECRET), "{shown}");
    }
}

#[test]
fn what_cannot_be_imported_is_said_in_one_sentence() {
    let folder = old_folder();

    for (words, change, sentence) in [
        (&[][..], ("STATE_TOKEN_SECRET", "another-secret"), "STATE_TOKEN_SECRET is not the secret"),
        (&["--tokens", "nowhere.db"], ("A", ""), "nowhere.db is not there"),
        (&["--tokens", ".env"], ("A", ""), "is not a database of the Python version"),
        (&["--delete-old-mirror"], ("A", ""), "--apply"),
    ] {
        let (code, out, told) = imports(&folder, words, &but(&[change]));
        assert!(code != Some(0) && out.is_empty() && told.contains(sentence), "{sentence}: {told}");
    }
    fs::remove_file(folder.path().join(".env")).unwrap();
    let (_, _, told) = imports(&folder, &[], GOOD);
    assert!(told.contains("STATE_TOKEN_SECRET is missing"), "{told}");
}
