//! Any world whose law can be written down: a finite Markov decision process as data.
//!
//! A world without a map of its own is a [`Law`]: what follows each pair of state and action, where
//! episodes start, and a picture. [`Process`] lives by it; the random walk, AB, Garnet and the fork
//! are nothing but laws.

use std::sync::Arc;

use crate::base::rng::Stream;
use crate::mdp::scene::{Cell, GraphScene, Node, Scene, Scenic};
use crate::mdp::{Action, Outcome, Simulator, Spec, State, Step, Tabular};

/// How far probabilities may miss a sum of 1.
const TOLERANCE: f64 = 1e-9;

/// Why a law was refused, in one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LawError {
    /// A parameter that fits its range but not this world.
    #[error("{key} = {value} is not allowed: {allowed}")]
    Value {
        /// Which parameter.
        key: &'static str,
        /// What it was.
        value: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// Probabilities that do not add up.
    #[error("{of} have probabilities that add up to {sum}: they must be positive and add up to 1")]
    Sum {
        /// Whose.
        of: String,
        /// To what.
        sum: f64,
    },
    /// An outcome or a start that leads nowhere.
    #[error("{of} name state {state}: {allowed}")]
    State {
        /// Whose.
        of: String,
        /// Which.
        state: State,
        /// What is allowed there.
        allowed: String,
    },
}

/// What follows what: a finite Markov decision process.
#[derive(Clone, Debug, PartialEq)]
pub struct Law {
    /// Number of actions `A`.
    pub actions: usize,
    /// `[S * A]`: what may follow each pair; empty for states that are never left.
    pub outcomes: Vec<Vec<Outcome>>,
    /// Where an episode starts, with the probability of it.
    pub starts: Vec<(State, f64)>,
    /// Ends of the task that are no success.
    pub bad_ends: Vec<State>,
    /// The picture.
    pub scene: Scene,
}

impl Law {
    /// Number of states `S`.
    pub fn states(&self) -> usize {
        self.outcomes.len() / self.actions
    }

    /// What may follow a pair.
    fn of(&self, state: State, action: Action) -> &[Outcome] {
        &self.outcomes[state as usize * self.actions + usize::from(action)]
    }

    /// Whether `state` is left by some action.
    fn is_left(&self, state: State) -> bool {
        (0..self.actions).any(|action| !self.of(state, action as Action).is_empty())
    }

    /// Refuses what no process can live by.
    fn check(&self) -> Result<(), LawError> {
        let states = self.states();
        for (pair, outcomes) in self.outcomes.iter().enumerate() {
            let (state, action) = (pair / self.actions, pair % self.actions);
            if !self.is_left(state as State) {
                continue;
            }
            let of = || format!("the outcomes of state {state}, action {action},");
            check_sum(outcomes.iter().map(|o| o.probability), of)?;
            let ends_right =
                |o: &Outcome| (o.next as usize) < states && self.is_left(o.next) != o.terminated;
            if let Some(wrong) = outcomes.iter().find(|o| !ends_right(o)) {
                let allowed = format!(
                    "0 to {} is allowed, one that is never left where the task ends and only there",
                    states - 1
                );
                return Err(LawError::State { of: of(), state: wrong.next, allowed });
            }
        }
        let of = || "the starts".to_owned();
        check_sum(self.starts.iter().map(|s| s.1), of)?;
        let lost = |s: &&(State, f64)| s.0 as usize >= states || !self.is_left(s.0);
        match self.starts.iter().find(lost) {
            Some(&(state, _)) => {
                let allowed = "one that some action leaves is allowed".to_owned();
                Err(LawError::State { of: of(), state, allowed })
            }
            None => Ok(()),
        }
    }
}

fn check_sum(parts: impl Iterator<Item = f64>, of: impl Fn() -> String) -> Result<(), LawError> {
    let (mut sum, mut positive) = (0.0, true);
    for part in parts {
        sum += part;
        positive &= part > 0.0;
    }
    match positive && (sum - 1.0).abs() <= TOLERANCE {
        true => Ok(()),
        false => Err(LawError::Sum { of: of(), sum }),
    }
}

/// A picture of a law without a map: `places[s]`, `names[s]`, and a line for every way that
/// `outcomes` knows.
pub fn graph(
    places: Vec<[f32; 2]>,
    names: Vec<String>,
    actions: &[&str],
    outcomes: &[Vec<Outcome>],
    starts: &[(State, f64)],
) -> Scene {
    let mut links: Vec<(State, State)> = Vec::new();
    for (pair, outcomes) in outcomes.iter().enumerate() {
        let from = (pair / actions.len()) as State;
        links.extend(outcomes.iter().map(|o| (from, o.next)));
    }
    links.sort_unstable();
    links.dedup();
    let node = |state: usize| match &outcomes[state * actions.len()..][..actions.len()] {
        all if all.iter().all(Vec::is_empty) => Node::End,
        _ if starts.iter().any(|s| s.0 as usize == state) => Node::Start,
        _ => Node::Free,
    };
    Scene::Graph(GraphScene {
        nodes: (0..places.len()).map(node).collect(),
        places: places.into(),
        names: names.into(),
        actions: actions.iter().map(|&a| a.to_owned()).collect(),
        links: links.into(),
    })
}

/// A world that lives by a law. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Process {
    law: Arc<Law>,
    /// Steps after which an episode is cut off; 0 means never.
    max_steps: u32,
    state: State,
    steps: u32,
}

impl Process {
    /// Builds the world, or says why its law cannot be.
    pub fn new(law: Law, max_steps: u32) -> Result<Self, LawError> {
        law.check()?;
        Ok(Self { state: law.starts[0].0, law: Arc::new(law), max_steps, steps: 0 })
    }

    /// Its law.
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// Where the agent is.
    pub fn state(&self) -> State {
        self.state
    }

    /// Puts the agent into `state` at the beginning of an episode; `None` if it cannot stand there.
    pub fn place(&mut self, state: State) -> Option<()> {
        let stands = (state as usize) < self.law.states() && self.law.is_left(state);
        stands.then(|| {
            self.state = state;
            self.steps = 0;
        })
    }
}

impl Simulator for Process {
    type Obs = State;
    type Action = Action;

    fn spec(&self) -> Spec {
        Spec { states: Some(self.law.states()), actions: self.law.actions }
    }

    fn reset(&mut self, dice: &mut Stream) -> State {
        self.state = match self.law.starts.as_slice() {
            [only] => only.0,
            many => many[dice.pick(many.iter().map(|s| s.1))].0,
        };
        self.steps = 0;
        self.state
    }

    #[inline]
    fn step(&mut self, action: Action, dice: &mut Stream) -> Step<State> {
        let outcomes = self.law.of(self.state, action);
        let Some(&o) = outcomes.get(dice.pick(outcomes.iter().map(|o| o.probability))) else {
            return Step { reward: 0.0, next: self.state, terminated: true, truncated: false };
        };
        self.state = o.next;
        self.steps += 1;
        let cut = !o.terminated && self.max_steps > 0 && self.steps >= self.max_steps;
        Step { reward: o.reward, next: o.next, terminated: o.terminated, truncated: cut }
    }
}

impl Tabular for Process {
    fn states(&self) -> usize {
        self.law.states()
    }

    fn actions(&self) -> usize {
        self.law.actions
    }

    fn outcomes(&self, state: State, action: Action) -> Vec<Outcome> {
        self.law.of(state, action).to_vec()
    }

    fn starts(&self) -> Vec<State> {
        self.law.starts.iter().map(|s| s.0).collect()
    }

    fn ends_well(&self, state: State) -> bool {
        let pit = match &self.law.scene {
            Scene::Grid(grid) => grid.cells[state as usize] == Cell::Pit,
            Scene::Graph(_) | Scene::Body(_) | Scene::Board(_) | Scene::States(_) => false,
        };
        !pit && !self.law.bad_ends.contains(&state)
    }
}

impl Scenic for Process {
    fn scene(&self) -> Scene {
        self.law.scene.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;

    /// s0 goes to s1 or s2, half each; both are the end, one of them bad.
    fn law() -> Law {
        let to = |next, reward| Outcome { probability: 0.5, reward, next, terminated: true };
        Law {
            actions: 1,
            outcomes: vec![vec![to(1, 1.0), to(2, -1.0)], vec![], vec![]],
            starts: vec![(0, 1.0)],
            bad_ends: vec![2],
            scene: Scene::States(3),
        }
    }

    #[test]
    fn a_sound_law_can_be_lived_by() {
        let mut world = Process::new(law(), 0).unwrap();
        let mut dice = Stream::new(3, StreamName::World);
        let mut good = 0;
        for _ in 0..1000 {
            assert_eq!(world.reset(&mut dice), 0);
            let step = world.step(0, &mut dice);
            assert!(step.terminated && !step.truncated);
            assert_eq!(step.reward > 0.0, world.ends_well(step.next));
            good += u32::from(step.next == 1);
        }
        assert!(good.abs_diff(500) < 80, "{good}");
        assert_eq!((world.place(1), world.place(9), world.place(0)), (None, None, Some(())));
    }

    #[test]
    fn a_broken_law_is_refused_with_a_reason() {
        let say = |break_it: fn(&mut Law)| {
            let mut law = law();
            break_it(&mut law);
            Process::new(law, 0).unwrap_err().to_string()
        };
        assert_eq!(
            say(|l| l.outcomes[0][0].probability = 0.25),
            "the outcomes of state 0, action 0, have probabilities that add up to 0.75: they must \
             be positive and add up to 1"
        );
        assert!(say(|l| l.outcomes[0][0].next = 7).contains("name state 7: 0 to 2 is allowed"));
        assert!(say(|l| l.outcomes[0][0].terminated = false).contains("name state 1"));
        let second_action = |l: &mut Law| {
            l.actions = 2;
            l.outcomes =
                (0..6).map(|pair| if pair == 0 { l.outcomes[0].clone() } else { vec![] }).collect();
        };
        assert!(say(second_action).contains("state 0, action 1, have"));
        assert!(say(|l| l.starts[0].0 = 1).starts_with("the starts name state 1"));
        assert!(say(|l| l.starts.clear()).contains("add up to 0"));
    }

    #[test]
    fn a_time_limit_truncates() {
        let mut law = law();
        law.outcomes[0] = vec![
            Outcome { probability: 0.5, reward: 0.0, next: 0, terminated: false },
            Outcome { probability: 0.5, reward: 0.0, next: 1, terminated: true },
        ];
        let mut world = Process::new(law, 1).unwrap();
        let mut dice = Stream::new(1, StreamName::World);
        for _ in 0..50 {
            world.reset(&mut dice);
            let step = world.step(0, &mut dice);
            assert_ne!(step.truncated, step.terminated);
        }
    }
}
