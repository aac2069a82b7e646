//! Starting the real program: what it says about settings it cannot start with, and what it starts with.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;

use crate::outside::{Request, exchange, param};

/// Settings that are enough.
pub(crate) const GOOD: &[(&str, &str)] = &[
    ("SHOPCLERK_PUBLIC_URL", "https://clerk.nordlys.example"),
    ("FACEBOOK_APP_ID", "123456789012345"),
    ("FACEBOOK_APP_SECRET", "1f0c7d1c9f5e4a41b1"),
    ("FACEBOOK_VERIFY_TOKEN", "b7f2d4e86a1c4f5599"),
    ("SHOPIFY_API_KEY", "5d0a8e4f1b7c4e2f"),
    ("SHOPIFY_API_SECRET", "9c1e5a7b3d2f4c6e88"),
];

/// `shopclerk` in a folder of its own, with this environment and no other.
pub(crate) fn command(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopclerk"));
    command.args(arguments).current_dir(folder).env_clear();
    command.envs(environment.iter().copied()).stdin(Stdio::null());
    command
}

fn serve(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    command(folder, &[&["serve"], arguments].concat(), environment)
}

/// The good settings, with these in their place.
pub(crate) fn but<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let unchanged = GOOD.iter().filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    unchanged.copied().chain(changes.iter().copied()).collect()
}

/// Runs it to its end: exit code, stdout, stderr. It must end by itself.
pub(crate) fn ran(mut command: Command) -> (Option<i32>, String, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut err = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        err = err + &line.unwrap() + "\n";
        if is_ready(&err) {
            child.kill().unwrap();
        }
    }
    let Output { status, stdout, .. } = child.wait_with_output().unwrap();
    assert!(!is_ready(&err), "it started: {err}");
    (status.code(), String::from_utf8(stdout).unwrap(), err)
}

fn is_ready(said: &str) -> bool {
    said.contains("\"ready\"")
}

/// A free address of this machine.
pub(crate) fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// A program that runs until it is dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) said: Vec<String>,
    pub(crate) address: String,
    /// What it says once it is ready: read on, because a full pipe would hold it up.
    rest: Option<JoinHandle<Vec<String>>>,
}

impl Running {
    /// Starts it and waits until it says that it is ready.
    pub(crate) fn start(folder: &Path, environment: &[(&str, &str)]) -> Self {
        let address = free_address();
        Self::start_at(&address, serve(folder, &["--bind", &address], environment))
    }

    /// Starts what is to listen at `address`.
    pub(crate) fn start_at(address: &str, mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut running = Self { child, said: Vec::new(), address: address.to_owned(), rest: None };
        for line in lines.by_ref() {
            running.said.push(line);
            if running.said.last().is_some_and(|line| is_ready(line)) {
                break;
            }
        }
        assert!(running.said.iter().any(|line| is_ready(line)), "{:#?}", running.said);
        running.rest = Some(thread::spawn(move || lines.collect()));
        running
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Its number among the processes.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop as a service manager would; answers with its exit code.
    pub(crate) fn stops(self) -> Option<i32> {
        self.ends().0
    }

    /// The same; answers with all it said as well.
    pub(crate) fn ends(mut self) -> (Option<i32>, String) {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        let code = self.child.wait().unwrap().code();
        self.said.extend(self.rest.take().unwrap().join().unwrap());
        (code, self.said.join("\n"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn t30_all_that_is_missing_is_named_at_once_before_anything_is_listened_on() {
    let folder = TempDir::new().unwrap();
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = held.local_addr().unwrap().to_string();

    let (code, out, err) = ran(serve(folder.path(), &["--bind", &address], &[]));

    assert_eq!((code, out.as_str()), (Some(2), ""));
    for (name, _) in GOOD {
        let line = err.lines().find(|line| line.contains(&format!("{name}: is missing. "))).unwrap();
        assert!(line.len() > name.len() + 30, "it has its cure: {line}");
    }
    assert!(!err.contains("taken"), "the port was not tried: {err}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn t30_what_is_wrong_is_named_and_no_secret_with_it() {
    let folder = TempDir::new().unwrap();
    let key = "k1:c2hvcnQ";

    for (changes, named) in [
        (&[("FACEBOOK_APP_SECRET", "changeme-CANARY")][..], "FACEBOOK_APP_SECRET: still holds a placeholder"),
        (&[("FACEBOOK_VERIFY_TOKEN", "CANARY")], "FACEBOOK_VERIFY_TOKEN: is too short"),
        (&[("SHOPIFY_API_SECRET", "1f0c7d1c9f5e4a41b1")], "SHOPIFY_API_SECRET: has the same value"),
        (&[("SHOPCLERK_PUBLIC_URL", "http://clerk.example")], "SHOPCLERK_PUBLIC_URL: must be https"),
        (&[("SHOPCLERK_PUBLIC_URL", "clerk")], "SHOPCLERK_PUBLIC_URL: `clerk` is not a web address"),
        (&[("SHOPCLERK_BIND", "localhost")], "SHOPCLERK_BIND: `localhost` is not an address"),
        (&[("FACEBOOK_GRAPH_URL", "http://127.0.0.1:9")], "FACEBOOK_GRAPH_URL: is for development only"),
        (&[("SHOPIFY_URL", "https://evil.example/{shop}")], "SHOPIFY_URL: is for development only"),
        (&[("SHOPCLERK_FAULT_POINT", "inbox.committed")], "SHOPCLERK_FAULT_POINT: is for development only"),
        (&[("SHOPCLERK_KEYS", key)], "SHOPCLERK_KEYS: key k1 is not 32 bytes"),
        (&[("SHOPCLERK_KEYS", "CANARY")], "SHOPCLERK_KEYS: key 1 has no proper id"),
        (&[("SHOPCLERK_KEYS_FILE", "/nowhere/keys")], "SHOPCLERK_KEYS_FILE: "),
        (
            &[("FACEBOOK_APP_SECRET_PREVIOUS", "CANARY-CANARY")],
            "FACEBOOK_APP_SECRET_PREVIOUS_UNTIL: is missing",
        ),
        (&[("FACEBOOK_GRAPH_VERSION", "26")], "FACEBOOK_GRAPH_VERSION: `26` is not a version"),
    ] {
        for check in [&["--check"][..], &[]] {
            let (code, out, err) = ran(serve(folder.path(), check, &but(changes)));
            assert_eq!((code, out.as_str()), (Some(2), ""), "{changes:?}");
            assert!(
                err.starts_with("shopclerk: 1 setting must be mended") && err.contains(named),
                "{named}: {err}"
            );
            assert!(
                !err.contains("CANARY") && !err.contains("c2hvcnQ") && !err.contains("9c1e5a7b"),
                "{err}"
            );
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn t30_files_that_cannot_be_read_are_named_by_line_and_never_shown() {
    for (file, text, named) in [
        (".env", "A=1\nFACEBOOK_APP_SECRET CANARY\n", ".env: line 2 is not NAME=value"),
        (".env", "A=\"CANARY\nB=2\n", ".env: line 1 "),
        ("shopclerk.toml", "a = 1\nfacebook_app_secret = CANARY\n", "shopclerk.toml: line 2 "),
        ("shopclerk.toml", "[facebook]\napp_secret = \"CANARY\"\n", "shopclerk.toml: facebook "),
        ("shopclerk.toml", "shopclerk_bind = 1.5\n", "shopclerk.toml: shopclerk_bind "),
    ] {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join(file), text).unwrap();
        let (code, _, err) = ran(serve(folder.path(), &["--check"], GOOD));
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains(named) && !err.contains("CANARY"), "{named}: {err}");
    }
}

#[test]
fn a_setting_is_taken_from_the_strongest_place_that_has_it() {
    let folder = TempDir::new().unwrap();
    let write = |file: &str, text: &str| std::fs::write(folder.path().join(file), text).unwrap();
    let bind = |arguments: &[&str], environment: &[(&str, &str)]| {
        let arguments = [&["--check"], arguments].concat();
        let (code, out, err) = ran(serve(folder.path(), &arguments, &but(environment)));
        assert_eq!(code, Some(0), "{err}");
        let said =
            out.lines().find_map(|line| line.strip_prefix("The settings are good. Listening would be on "));
        said.unwrap().trim_end_matches('.').to_owned()
    };

    assert_eq!(bind(&[], &[]), "127.0.0.1:5000");
    write("shopclerk.toml", "shopclerk_bind = \"127.0.0.1:5001\"\n");
    assert_eq!(bind(&[], &[]), "127.0.0.1:5001");
    write(".env", "# ours\n\nexport SHOPCLERK_BIND = '127.0.0.1:5002' # the port\n");
    assert_eq!(bind(&[], &[]), "127.0.0.1:5002");
    assert_eq!(bind(&[], &[("SHOPCLERK_BIND", "127.0.0.1:5003")]), "127.0.0.1:5003");
    assert_eq!(
        bind(&["--bind", "127.0.0.1:5004"], &[("SHOPCLERK_BIND", "127.0.0.1:5003")]),
        "127.0.0.1:5004"
    );
    assert_eq!(bind(&[], &[("SHOPCLERK_BIND", " ")]), "127.0.0.1:5002", "what is empty is not set");
}

#[test]
fn a_check_says_what_is_no_longer_used_or_not_known_and_makes_nothing() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("shopclerk.toml"), "facebok_app_id = \"1\"\n").unwrap();
    let old = but(&[("STATE_TOKEN_SECRET", "CANARY"), ("TOKEN_DB_PATH", "tokens.db")]);

    let (code, out, err) = ran(serve(folder.path(), &["--check"], &old));

    assert_eq!((code, err.as_str()), (Some(0), ""));
    for part in ["STATE_TOKEN_SECRET is set but no longer used", "TOKEN_DB_PATH", "facebok_app_id"] {
        assert!(out.contains(part), "{part} is missing in {out}");
    }
    assert!(!out.contains("CANARY"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn every_option_is_printed_with_its_default_and_what_it_is_for() {
    let folder = TempDir::new().unwrap();

    let (code, out, err) = ran(serve(folder.path(), &["--print-defaults"], &[]));

    assert_eq!((code, err.as_str()), (Some(0), ""));
    let options: toml::Table = out.parse().unwrap();
    for (name, _) in GOOD {
        assert!(options.contains_key(&name.to_lowercase()), "{name}");
    }
    let explained = |line: &&str| line.split_once(" # ").is_some_and(|(_, what)| what.len() > 10);
    let lines: Vec<&str> = out.lines().filter(|line| line.contains(" = ")).collect();
    assert!(lines.iter().all(explained) && lines.len() == options.len());
}

/// It ends at once with one line on stderr beside the warnings of the start, which says this.
fn ends_with(command: Command, parts: &[&str]) {
    let (code, out, err) = ran(command);
    let said: Vec<&str> = err.lines().filter(|line| !line.contains("\"WARN\"")).collect();
    assert_eq!((code, out.as_str(), said.len()), (Some(1), "", 1), "{err}");
    let says = |line: &&str| line.starts_with("shopclerk: ") && parts.iter().all(|part| line.contains(part));
    assert!(said.iter().all(says), "{parts:?}: {err}");
}

#[test]
fn a_taken_port_is_said_in_one_line() {
    let folder = TempDir::new().unwrap();
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = held.local_addr().unwrap().to_string();

    ends_with(serve(folder.path(), &["--bind", &address], GOOD), &[&address, "is taken", "choose another"]);
    ends_with(
        serve(folder.path(), &["--bind", "192.0.2.1:80"], GOOD),
        &["192.0.2.1:80", "cannot be listened on"],
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_said_in_one_line() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();

    for data in ["file", "file/below", "/proc/nothing"] {
        let command = serve(folder.path(), &["--bind", &free_address(), "--data-dir", data], GOOD);
        ends_with(command, &[data, "choose one this process may write to"]);
    }
}

#[test]
fn a_folder_of_the_sandbox_is_refused() {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir_all(folder.path().join("sandbox-data/product")).unwrap();
    std::fs::write(folder.path().join("sandbox-data/sandbox.json"), "{}").unwrap();

    for data in ["sandbox-data", "./sandbox-data/", "sandbox-data/product"] {
        let command = serve(folder.path(), &["--bind", &free_address(), "--data-dir", data], GOOD);
        ends_with(command, &["belongs to `shopclerk sandbox`", "SHOPCLERK_DATA_DIR"]);
    }
    assert_eq!(std::fs::read_dir(folder.path().join("sandbox-data/product")).unwrap().count(), 0);
}

#[tokio::test]
async fn t32_behind_https_cookies_are_secure_and_a_second_start_on_the_store_is_refused() {
    let folder = TempDir::new().unwrap();
    let first = Running::start(folder.path(), GOOD);

    let login = Request::get("/shopify/nordlys/login").header("host", "evil.example");
    let answer = exchange(&first.address, &login.bytes()).await.unwrap();

    let away = answer.header("location").unwrap();
    assert!(away.starts_with("https://nordlys.myshopify.com/admin/oauth/authorize?"), "{away}");
    assert_eq!(param(away, "redirect_uri"), "https://clerk.nordlys.example/shopify/callback");
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-shopclerk_login_0="), "{cookie}");
    for part in ["; HttpOnly", "; Secure", "; Path=/", "; SameSite=Lax"] {
        assert!(cookie.contains(part) && !cookie.contains("Domain"), "{cookie}");
    }
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));

    let second = serve(folder.path(), &["--bind", &free_address()], GOOD);
    ends_with(second, &["in use by process", &first.id().to_string()]);
    assert!(!first.said.iter().any(|line| GOOD.iter().skip(2).any(|(_, secret)| line.contains(secret))));
    assert_eq!(first.stops(), Some(0));
    assert_eq!(Running::start(folder.path(), GOOD).stops(), Some(0), "the store is free again");
}
