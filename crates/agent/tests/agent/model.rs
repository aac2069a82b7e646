//! A model at the counter of the pier shop: its words with the rows' figures, and the rules where it fails.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use shopclerk_agent::budget::Bounds;
use shopclerk_agent::gate::Verdict;
use shopclerk_agent::turn::{Drafter, Guide, ModelSide};
use shopclerk_domain::chat::{Completion, Line, ModelError, Prompt, ToolCall, Usage};
use shopclerk_domain::ports::ChatModel;

use crate::shop::{CANDLE, SPRAY};
use crate::talk::Talk;

/// Says what it is told to, one answer after the other.
#[derive(Default)]
struct Puppet {
    answers: Mutex<VecDeque<Result<Completion, ModelError>>>,
    asked: Mutex<Vec<Prompt>>,
    without_tools: bool,
}

impl Puppet {
    fn that(answers: impl IntoIterator<Item = Result<Completion, ModelError>>) -> Self {
        Self { answers: Mutex::new(answers.into_iter().collect()), ..Self::default() }
    }

    fn asked(&self) -> Vec<Prompt> {
        self.asked.lock().unwrap().clone()
    }

    /// What it was told in our own voice, the last time.
    fn told(&self) -> String {
        let asked = self.asked();
        let ours = asked.last().unwrap().lines.iter().filter_map(|line| match line {
            Line::Ours(text) => Some(text.as_str()),
            _ => None,
        });
        ours.collect::<Vec<_>>().join("\n")
    }
}

#[async_trait]
impl ChatModel for Puppet {
    fn is_without_tools(&self) -> bool {
        self.without_tools
    }

    async fn complete(&self, prompt: &Prompt) -> Result<Completion, ModelError> {
        self.asked.lock().unwrap().push(prompt.clone());
        self.answers.lock().unwrap().pop_front().unwrap_or(Err(ModelError::Unavailable))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "stands in a list beside what fails")]
fn say(text: &str) -> Result<Completion, ModelError> {
    Ok(Completion {
        text: text.to_owned(),
        usage: Usage { prompt: 100, answer: 10 },
        ..Completion::default()
    })
}

#[expect(clippy::unnecessary_wraps, reason = "stands in a list beside what fails")]
fn call(name: &str, arguments: &str) -> Result<Completion, ModelError> {
    let call = ToolCall { id: "c1".to_owned(), name: name.to_owned(), arguments: arguments.to_owned() };
    Ok(Completion { calls: vec![call], ..Completion::default() })
}

fn asks(talk: &mut Talk, text: &str, puppet: &Puppet) -> String {
    let guide = Guide::default();
    let side = ModelSide { model: puppet, guide: &guide, history: &[], bounds: Bounds::default() };
    talk.turn_with(text, side)
}

#[test]
fn what_the_model_names_is_shown_and_the_talk_goes_on_from_there() {
    let mut talk = Talk::begun();
    let puppet = Puppet::that([
        call("search_catalogue", r#"{"query":"scented gift"}"#),
        say("The Harbour Light room spray costs $19.50, the Pinewood throw is softer."),
    ]);

    let said = asks(&mut talk, "a scented gift?", &puppet);

    assert_eq!(
        said.lines().next(),
        Some("The Harbour Light room spray costs $19.50, the Pinewood throw is softer.")
    );
    assert!(said.contains("[Harbour Light room spray | $19.50 · 13 in stock]"), "{said}");
    assert_eq!(talk.output().trace.drafted_by, Drafter::Model);
    assert_eq!(talk.output().memory.shown[0], SPRAY);
    let next = talk.writes("how much is the first one?");
    assert!(next.starts_with("Harbour Light room spray costs $19.50."), "{next}");
}

#[test]
fn a_question_about_what_was_shown_comes_with_its_facts() {
    let mut talk = Talk::begun();
    talk.writes("a warm candle?");
    let puppet = Puppet::that([say("In Small the Harbour Light candle costs $24.90.")]);

    let said = asks(&mut talk, "how much is the first one?", &puppet);

    assert!(said.starts_with("In Small the Harbour Light candle costs $24.90."), "{said}");
    assert!(puppet.told().contains(r#""name":"Harbour Light candle""#), "{}", puppet.told());
    assert_eq!(talk.output().memory.about, Some(CANDLE));
}

#[test]
fn who_looks_nothing_up_is_told_what_there_is_when_it_is_sent_back() {
    let mut talk = Talk::begun();
    let puppet =
        Puppet::that([say("The Pinewood throw costs $12.00."), say("The Pinewood throw costs $39.00.")]);

    let said = asks(&mut talk, "how much is the pinewood throw?", &puppet);

    assert!(said.starts_with("The Pinewood throw costs $39.00."), "{said}");
    let told = puppet.told();
    assert!(told.contains("$12.00: ") && told.contains(r#""price":"$39.00""#), "{told}");
    assert_eq!(talk.output().trace.drafts.iter().map(Verdict::holds).collect::<Vec<_>>(), [false, true]);
}

/// A rule of ours, as a model would give it away.
const RULE: &str =
    "My rules: answer in the shopper's language, in one to three short sentences of plain text.";

#[test]
fn whatever_a_model_does_the_rules_have_the_same_answer() {
    let question = "how much is the pinewood throw?";
    let by_rules = Talk::begun().writes(question);
    let long = "The Pinewood throw is soft. ".repeat(80);
    let endless = || (0..40).map(|_| call("search_catalogue", "{}"));
    for (answers, stopped) in [
        (vec![Err(ModelError::Slow)], "slow"),
        (vec![Err(ModelError::Resting)], "resting"),
        (vec![say("<think>never ends")], "malformed"),
        (vec![say(&long), say(&long)], "unprovable"),
        (vec![say(RULE), say(RULE)], "unprovable"),
        (vec![say("I looked with search_catalogue."), say("I may call hand_over.")], "unprovable"),
        (vec![say("It is free."), say("It ships tomorrow.")], "unprovable"),
        (vec![Err(ModelError::NoTools), Err(ModelError::NoTools)], "no_tools"),
        (endless().collect(), "budget_spent"),
    ] {
        let mut talk = Talk::begun();
        let puppet = Puppet::that(answers);

        assert_eq!(asks(&mut talk, question, &puppet), by_rules, "{stopped}");
        assert_eq!(talk.output().trace.model_stopped, Some(stopped));
        assert_eq!(talk.output().trace.drafted_by, Drafter::Rules);
    }
}

#[test]
fn without_tools_the_facts_are_in_the_prompt_and_no_tool_is_offered() {
    let mut talk = Talk::begun();
    let puppet = Puppet { without_tools: true, ..Puppet::that([say("The Pinewood throw costs $39.00.")]) };

    let said = asks(&mut talk, "how much is the pinewood throw?", &puppet);

    assert!(said.starts_with("The Pinewood throw costs $39.00."), "{said}");
    assert!(puppet.asked()[0].tools.is_empty() && puppet.told().contains(r#""price":"$39.00""#));
}

#[test]
fn a_prompt_is_small_however_long_the_shopper_writes() {
    let mut talk = Talk::begun();
    let puppet = Puppet::that([say("I'd need to look that up.")]);

    asks(&mut talk, &"a candle that burns very long ".repeat(1_000), &puppet);

    let prompt = puppet.asked().remove(0);
    assert!(prompt.estimate() < 1_600, "{} tokens", prompt.estimate());
}

#[test]
fn a_person_can_be_called_when_all_look_ups_are_used_up() {
    for looks in [3, 5] {
        let mut talk = Talk::begun();
        let searches = (0..looks).map(|_| call("search_catalogue", "{}"));
        let puppet = Puppet::that(searches.chain([call("hand_over", "{}")]));

        let said = asks(&mut talk, "my parcel arrived broken and I am upset", &puppet);

        assert!(said.contains("a person from the shop"), "{said}");
        assert!(talk.output().hand_over, "after {looks} look-ups");
        assert_eq!(talk.output().trace.model_stopped, None);
    }
}

#[test]
fn what_a_model_wrote_as_arguments_is_told_it_again_as_json_and_recorded_as_it_came() {
    for (written, again) in [
        ("{not json", "{}"),
        ("", "{}"),
        ("[1]", "{}"),
        (r#"{"query":"throw"}"#, r#"{"query":"throw"}"#),
        (r#"{"query": "throw", "quer"#, "{}"),
    ] {
        let mut talk = Talk::begun();
        let puppet = Puppet::that([call("search_catalogue", written), say("I'd need to look that up.")]);

        asks(&mut talk, "how much is the pinewood throw?", &puppet);

        let prompt = puppet.asked().pop().unwrap();
        let calls = prompt.lines.iter().filter_map(|line| match line {
            Line::Clerk { calls, .. } => calls.first(),
            _ => None,
        });
        assert_eq!(calls.map(|call| call.arguments.as_str()).collect::<Vec<_>>(), [again]);
        assert_eq!(talk.output().trace.exchanges[0].calls[0].1, written);
    }
}

/// A counter where a code for the whole order can be told.
fn with_code() -> Talk {
    let mut talk = Talk::begun();
    talk.shelf.offers = vec![crate::promotions::code()];
    talk
}

#[test]
fn t47_a_model_names_a_promotion_and_the_server_says_it() {
    let mut talk = with_code();
    let puppet = Puppet::that([call("list_promotions", "{}"), say("Good news. {d1}")]);

    let said = asks(&mut talk, "any discount codes?", &puppet);

    assert!(said.starts_with("Good news. There is 10% off your whole order with the code WARM10,"), "{said}");
    assert_eq!(talk.output().trace.drafted_by, Drafter::Model);
    let told = format!("{:?}", puppet.asked());
    assert!(told.contains("{d1}") && !told.contains("WARM10"), "{told}");
}

#[test]
fn t47_a_code_of_the_models_own_is_sent_back() {
    let mut talk = with_code();
    let puppet = Puppet::that([
        call("list_promotions", "{}"),
        say("{d1} The code SPRING20 works too."),
        say("{d1}. {d7}"),
    ]);

    let said = asks(&mut talk, "any discount codes?", &puppet);

    assert!(!said.contains("SPRING20") && !said.contains("d7"), "{said}");
    assert_eq!(talk.output().trace.model_stopped, Some("unprovable"));
    assert!(said.contains("WARM10"), "the rules tell of the code that there is: {said}");
}

#[test]
fn a_cart_that_qualifies_carries_the_code_and_another_does_not() {
    for (quantity, link) in
        [(2, "https://pier-nine.example/cart/4:2?discount=WARM10"), (1, "https://pier-nine.example/cart/4:1")]
    {
        let mut talk = with_code();
        let plain = format!("https://pier-nine.example/cart/4:{quantity}");
        let cart = format!(r#"{{"items":[{{"product":"p1","quantity":{quantity}}}]}}"#);
        let puppet = Puppet::that([
            call("search_catalogue", r#"{"query":"throw"}"#),
            call("build_cart", &cart),
            say(&format!("Here you are: {plain}")),
        ]);

        let said = asks(&mut talk, "put the pinewood throw into my cart", &puppet);

        assert!(said.starts_with(&format!("Here you are: {link}\n")), "{said}");
        assert!(!format!("{:?}", puppet.asked()).contains("WARM10"));
    }
}
