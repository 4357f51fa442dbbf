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

/// Values `v(h(s))` and policies `p(h(s))` of all listed states, and the root mean square of
/// `sum_a p(a) (r(z, a) + gamma v(g(z, a))) - v(z)` over those left before: 0 where model and value
/// agree about the policy.
fn moment(view: &MuZeroView, tally: &[Tally], (updates, real): (u64, u64)) -> Moment {
    let actions = view.networks.actions();
    let (mut values, mut policy) = (Vec::new(), Vec::with_capacity(tally.len()));
    let (mut squares, mut left) = (0.0, 0_u32);
    for (state, row) in tally.chunks(actions).enumerate() {
        let told = view.eyes.state(state as State).unwrap_or_default();
        let latent = view.networks.enter(&told);
        let (value, odds) = (view.networks.value(&latent), softmax(&view.networks.logits(&latent)));
        if row.iter().any(|tally| tally.real > 0) {
            let ahead: f64 = odds.iter().zip(view.ahead(&told)).map(|(p, q)| p * q).sum();
            squares += (ahead - value).powi(2);
            left += 1;
        }
        values.push(value);
        policy.extend(odds);
    }
    // Dynamics, reward, value among the networks that are metered.
    let of = |lengths: [f64; 5]| [lengths[1], lengths[2], lengths[3]];
    Moment {
        updates,
        real,
        gamma: view.gamma,
        values: values.into(),
        policy: policy.into(),
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
                let moment = moment(&view, &self.lanes[lane].tally, (updates, real));
                self.learner.lanes[lane].history.keep(moment);
            }
        }
    }

    /// The way of `lane` so far, where states are listed.
    pub(super) fn way(&self, lane: usize, view: &MuZeroView) -> Option<Way> {
        let history = &self.learner.lanes[lane].history;
        let begun = self.lists_states() && !history.moments().is_empty();
        begun.then(|| Way {
            history: history.clone(),
            now: moment(view, &self.lanes[lane].tally, self.clocks(lane)),
        })
    }
}
