//! What a turn with a model may cost: how often it is asked, how many tokens, and what they are worth. Arithmetic alone;
//! keeping the books of shoppers and merchants is left to `flows`.

use shopclerk_domain::chat::{ModelError, Prompt, Usage};

/// The most that one turn may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How often the model is asked.
    pub asks: u32,
    /// How many tools are used.
    pub calls: u32,
    /// Tokens read and written.
    pub tokens: u64,
    /// Tokens of one answer.
    pub answer_tokens: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { asks: 6, calls: 8, tokens: 12_000, answer_tokens: 400 }
    }
}

/// What tokens cost, in millionths of whatever the endpoint is paid in, per million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// Tokens that are read.
    pub prompt: u64,
    /// Tokens that are written.
    pub answer: u64,
}

impl Prices {
    /// What a call costs, in millionths, rounded up.
    pub fn cost(self, usage: Usage) -> u64 {
        let of = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        let sum = of(usage.prompt, self.prompt).saturating_add(of(usage.answer, self.answer));
        u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

/// What is left of a turn's bounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    asks: u32,
    calls: u32,
    tokens: u64,
}

impl Budget {
    pub(crate) const fn of(bounds: Bounds) -> Self {
        Self { asks: bounds.asks, calls: bounds.calls, tokens: bounds.tokens }
    }

    /// Takes one asking, if the prompt and the longest answer to it still fit.
    pub(crate) fn ask(&mut self, prompt: &Prompt) -> Result<(), ModelError> {
        let worst = prompt.estimate().saturating_add(u64::from(prompt.most_tokens));
        if self.asks == 0 || worst > self.tokens {
            return Err(ModelError::Spent);
        }
        self.asks -= 1;
        Ok(())
    }

    /// What an asking used.
    pub(crate) fn used(&mut self, usage: Usage) {
        self.tokens = self.tokens.saturating_sub(usage.total());
    }

    /// Takes one use of a tool; `false` when there are none left.
    pub(crate) const fn call(&mut self) -> bool {
        let left = self.calls > 0;
        self.calls = self.calls.saturating_sub(1);
        left
    }

    /// Whether a further round of tools would leave nothing for the answer itself and its one repair.
    pub(crate) const fn must_answer(&self) -> bool {
        self.asks <= 2 || self.calls == 0
    }
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::chat::Line;

    use super::*;

    #[test]
    fn t50_a_turn_ends_at_its_bounds() {
        let bounds = Bounds { asks: 3, calls: 1, tokens: 1_000, answer_tokens: 100 };
        let prompt =
            Prompt { lines: vec![Line::Shopper("a".repeat(400))], most_tokens: 100, ..Prompt::default() };
        let mut budget = Budget::of(bounds);

        assert_eq!(budget.ask(&prompt), Ok(()));
        assert!(budget.must_answer(), "two askings are left");
        assert!(budget.call() && !budget.call());
        budget.used(Usage { prompt: 700, answer: 101 });
        assert_eq!(budget.ask(&prompt), Err(ModelError::Spent), "199 tokens are left, 200 may be needed");

        let mut budget = Budget::of(bounds);
        assert_eq!((0..4).filter(|_| budget.ask(&prompt).is_ok()).count(), 3);
    }

    #[test]
    fn t50_what_tokens_cost_is_rounded_up() {
        let prices = Prices { prompt: 150_000, answer: 600_000 };
        assert_eq!(prices.cost(Usage { prompt: 1_000, answer: 100 }), 210);
        assert_eq!(prices.cost(Usage { prompt: 1, answer: 0 }), 1);
        let dear = Prices { prompt: u64::MAX, answer: u64::MAX };
        assert_eq!(dear.cost(Usage { prompt: u64::MAX, answer: 1 }), u64::MAX);
        assert_eq!(Prices::default().cost(Usage { prompt: 9, answer: 9 }), 0);
    }
}
