//! What a tree search does, and what it refuses.

use super::begin::{Root, SearchError, check_roots, grouped};
use super::select::{Range, Rule};
use super::tree::MOST_NODES;

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

/// Nodes a tree needs: one a simulation, and those that were kept.
pub(super) fn room(settings: &Settings, kept: usize) -> usize {
    settings.budget as usize + 1 + kept
}

/// Refuses what cannot be searched.
pub(super) fn check<N>(
    settings: &Settings,
    roots: &[Root<N>],
    dice: usize,
    actions: usize,
) -> Result<(), SearchError> {
    check_roots(roots, actions)?;
    if settings.budget == 0 {
        return Err(SearchError::NoBudget);
    }
    if settings.depth == 0 {
        return Err(SearchError::NoDepth);
    }
    if dice != roots.len() {
        return Err(SearchError::Dice { dice, trees: roots.len() });
    }
    let nodes = room(settings, 0) as u128 * roots.len() as u128;
    if nodes > MOST_NODES as u128 {
        let what = format!("a budget of {} in {} trees", settings.budget, roots.len());
        let way_out = format!("choose a budget of {} or less", MOST_NODES / roots.len() - 1);
        return Err(SearchError::TooLarge { what, nodes: grouped(nodes), way_out });
    }
    Ok(())
}
