//! How values become colours.

use egui::Ui;

use crate::app::widgets::color_bar::ColorBar;
use crate::app::words;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::scene::Scene;

/// Powers of ten at the ends of the log scale: values fall by a constant factor with each step
/// from the goal, so equal distances take equal colours.
const LOG: (i32, i32) = (-4, 0);

/// A run with values beyond this is on its way to infinity: its picture is clipped.
const DIVERGED: f64 = 1e4;
/// From here to 1, values are told apart on a linear scale.
const CLOSE: f64 = 0.1;
/// How values become colours: the same in all tiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Nothing below zero: from 10^-4 to 1.
    Log,
    /// From the least to the greatest value of all runs.
    Linear(f64, f64),
}

impl Scale {
    /// The scale that all runs of a snapshot share.
    pub fn of(snapshot: &Snapshot) -> Self {
        Self::over(&snapshot.runs)
    }

    /// The scale that these runs share.
    pub(super) fn over(runs: &[RunSnapshot]) -> Self {
        // A run that diverged would take all colours away from the others.
        let healthy = runs.iter().filter(|r| r.failure.is_none());
        let ranges = healthy.filter_map(|r| r.map.as_ref()?.range());
        let ranges = ranges.filter(|(low, high)| low.abs().max(high.abs()) < DIVERGED);
        let all = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        // Where there is no distance from a goal, values are no powers of it.
        let graph = matches!(runs[0].truth.scene(), Scene::Graph(_));
        match all {
            None | Some((0.0.., ..=1.0)) if graph => Self::Linear(0.0, 1.0),
            Some((low, high)) if low < 0.0 || high > 1.0 => Self::Linear(low, high),
            // Close to each other: on a long scale they would all look alike.
            Some((low, high)) if low >= CLOSE && low < high => Self::Linear(low, high),
            _ => Self::Log,
        }
    }

    /// Where a value lies, 0 to 1.
    pub fn place(self, value: f64) -> f32 {
        let (low, high) = (f64::from(LOG.0), f64::from(LOG.1));
        let share = match self {
            Self::Log => (value.max(1e-300).log10() - low) / (high - low),
            Self::Linear(low, high) => (value - low) / (high - low).max(1e-12),
        };
        share.clamp(0.0, 1.0) as f32
    }

    pub(super) fn bar(self, ui: &mut Ui, room: f32, what: &str) {
        let bar = match self {
            Self::Log => ColorBar::log(what, LOG.0, LOG.1),
            Self::Linear(low, high) => {
                ColorBar::linear(what, &words::value(low), &words::value(high))
            }
        };
        bar.no_news(true).room(room).show(ui);
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn scales_put_ends_at_ends() {
        assert_eq!(Scale::Log.place(1.0), 1.0);
        assert_eq!(Scale::Log.place(1e-4), 0.0);
        assert_eq!(Scale::Log.place(1e-9), 0.0);
        assert!((Scale::Log.place(0.01) - 0.5).abs() < 1e-6);
        assert_eq!(Scale::Linear(-1.0, 3.0).place(1.0), 0.5);
    }
}
