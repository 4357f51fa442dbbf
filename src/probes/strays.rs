//! Predictions of a learner's model that lie where it has never been: no value was ever learned
//! there, and whatever the critic says of it comes from elsewhere.

use super::judged::MOST;
use crate::agents::mve::known::Known;
use crate::agents::steered::SteeredView;
use crate::nn::host::HostMlp;

/// How many predictions lie beyond the data, for the model after so many updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strays {
    /// Updates of the model; `None` is now.
    pub updates: Option<u64>,
    /// Predictions in cells that no remembered state lies in.
    pub beyond: usize,
    /// Predictions that were judged.
    pub all: usize,
}

/// For the model at every moment that was kept, and now: its predictions for remembered steps, held
/// against all states remembered now. Empty without a model or a memory.
pub fn strays(view: &SteeredView) -> Vec<Strays> {
    let Some(expansion) = view.expansion.as_ref().filter(|_| !view.memory.is_empty()) else {
        return Vec::new();
    };
    let (oracle, kept) = (&view.oracle, view.memory.len());
    let (sees, acts) = (oracle.sees(), view.scale.acts());
    let mut known = Known::default();
    for index in 0..kept {
        let row = view.memory.row(index);
        known.add(&**oracle, &row[..sees]);
        known.add(&**oracle, &row[sees + acts + 1..2 * sees + acts + 1]);
    }
    let rows: Vec<usize> = (0..kept).step_by(kept.div_ceil(MOST).max(1)).collect();
    let count = |model: &HostMlp| {
        let beyond = |index: &&usize| {
            let row = view.memory.row(**index);
            let action = view.scale.world(&row[sees..sees + acts]);
            let told = view.dream_with(model, &row[..sees], action);
            told.is_none_or(|told| !known.holds(&**oracle, &told.next))
        };
        rows.iter().filter(beyond).count()
    };
    let earlier = expansion.earlier.iter().map(|(updates, model)| (Some(*updates), model));
    let models = earlier.chain([(None, &expansion.model)]);
    let one = |(updates, model)| Strays { updates, beyond: count(model), all: rows.len() };
    models.map(one).collect()
}
