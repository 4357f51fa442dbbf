//! All models behind one face: whatever a model is inside, it answers what may follow a pair.
//!
//! Experience is kept once for all of them: counts serve table look-up, samples, the full
//! distribution and one-hot features; beside them stand the last outcome, the mean place, and a
//! linear fit. Learning costs four small updates a real step, one of them a solve of three
//! equations, and about 200 bytes a pair. This is what makes swapping a model under a running
//! planner meaningful: the new one has seen the same.

use std::sync::Arc;

pub use super::belief::{Belief, Features, ModelKind, Where};
use super::expectation::{Expectation, Mean};
use super::features::{PLACE, Phi, Places};
use super::judge::Judge;
use super::last_seen::{Entry, LastSeen};
use super::linear::LinearModel;
use super::table::TableModel;
use super::view::{ModelView, Predicted};
use crate::base::digest::Digest;
use crate::mdp::{Action, State};

/// Chances this close to 0 or 1 are rounding.
const SLIVER: f64 = 1e-6;

/// One real step as models learn it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Happened {
    /// State.
    pub state: State,
    /// Action.
    pub action: Action,
    /// What followed.
    pub entry: Entry,
}

/// A copy for pictures: all models, and which of them planning asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// All models.
    pub models: Arc<Models>,
    /// How well they foresaw what happened.
    pub judge: Arc<Judge>,
    /// The one that planning asks.
    pub belief: Belief,
    /// Seed of the noise of the sample model.
    pub noise: u32,
}

/// The models of one lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Models {
    /// Where states lie.
    pub places: Places,
    /// Last outcomes.
    pub last: LastSeen,
    /// Counts.
    pub table: TableModel,
    /// Mean places.
    pub expectation: Expectation,
    /// Linear fit of places.
    pub linear: LinearModel,
}

impl Models {
    /// Nothing known.
    pub fn new(places: Places, states: usize, actions: usize) -> Self {
        Self {
            places,
            last: LastSeen::new(states, actions),
            table: TableModel::new(states, actions),
            expectation: Expectation::new(states, actions),
            linear: LinearModel::new(PLACE, actions),
        }
    }

    /// Teaches all of them one real step.
    pub fn learn(&mut self, happened: &Happened) {
        let Happened { state, action, entry } = *happened;
        let here = self.places.features(state);
        let next = if entry.goes_on { self.places.features(entry.next) } else { [0.0; PLACE] };
        self.last.learn(state, action, entry);
        self.table.learn((state, action), entry.reward, entry.next, entry.goes_on);
        self.expectation.learn((state, action), entry.reward, next);
        self.linear.learn(&here, action, entry.reward, &next);
    }

    /// What a person painted over the models that remember outcomes; those that fit places have
    /// no cell to paint on.
    pub fn lie(&mut self, cells: &[(State, f64)]) {
        self.last.lie(cells);
        self.table.lie(cells);
    }

    /// What may follow a pair, into `out`; returns on how many experiences that rests. `None`: no
    /// data.
    pub fn predict(
        &self,
        belief: &Belief,
        (state, action): (State, Action),
        out: &mut Vec<Predicted>,
    ) -> Option<u32> {
        out.clear();
        if belief.is_place() {
            let mean = self.mean(belief, self.places.features(state), action)?;
            self.read_back(mean, state, out);
            return Some(mean.count);
        }
        let count = self.table.count(state, action);
        if count == 0 {
            return None;
        }
        let other = self.after(action);
        let known = self.table.count(state, other) > 0;
        let col = self.places.features(state)[2];
        let wrong = if known { belief.wrong(col, self.places.cols) } else { 0.0 };
        self.append(belief.kind, (state, action), 1.0 - wrong, out);
        if wrong > 0.0 {
            self.append(belief.kind, (state, other), wrong, out);
        }
        Some(count)
    }

    /// The action it is taken for by mistake.
    fn after(&self, action: Action) -> Action {
        mistaken_for(action, self.table.actions())
    }

    /// Adds the outcomes of a pair with `weight` to those in `out`.
    fn append(
        &self,
        kind: ModelKind,
        (state, action): (State, Action),
        weight: f64,
        out: &mut Vec<Predicted>,
    ) {
        if kind == ModelKind::LastSeen {
            let last = self.last.get(state, action);
            last.into_iter().for_each(|e| {
                let Entry { reward, next, goes_on } = e;
                add(out, Predicted { probability: weight, reward, next, goes_on, count: 1 });
            });
            return;
        }
        let all = f64::from(self.table.count(state, action));
        for f in self.table.followed(state, action) {
            let n = f64::from(f.count);
            add(
                out,
                Predicted {
                    probability: weight * (n / all),
                    reward: self.table.told(state, f),
                    next: f.next,
                    goes_on: f.goes_on,
                    count: u64::from(f.count),
                },
            );
        }
    }

    /// Mean reward and mean features after `action` at the place `phi`, which for a linear model
    /// may lie between cells; `None`: no data.
    pub fn mean(&self, belief: &Belief, phi: Phi, action: Action) -> Option<Mean> {
        let of = |action| self.plain_mean(belief.kind, phi, action);
        let mean = of(action)?;
        let [_, col] = self.places.place(phi)?;
        let wrong = belief.wrong(col, self.places.cols);
        Some(match of(self.after(action)).filter(|_| wrong > 0.0) {
            Some(other) => mean.mixed(other, wrong),
            None => mean,
        })
    }

    fn plain_mean(&self, kind: ModelKind, phi: Phi, action: Action) -> Option<Mean> {
        if kind == ModelKind::Linear {
            let mut features = [0.0; PLACE];
            let reward = self.linear.predict(&phi, action, &mut features)?;
            return Some(Mean { reward, features, count: self.linear.count(action) });
        }
        let state = self.places.nearest(self.places.place(phi)?);
        self.expectation.get(state, action)
    }

    /// A mean place as states: the nearest cell with the chance to go on, the end with the rest.
    fn read_back(&self, mean: Mean, from: State, out: &mut Vec<Predicted>) {
        // What a fit leaves of a certainty is no outcome.
        let goes_on = match mean.features[0] {
            x if x > 1.0 - SLIVER => 1.0,
            x if x < SLIVER => 0.0,
            x => x,
        };
        let place = self.places.place(mean.features);
        let next = place.map_or(from, |place| self.places.nearest(place));
        let (reward, count) = (mean.reward, u64::from(mean.count));
        for (probability, goes_on) in [(goes_on, true), (1.0 - goes_on, false)] {
            if probability > 0.0 {
                out.push(Predicted { probability, reward, next, goes_on, count });
            }
        }
    }

    /// All that one of them says, for pictures.
    pub fn view(&self, belief: &Belief) -> ModelView {
        let mut room = Vec::new();
        ModelView::of(self.table.states(), self.table.actions(), |state, action, out| {
            // A linear fit has an answer for everything; only what was tried is drawn as known.
            if self.table.count(state, action) > 0 {
                self.predict(belief, (state, action), &mut room);
                out.extend_from_slice(&room);
            }
        })
    }

    /// Adds everything that decides an answer.
    pub fn digest(&self, digest: &mut Digest) {
        self.last.digest(digest);
        self.table.digest(digest);
        for mean in self.expectation.means() {
            digest.numbers(&mean.features);
            digest.number(mean.reward);
        }
        self.linear.digest(digest);
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        let means = size_of_val(self.expectation.means());
        self.last.bytes() + self.table.bytes() + means + self.linear.bytes()
    }
}

/// Adds an outcome, to the same one if it is there already.
fn add(out: &mut Vec<Predicted>, new: Predicted) {
    match out.iter_mut().find(|o| (o.next, o.goes_on) == (new.next, new.goes_on)) {
        Some(old) => {
            let all = old.probability + new.probability;
            old.reward += (new.reward - old.reward) * new.probability / all;
            old.probability = all;
            old.count += new.count;
        }
        None => out.push(new),
    }
}

/// The generator `p(s, a, omega)`: which of the outcomes happens for noise `omega` in `[0, 1)`. The
/// same noise gives the same outcome. In a table the likeliest generator is the distribution that
/// was seen, read backwards (inverse of the cumulative probabilities). `None`: no data.
pub fn generate(outcomes: &[Predicted], omega: f64) -> Option<&Predicted> {
    let mut left = omega;
    for outcome in outcomes {
        left -= outcome.probability;
        if left < 0.0 {
            return Some(outcome);
        }
    }
    outcomes.last()
}

/// The action that a model with an error on purpose takes `action` for: the one after it.
pub fn mistaken_for(action: Action, actions: usize) -> Action {
    ((usize::from(action) + 1) % actions) as Action
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::{Stream, StreamName};

    /// A corridor of five; from the middle, action 1 goes to either end of a 1x5 grid.
    fn fork() -> Models {
        let mut models = Models::new(Places { rows: 1, cols: 5 }, 5, 2);
        for i in 0..8 {
            let next = if i % 2 == 0 { 0 } else { 4 };
            let entry = Entry { reward: f64::from(next), next, goes_on: true };
            models.learn(&Happened { state: 2, action: 1, entry });
        }
        models
    }

    fn of(kind: ModelKind, features: Features) -> Vec<Predicted> {
        let (models, mut out) = (fork(), Vec::new());
        let count = models.predict(&Belief::honest(kind, features), (2, 1), &mut out);
        assert_eq!(count, Some(8), "{kind:?}");
        out
    }

    #[test]
    fn a_pair_never_seen_has_no_data_whatever_the_model() {
        let (models, mut out) = (fork(), Vec::new());
        for &kind in ModelKind::ALL {
            for &features in Features::ALL {
                let belief = Belief::honest(kind, features);
                assert_eq!(models.predict(&belief, (2, 0), &mut out), None, "{kind:?}");
                assert!(out.is_empty());
                assert!(models.view(&belief).get(2, 0).is_empty());
                let linear = kind == ModelKind::Linear && features == Features::Place;
                let known = models.predict(&belief, (3, 1), &mut out).is_some();
                assert_eq!(known, linear, "a linear fit knows the action everywhere");
            }
        }
    }

    #[test]
    fn each_model_answers_in_its_own_way() {
        let nexts = |list: &[Predicted]| -> Vec<(State, f64)> {
            list.iter().map(|o| (o.next, o.probability)).collect()
        };
        assert_eq!(nexts(&of(ModelKind::LastSeen, Features::OneHot)), [(4, 1.0)]);
        for kind in [ModelKind::Table, ModelKind::Sample, ModelKind::Full] {
            assert_eq!(nexts(&of(kind, Features::Place)), [(0, 0.5), (4, 0.5)]);
        }
        for kind in [ModelKind::Expectation, ModelKind::Linear] {
            assert_eq!(nexts(&of(kind, Features::OneHot)), [(0, 0.5), (4, 0.5)]);
        }
        let mean = of(ModelKind::Expectation, Features::Place);
        assert_eq!(nexts(&mean), [(2, 1.0)], "between the two, where nobody ever came");
        assert_eq!(mean[0].reward, 2.0);
    }

    #[test]
    fn the_same_noise_gives_the_same_sample_and_frequencies_are_true() {
        let outcomes = of(ModelKind::Sample, Features::OneHot);
        let draw = |seed| -> Vec<State> {
            let mut noise = Stream::new(seed, StreamName::Noise);
            (0..1000).map(|_| generate(&outcomes, noise.unit()).unwrap().next).collect()
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
        let left = draw(3).iter().filter(|&&s| s == 0).count() as f64;
        let error = (0.25_f64 / 1000.0).sqrt();
        assert!((left / 1000.0 - 0.5).abs() < 3.0 * error, "{left} of 1000");
        assert_eq!(generate(&outcomes, 0.4999).unwrap().next, 0);
        assert_eq!(generate(&outcomes, 0.5).unwrap().next, 4);
        assert!(generate(&[], 0.5).is_none(), "no data");
    }

    #[test]
    fn an_error_takes_one_action_for_another_where_it_is_told_to() {
        let mut models = fork();
        let entry = Entry { reward: 10.0, next: 2, goes_on: false };
        models.learn(&Happened { state: 2, action: 0, entry });
        let mut out = Vec::new();
        let mut probability = |error_in, state: State| {
            let honest = Belief::honest(ModelKind::Full, Features::OneHot);
            let belief = Belief { error: 0.4, error_in, ..honest };
            models.predict(&belief, (state, 1), &mut out);
            let sum: f64 = out.iter().map(|o| o.probability).sum();
            assert!((sum - 1.0).abs() < 1e-15);
            out.iter().find(|o| !o.goes_on).map(|o| (o.probability, o.reward))
        };
        assert_eq!(probability(Where::Everywhere, 2), Some((0.4, 10.0)));
        assert_eq!(probability(Where::Half, 2), None, "column 2 of 5 is on the left");
    }
}
