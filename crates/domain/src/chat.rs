//! What is said to a language model and what it says back, in words that no vendor owns.

use thiserror::Error;

/// One entry of a prompt. The roles stay apart: what a shopper wrote is never mixed into what we say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Our own instructions.
    Ours(String),
    /// What the shopper wrote.
    Shopper(String),
    /// What was answered before, by us or by the model in this very turn.
    Clerk {
        /// The words; may be empty where tools were asked for.
        text: String,
        /// The tools it asked for.
        calls: Vec<ToolCall>,
    },
    /// What a tool found.
    Found {
        /// The call it answers.
        call: String,
        /// What it found, as JSON.
        result: String,
    },
}

/// A tool as it is offered to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolSpec {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// JSON Schema of its arguments.
    pub arguments: String,
}

/// A tool that a model asks for. Everything in it is the model's word: looked up, never trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// The model's name for this call; ours where it gave none.
    pub id: String,
    /// The tool's name, as the model wrote it.
    pub name: String,
    /// The arguments, as the model wrote them: hopefully JSON.
    pub arguments: String,
}

/// What a model is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// Instructions, history, the question, and what the tools found, in order.
    pub lines: Vec<Line>,
    /// The tools it may ask for; none for endpoints that take none.
    pub tools: Vec<ToolSpec>,
    /// Longest answer, in tokens.
    pub most_tokens: u32,
}

impl Prompt {
    /// Tokens it will cost, by the rule for all our estimates: four characters are one.
    pub fn estimate(&self) -> u64 {
        let line = |line: &Line| match line {
            Line::Ours(text) | Line::Shopper(text) => tokens(text),
            Line::Clerk { text, calls } => {
                tokens(text)
                    + calls.iter().map(|call| tokens(&call.name) + tokens(&call.arguments)).sum::<u64>()
            }
            Line::Found { result, .. } => tokens(result),
        };
        let tool = |tool: &ToolSpec| tokens(tool.name) + tokens(tool.purpose) + tokens(&tool.arguments);
        self.lines.iter().map(line).sum::<u64>() + self.tools.iter().map(tool).sum::<u64>()
    }
}

/// Tokens of a text, by the rule that four characters are one; never fewer than the text deserves.
pub fn tokens(text: &str) -> u64 {
    u64::try_from(text.chars().count().div_ceil(4)).unwrap_or(u64::MAX)
}

/// What a call cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens that were read.
    pub prompt: u64,
    /// Tokens that were written.
    pub answer: u64,
}

impl Usage {
    /// Both together.
    pub const fn total(self) -> u64 {
        self.prompt.saturating_add(self.answer)
    }
}

/// What a model said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The words; empty where it only asks for tools.
    pub text: String,
    /// The tools it asks for.
    pub calls: Vec<ToolCall>,
    /// What the call cost, as the endpoint told it or else as we estimate it.
    pub usage: Usage,
}

/// Why a model did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ModelError {
    /// It takes no tools: the same may be asked with the facts in the prompt.
    #[error("the model takes no tools")]
    NoTools,
    /// It would not answer this very question: a filter, a length. Another one it may.
    #[error("the model would not answer this")]
    Declined,
    /// It refuses us: a wrong key, an unknown model, too many calls.
    #[error("the model refuses the call")]
    Refused,
    /// It cannot be reached, or broke off.
    #[error("the model cannot be reached")]
    Unavailable,
    /// It answered something that nobody can read.
    #[error("the model's answer cannot be read")]
    Malformed,
    /// It did not answer in the time a turn has.
    #[error("the model is too slow")]
    Slow,
    /// The shopper, the merchant or the turn has used up what it may cost.
    #[error("the budget for the model is spent")]
    Spent,
    /// It failed several times in a row and is left alone for now.
    #[error("the model is left alone for now")]
    Resting,
}

impl ModelError {
    /// The stable word for it in records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoTools => "no_tools",
            Self::Declined => "declined",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::Malformed => "malformed",
            Self::Slow => "slow",
            Self::Spent => "budget_spent",
            Self::Resting => "resting",
        }
    }
}
