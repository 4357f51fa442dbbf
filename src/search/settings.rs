//! What a tree search does, and what it refuses.

use super::begin::{Root, SearchError, check_budget, check_roots};
use super::select::{Range, Rule};

/// How a new leaf is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// By the model's value.
    Value,
    /// By an episode of the model's policy from there on.
    Rollout {
        /// Most steps.
        depth: u32,
        /// Whether what follows the last step is worth the model's value, or nothing.
        truncated: bool,
    },
}

/// What a search does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How a child is chosen.
    pub rule: Rule,
    /// What values are rescaled by.
    pub range: Range,
    /// How a leaf is evaluated.
    pub leaf: Leaf,
    /// Simulations.
    pub budget: u32,
    /// Most edges from the root.
    pub depth: u16,
}

/// Refuses what cannot be searched.
pub(super) fn check<N>(
    settings: &Settings,
    roots: &[Root<N>],
    dice: usize,
    actions: usize,
) -> Result<(), SearchError> {
    check_roots(roots, actions)?;
    check_budget(settings.budget, settings.depth, roots.len())?;
    if dice != roots.len() {
        return Err(SearchError::Dice { dice, trees: roots.len() });
    }
    Ok(())
}
