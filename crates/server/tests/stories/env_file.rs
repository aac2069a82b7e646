//! A `.env` of the working folder: that of the Python version is enough, and whoever can read it is told of.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use crate::outside::{Request, exchange, param};
use crate::settings::{Running, command, ran};

/// As people had it, with stand-ins for the platforms; nothing listens there.
const PYTHON: &str = "\
# Facebook
FACEBOOK_APP_ID=123456789012345
FACEBOOK_APP_SECRET=1f0c7d1c9f5e4a41b1CANARY
FACEBOOK_REDIRECT_URI=http://127.0.0.1:5000/facebook/callback
FACEBOOK_WEBHOOK_ADDRESS=\"http://127.0.0.1:5000/facebook/webhook\"
export FACEBOOK_VERIFY_TOKEN='b7f2d4e86a1c4f5599CANARY'
SHOPIFY_API_KEY=5d0a8e4f1b7c4e2f
SHOPIFY_API_SECRET=9c1e5a7b3d2f4c6e88CANARY
SHOPIFY_REDIRECT_URI=http://127.0.0.1:5000/shopify/callback
SHOPIFY_WEBHOOK_ADDRESS=http://127.0.0.1:5000/shopify/webhook
SPACES_API_KEY=DO00EXAMPLE
SPACES_API_SECRET=spaces-3b1f0c7d-CANARY
SPACES_REGION=fra1
SPACES_BUCKET=clerk
SPACES_ENDPOINT=http://127.0.0.1:9
AGENT_ENDPOINT=http://127.0.0.1:9/v1
AGENT_API_KEY=agent-5c2e8d1a-CANARY
STATE_TOKEN_SECRET=old-CANARY
TOKEN_DB_PATH=./data/tokens.db
SESSION_DB_PATH=./data/sessions.db
# Stand-ins
FACEBOOK_GRAPH_URL=http://127.0.0.1:9
FACEBOOK_DIALOG_URL=http://127.0.0.1:9
SHOPIFY_URL=http://127.0.0.1:9/{shop}
";

fn write(folder: &Path, mode: u32) {
    let file = folder.join(".env");
    std::fs::write(&file, PYTHON).unwrap();
    std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn the_env_file_of_the_python_version_is_enough_to_start() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), 0o600);

    let running = Running::start(folder.path(), &[]);

    let said = running.said.join("\n");
    for part in ["STATE_TOKEN_SECRET is set but no longer used", "TOKEN_DB_PATH", "SESSION_DB_PATH"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    for stand_in in ["FACEBOOK_GRAPH_URL", "FACEBOOK_DIALOG_URL", "SHOPIFY_URL"] {
        assert!(said.contains(&format!("{stand_in} points to a stand-in")), "{said}");
    }
    assert!(!said.contains("CANARY") && !said.contains("chmod"), "{said}");
    let login = exchange(&running.address, &Request::get("/shopify/nordlys/login").bytes()).await.unwrap();
    let away = login.header("location").unwrap();
    assert!(away.starts_with("http://127.0.0.1:9/nordlys.myshopify.com/"), "{away}");
    assert_eq!(param(away, "redirect_uri"), "http://127.0.0.1:5000/shopify/callback");
    assert_eq!(running.stops(), Some(0));
}

#[test]
fn t66_a_file_of_secrets_that_everybody_can_read_is_told_of_or_refused() {
    const LINE: &str = "can be read by everybody on this machine";
    let folder = TempDir::new().unwrap();
    let check =
        |environment: &[(&str, &str)]| ran(command(folder.path(), &["serve", "--check"], environment));

    write(folder.path(), 0o644);
    let (code, out, err) = check(&[]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains(&format!(".env {LINE}; run: chmod o= .env")), "{out}");
    let (code, _, err) = check(&[("SHOPCLERK_STRICT", "1")]);
    assert_eq!(code, Some(2));
    assert!(err.contains(&format!(".env: {LINE}. run: chmod o= .env")) && !err.contains("CANARY"), "{err}");

    for owners in [0o600, 0o640] {
        write(folder.path(), owners);
        let (code, out, err) = check(&[("SHOPCLERK_STRICT", "1")]);
        assert!(code == Some(0) && !out.contains(LINE), "{owners:o}: {out}{err}");
    }
    let secret = folder.path().join("shopclerk.toml");
    std::fs::write(&secret, "agent_api_key = \"agent-5c2e8d1a-CANARY\"\n").unwrap();
    assert!(check(&[]).1.contains(&format!("shopclerk.toml {LINE}")));
    std::fs::write(&secret, "agent_model = \"small\"\n").unwrap();
    assert!(!check(&[]).1.contains(LINE), "there is no secret in it");
}
