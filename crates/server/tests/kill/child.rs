//! The product as a process of its own: started, listened to, killed, frozen.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use tokio::sync::watch;

use crate::wait::{PATIENCE, until, within};

/// How a line begins that tells of a fault point.
const POINT: &str = "fault point ";
/// So much of what it said is shown when something is wrong.
const LAST_WORDS: usize = 12;

/// A running `shopclerk serve`. Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    dead: watch::Receiver<bool>,
    said: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts the built binary with these settings alone, and with this rehearsal; an empty one is none.
    pub(crate) fn start(settings: &[(String, String)], rehearsal: &str, folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shopclerk"));
        command.arg("serve").env_clear().envs(settings.iter().cloned()).current_dir(folder);
        command
            .env("SHOPCLERK_FAULT_POINT", rehearsal)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the built binary starts");
        let lines = BufReader::new(child.stderr.take().expect("its stderr is ours"));
        let (dies, dead) = watch::channel(false);
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&said);
        // Ends with the process, which alone holds the other end.
        thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
            dies.send_replace(true);
        });
        Self { child, dead, said }
    }

    /// Waits until it has died by itself.
    pub(crate) async fn dies(&mut self, why: &str) {
        let died = within(PATIENCE, self.dead.wait_for(|dead| *dead)).await.is_some();
        assert!(died, "the process was to die {why} and lives:\n{}", self.last_words());
        self.child.wait().unwrap();
    }

    pub(crate) fn is_dead(&self) -> bool {
        *self.dead.borrow()
    }

    /// SIGKILL: it does nothing any more.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it stands still in the middle of what it does.
    pub(crate) async fn freezes(&self) {
        let froze = until(PATIENCE, async || self.is_frozen()).await;
        assert!(froze, "the process was to freeze:\n{}", self.last_words());
    }

    pub(crate) fn is_frozen(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The name before it may hold anything.
        stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('T'))
    }

    /// It goes on where it was frozen.
    pub(crate) fn thaw(&self) {
        let done = Command::new("sh").args(["-c", "kill -CONT $0", &self.child.id().to_string()]).status();
        assert!(done.unwrap().success());
    }

    /// The fault points it told of, in order.
    pub(crate) fn points(&self) -> Vec<String> {
        let said = self.said.lock().unwrap();
        said.iter().filter_map(|line| line.strip_prefix(POINT)).map(str::to_owned).collect()
    }

    /// What it said last, of other things.
    pub(crate) fn last_words(&self) -> String {
        let said = self.said.lock().unwrap();
        let others: Vec<&String> = said.iter().filter(|line| !line.starts_with(POINT)).collect();
        let skipped = others.len().saturating_sub(LAST_WORDS);
        others.into_iter().skip(skipped).fold(String::new(), |words, line| words + "  " + line + "\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be dead already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
