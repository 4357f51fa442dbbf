//! How the values of all listed states went, with how far model and value agree: what tells
//! consistent from right.

use super::MuZero;
use super::config::Code;
use super::view::MuZeroView;
use crate::agents::table::Tally;
use crate::mdp::State;
use crate::models::self_consistent::history::{History, Moment};
use crate::models::sight::Sight;
use crate::rl::categorical::softmax;

/// Most states that are looked at.
const MOST: usize = 1024;

/// The way of the value, and where it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Kept at growing intervals.
    pub history: History,
    /// Now.
    pub now: Moment,
}

/// What the networks say of all listed states, asked once for whatever reads it: with many states that
/// is most of the work of a picture.
#[derive(Debug, Default, PartialEq)]
pub struct Looked {
    /// `[S]`: `v(h(s))`.
    pub values: Vec<f64>,
    /// `[S * A]`: `p(h(s))`.
    pub policy: Vec<f64>,
    /// `[S * A]`: values of all actions one step ahead.
    pub ahead: Vec<f64>,
}

impl Looked {
    /// Of so many states; empty where none are listed.
    pub fn at(view: &MuZeroView, states: usize) -> Self {
        let mut looked = Self::default();
        for told in (0..states as State).map_while(|state| view.eyes.state(state)) {
            let latent = view.networks.enter(&told);
            looked.values.push(view.networks.value(&latent));
            looked.policy.extend(softmax(&view.networks.logits(&latent)));
            looked.ahead.extend(view.ahead(&latent));
        }
        looked
    }
}

/// Values and policies of all listed states, and the root mean square of
/// `sum_a p(a) (r(z, a) + gamma v(g(z, a))) - v(z)` over those left before: 0 where model and value
/// agree about the policy.
fn moment(
    view: &MuZeroView,
    looked: &Looked,
    tally: &[Tally],
    (updates, real): (u64, u64),
) -> Moment {
    let actions = view.networks.actions();
    let (mut squares, mut left) = (0.0, 0_u32);
    let rows = looked.policy.chunks(actions).zip(looked.ahead.chunks(actions));
    for ((row, value), (odds, ahead)) in tally.chunks(actions).zip(&looked.values).zip(rows) {
        if row.iter().any(|tally| tally.real > 0) {
            let ahead: f64 = odds.iter().zip(ahead).map(|(p, q)| p * q).sum();
            squares += (ahead - value).powi(2);
            left += 1;
        }
    }
    // Dynamics, reward, value among the networks that are metered.
    let of = |lengths: [f64; 5]| [lengths[1], lengths[2], lengths[3]];
    Moment {
        updates,
        real,
        gamma: view.gamma,
        values: looked.values.clone().into(),
        policy: looked.policy.clone().into(),
        residual: (squares / f64::from(left.max(1))).sqrt(),
        gradients: of(view.last.meters.imagined),
        grounded: of(view.last.meters.grounded),
    }
}

impl<S: Sight> MuZero<S> {
    fn lists_states(&self) -> bool {
        let states = self.lanes[0].tally.len() / self.actions;
        (1..=MOST).contains(&states) && self.gamma() > 0.0
    }

    fn clocks(&self, lane: usize) -> (u64, u64) {
        (self.learner.lanes[lane].course.updates(), self.lanes[lane].steps)
    }

    /// A copy of `lane`, of everything but the way.
    pub(super) fn copy(&self, lane: usize) -> MuZeroView {
        // That of the networks as they are: a dial that was just moved is not learned with yet.
        let atoms = self.learner.shape().atoms as u32;
        let support = (self.config.heads == Code::Categorical && atoms > 1).then_some(atoms / 2);
        let (own, learned) = (&self.lanes[lane], &self.learner.lanes[lane]);
        MuZeroView {
            networks: self.hosts[lane].clone().unwrap_or_else(|| self.learner.copy(lane)),
            search: self.config.search(false),
            gamma: self.gamma(),
            guided: self.guided(),
            eyes: self.sight.eyes(),
            last: learned.last.clone(),
            course: learned.course.clone(),
            way: None,
            lived: super::lived::Lived::of(&own.games, &own.game, own.root),
            clipping: learned.clipping,
            support,
        }
    }

    /// A look back after an update of the lanes of `among`, now and then.
    pub(super) fn look_back(&mut self, among: &[bool]) {
        let looks = self.lists_states();
        for lane in (0..self.lanes.len()).filter(|&lane| looks && among[lane]) {
            let (updates, real) = self.clocks(lane);
            if self.learner.lanes[lane].history.wants(updates) {
                let view = self.copy(lane);
                let tally = &self.lanes[lane].tally;
                let looked = Looked::at(&view, tally.len() / self.actions);
                let moment = moment(&view, &looked, tally, (updates, real));
                self.learner.lanes[lane].history.keep(moment);
            }
        }
    }

    /// The way of `lane` so far, where states are listed.
    pub(super) fn way(&self, lane: usize, view: &MuZeroView, looked: &Looked) -> Option<Way> {
        let history = &self.learner.lanes[lane].history;
        let begun = self.lists_states() && !history.moments().is_empty();
        begun.then(|| Way {
            history: history.clone(),
            now: moment(view, looked, &self.lanes[lane].tally, self.clocks(lane)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::Agent as _;
    use crate::agents::muzero::MuZeroConfig;
    use crate::models::coding::{Coded, Coding};
    use crate::models::features::Places;

    #[test]
    fn what_is_asked_once_is_what_each_picture_would_ask() {
        let sight = Coding { coded: Coded::RowCol, places: Places { rows: 2, cols: 3 } };
        let agent = MuZero::new(MuZeroConfig::default(), sight, (6, 4), &[3]).unwrap();
        let (view, looked) = (agent.view(), Looked::at(&agent.copy(0), 6));
        let muzero = view.muzero.unwrap();
        assert_eq!((looked.values.len(), looked.policy.len()), (6, 24));
        for state in 0..6 {
            let latent = muzero.networks.enter(&muzero.eyes.state(state).unwrap());
            assert_eq!(looked.values[state as usize], muzero.networks.value(&latent));
            for action in 0..4 {
                let (reward, next) = muzero.networks.follow(&latent, action);
                let ahead = reward + muzero.gamma * muzero.networks.value(&next);
                let pair = 4 * state as usize + usize::from(action);
                let table = view.table.as_ref().unwrap();
                assert_eq!((looked.ahead[pair], table.q[pair]), (ahead, ahead));
            }
        }
        assert_eq!(Looked::at(&muzero, 0), Looked::default(), "where no states are listed");
    }
}
