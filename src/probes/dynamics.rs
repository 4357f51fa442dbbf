//! A world or a model of it, asked what follows: true motion, a learned network, the true grid, a
//! learned table. None of them has a state of its own, so asking changes nothing.

use std::fmt::Debug;
use std::sync::Arc;

use super::truth::Truth;
use crate::agents::steered::SteeredView;
use crate::agents::table::TableView;
use crate::mdp::physical::{Body, Deed, Dimension, Motion, Vector};
use crate::mdp::scene::Scene;
use crate::mdp::{Action, State};
use crate::models::view::ModelView;
use crate::rl::policy::greedy_mask;

/// A place as those who answer know it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// The physical state.
    Body(Body),
    /// What is seen there.
    Seen(Vector),
    /// A listed state.
    State(State),
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// Where it leads.
    pub next: Place,
    /// Reward.
    pub reward: f64,
    /// The task is over.
    pub ends: bool,
}

/// Answers, and acts as a learner would there.
pub trait Dynamics: Debug + Send + Sync {
    /// The same place as this one of the true world.
    fn enter(&self, real: &Place) -> Place;
    /// What the learner does there; `None` where it has no opinion.
    fn act(&self, at: &Place) -> Option<Deed>;
    /// What follows; `None`: no data.
    fn follow(&self, at: &Place, deed: Deed) -> Option<Answer>;
    /// The place in the numbers of pictures.
    fn body(&self, at: &Place) -> Body;
}

/// Rows and columns as numbers of a place.
pub static CELL: [Dimension; 2] = [
    Dimension { name: "row", key: "row", unit: "cells", range: (0.0, 1.0), turns: false },
    Dimension { name: "column", key: "column", unit: "cells", range: (0.0, 1.0), turns: false },
];

/// The true world of listed states, where the likeliest of all outcomes happens.
#[derive(Clone, Debug)]
pub struct TrueTable {
    /// The world.
    pub truth: Arc<Truth>,
    /// What the learner thinks of each pair: it does what it thinks best.
    pub table: TableView,
}

/// A learned table or what a model says of every pair, of which the likeliest happens.
#[derive(Clone, Debug)]
pub struct LearnedTable {
    /// What it says.
    pub model: ModelView,
    /// The world it is a model of: it tells where states lie, and whose learner acts.
    pub world: TrueTable,
}

/// A place on the map.
fn cell(truth: &Truth, at: &Place) -> Body {
    match (at, truth.scene()) {
        (Place::State(state), Scene::Grid(grid)) => {
            let (row, col) = grid.place(*state);
            Body::new(&[row as f64, col as f64])
        }
        (Place::State(state), _) => Body::new(&[0.0, f64::from(*state)]),
        (Place::Body(_) | Place::Seen(_), _) => Body::default(),
    }
}

/// State and action, where both are listed.
fn listed(at: &Place, deed: Deed) -> Option<(State, Action)> {
    match (at, deed) {
        (Place::State(state), Deed::Chosen(action)) => Some((*state, action)),
        _ => None,
    }
}

impl Dynamics for TrueTable {
    fn enter(&self, real: &Place) -> Place {
        *real
    }

    /// The first of the actions that are best.
    fn act(&self, at: &Place) -> Option<Deed> {
        let Place::State(state) = at else {
            return None;
        };
        let mask = greedy_mask(self.table.row(*state as usize));
        (mask != 0).then(|| Deed::Chosen(mask.trailing_zeros() as Action))
    }

    fn follow(&self, at: &Place, deed: Deed) -> Option<Answer> {
        let (state, action) = listed(at, deed)?;
        let all = self.truth.outcomes(state, action).iter().rev();
        let likeliest = all.max_by(|a, b| a.probability.total_cmp(&b.probability))?;
        let next = Place::State(likeliest.next);
        Some(Answer { next, reward: likeliest.reward, ends: likeliest.terminated })
    }

    fn body(&self, at: &Place) -> Body {
        cell(&self.truth, at)
    }
}

impl Dynamics for LearnedTable {
    fn enter(&self, real: &Place) -> Place {
        *real
    }

    fn act(&self, at: &Place) -> Option<Deed> {
        self.world.act(at)
    }

    fn follow(&self, at: &Place, deed: Deed) -> Option<Answer> {
        let (state, action) = listed(at, deed)?;
        let all = self.model.get(state, action).iter().rev();
        let likeliest = all.max_by(|a, b| a.probability.total_cmp(&b.probability))?;
        let next = Place::State(likeliest.next);
        Some(Answer { next, reward: likeliest.reward, ends: !likeliest.goes_on })
    }

    fn body(&self, at: &Place) -> Body {
        self.world.body(at)
    }
}

/// The true world of numbers.
#[derive(Clone, Debug)]
pub struct TrueMotion {
    /// Its laws.
    pub motion: Arc<dyn Motion>,
    /// The learner.
    pub learner: Arc<SteeredView>,
    /// It acts as it does in imagination, not as it does in the world.
    pub dreams: bool,
}

/// A network that was taught what follows, asked with its own words: nothing puts them right
/// between two steps.
#[derive(Clone, Debug)]
pub struct LearnedMotion {
    /// Which of its earlier states; `None` for the network as it is.
    pub earlier: Option<usize>,
    /// The world it is a model of, and whose learner acts.
    pub world: TrueMotion,
}

impl TrueMotion {
    /// The learned reward, where imagination follows the true dynamics and pays by the model.
    fn dreamt(&self, body: &Body, deed: Deed) -> Option<f64> {
        let learned = self.dreams && !self.learner.expansion.as_ref()?.known_reward;
        let Deed::Steered(control) = deed else {
            return None;
        };
        let reward = || self.learner.imagine(&self.motion.see(body), control).map(|s| s.reward);
        learned.then(reward).flatten()
    }
}

impl Dynamics for TrueMotion {
    fn enter(&self, real: &Place) -> Place {
        *real
    }

    fn act(&self, at: &Place) -> Option<Deed> {
        let seen = match at {
            Place::Body(body) => self.motion.see(body),
            Place::Seen(seen) => *seen,
            Place::State(_) => return None,
        };
        let learner = &self.learner;
        let actor = if self.dreams { learner.dreaming_actor() } else { &learner.actor };
        Some(Deed::Steered(learner.action(actor, &seen)))
    }

    fn follow(&self, at: &Place, deed: Deed) -> Option<Answer> {
        let Place::Body(body) = at else {
            return None;
        };
        let next = self.motion.follow(body, deed)?;
        let reward = self.dreamt(body, deed).unwrap_or(next.reward);
        Some(Answer { next: Place::Body(next.body), reward, ends: next.terminated })
    }

    fn body(&self, at: &Place) -> Body {
        match at {
            Place::Body(body) => *body,
            Place::Seen(seen) => self.motion.locate(seen),
            Place::State(_) => Body::default(),
        }
    }
}

impl Dynamics for LearnedMotion {
    fn enter(&self, real: &Place) -> Place {
        match real {
            Place::Body(body) => Place::Seen(self.world.motion.see(body)),
            other => *other,
        }
    }

    fn act(&self, at: &Place) -> Option<Deed> {
        self.world.act(at)
    }

    fn follow(&self, at: &Place, deed: Deed) -> Option<Answer> {
        let (Place::Seen(seen), Deed::Steered(control)) = (at, deed) else {
            return None;
        };
        let expansion = self.world.learner.expansion.as_ref()?;
        let model = match self.earlier {
            Some(index) => &expansion.earlier.get(index)?.1,
            None => &expansion.model,
        };
        let dreamt = self.world.learner.dream_with(model, seen, control)?;
        let next = Vector::new(&dreamt.next);
        // A network may be asked where it knows nothing, and then anything may come out.
        let sound = next.is_finite() && dreamt.reward.is_finite();
        sound.then_some(Answer { next: Place::Seen(next), reward: dreamt.reward, ends: false })
    }

    fn body(&self, at: &Place) -> Body {
        self.world.body(at)
    }
}
