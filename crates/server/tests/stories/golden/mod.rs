//! Conversations with the sample store and no model, kept word for word as they should read.
//!
//! A file is a conversation. Lines with `> ` are the shopper's, bubbles of one turn one below the other, a tap on a choice or
//! button in brackets; what stands below is what the clerk answers: words, `<link>`, `[card | figures]`, `(choice)`. After a change of the
//! rules, `UPDATE_GOLDEN=1 cargo test --test stories golden::` writes the answers anew, and a person reads them.

use std::fmt::Write as _;
use std::path::PathBuf;

use shopclerk_sandbox::meta::{Card, Message};
use shopclerk_sandbox::sample;

use crate::promotion_verbs::CODES_TOLD;
use crate::scene::Scene;
use crate::shopper::{Received, Shopper};
use crate::world::World;

/// What stands where the clerk says nothing.
const SILENCE: &str = "(nothing)";

/// One turn of a conversation: what the shopper wrote, bubble by bubble.
type Turn = Vec<String>;

/// The head of the file, and the shopper's turns.
fn read(file: &str) -> (String, Vec<Turn>) {
    let head: Vec<&str> = file.lines().take_while(|line| line.starts_with('#')).collect();
    let mut turns: Vec<Turn> = Vec::new();
    let mut goes_on = false;
    for line in file.lines() {
        let bubble = line.strip_prefix("> ");
        if let Some(bubble) = bubble {
            if !goes_on {
                turns.push(Turn::new());
            }
            turns.last_mut().unwrap().push(bubble.to_owned());
        }
        goes_on = bubble.is_some();
    }
    (head.join("\n"), turns)
}

async fn says(shopper: &Shopper<'_>, world: &World, turn: &[String]) -> Received {
    if let [tap] = turn
        && let Some(title) = tap.strip_prefix('(').and_then(|tap| tap.strip_suffix(')'))
    {
        return shopper.taps(title).await;
    }
    for bubble in turn {
        shopper.writes(bubble).await;
    }
    world.settle().await;
    shopper.received()
}

fn answer(received: &Received) -> String {
    let mut out = String::new();
    for message in &received.0 {
        out.extend(message.text.iter().map(|text| format!("{}\n", without_links(text))));
        out.extend(message.cards.iter().map(card));
        out.push_str(&choices(message));
    }
    if out.is_empty() { format!("{SILENCE}\n") } else { out }
}

/// The shop's address is another one in every run.
fn without_links(text: &str) -> String {
    let words = text.split(' ').map(|word| if word.starts_with("http") { "<link>" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

fn card(card: &Card) -> String {
    match &card.subtitle {
        Some(subtitle) => format!("[{} | {subtitle}]\n", card.title),
        None => format!("[{}]\n", card.title),
    }
}

fn choices(message: &Message) -> String {
    if message.quick_replies.is_empty() {
        return String::new();
    }
    let titles = message.quick_replies.iter().map(|choice| format!("({})", choice.title));
    format!("{}\n", titles.collect::<Vec<_>>().join(" "))
}

/// Holds the conversation and compares it with how it should read.
async fn check(file: &str, name: &'static str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/stories/golden").join(file);
    let kept = std::fs::read_to_string(&path).unwrap();
    let (head, turns) = read(&kept);
    assert_eq!(turns.len(), 10, "{file} has ten turns");
    let world = Scene::of(Vec::new()).configured(CODES_TOLD).unconnected().await;
    let mut store = sample::load().unwrap();
    store.shop.domain = world.shop().to_owned();
    world.sandbox().shopify().add_store(store).unwrap();
    world.connect().await;
    let shopper = world.stranger(name);

    let mut spoken = format!("{head}\n");
    for turn in &turns {
        let received = says(&shopper, &world, turn).await;
        let bubbles = turn.iter().map(|bubble| format!("> {bubble}\n"));
        write!(spoken, "\n{}{}", bubbles.collect::<String>(), answer(&received)).unwrap();
    }

    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, spoken).unwrap();
    } else {
        assert_eq!(spoken, kept, "{file} reads otherwise than it is kept");
    }
    world.close().await;
}

#[tokio::test]
async fn a_gift_for_a_mother_who_is_always_cold() {
    check("gift.txt", "Ana").await;
}

#[tokio::test]
async fn slippers_in_the_right_size_and_then_a_person() {
    check("slippers.txt", "Ben").await;
}

#[tokio::test]
async fn somebody_who_looks_for_what_is_reduced() {
    check("sale.txt", "Cleo").await;
}

#[tokio::test]
async fn tea_for_two_on_a_budget() {
    check("tea.txt", "Dev").await;
}

#[tokio::test]
async fn ein_geschenk_fuer_die_schwester() {
    check("schwester.txt", "Lena").await;
}

#[tokio::test]
async fn una_manta_para_el_sofa() {
    check("manta.txt", "Lucía").await;
}
