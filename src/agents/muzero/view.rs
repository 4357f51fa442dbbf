//! What pictures and evaluations need of the agent, as plain data.

use std::sync::Arc;

use super::latent::LatentModel;
use super::lived::Lived;
use super::meters::{Course, Update};
use super::networks::HostNetworks;
use super::way::{Looked, Way};
use crate::agents::View;
use crate::agents::surface::{Surface, ValueSurface};
use crate::agents::table::{TableView, Tally};
use crate::base::rng::{Stream, StreamName};
use crate::mdp::sighting::Frame;
use crate::mdp::{Action, State};
use crate::models::sight::Eyes;
use crate::rl::transform::{squash, unsquash};
use crate::search::{Answer, SearchError, Settings};

/// Value targets and how many of them lie beyond what the atoms can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clipping {
    /// Value targets so far.
    pub targets: u64,
    /// Those beyond the support.
    pub beyond: u64,
    /// The farthest of all, squashed.
    pub farthest: f64,
}

impl Clipping {
    /// Notes a value target; `support` is the number of atoms on each side of 0.
    pub(super) fn note(&mut self, target: f64, support: u32) {
        let size = squash(target).abs();
        self.targets += 1;
        self.beyond += u64::from(size > f64::from(support));
        self.farthest = self.farthest.max(size);
    }

    /// Those of both.
    pub fn with(self, other: Self) -> Self {
        Self {
            targets: self.targets + other.targets,
            beyond: self.beyond + other.beyond,
            farthest: self.farthest.max(other.farthest),
        }
    }

    /// The support that all targets so far fit into, at least `support`.
    pub fn wanted(&self, support: u32) -> u32 {
        support.max(self.farthest.ceil() as u32)
    }

    /// What there is to say of a support that is too small.
    pub fn warning(&self, support: u32) -> Option<String> {
        (self.beyond > 0).then(|| {
            let share = match 100.0 * self.beyond as f64 / self.targets as f64 {
                share if share < 0.1 => "less than 0.1".to_owned(),
                share => format!("{share:.1}"),
            };
            let (reach, wanted) = (unsquash(f64::from(support)), self.wanted(support));
            format!(
                "{share} % of the value targets lie beyond what ±{support} atoms can tell \
                 (±{reach:.0}): set support to {wanted} or more"
            )
        })
    }
}

/// A copy of one lane.
#[derive(Clone, Debug, PartialEq)]
pub struct MuZeroView {
    /// The networks.
    pub networks: HostNetworks,
    /// How it searches without noise.
    pub search: Settings,
    /// Discount, below 0 where two players take turns.
    pub gamma: f64,
    /// Whether the policy guides.
    pub guided: bool,
    /// How it sees.
    pub eyes: Eyes,
    /// The newest update: its losses, and what they did to each network.
    pub last: Update,
    /// The course of all updates.
    pub course: Course,
    /// How the values of listed states went.
    pub way: Option<Way>,
    /// Atoms on each side of 0; `None`: reward and value are plain numbers.
    pub support: Option<u32>,
    /// Value targets beyond the support.
    pub clipping: Clipping,
    /// What really happened lately.
    pub lived: Lived,
}

impl MuZeroView {
    /// The learned model, to search in.
    pub fn model(&self) -> LatentModel<'_> {
        let (networks, gamma, guided) = (&self.networks, self.gamma, self.guided);
        LatentModel { networks, gamma, guided, calls: 0 }
    }

    /// A whole search without noise, from what the networks are told; anything may be done.
    pub fn search(&self, told: &[f32]) -> Result<Answer, SearchError> {
        self.search_among(told, None)
    }

    /// The same where only `legal` may be done, `[A]`.
    pub fn search_among(
        &self,
        told: &[f32],
        legal: Option<Vec<bool>>,
    ) -> Result<Answer, SearchError> {
        // Nothing but ties is drawn.
        let mut dice = Stream::new(0, StreamName::Evaluate);
        self.model().search(self.search, (told, legal), &mut dice)
    }

    /// The best action in a listed state.
    pub fn act_in(&self, state: State) -> Option<Action> {
        Some(self.search(&self.eyes.state(state)?).ok()?.action())
    }

    /// The best action where this picture is seen.
    pub fn act_on(&self, frame: &Frame) -> Option<Action> {
        Some(self.search(&self.eyes.frame(frame)?).ok()?.action())
    }

    /// The best action where these numbers are seen.
    pub fn act(&self, seen: &[f32]) -> Option<Action> {
        let told = self.eyes.numbers(seen)?;
        Some(self.search_among(&told, self.eyes.legal(seen)).ok()?.action())
    }

    /// `[A]`: values of all actions one step ahead, `r + gamma v(z')`.
    pub fn ahead(&self, latent: &[f32]) -> impl Iterator<Item = f64> {
        (0..self.networks.actions() as Action).map(move |action| {
            let (reward, next) = self.networks.follow(latent, action);
            reward + self.gamma * self.networks.value(&next)
        })
    }

    /// The copy with what pictures of values ask for: action values one step ahead where states are
    /// listed, otherwise a value for whatever may be seen. `tally` is `[S * A]`.
    pub(super) fn shown(self, actions: usize, tally: &[Tally], looked: Looked) -> View {
        let view = Arc::new(self);
        let table = (!tally.is_empty()).then(|| TableView {
            actions,
            q: looked.ahead,
            tally: tally.to_vec(),
            known_pairs: None,
        });
        let surface = matches!(view.eyes, Eyes::Numbers(_)).then(|| Surface(view.clone()));
        View { table, surface, muzero: Some(view), ..View::default() }
    }
}

impl ValueSurface for MuZeroView {
    fn value(&self, seen: &[f32]) -> f64 {
        let told = self.eyes.numbers(seen).unwrap_or_default();
        self.networks.value(&self.networks.enter(&told))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_support_that_is_too_small_is_named_with_the_one_that_is_not() {
        let mut clipping = Clipping::default();
        [1.0, -3.0, 116.0].into_iter().for_each(|target| clipping.note(target, 10));
        assert_eq!((clipping.warning(10), clipping.wanted(10)), (None, 10));
        clipping.note(-259.0, 10);
        assert_eq!(
            clipping.warning(10).unwrap(),
            "25.0 % of the value targets lie beyond what ±10 atoms can tell (±117): set support to \
             16 or more"
        );
        let many = clipping.with(Clipping { targets: 9996, ..Clipping::default() });
        assert!(many.warning(10).unwrap().starts_with("less than 0.1 % of"));
        assert_eq!(many.wanted(10), 16);
    }
}
