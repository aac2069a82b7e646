//! Lives at random: shoppers, persons, echoes, troubles and clocks in any order, against the real product; the oracle finds not one
//! send that a rule forbids. The long form: `SHOPCLERK_LONG=1 cargo test -p shopclerk --test stories legality -- --nocapture`;
//! `LIVES_FROM` and `LIVES_WORLDS` choose other worlds than the first.

mod oracle;

use std::time::Duration;

use serde_json::{Value, json};
use shopclerk_domain::clock::Clock;
use shopclerk_domain::entropy::{self, Entropy, SeededEntropy};
use shopclerk_sandbox::meta::{GraphError, ShopperError};

use self::oracle::{Did, Oracle, Seen};
use crate::products;
use crate::world::{FACEBOOK_APP_ID, PAGE, World};

/// Lives in one world: they share its clock and its Page.
const TOGETHER: usize = 8;
/// What happens in one of them.
const EVENTS: usize = 12;
/// A page's block lasts so long where Meta does not say.
const BLOCK: i64 = 30 * 60_000;

/// What shoppers write, and what it means.
const WORDS: &[(&str, Did)] = &[
    ("how much is the Storm coat?", Did::Asked),
    ("a candle under 25 dollars", Did::Asked),
    ("do you have the Lumi mug in blue?", Did::Asked),
    ("thanks", Did::Chatted),
    ("hello", Did::Chatted),
    ("STOP", Did::Stopped),
    ("can I talk to a real person please?", Did::CalledPerson),
];

/// How echoes travel at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Echoes {
    Come,
    Held,
    Lost,
}

/// A world with what happens in it.
struct Fate<'a> {
    world: &'a World,
    chance: SeededEntropy,
    oracle: Oracle,
    names: Vec<String>,
    echoes: Echoes,
    /// Persons whose words the product is told only when echoes are let go.
    untold: Vec<String>,
    /// Whether the clock was set back since it last went on.
    set_back: bool,
    read: u64,
}

impl Fate<'_> {
    fn one_of(&self, count: usize) -> usize {
        let drawn = u32::from_le_bytes(entropy::bytes(&self.chance as &dyn Entropy));
        usize::try_from(drawn).unwrap() % count
    }

    fn now(&self) -> i64 {
        self.world.clock().now().millis()
    }

    fn meta(&self) -> &shopclerk_sandbox::meta::MetaFake {
        self.world.sandbox().meta()
    }

    async fn happens(&mut self) {
        // No two events look alike.
        self.world.clock().advance(Duration::from_millis(7));
        let name = self.names[self.one_of(self.names.len())].clone();
        match self.one_of(20) {
            0..=7 => self.writes(&name).await,
            8 => self.person_writes(&name).await,
            9 => self.thread_moves(&name).await,
            10 => self.reacts(&name).await,
            11..=13 => self.trouble(),
            14 => self.echoes_change().await,
            15 => self.policy().await,
            _ => self.time_passes(),
        }
        // Now and then several things happen before the product looks.
        if self.one_of(4) > 0 {
            self.world.settle().await;
        }
        self.look();
    }

    async fn writes(&mut self, name: &str) {
        let (text, meaning) = WORDS[self.one_of(WORDS.len())];
        self.meta().shopper_writes(name, text).unwrap();
        self.oracle.did(name, self.now(), meaning);
        self.world.sandbox().deliveries().idle().await;
    }

    async fn person_writes(&mut self, name: &str) {
        match self.meta().person_replies(name, "Marit here, let me look.") {
            Ok(_) => {}
            Err(ShopperError::UnknownShopper) => return,
            Err(error) => panic!("{error:?}"),
        }
        self.world.sandbox().deliveries().idle().await;
        match self.echoes {
            Echoes::Come => self.oracle.did(name, self.now(), Did::PersonSpoke),
            Echoes::Held => self.untold.push(name.to_owned()),
            Echoes::Lost => {}
        }
    }

    async fn thread_moves(&mut self, name: &str) {
        let app: u64 = FACEBOOK_APP_ID.parse().unwrap();
        let (kind, owner, did) = match self.one_of(2) {
            0 => ("take_thread_control", json!(263_902_037_430_900_u64), Did::PersonSpoke),
            _ => ("pass_thread_control", json!(app), Did::HandedBack),
        };
        let value = json!({ "previous_owner_app_id": null, "new_owner_app_id": owner, "metadata": "" });
        if self.meta().happens(name, kind, &value).is_ok() {
            self.world.sandbox().deliveries().idle().await;
            self.oracle.did(name, self.now(), did);
        }
    }

    async fn reacts(&mut self, name: &str) {
        let value = json!({ "mid": "m_1", "action": "react", "reaction": "love" });
        if self.meta().happens(name, "reaction", &value).is_ok() {
            self.world.sandbox().deliveries().idle().await;
            self.oracle.did(name, self.now(), Did::Reacted);
        }
    }

    fn trouble(&mut self) {
        self.oracle.holds_up();
        let error = |code| GraphError::new(code, "An error occurred");
        match self.one_of(5) {
            0 => self.meta().next_send(error(613).transient()),
            1 => self.meta().next_send(error(1).transient()),
            2 => self.meta().next_send_taken_but(error(1).subcode(1_357_046)),
            3 => self.meta().next_send(error(551).subcode(1_545_041)),
            _ => self.meta().next_read(error([2, 200][self.one_of(2)])),
        }
    }

    async fn echoes_change(&mut self) {
        self.echoes = [Echoes::Come, Echoes::Held, Echoes::Lost][self.one_of(3)];
        self.meta().release_echoes(1);
        self.world.sandbox().deliveries().idle().await;
        let now = self.now();
        for name in std::mem::take(&mut self.untold) {
            self.oracle.did(&name, now, Did::PersonSpoke);
        }
        match self.echoes {
            Echoes::Come => {}
            Echoes::Held => self.meta().hold_echoes(),
            Echoes::Lost => self.meta().lose_echoes(),
        }
    }

    async fn policy(&mut self) {
        self.oracle.holds_up();
        let (action, until) = match self.one_of(3) {
            0 => ("block", self.now() + BLOCK),
            _ => ("unblock", 0),
        };
        self.meta().enforces(PAGE, action).unwrap();
        self.world.sandbox().deliveries().idle().await;
        self.oracle.blocked(until);
    }

    fn time_passes(&mut self) {
        const MINUTES: [u64; 9] = [0, 1, 5, 61, 5 * 60, 12 * 60 - 1, 13 * 60, 24 * 60 - 1, 8 * 24 * 60];
        let drawn = self.one_of(MINUTES.len() + 1);
        let Some(minutes) = MINUTES.get(drawn) else {
            if !self.set_back {
                self.set_back = true;
                self.world.clock().jump_to(self.world.clock().now().minus(Duration::from_mins(3)));
            }
            return;
        };
        self.set_back = false;
        self.world.clock().advance(Duration::from_secs(minutes * 60 + 11));
    }

    /// Shows the oracle what was sent since it last looked.
    fn look(&mut self) {
        let entries = self.world.sandbox().journal().after(self.read, usize::MAX);
        for entry in entries {
            self.read = entry.seq;
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let to = text(&entry.data["to"]).unwrap_or_default();
            let seen = match entry.kind.as_str() {
                "meta.send" if entry.data["accepted"] == true => Seen::Message {
                    text: text(&entry.data["message"]["text"]),
                    mark: text(&entry.data["metadata"]),
                    label: text(&entry.data["messaging_type"]).unwrap_or_default(),
                },
                "meta.typing" if entry.data["action"] == "typing_on" => Seen::Typing,
                _ => continue,
            };
            self.oracle.saw(&to, entry.at, &seen);
        }
    }
}

/// What one world came to: messages sent, and what was wrong with them.
async fn lives(seed: u64) -> (usize, Vec<String>, Vec<(&'static str, usize)>) {
    let mut world = World::with_shop(products::warm_things()).await;
    let mut fate = Fate {
        world: &world,
        chance: SeededEntropy::new(seed),
        oracle: Oracle::default(),
        names: (0..TOGETHER).map(|number| format!("Shopper {number}")).collect(),
        echoes: Echoes::Come,
        untold: Vec::new(),
        set_back: false,
        read: world.sandbox().journal().after(0, usize::MAX).last().map_or(0, |entry| entry.seq),
    };
    for _ in 0..EVENTS * TOGETHER {
        fate.happens().await;
    }
    world.settle().await;
    fate.look();
    let outcomes = [
        "outbox.sent",
        "outbox.withheld",
        "outbox.refused",
        "outbox.again",
        "outbox.missed",
        "outbox.resend",
        "outbox.parked",
        "turn.skipped",
    ];
    let counts = outcomes.iter().map(|kind| (*kind, world.told(kind).len())).collect();
    let (messages, illegal) = (fate.oracle.messages, fate.oracle.illegal);
    world.close_with_work_left().await;
    (messages, illegal, counts)
}

#[tokio::test]
async fn i12_no_schedule_of_people_echoes_and_clocks_leads_to_a_send_that_a_rule_forbids() {
    let asked = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let usual = if std::env::var_os("SHOPCLERK_LONG").is_some() { 125 } else { 2 };
    let (from, worlds) = (asked("LIVES_FROM").unwrap_or(1), asked("LIVES_WORLDS").unwrap_or(usual));
    let (mut messages, mut forbidden) = (0, Vec::new());
    let mut outcomes: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for seed in from..from + worlds {
        let (sent, illegal, counts) = lives(seed).await;
        eprintln!("world {seed}: {sent} messages sent, {} illegal", illegal.len());
        forbidden.extend(illegal.into_iter().map(|line| format!("world {seed}: {line}")));
        messages += sent;
        for (kind, count) in counts {
            *outcomes.entry(kind).or_default() += count;
        }
    }
    assert!(forbidden.is_empty(), "{}", forbidden.join("\n"));
    let lives = usize::try_from(worlds).unwrap() * TOGETHER;
    eprintln!("legality: {lives} lives, {messages} messages sent, 0 illegal; {outcomes:?}");
    assert!(messages > lives, "{messages} messages in {lives} lives");
    for usual in ["outbox.sent", "outbox.again", "turn.skipped"] {
        assert!(outcomes.get(usual).is_some_and(|count| *count > 0), "{usual} never happened: {outcomes:?}");
    }
}
