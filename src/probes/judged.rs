//! A learner's model, transition by transition: how far it is off in state, in value and in reward.
//!
//! States and values are the learner's own: real steps that it remembers, predicted by its model of
//! now and valued by its own value; in a table every pair that the model knows.

use super::dynamics::Place;
use super::truth::Truth;
use crate::agents::steered::SteeredView;
use crate::agents::table::TableView;
use crate::base::stats::variance;
use crate::mdp::physical::{Control, Deed, Vector};
use crate::mdp::{Action, State};
use crate::models::altered::distance;
use crate::models::features::Places;
use crate::models::view::ModelView;
use crate::nn::host::HostMlp;
use crate::rl::dp::value_iteration;
use crate::rl::losses::{iter_vaml_slope, squared_slope, vagram_slope, vagram_unbounded_slope};
use crate::rl::policy::greedy_mask;
use crate::rl::td::max_value;

/// Transitions that are judged at most.
pub const MOST: usize = 512;
/// A state is right if it is off by less than this part of a mean step.
pub const STATE_SPLIT: f64 = 0.1;
/// A value is right if it is off by less than this part of its spread.
pub const VALUE_SPLIT: f64 = 0.05;
/// Largest change of a sweep that counts as none, and sweeps at most.
const STILL: (f64, usize) = (1e-10, 5000);
/// Losses whose gradients are compared: their names.
pub const LOSSES: [&str; 4] = ["squared error", "VAML", "VaGraM", "unbounded VaGraM"];

/// One transition.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Where it began.
    pub from: Place,
    /// What was done.
    pub deed: Deed,
    /// Where it led.
    pub real: Place,
    /// Where the model says it leads.
    pub said: Place,
    /// How far that is from the truth, in cells or in the numbers seen.
    pub state_error: f64,
    /// By how much it is valued otherwise.
    pub value_error: f64,
    /// By how much its reward is off.
    pub reward_error: f64,
    /// Lengths of the gradients of [`LOSSES`] after the prediction, where the value has a slope.
    pub norms: Option<[f64; LOSSES.len()]>,
}

/// All of a learner's.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// One for each transition.
    pub all: Vec<Judged>,
    /// Mean length of a real step, in the units of state errors.
    pub step: f64,
    /// Standard deviation of the value over the states reached.
    pub spread: f64,
    /// What acting greedily by it is worth from a start, and the best there is; in tables.
    pub worth: Option<(f64, f64)>,
}

/// State right, value right.
pub type Corner = (bool, bool);

impl Judgement {
    /// `(state error, value error)` in units of a mean step and of the value's spread.
    pub fn place(&self, one: &Judged) -> [f64; 2] {
        [one.state_error / self.step.max(1e-300), one.value_error / self.spread.max(1e-300)]
    }

    /// Which corner one belongs to.
    pub fn corner(&self, one: &Judged) -> Corner {
        let [state, value] = self.place(one);
        (state < STATE_SPLIT, value < VALUE_SPLIT)
    }

    /// How many belong there.
    pub fn count(&self, corner: Corner) -> usize {
        self.all.iter().filter(|one| self.corner(one) == corner).count()
    }

    /// Mean errors of state, value and reward.
    pub fn means(&self) -> [f64; 3] {
        let n = self.all.len().max(1) as f64;
        let mean = |read: fn(&Judged) -> f64| self.all.iter().map(read).sum::<f64>() / n;
        [mean(|j| j.state_error), mean(|j| j.value_error), mean(|j| j.reward_error)]
    }
}

fn deviation(all: &[f64]) -> f64 {
    variance(all).map_or(0.0, f64::sqrt)
}

fn length(all: &[f64]) -> f64 {
    all.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The value that a steering learner's model is judged by: the target critic, with the action of the
/// actor that imagination follows held where it is. In rewards.
pub struct Critic<'a> {
    critic: &'a HostMlp,
    actor: &'a HostMlp,
    scale: f64,
}

impl<'a> Critic<'a> {
    /// That of `view`.
    pub fn of(view: &'a SteeredView) -> Self {
        let (critic, actor) = (&view.critic_target, view.dreaming_actor());
        Self { critic, actor, scale: view.reward_scale }
    }

    /// `V(s)`.
    pub fn value(&self, seen: &[f32]) -> f64 {
        let input = [seen, &self.actor.forward(seen)].concat();
        f64::from(self.critic.forward(&input)[0]) / self.scale
    }

    /// `grad V(s)`.
    pub fn slope(&self, seen: &[f32]) -> Vec<f64> {
        let input = [seen, &self.actor.forward(seen)].concat();
        let back = self.critic.input_gradient(&input, &[1.0]);
        back[..seen.len()].iter().map(|&g| f64::from(g) / self.scale).collect()
    }
}

/// Remembered steps of a learner that steers, evenly over its memory; `None` without a model, or
/// before it remembers anything.
pub fn steered(view: &SteeredView) -> Option<Judgement> {
    view.expansion.as_ref()?;
    let (sees, acts, kept) = (view.oracle.sees(), view.scale.acts(), view.memory.len());
    let critic = Critic::of(view);
    let by = kept.div_ceil(MOST).max(1);
    let (mut all, mut steps, mut values) = (Vec::new(), 0.0, Vec::new());
    for index in (0..kept).step_by(by) {
        let row = view.memory.row(index);
        let (seen, next) = (&row[..sees], &row[sees + acts + 1..2 * sees + acts + 1]);
        let action = view.scale.world(&row[sees..sees + acts]);
        let reward = f64::from(row[sees + acts]);
        let told = view.dream(seen, action)?;
        let one = judge(&critic, next, &told.next);
        let place = |numbers: &[f32]| Place::Seen(Vector::new(numbers));
        steps += length(&difference(next, seen));
        values.push(critic.value(next));
        all.push(Judged {
            from: place(seen),
            deed: Deed::Steered(Control::new(&action)),
            real: place(next),
            said: place(&told.next),
            reward_error: (told.reward - reward).abs(),
            ..one
        });
    }
    let step = steps / all.len().max(1) as f64;
    (!all.is_empty()).then(|| Judgement { step, spread: deviation(&values), all, worth: None })
}

fn difference(a: &[f32], b: &[f32]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) - f64::from(*b)).collect()
}

/// Errors and gradients of one prediction.
fn judge(critic: &Critic<'_>, next: &[f32], said: &[f32]) -> Judged {
    let error = difference(said, next);
    let (real, imagined) = (critic.value(next), critic.value(said));
    let (at_real, at_said) = (critic.slope(next), critic.slope(said));
    let norms = [
        squared_slope(&error),
        iter_vaml_slope(real, imagined, &at_said),
        vagram_slope(&at_real, &error),
        vagram_unbounded_slope(&at_real, &error),
    ];
    Judged {
        from: Place::Seen(Vector::default()),
        deed: Deed::Steered(Control::default()),
        real: Place::Seen(Vector::default()),
        said: Place::Seen(Vector::default()),
        state_error: length(&error),
        value_error: (real - imagined).abs(),
        reward_error: 0.0,
        norms: Some(norms.map(|slope| length(&slope))),
    }
}

/// Every pair that a model of listed states knows, beside the true world.
pub fn listed(
    table: &TableView,
    model: &ModelView,
    truth: &Truth,
    gamma: f64,
) -> Option<Judgement> {
    if table.is_of_states() && truth.actions() > 1 || table.states() != truth.states() {
        return None;
    }
    let cols = Places::of(truth.scene()).cols;
    let best = |s: State| table.row(s as usize).iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut all, mut values, mut steps) = (Vec::new(), Vec::new(), 0.0);
    for state in (0..truth.states() as State).filter(|&s| truth.is_left(s)) {
        for action in 0..truth.actions() as Action {
            let (said, real) = (model.get(state, action), truth.outcomes(state, action));
            let likely = said.iter().max_by(|a, b| a.probability.total_cmp(&b.probability));
            let (Some(likely), Some(next)) = (likely, truth.likeliest(state, action)) else {
                continue;
            };
            let real_value: f64 = real
                .iter()
                .map(|o| if o.terminated { 0.0 } else { o.probability * best(o.next) })
                .sum();
            let said_value: f64 = said
                .iter()
                .map(|o| if o.goes_on { o.probability * best(o.next) } else { 0.0 })
                .sum();
            let real_reward: f64 = real.iter().map(|o| o.probability * o.reward).sum();
            let said_reward: f64 = said.iter().map(|o| o.probability * o.reward).sum();
            steps += distance(state, next, cols);
            values.push(real_value);
            all.push(Judged {
                from: Place::State(state),
                deed: Deed::Chosen(action),
                real: Place::State(next),
                said: Place::State(likely.next),
                state_error: distance(likely.next, next, cols),
                value_error: gamma * (real_value - said_value).abs(),
                reward_error: (said_reward - real_reward).abs(),
                norms: None,
            });
        }
    }
    let step = steps / all.len().max(1) as f64;
    let worth = worth(table, truth, gamma);
    (!all.is_empty()).then(|| Judgement { step, spread: deviation(&values), all, worth })
}

/// What acting greedily by a table is worth from a start, and the best there is: means over starts.
fn worth(table: &TableView, truth: &Truth, gamma: f64) -> Option<(f64, f64)> {
    let (states, actions) = (truth.states(), truth.actions());
    let mut policy = vec![0.0; states * actions];
    for state in 0..states {
        // A row of ties has no best action: any will do.
        let mask = match greedy_mask(table.row(state)) {
            0 => u8::MAX >> (8 - actions.min(8)),
            mask => mask,
        };
        for action in (0..actions).filter(|action| mask >> action & 1 == 1) {
            policy[state * actions + action] = 1.0 / f64::from(mask.count_ones());
        }
    }
    let mean = |values: &[f64]| {
        let starts = truth.starts.iter().map(|&s| values[s as usize]);
        starts.sum::<f64>() / truth.starts.len().max(1) as f64
    };
    let own = truth.policy_values(&policy, gamma)?;
    let outcomes = |s: usize, a: usize| truth.outcomes(s as State, a as Action).to_vec();
    let q = value_iteration((states, actions), outcomes, gamma, STILL.0, STILL.1)?;
    let best: Vec<f64> = q.chunks(actions).map(max_value).collect();
    Some((mean(&own), mean(&best)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::Agent as _;
    use crate::agents::value_iteration::{ValueIteration, ValueIterationConfig};
    use crate::envs::grid::{Grid, GridConfig};
    use crate::envs::mazes;
    use crate::mdp::trace::Unwatched;
    use crate::mdp::{Step, Transition};
    use crate::models::altered::Altered;

    /// The Dyna maze planned in a model altered as told, until nothing moves.
    fn planned(model: Altered) -> Judgement {
        let world = Grid::new(&mazes::dyna_maze(), &GridConfig::default()).unwrap();
        let truth = Truth::of(&world);
        let config = ValueIterationConfig { model, sweeps: 100, ..Default::default() };
        let mut agent = ValueIteration::new(config, &world, 3);
        let step = Step { reward: 0.0, next: truth.starts[0], terminated: false, truncated: false };
        for _ in 0..20 {
            let t = Transition { lane: 0, obs: truth.starts[0], action: 0, step };
            agent.learn(&[t], &mut Unwatched);
            agent.plan(u32::MAX, &mut Unwatched);
        }
        let view = agent.view();
        listed(&view.table.unwrap(), &view.model.unwrap(), &truth, 0.95).unwrap()
    }

    /// Along the level sets of the value a model may be wrong about nearly every state, and planning
    /// in it from nothing finds the same values and the same way (Farahmand et al. 2017).
    #[test]
    fn a_model_altered_along_a_level_set_leaves_the_return_as_it_was() {
        let found = planned(Altered::Level);
        let [state, value, reward] = found.means();
        assert!(state > 2.0, "{state} cells");
        assert!(value < 1e-9 && reward == 0.0, "{value} {reward}");
        let (own, best) = found.worth.unwrap();
        assert!((own - best).abs() < 1e-9, "{own} of {best}");
        assert_eq!(found.count((false, false)) + found.count((true, false)), 0);
        assert!(found.count((false, true)) > found.all.len() / 2);
    }

    /// As far off, but across the levels, and planning is lost.
    #[test]
    fn a_model_as_wrong_across_the_levels_does_not() {
        let (level, across) = (planned(Altered::Level), planned(Altered::Across));
        let [state, value, reward] = across.means();
        assert!(state > 0.6 * level.means()[0] && value > 1e-3 && reward == 0.0, "{state} {value}");
        let (own, best) = across.worth.unwrap();
        assert!(own < 0.5 * best, "{own} of {best}");
    }
}
