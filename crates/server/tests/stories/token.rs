//! The operator's tokens in the terminal, with the real program.

use tempfile::TempDir;

use crate::operator::with;
use crate::outside::{Request, exchange};
use crate::settings::{GOOD, Running, command, ran};

/// What the terminal shows for `shopclerk token` with these words: exit code, stdout, stderr.
fn token(folder: &TempDir, words: &[&str]) -> (Option<i32>, String, String) {
    ran(command(folder.path(), &[&["token"], words].concat(), GOOD))
}

#[tokio::test]
async fn a_token_made_in_the_terminal_counts_at_once_and_no_longer_than_it_is_wanted() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path(), GOOD);
    let asks = async |text: &str| {
        let request = with(Request::get("/api/v1/merchants"), text);
        exchange(running.address(), &request.bytes()).await.unwrap().status
    };

    let (code, out, told) = token(&folder, &["new", "script", "--scope", "read", "--days", "30"]);
    assert_eq!(code, Some(0), "{told}");
    let text = out.trim();
    assert!(text.starts_with("shopclerk_") && !told.contains(text), "the token goes to stdout alone: {told}");
    assert_eq!(asks(text).await, 200);

    let (_, listed, _) = token(&folder, &["list"]);
    assert!(listed.starts_with("script") && listed.contains("read") && !listed.contains(text), "{listed}");
    assert_eq!(token(&folder, &["new", "script", "--scope", "read"]).0, Some(1), "the name is taken");
    assert_eq!(token(&folder, &["new", "other", "--scope", "all"]).0, Some(2), "there is no such scope");
    assert_eq!(token(&folder, &["revoke", "script"]).0, Some(0));
    assert_eq!(asks(text).await, 401);
    let (code, _, told) = token(&folder, &["revoke", "script"]);
    assert!(code == Some(1) && told.contains("there is no token of that name"), "{told}");
    assert_eq!(running.stops(), Some(0));
}

#[test]
fn a_token_can_be_made_while_nothing_runs() {
    let folder = TempDir::new().unwrap();

    let (code, out, told) = token(&folder, &["new", "metrics", "--scope", "metrics", "--scope", "read"]);

    assert_eq!(code, Some(0), "{told}");
    assert!(out.starts_with("shopclerk_"));
    let (_, listed, _) = token(&folder, &["list"]);
    assert!(listed.contains("read,metrics") && listed.contains("until revoked"), "{listed}");
}
