//! A figure that was measured several times: its median, and how far the others lie from it.

use std::fmt;

/// Figures in order.
pub(crate) struct Spread {
    sorted: Vec<f64>,
    pub(crate) median: f64,
}

impl Spread {
    pub(crate) fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_unstable_by(f64::total_cmp);
        let median = at(&figures, 0.5);
        Self { sorted: figures, median }
    }

    /// The distance between the quartiles, as a part of the median.
    pub(crate) fn noise(&self) -> f64 {
        (at(&self.sorted, 0.75) - at(&self.sorted, 0.25)) / self.median
    }
}

/// The figure at this part of the way from the least to the greatest.
fn at(sorted: &[f64], part: f64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a short list"
    )]
    let place = (part * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(place).copied().unwrap_or_default()
}

/// The median and, in brackets, the least and the greatest.
impl fmt::Display for Spread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = out.precision().unwrap_or(2);
        let (least, greatest) = (at(&self.sorted, 0.0), at(&self.sorted, 1.0));
        write!(out, "{:.digits$} ({least:.digits$} to {greatest:.digits$})", self.median)
    }
}
