//! A corridor for agents with latent models: four states, and walking right ends it.

use imaginarium::agents::Agent as _;
use imaginarium::agents::muzero::MuZero;
use imaginarium::agents::muzero::config::MuZeroConfig;
use imaginarium::mdp::trace::Unwatched;
use imaginarium::mdp::{Action, State, Step, Transition};
use imaginarium::models::coding::{Coded, Coding};
use imaginarium::models::features::Places;

/// Small networks.
pub fn small() -> MuZeroConfig {
    MuZeroConfig { simulations: 8, batch: 8, width: 16, latent: 8, ..MuZeroConfig::default() }
}

/// A corridor of four states; walking right ends it and pays 1.
pub fn corridor(config: MuZeroConfig) -> MuZero<Coding> {
    let sight = Coding { coded: Coded::OneHot, places: Places { rows: 1, cols: 5 } };
    MuZero::new(config, sight, (5, 2), &[7]).unwrap()
}

/// Lives `steps` real steps in the corridor, rewards multiplied by `pay`; returns the actions.
pub fn live(agent: &mut MuZero<Coding>, steps: usize, pay: f64) -> Vec<Action> {
    let (mut state, mut actions): (State, _) = (0, Vec::new());
    agent.begin(0, state);
    for _ in 0..steps {
        let mut action = [0];
        agent.decide(&[state], &[true], &mut action, &mut Unwatched);
        let action = action[0];
        actions.push(action);
        let next = if action == 1 { state + 1 } else { state.saturating_sub(1) };
        let terminated = next == 4;
        let reward = if terminated { pay } else { 0.0 };
        let step = Step { reward, next, terminated, truncated: false };
        agent.learn(&[Transition { lane: 0, obs: state, action, step }], &mut Unwatched);
        while agent.due() > 0 && !agent.has_failed() {
            agent.plan(100, &mut Unwatched);
        }
        state = if terminated { 0 } else { next };
        if terminated {
            agent.begin(0, state);
        }
    }
    actions
}
