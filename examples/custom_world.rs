//! A world of one's own in about forty lines, explored by Dyna-Q.
//!
//! A frozen lake: every third slab of ice is slippery and may throw you back to the first one.
//! Whoever writes a world says what happens ([`Simulator`]), lists the truth so that
//! reference solutions and pictures can use it ([`Tabular`]), and says what it looks like
//! ([`Scenic`]). The engine does the rest: the same lanes, clocks and digests as in the window.
//!
//! `cargo run --release --example custom_world`

use imaginarium::base::rng::Stream;
use imaginarium::experiment::snapshot::curves;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::scene::{Scene, Scenic};
use imaginarium::mdp::{Action, Outcome, Simulator, Spec, State, Step, Tabular};

/// Slabs in a row; the shore is behind the last one.
const SLABS: State = 12;
/// Action 0 walks, action 1 jumps.
const ACTIONS: usize = 2;

#[derive(Clone)]
struct Lake {
    slab: State,
}

impl Lake {
    /// Walking slips on every third slab half the time; jumping is safe but costs a point.
    fn possible(from: State, action: Action) -> Vec<Outcome> {
        let next = from + 1;
        let ashore = next == SLABS;
        let reward = if ashore { 10.0 } else { 0.0 } - f64::from(action);
        let on = |probability| Outcome { probability, reward, next, terminated: ashore };
        let back = Outcome { probability: 0.5, reward: 0.0, next: 0, terminated: false };
        match (from, action) {
            (SLABS.., _) => Vec::new(),
            (_, 0) if from % 3 == 2 => vec![on(0.5), back],
            _ => vec![on(1.0)],
        }
    }
}

impl Simulator for Lake {
    type Obs = State;
    type Action = Action;

    fn spec(&self) -> Spec {
        Spec { states: Some(self.states()), actions: ACTIONS }
    }

    fn reset(&mut self, _: &mut Stream) -> State {
        self.slab = 0;
        self.slab
    }

    fn step(&mut self, action: Action, dice: &mut Stream) -> Step<State> {
        let possible = Self::possible(self.slab, action);
        let slips = dice.chance(0.5);
        let Outcome { reward, next, terminated, .. } =
            possible[usize::from(slips) % possible.len()];
        self.slab = next;
        Step { reward, next, terminated, truncated: false }
    }
}

impl Tabular for Lake {
    fn states(&self) -> usize {
        SLABS as usize + 1
    }

    fn actions(&self) -> usize {
        ACTIONS
    }

    fn outcomes(&self, state: State, action: Action) -> Vec<Outcome> {
        Self::possible(state, action)
    }

    fn starts(&self) -> Vec<State> {
        vec![0]
    }
}

impl Scenic for Lake {
    fn scene(&self) -> Scene {
        Scene::States(self.states())
    }
}

/// The `[world]` table is replaced by the world handed to [`Experiment::in_world`].
const ARENA: &str = "
version = 1
lanes = 20
[world]
id = 'dyna-maze'
[[run]]
name = 'without planning'
agent = 'dyna-q'
planning_steps = 0
[[run]]
name = '20 imagined updates a step'
agent = 'dyna-q'
planning_steps = 20
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = ArenaConfig::from_toml("custom_world", ARENA)?;
    let mut experiment = Experiment::in_world(config, &Lake { slab: 0 }, 1)?;
    experiment.advance_to(Position::at(Clock::Episodes, 60), None);
    let curves = curves(&experiment, Clock::Episodes);
    println!("steps to the shore, mean over 20 seeds (12 if nobody slips)");
    println!("{:>8}  {:>17}  {:>27}", "episode", "without planning", "20 imagined updates a step");
    for episode in [1, 2, 3, 5, 10, 20, 40, 60] {
        let mean = |run: usize| curves.steps[run].mean[episode - 1][1];
        println!("{episode:>8}  {:>17.1}  {:>27.1}", mean(0), mean(1));
    }
    Ok(())
}
