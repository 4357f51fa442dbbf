//! A model asked about a policy that it was never trained on: what it says the policy is worth, and
//! what that is worth in truth, from every state over so many steps. Where the task truly ends the
//! model is asked no further.

use super::truth::Truth;
use crate::agents::View;
use crate::mdp::{Action, Outcome, State};
use crate::rl::td::max_value;

/// Steps that are summed up.
pub const AHEAD: usize = 40;
/// Most listed states that are asked about.
pub const MOST: usize = 300;

/// A policy in a model and in truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// `[S]`: what is done; `None` in states that are never left.
    pub policy: Vec<Option<Action>>,
    /// `[S]`: discounted rewards of [`AHEAD`] true steps.
    pub truth: Vec<f64>,
    /// `[S]`: the same as the model says, which is told the actions alone.
    pub said: Vec<f64>,
    /// Both from the start, means over all starts: true, said.
    pub start: [f64; 2],
    /// Mean difference over all states that can be left.
    pub error: f64,
    /// Steps on the way from the first start whose pair was really tried, and all of them.
    pub way: (usize, usize),
    /// States whose pair was really tried, and all that can be left.
    pub tried: (usize, usize),
}

/// What the learner itself does, `[S]`; `None` for learners without a model, and in large worlds.
pub fn own(truth: &Truth, view: &View) -> Option<Vec<Option<Action>>> {
    let states = truth.states();
    let table = view.table.as_ref().filter(|table| table.actions == truth.actions())?;
    if states > MOST || view.muzero.is_none() && view.model.is_none() {
        return None;
    }
    let best = |row: &[f64]| row.iter().position(|&q| q == max_value(row)).unwrap_or(0) as Action;
    let act = |state: State| match &view.muzero {
        Some(agent) => agent.act_in(state),
        None => Some(best(table.row(state as usize))),
    };
    Some((0..states as State).map(|s| if truth.is_left(s) { act(s) } else { None }).collect())
}

/// Least and greatest of what a policy may be worth over [`AHEAD`] steps in the likeliest course of
/// the world, whatever is done from wherever: the ends of a scale that no truth lies beyond.
pub fn possible(truth: &Truth, gamma: f64) -> (f64, f64) {
    let states = truth.states();
    let bounds = |pick: fn(f64, f64) -> f64| {
        let mut values = vec![0.0; states];
        for _ in 0..AHEAD {
            let worth = |o: Outcome| match o.terminated {
                true => o.reward,
                false => o.reward + gamma * values[o.next as usize],
            };
            let all =
                |s| (0..truth.actions()).filter_map(move |a| likeliest(truth, s, a as Action));
            let next = (0..states as State).map(|s| all(s).map(worth).reduce(pick).unwrap_or(0.0));
            values = next.collect();
        }
        values.into_iter().fold(0.0, pick)
    };
    let (low, high) = (bounds(f64::min), bounds(f64::max));
    if high > low { (low, high) } else { (low, low + 1.0) }
}

/// What follows most likely; the first of several.
fn likeliest(truth: &Truth, state: State, action: Action) -> Option<Outcome> {
    let all = truth.outcomes(state, action).iter().rev();
    all.max_by(|a, b| a.probability.total_cmp(&b.probability)).copied()
}

impl Judged {
    /// Of `policy`, `[S]`, in the true world, where the likeliest happens, and in the learner's model.
    pub fn of(truth: &Truth, view: &View, policy: Vec<Option<Action>>, gamma: f64) -> Option<Self> {
        let tried = |state: State, action: Action| {
            let table = view.table.as_ref()?;
            let tally = table.tally.get(state as usize * table.actions + usize::from(action))?;
            Some(tally.real > 0)
        };
        let was = |state: State| {
            let action = policy.get(state as usize).copied().flatten()?;
            tried(state, action)
        };
        let states = truth.states() as State;
        let open: Vec<State> = (0..states).filter(|&s| truth.is_left(s)).collect();
        let (mut real, mut said) = (vec![0.0; states as usize], vec![0.0; states as usize]);
        let mut first = None;
        for &state in &open {
            let way = Way::of(truth, &policy, state);
            real[state as usize] = way.worth(gamma);
            said[state as usize] = told(view, state, &way, gamma)?;
            if truth.starts.first() == Some(&state) {
                first = Some(way);
            }
        }
        let first = first.unwrap_or_default();
        let on_way = first.states.iter().filter(|&&s| was(s) == Some(true)).count();
        let everywhere = open.iter().filter(|&&s| was(s) == Some(true)).count();
        let mean = |of: &[f64]| {
            let sum: f64 = truth.starts.iter().map(|&s| of[s as usize]).sum();
            sum / truth.starts.len().max(1) as f64
        };
        let off: f64 = open.iter().map(|&s| (said[s as usize] - real[s as usize]).abs()).sum();
        Some(Self {
            start: [mean(&real), mean(&said)],
            error: off / open.len().max(1) as f64,
            way: (on_way, first.states.len()),
            tried: (everywhere, open.len()),
            truth: real,
            said,
            policy,
        })
    }
}

/// The likeliest way of a policy.
#[derive(Default)]
struct Way {
    states: Vec<State>,
    actions: Vec<Action>,
    rewards: Vec<f64>,
}

impl Way {
    fn of(truth: &Truth, policy: &[Option<Action>], from: State) -> Self {
        let (mut way, mut at) = (Self::default(), from);
        while way.actions.len() < AHEAD {
            let Some(action) = policy.get(at as usize).copied().flatten() else { break };
            let Some(outcome) = likeliest(truth, at, action) else { break };
            way.states.push(at);
            way.actions.push(action);
            way.rewards.push(outcome.reward);
            at = outcome.next;
            if outcome.terminated {
                break;
            }
        }
        way
    }

    fn worth(&self, gamma: f64) -> f64 {
        self.rewards.iter().rev().fold(0.0, |sum, reward| reward + gamma * sum)
    }
}

/// What the model says of the actions of a way: a latent model is unrolled along them, a listed one
/// goes where it thinks most likely, and promises nothing where it has no data.
fn told(view: &View, from: State, way: &Way, gamma: f64) -> Option<f64> {
    let mut rewards = Vec::with_capacity(way.actions.len());
    if let Some(agent) = &view.muzero {
        let mut latent = agent.networks.enter(&agent.eyes.state(from)?);
        for &action in &way.actions {
            let (reward, next) = agent.networks.follow(&latent, action);
            rewards.push(reward);
            latent = next;
        }
    } else {
        let (model, mut at) = (view.model.as_ref()?, from);
        for &action in &way.actions {
            let all = model.get(at, action).iter().rev();
            let Some(p) = all.max_by(|a, b| a.probability.total_cmp(&b.probability)) else { break };
            rewards.push(p.reward);
            at = p.next;
            if !p.goes_on {
                break;
            }
        }
    }
    Some(rewards.iter().rev().fold(0.0, |sum, reward| reward + gamma * sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::table::{TableView, Tally};
    use crate::envs::grid::{Grid, GridConfig, GridSource};
    use crate::models::view::{ModelView, Predicted};

    /// A row `S..G` of which the learner has walked right only, and whose model says of everything
    /// else that it stays and pays a tenth.
    fn row() -> (Truth, View) {
        let world = Grid::new(&GridSource::from_text("S..G"), &GridConfig::default()).unwrap();
        let truth = Truth::of(&world);
        let model = ModelView::of(4, 4, |state, action, out| {
            for o in truth.outcomes(state, action) {
                let known = action == 1;
                let (next, reward) = if known { (o.next, o.reward) } else { (state, 0.1) };
                let goes_on = !known || !o.terminated;
                out.push(Predicted { probability: 1.0, reward, next, goes_on, count: 1 });
            }
        });
        let (mut q, mut tally) = (vec![0.0; 16], vec![Tally::default(); 16]);
        (0..3).for_each(|s| (q[s * 4 + 1], tally[s * 4 + 1].real) = (1.0, 1));
        let table = TableView { actions: 4, q, tally, known_pairs: None };
        (truth, View { table: Some(table), model: Some(model), ..View::default() })
    }

    #[test]
    fn a_model_is_right_about_what_it_has_seen() {
        let (truth, view) = row();
        let policy = own(&truth, &view).unwrap();
        assert_eq!(policy, [Some(1), Some(1), Some(1), None]);
        let found = Judged::of(&truth, &view, policy, 0.5).unwrap();
        assert_eq!((found.start, found.error), ([0.25, 0.25], 0.0));
        assert_eq!((found.way, found.tried), ((3, 3), (3, 3)));
    }

    #[test]
    fn and_not_about_what_it_has_not() {
        let (truth, view) = row();
        // From the second cell back and forth for ever: true reward 0, said a tenth every second step.
        let policy = vec![Some(1), Some(3), Some(1), None];
        let found = Judged::of(&truth, &view, policy, 0.5).unwrap();
        assert_eq!((found.way, found.tried), ((AHEAD / 2, AHEAD), (2, 3)));
        assert_eq!(found.truth, [0.0, 0.0, 1.0, 0.0]);
        // From the start: 0, then it believes that it stays in the second cell. Told to go left and
        // right in turns it says 0.1 at once, then moves on to the third, where left pays a tenth and
        // right the goal.
        let said = found.said[1];
        assert!((said - (0.1 + 0.25 * 0.1 + 0.125)).abs() < 1e-12, "{said}");
        assert!(found.error > 0.05);
    }

    #[test]
    fn no_policy_is_worth_more_or_less_than_is_possible() {
        let (truth, view) = row();
        assert_eq!(possible(&truth, 0.5), (0.0, 1.0), "one reward, at the end");
        let config = GridConfig { step_reward: -0.25, ..GridConfig::default() };
        let costly = Truth::of(&Grid::new(&GridSource::from_text("S..G"), &config).unwrap());
        let (low, high) = possible(&costly, 0.5);
        // Against the wall for ever: -0.25 (1 + 0.5 + ..), cut off after the steps that count.
        assert!((low + 0.5 * (1.0 - 0.5_f64.powi(AHEAD as i32))).abs() < 1e-12, "{low}");
        assert!((0.7..=1.0).contains(&high), "from beside the goal: {high}");
        for action in 0..4 {
            let policy = vec![Some(action), Some(action), Some(action), None];
            let found = Judged::of(&costly, &view, policy, 0.5).unwrap();
            assert!(found.truth.iter().all(|worth| (low..=high).contains(worth)));
        }
    }

    #[test]
    fn learners_without_a_model_are_not_asked() {
        let (truth, view) = row();
        assert_eq!(own(&truth, &View { model: None, ..view }), None);
    }
}
