//! What a message rests on, as a page in the terminal: top to bottom as it happened.

use std::fmt::Write as _;

use shopclerk_domain::clock::Timestamp;
use shopclerk_flows::explain::Explained;
use shopclerk_flows::proofs::{Outcome, Proof, Standing};
use shopclerk_flows::provenance::{Asked, Held, Record, Replayed, Said};

use super::view::outcome_of;

/// So much of one text is shown; `--json` shows all of it.
const MOST_CHARS: usize = 600;
/// So much of what a tool found.
const RESULT_CHARS: usize = 200;

/// The page.
pub(crate) fn page(explained: &Explained, replayed: Option<&Replayed>) -> String {
    let mut page = Page::default();
    page.heading(&format!("Turn {} of {}", explained.turn, explained.at.to_the_minute()));
    if let Some(conversation) = explained.conversation {
        page.line(&format!("conversation {conversation}"));
    }
    page.line(&format!("merchant     {}", explained.merchant));
    if let Some(at) = explained.withdrawn_at {
        page.line(&format!("taken back at {}: it was no longer true, and nothing of it was sent", clock(at)));
    }
    match &explained.record {
        Some(record) => of_record(&mut page, record, &explained.sent),
        None => page.line(gone(explained.proof.as_ref())),
    }
    page.heading("Proof");
    page.line(&chain(explained.proof.as_ref()));
    if let Some(replayed) = replayed {
        of_replay(&mut page, replayed);
    }
    page.out
}

/// Why there is nothing to show.
fn gone(proof: Option<&Proof>) -> &'static str {
    match proof.map(|proof| proof.standing) {
        Some(Standing::Erased) => {
            "Erased: its words and what they rested on are forgotten, as they should be."
        }
        Some(Standing::Broken(_)) => "Its record cannot be read.",
        Some(Standing::Whole) | None => "Its record was written by another version and cannot be shown.",
    }
}

fn of_record(page: &mut Page, record: &Record, sent: &[Outcome]) {
    page.heading("The shopper wrote");
    for heard in record.heard() {
        let at = clock(Timestamp::from_millis(heard.at));
        let with = match heard.attachments {
            0 => String::new(),
            1 => " (and a picture or file)".to_owned(),
            more => format!(" (and {more} pictures or files)"),
        };
        page.line(&format!("{at}  {}{with}", quote(&heard.text, MOST_CHARS)));
    }
    let outcome = record.outcome();
    page.heading("Understood");
    page.line(&plain(&outcome.understood, MOST_CHARS));
    for step in &outcome.steps {
        page.line(&format!("{}: {}", step.tool, plain(&step.summary, MOST_CHARS)));
    }
    if !record.asked().is_empty() {
        page.heading("The model");
        record.asked().iter().for_each(|asked| of_model(page, asked));
    }
    if let Some(why) = &outcome.model_stopped {
        page.line(&format!("The rules answered instead: {why}"));
    }
    let struck: Vec<_> = outcome.drafts.iter().flat_map(|draft| &draft.refused).collect();
    if !struck.is_empty() {
        page.heading("Struck out, and never sent");
        for one in struck {
            page.line(&format!("x {}  {}", quote(&one.said, MOST_CHARS), plain(&one.why, MOST_CHARS)));
        }
    }
    page.heading(&format!("Said, written by the {}", outcome.drafted_by));
    if outcome.reply.is_empty() {
        page.line("nothing: silence was the right answer");
    }
    for (id, said) in record.parts() {
        of_part(page, id, said, outcome_of(id, sent));
    }
    page.heading("Cost");
    page.line(&cost(record));
}

fn of_model(page: &mut Page, asked: &Asked) {
    for found in &asked.found {
        page.line(&format!("  found {}", plain(&found.result, RESULT_CHARS)));
    }
    if let Some(told) = &asked.sent_back {
        page.line(&format!("sent back: {}", plain(told, MOST_CHARS)));
    }
    if let Some(why) = &asked.failed {
        page.line(&format!("no answer: {why}"));
    }
    for call in &asked.calls {
        let arguments = plain(&call.arguments, RESULT_CHARS);
        page.line(&format!("asks for {} {arguments}", plain(&call.tool, RESULT_CHARS)));
    }
    if !asked.text.is_empty() {
        page.line(&format!("wrote {}", quote(&asked.text, MOST_CHARS)));
    }
}

fn of_part(page: &mut Page, id: &str, said: &Said, outcome: Option<&Outcome>) {
    page.line(&quote(&said.gist, MOST_CHARS));
    for held in &said.claims {
        page.line(&format!("    {}", claim(held)));
    }
    page.line(&format!("    part {id}: {}", how_sent(outcome)));
}

fn claim(held: &Held) -> String {
    let variant = held.variant.as_ref().map(|variant| format!(", variant {variant}")).unwrap_or_default();
    let read = clock(Timestamp::from_millis(held.read_at));
    let Held { version, fact, .. } = held;
    let of = match (&held.product, &held.discount) {
        (Some(product), _) => format!("product {product}{variant}"),
        (None, Some(discount)) => format!("discount {discount}"),
        (None, None) => "nothing".to_owned(),
    };
    let said = quote(&held.said, MOST_CHARS);
    format!("{said} is the {} of {of}: row version {version}, read {read}", words(fact))
}

/// A fact's word as people read it.
fn words(fact: &str) -> &str {
    match fact {
        "price_from" => "lowest price",
        "price_at_most" => "upper limit of the price",
        "price_at_least" => "lower limit of the price",
        "reduced_from" => "former price",
        "in_stock" => "stock",
        "available" | "sold_out" => "availability",
        "saving_percent" => "saving in percent",
        "covered" => "discount",
        "gives" => "benefit",
        "asks" => "condition",
        other => other,
    }
}

fn how_sent(outcome: Option<&Outcome>) -> String {
    let Some(outcome) = outcome else { return "forgotten".to_owned() };
    let mut how = outcome.state.word().to_owned();
    if let Some(at) = outcome.settled_at.or(outcome.sending_at) {
        write!(how, " at {}", clock(at)).ok();
    }
    if outcome.attempt > 0 {
        write!(how, " after {} failed tries", outcome.attempt).ok();
    }
    if let Some(code) = &outcome.code {
        write!(how, " ({code})").ok();
    }
    if let Some(native_id) = &outcome.native_id {
        write!(how, " as {}", plain(native_id, RESULT_CHARS)).ok();
    }
    how
}

fn cost(record: &Record) -> String {
    let ((waited, turn), cost) = (record.millis(), record.cost());
    let mut line = format!("waited {waited:.0} ms, thought {turn:.0} ms");
    if cost.prompt_tokens + cost.answer_tokens > 0 {
        write!(line, "; the model read {} and wrote {} tokens", cost.prompt_tokens, cost.answer_tokens).ok();
    }
    line
}

fn chain(proof: Option<&Proof>) -> String {
    let Some(proof) = proof else {
        return "Not in the chain: it is older than the chain, or was put in by other hands.".to_owned();
    };
    let Proof { number, link, .. } = proof;
    let link = hex::encode(link);
    match proof.standing {
        Standing::Whole => format!("Record {number} of the chain, whole. Link {link}"),
        Standing::Erased => {
            format!("Record {number} of the chain: erased, and its link still holds. Link {link}")
        }
        Standing::Broken(why) => format!("Record {number} of the chain is BROKEN: {why}. Link {link}"),
    }
}

fn of_replay(page: &mut Page, replayed: &Replayed) {
    page.heading("Taken again, from the record alone");
    match replayed {
        Replayed::Same => page.line("The same reply, with the same verdicts."),
        Replayed::Impossible(why) => page.line(&format!("Not possible: {why}.")),
        Replayed::Differs(differences) => {
            page.line("Something else. A newer version of the program may decide otherwise.");
            for difference in differences {
                page.line(&format!("{}:", difference.what));
                page.line(&format!("    then {}", plain(&difference.then, MOST_CHARS)));
                page.line(&format!("    now  {}", plain(&difference.now, MOST_CHARS)));
            }
        }
    }
}

#[derive(Default)]
struct Page {
    out: String,
}

impl Page {
    fn heading(&mut self, text: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn line(&mut self, text: &str) {
        self.out.push_str("  ");
        self.out.push_str(text);
        self.out.push('\n');
    }
}

/// The time of day, to the second.
fn clock(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(11..19).unwrap_or(&text).to_owned()
}

fn quote(text: &str, most: usize) -> String {
    format!("\"{}\"", plain(text, most))
}

/// What others wrote, for a terminal: nothing that moves the cursor or turns text around, and not too much of it.
fn plain(text: &str, most: usize) -> String {
    let turns =
        |c: char| matches!(c, '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let seen = text.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c });
    let mut out: String = seen.clone().take(most).collect();
    if seen.count() > most {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(plain(text, 12), expected, "{text:?}");
    }

    #[test]
    fn t49_what_a_shopper_wrote_cannot_act_on_the_terminal() {
        check("two\nlines", "two lines");
        check("\u{1b}[2Jgone", " [2Jgone");
        check("\u{9b}2J", " 2J");
        check("\u{202E}90.42$", "90.42$");
        check("thirteen char", "thirteen cha…");
    }
}
