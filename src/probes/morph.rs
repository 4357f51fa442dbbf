//! A true model moved along the null space of a value: what it predicts turns to nonsense, and what
//! is planned in it stays right, as long as it is planned for that value.
//!
//! What is moved: every next state `s'` that is no end becomes, with weight `λ`, two states far away,
//! mixed so that `V*` is the same on average: `p(·|s,a) + λ d(s,a)` with `d · V* = 0` and `d · 1 = 0`.
//! Rewards and ends stay as they are. So `V*` still solves the Bellman equation of the moved model,
//! which is a contraction, and every plan in it is that of the true one. For any other value function
//! the direction `d` is no direction of its null space.

use super::truth::Truth;
use crate::mdp::scene::Scene;
use crate::mdp::{Action, Outcome, State};
use crate::models::altered::distance;
use crate::rl::dp::{policy_values, value_iteration};

/// Most listed states that are moved beside the picture.
pub const MOST: usize = 200;
/// Values that move less than this have settled.
const TOLERANCE: f64 = 1e-13;
/// Sweeps of value iteration.
const SWEEPS: usize = 20_000;
/// Values nearer than this, as a part of the greatest, are the same: plans do not tell them apart.
const SAME: f64 = 1e-9;

/// Two states, and the weight of the first.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mix {
    weight: f64,
    states: [State; 2],
}

/// What is planned for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Task {
    /// The world's own, whose value the model is moved along.
    #[default]
    Own,
    /// To come to this state, which pays 1.
    Reach(State),
}

/// One step of the right plan: what truly follows, and what the moved model says.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// Where that truly leads, most likely.
    pub truly: State,
    /// Where the model says it leads, and how likely; each state once.
    pub said: Vec<(State, f64)>,
    /// Mean true value of what follows: in truth, and over what the model says.
    pub worth: [f64; 2],
    /// Whether the task may end there: ends are never moved.
    pub ends: bool,
}

/// The moved model and what comes of planning in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Morphed {
    /// `[S]`: values planned in the moved model.
    pub values: Vec<f64>,
    /// `[S]`: best actions of that plan, as bits; 0 where nothing can be done.
    pub plan: Vec<u32>,
    /// Mean distance of a predicted next state from the true one, in cells.
    pub state_error: f64,
    /// Mean difference of the value of the next state, predicted and true, as a share of the greatest.
    pub value_error: f64,
    /// Mean difference of the reward, predicted and true.
    pub reward_error: f64,
    /// True return of the plan from the start, as a share of the best: see [`share`].
    pub quality: Option<f64>,
    /// States where the plan is not that of the true model, and all that can be left.
    pub changed: (usize, usize),
    /// Next states for which there are others of the same mean value, and all.
    pub movable: (usize, usize),
    /// `[S]`: true values for the task.
    pub exact: Vec<f64>,
    /// `[S]`: the first best step from every state that can be left.
    pub steps: Vec<Option<Step>>,
    /// States of the true way from the start that are left again.
    pub way: Vec<State>,
}

/// The world for one task, exact.
struct Exact<'a> {
    truth: &'a Truth,
    task: Task,
    size: (usize, usize),
    gamma: f64,
}

impl Exact<'_> {
    fn outcomes(&self, state: usize, action: usize) -> Vec<Outcome> {
        let all = self.truth.outcomes(state as State, action as Action).iter();
        let outcome = |o: &Outcome| match self.task {
            Task::Own => *o,
            Task::Reach(goal) => Outcome {
                reward: f64::from(u8::from(o.next == goal)),
                terminated: o.terminated || o.next == goal,
                ..*o
            },
        };
        all.map(outcome).collect()
    }

    fn solved(&self, outcomes: impl Fn(usize, usize) -> Vec<Outcome>) -> Option<Vec<f64>> {
        value_iteration(self.size, outcomes, self.gamma, TOLERANCE, SWEEPS)
    }

    fn values(&self) -> Option<Vec<f64>> {
        Some(highest(&self.solved(|s, a| self.outcomes(s, a))?, self.size.1))
    }

    /// Mean true value from the starts of acting by `plan`.
    fn worth(&self, plan: &[u32]) -> Option<f64> {
        let takes = |s: usize, a: usize| plan[s] >> a & 1 == 1;
        let values = policy_values(self.size, |s, a| self.outcomes(s, a), takes, self.gamma)?;
        let starts = &self.truth.starts;
        Some(starts.iter().map(|&s| values[s as usize]).sum::<f64>() / starts.len().max(1) as f64)
    }
}

/// `[S]`: the greatest value of each state.
fn highest(q: &[f64], actions: usize) -> Vec<f64> {
    q.chunks(actions).map(|row| row.iter().copied().fold(f64::MIN, f64::max)).collect()
}

/// `[S]`: best actions as bits.
fn best(q: &[f64], actions: usize) -> Vec<u32> {
    let most = q.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let bits = |row: &[f64]| {
        let top = row.iter().copied().fold(f64::MIN, f64::max);
        let near = |q: f64| q >= top - SAME * most;
        row.iter().enumerate().fold(0, |mask, (a, &q)| mask | u32::from(near(q)) << a)
    };
    q.chunks(actions).map(bits).collect()
}

/// Two of `open` far from `next` whose mean of `values` is that of `next`; `None`: there are none.
fn mix(next: State, values: &[f64], open: &[State], cols: usize) -> Option<Mix> {
    let (value, off) = (values[next as usize], |s: State| distance(s, next, cols));
    let (mut found, mut farthest): (Option<Mix>, f64) = (None, 0.5);
    for &low in open.iter().filter(|&&s| values[s as usize] <= value) {
        for &high in open.iter().filter(|&&s| values[s as usize] >= value) {
            let (from, to) = (values[low as usize], values[high as usize]);
            let weight = if to > from { (to - value) / (to - from) } else { 1.0 };
            let far = weight * off(low) + (1.0 - weight) * off(high);
            if far > farthest {
                (found, farthest) = (Some(Mix { weight, states: [low, high] }), far);
            }
        }
    }
    found
}

/// `outcomes` with every next state that is no end moved by `amount`, from 0 to 1.
fn moved(outcomes: &[Outcome], mixes: &[Option<Mix>], amount: f64) -> Vec<Outcome> {
    let mut all = Vec::with_capacity(3 * outcomes.len());
    for o in outcomes {
        let mix = mixes[o.next as usize].filter(|_| !o.terminated && amount > 0.0);
        let Some(mix) = mix else {
            all.push(*o);
            continue;
        };
        let parts = [
            (o.next, 1.0 - amount),
            (mix.states[0], amount * mix.weight),
            (mix.states[1], amount * (1.0 - mix.weight)),
        ];
        let part = |(next, share): (State, f64)| Outcome {
            probability: o.probability * share,
            next,
            ..*o
        };
        all.extend(parts.into_iter().filter(|(_, share)| *share > 0.0).map(part));
    }
    all
}

impl Morphed {
    /// Moves the model by `amount`, from 0 to 1, and plans in it for `task`; `None` for worlds that are
    /// no map of at most [`MOST`] cells, or whose values never settle.
    pub fn of(truth: &Truth, gamma: f64, amount: f64, task: Task) -> Option<Self> {
        let Scene::Grid(grid) = truth.scene() else { return None };
        let size = (truth.states(), truth.actions());
        if size.0 > MOST {
            return None;
        }
        let own = Exact { truth, task: Task::Own, size, gamma };
        let asked = Exact { truth, task, size, gamma };
        let values = own.values()?;
        let open: Vec<State> = (0..size.0 as State).filter(|&s| truth.is_left(s)).collect();
        let one = |s: State| mix(s, &values, &open, grid.cols).filter(|_| truth.is_left(s));
        let mixes: Vec<Option<Mix>> = (0..size.0 as State).map(one).collect();
        let shift = |outcomes: &[Outcome]| moved(outcomes, &mixes, amount);
        let model = |s: usize, a: usize| shift(&asked.outcomes(s, a));
        let exact = asked.solved(|s, a| asked.outcomes(s, a))?;
        let planned = asked.solved(model)?;
        let (right, plan) = (best(&exact, size.1), best(&planned, size.1));
        let yardstick = highest(&exact, size.1);
        let off = |&&s: &&State| right[s as usize] != plan[s as usize];
        let [state_error, value_error, reward_error] =
            errors(&asked, (&open, grid.cols), shift, &yardstick);
        Some(Self {
            state_error,
            value_error,
            reward_error,
            quality: share(asked.worth(&plan)?, asked.worth(&right)?),
            changed: (open.iter().filter(off).count(), open.len()),
            movable: (mixes.iter().flatten().count(), open.len()),
            way: way(truth, &right),
            steps: steps(&asked, &right, shift, &yardstick),
            values: highest(&planned, size.1),
            exact: yardstick,
            plan,
        })
    }
}

/// `[S]`: the first best step from every state that can be left, true and as the model says.
fn steps(
    exact: &Exact<'_>,
    plan: &[u32],
    shift: impl Fn(&[Outcome]) -> Vec<Outcome>,
    values: &[f64],
) -> Vec<Option<Step>> {
    let worth = |all: &[Outcome]| -> f64 {
        let goes_on = all.iter().filter(|o| !o.terminated);
        goes_on.map(|o| o.probability * values[o.next as usize]).sum()
    };
    let one = |state: usize| {
        let action = plan[state].trailing_zeros() as Action;
        let truly = exact.truth.likeliest(state as State, action)?;
        let truth = exact.outcomes(state, usize::from(action));
        let told = shift(&truth);
        let mut said: Vec<(State, f64)> = Vec::new();
        for o in &told {
            match said.iter_mut().find(|(next, _)| *next == o.next) {
                Some((_, share)) => *share += o.probability,
                None => said.push((o.next, o.probability)),
            }
        }
        let ends = truth.iter().any(|o| o.terminated);
        Some(Step { action, truly, said, worth: [worth(&truth), worth(&told)], ends })
    };
    let open = |state: &usize| exact.truth.is_left(*state as State) && plan[*state] != 0;
    (0..plan.len()).map(|state| Some(state).filter(open).and_then(one)).collect()
}

/// What was earned as a share of the best; `None` where a share says nothing, since even the best is
/// not above 0.
pub fn share(earned: f64, best: f64) -> Option<f64> {
    (best > 0.0).then(|| earned / best)
}

/// A state that can be left, far from where episodes start: the farthest, the last of several.
pub fn elsewhere(truth: &Truth) -> Option<State> {
    let Scene::Grid(grid) = truth.scene() else { return None };
    let start = *truth.starts.first()?;
    let open = (0..truth.states() as State).filter(|&s| truth.is_left(s) && s != start);
    let far = |s: &State| distance(*s, start, grid.cols);
    open.max_by(|a, b| far(a).total_cmp(&far(b)))
}

/// Mean errors over all pairs: of the next state in cells, every true outcome against what became of
/// it, of its value as a share of the greatest, and of the reward.
fn errors(
    exact: &Exact<'_>,
    (open, cols): (&[State], usize),
    shift: impl Fn(&[Outcome]) -> Vec<Outcome>,
    values: &[f64],
) -> [f64; 3] {
    let most = values.iter().fold(1e-12_f64, |most, v| most.max(v.abs()));
    let worth = |o: &Outcome| if o.terminated { 0.0 } else { values[o.next as usize] };
    let mean = |all: &[Outcome], of: &dyn Fn(&Outcome) -> f64| -> f64 {
        all.iter().map(|o| o.probability * of(o)).sum()
    };
    let (mut sums, mut count) = ([0.0; 3], 0.0);
    for (&state, action) in open.iter().flat_map(|s| (0..exact.size.1).map(move |a| (s, a))) {
        let truth = exact.outcomes(state as usize, action);
        let said = shift(&truth);
        let off = |o: &Outcome| mean(&shift(&[*o]), &|to| distance(o.next, to.next, cols));
        let value = mean(&said, &worth) - mean(&truth, &worth);
        let reward = mean(&said, &|o| o.reward) - mean(&truth, &|o| o.reward);
        let parts = [truth.iter().map(off).sum(), value.abs() / most, reward.abs()];
        sums.iter_mut().zip(parts).for_each(|(sum, part): (&mut f64, f64)| *sum += part);
        count += 1.0;
    }
    sums.map(|sum| if count > 0.0 { sum / count } else { 0.0 })
}

/// The true way of a plan from the first start.
fn way(truth: &Truth, plan: &[u32]) -> Vec<State> {
    let mut all = Vec::new();
    let mut at = truth.starts.first().copied();
    while let Some(state) = at.filter(|&s| truth.is_left(s) && all.len() < plan.len()) {
        all.push(state);
        at = truth.likeliest(state, plan[state as usize].trailing_zeros() as Action);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_no_number() {
        assert_eq!(share(0.5, 1.0), Some(0.5));
        assert_eq!([share(-50.0, -13.0), share(0.0, 0.0)], [None, None]);
    }
    use crate::envs::grid::{Grid, GridConfig};
    use crate::envs::mazes::dyna_maze;

    fn maze(slip: f64) -> Truth {
        let config = GridConfig { slip, ..GridConfig::default() };
        Truth::of(&Grid::new(&dyna_maze(), &config).unwrap())
    }

    #[test]
    fn along_the_null_space_states_are_nonsense_and_the_plan_is_exact() {
        for slip in [0.0, 0.2] {
            let truth = maze(slip);
            let exact = Morphed::of(&truth, 0.95, 0.0, Task::Own).unwrap();
            assert_eq!((exact.state_error, exact.value_error), (0.0, 0.0));
            for amount in [0.3, 1.0] {
                let found = Morphed::of(&truth, 0.95, amount, Task::Own).unwrap();
                assert!(found.state_error > 2.0 * amount, "{}", found.state_error);
                assert!(found.value_error < 1e-12 && found.reward_error < 1e-12);
                assert!((found.quality.unwrap() - 1.0).abs() < 1e-9 && found.changed.0 == 0);
                let apart = found.values.iter().zip(&exact.values).map(|(a, b)| (a - b).abs());
                assert!(apart.fold(0.0, f64::max) < 1e-9, "the value of every state is the same");
                assert_eq!(found.plan, exact.plan);
                for step in found.steps.iter().flatten() {
                    let [truly, said] = step.worth;
                    assert!((truly - said).abs() < 1e-9, "{step:?}");
                    let sum: f64 = step.said.iter().map(|(_, share)| share).sum();
                    assert!((sum - 1.0).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn a_step_tells_where_it_leads_and_where_the_model_says() {
        let truth = maze(0.0);
        let found = Morphed::of(&truth, 0.95, 0.5, Task::Own).unwrap();
        let start = truth.starts[0];
        let step = found.steps[start as usize].as_ref().unwrap();
        assert_eq!(truth.likeliest(start, step.action), Some(step.truly));
        let true_part = step.said.iter().find(|(next, _)| *next == step.truly).unwrap().1;
        assert!((true_part - 0.5).abs() < 1e-12, "half of it stays where it is");
        // One step from the start of the 14: its value is that of 12 more steps before the last.
        assert!((found.exact[step.truly as usize] - 0.95_f64.powi(12)).abs() < 1e-9);
        assert_eq!((found.way[0], found.way.len()), (start, 14));
        let last = found.steps[found.way[13] as usize].as_ref().unwrap();
        assert!(last.ends && last.said == [(last.truly, 1.0)], "ends stay");
        let other = Morphed::of(&truth, 0.95, 1.0, Task::Reach(53)).unwrap();
        let off = |step: &Step| (step.worth[0] - step.worth[1]).abs();
        assert!(other.steps.iter().flatten().any(|step| off(step) > 0.05));
    }

    #[test]
    fn for_another_value_the_moved_model_is_worthless() {
        let truth = maze(0.0);
        assert_eq!(elsewhere(&truth), Some(53), "the lower right corner");
        let task = Task::Reach(53);
        let right = Morphed::of(&truth, 0.95, 0.0, task).unwrap();
        assert!((right.quality.unwrap() - 1.0).abs() < 1e-9 && right.changed.0 == 0);
        let found = Morphed::of(&truth, 0.95, 1.0, task).unwrap();
        assert!(found.value_error > 0.05, "{}", found.value_error);
        assert!(
            found.quality.unwrap() < 0.7 && found.changed.0 > 10,
            "{} {:?}",
            found.quality.unwrap(),
            found.changed
        );
    }

    #[test]
    fn two_states_are_mixed_to_the_same_mean_by_hand() {
        // A row of cells worth 0, 1, 2, 3, 4; that of 1 becomes three quarters of 0 and one of 4.
        let values: Vec<f64> = (0..5).map(f64::from).collect();
        let found = mix(1, &values, &[0, 1, 2, 3, 4], 5).unwrap();
        assert_eq!(found, Mix { weight: 0.75, states: [0, 4] });
        let one = Outcome { probability: 0.5, reward: 2.0, next: 1, terminated: false };
        let mixes = [None, Some(found), None, None, None];
        let all = moved(&[one], &mixes, 0.4);
        let told: Vec<(State, f64)> = all.iter().map(|o| (o.next, o.probability)).collect();
        assert_eq!(told, [(1, 0.3), (0, 0.5 * 0.4 * 0.75), (4, 0.5 * 0.4 * 0.25)]);
        assert!(all.iter().all(|o| o.reward == 2.0));
        let end = Outcome { terminated: true, ..one };
        assert_eq!(moved(&[end], &mixes, 1.0), [end], "ends stay");
        assert_eq!(mix(0, &[1.0, 3.0], &[0, 1], 2), None, "nothing else is worth as little");
    }
}
