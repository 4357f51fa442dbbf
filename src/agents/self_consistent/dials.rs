//! Dials of the agent, and the wiring of figure 1 of the paper as switches among them.

use crate::agents::search::Switch;
use crate::base::params::{Dial as _, Params as _};
use crate::models::self_consistent::{Grounding, SelfConsistentConfig};
use crate::rl::self_consistency::{SWITCHES, Wiring};

crate::choice! {
    /// What an imagined update trains.
    pub enum Update {
        /// Nothing is imagined.
        Td = "td", "TD alone";
        /// The value alone, towards stopped targets.
        Dyna = "dyna", "Dyna";
        /// Value and model together, towards stopped targets.
        Direct = "sc-direct", "SC-Direct";
        /// The targets, towards stopped predictions.
        Reverse = "sc-reverse", "SC-Reverse";
        /// Both sides: nothing is stopped.
        Residual = "sc-residual", "SC-Residual";
        /// As the switches below say.
        Custom = "custom", "own wiring";
    }
}

crate::choice! {
    /// Which policy it acts by, and whose value it learns.
    pub enum Policy {
        /// Every action alike: policy evaluation.
        Random = "random", "random";
        /// Epsilon-greedy by one-step look-ahead in its own model: control.
        Greedy = "greedy", "look-ahead";
    }
}

crate::params! {
    /// Dials of the self-consistent agent.
    pub struct ScConfig {
        /// What imagined updates train, and where their gradients stop.
        update: Update = Update::Direct => { "Imagined update", "", Live, Choice(Update::CHOICES) },
        /// How it acts: every action alike (policy evaluation), or epsilon-greedy by look-ahead in its model (control).
        policy: Policy = Policy::Random => { "Acts by", "", Live, Choice(Policy::CHOICES) },
        /// Imagined updates after every real step.
        planning_steps: u32 = 1 => { "Imagined updates", "n, per real step", Live, Int { min: 0.0, max: 50.0, log: true } },
        /// Imagined steps after the first; the loss has one term more.
        depth: u32 = 3 => { "Steps of imagination", "K", Live, Int { min: 0.0, max: 10.0, log: false } },
        /// Weight of the imagined loss.
        beta: f64 = 1.0 => { "Imagined loss", "β, weight", Live, Float { min: 0.0, max: 10.0, log: false } },
        /// Weight of the loss on real steps; 0: nothing real is learned from.
        grounded: f64 = 1.0 => { "Grounded loss", "w, weight", Live, Float { min: 0.0, max: 2.0, log: false } },
        /// How real steps teach the model: by likelihood, by value, by unrolling it along the actions taken (MuZero), or not at all.
        grounding: Grounding = Grounding::ValueEquivalence => { "Grounding", "", Live, Choice(Grounding::CHOICES) },
        /// Share of the later target in each target.
        lambda: f64 = 0.0 => { "TD(λ)", "λ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.9 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of actions taken at random by the look-ahead.
        epsilon: f64 = 0.1 => { "Exploration", "ε", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Step size of values from real steps.
        value_rate: f64 = 0.1 => { "Value rate", "step size", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Step size of rewards from real steps.
        reward_rate: f64 = 0.1 => { "Reward rate", "step size", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Step size of the dynamics from real steps.
        model_rate: f64 = 1.0 => { "Dynamics rate", "step size", Live, Float { min: 0.0, max: 10.0, log: false } },
        /// Step size of everything in imagination.
        imagined_rate: f64 = 0.1 => { "Imagined rate", "step size", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Deviation of the random numbers that all tables begin with; acts until the first update.
        initial: f64 = 0.0 => { "First tables", "deviation", Live, Float { min: 0.0, max: 3.0, log: false } },
        /// Own wiring: the gradient flows into the value that is compared with its target.
        into_prediction: Switch = Switch::On => { "Into the prediction", "", Live, Choice(Switch::CHOICES) },
        /// Own wiring: the gradient flows into the reward within the target.
        into_reward: Switch = Switch::Off => { "Into the target's reward", "", Live, Choice(Switch::CHOICES) },
        /// Own wiring: the gradient flows into the value within the target.
        into_value: Switch = Switch::Off => { "Into the target's value", "", Live, Choice(Switch::CHOICES) },
        /// Own wiring: the gradient flows through imagined states, back into the dynamics.
        through_states: Switch = Switch::On => { "Through imagined states", "", Live, Choice(Switch::CHOICES) },
        /// Own wiring: the value is trained.
        train_value: Switch = Switch::On => { "Train the value", "", Live, Choice(Switch::CHOICES) },
        /// Own wiring: the reward is trained.
        train_reward: Switch = Switch::On => { "Train the reward", "", Live, Choice(Switch::CHOICES) },
        /// Own wiring: the dynamics are trained.
        train_dynamics: Switch = Switch::On => { "Train the dynamics", "", Live, Choice(Switch::CHOICES) },
    }
}

/// Keys of the switches, in the order of [`Wiring::switches`].
pub const WIRES: [&str; SWITCHES] = [
    "into_prediction",
    "into_reward",
    "into_value",
    "through_states",
    "train_value",
    "train_reward",
    "train_dynamics",
];

impl Update {
    /// The wiring it stands for; `None`: nothing is imagined, or the switches say.
    pub fn wiring(self) -> Option<Wiring> {
        match self {
            Self::Td | Self::Custom => None,
            Self::Dyna => Some(Wiring::DYNA),
            Self::Direct => Some(Wiring::DIRECT),
            Self::Reverse => Some(Wiring::REVERSE),
            Self::Residual => Some(Wiring::RESIDUAL),
        }
    }
}

impl ScConfig {
    /// The wiring of imagined updates as it is set; `None`: nothing is imagined.
    pub fn wiring(&self) -> Option<Wiring> {
        match self.update {
            Update::Td => None,
            Update::Custom => Some(Wiring::of_switches(WIRES.map(|key| self.is_on(key)))),
            named => named.wiring(),
        }
    }

    fn is_on(&self, key: &str) -> bool {
        Self::index(key).is_some_and(|index| self.get(index) == Switch::On.to_number())
    }

    /// What to set, one parameter after the other, so that imagined updates are wired like this:
    /// a name of the paper if there is one, else the switches.
    pub fn rewire(&self, wiring: Wiring) -> Vec<(usize, f64)> {
        let index = |key| Self::index(key).unwrap_or_default();
        let named = Update::ALL.iter().find(|update| update.wiring() == Some(wiring));
        if let Some(named) = named {
            return vec![(index("update"), named.to_number())];
        }
        let wires = WIRES.iter().zip(wiring.switches());
        let mut sets: Vec<(usize, f64)> = wires
            .map(|(key, on)| (index(key), if on { Switch::On } else { Switch::Off }.to_number()))
            .filter(|&(index, value)| self.get(index) != value)
            .collect();
        if self.update != Update::Custom {
            sets.push((index("update"), Update::Custom.to_number()));
        }
        sets
    }

    /// The same as the learner reads it.
    pub(super) fn learner(&self) -> SelfConsistentConfig {
        let imagines = self.wiring();
        SelfConsistentConfig {
            gamma: self.gamma,
            lambda: self.lambda,
            depth: self.depth as usize,
            beta: if imagines.is_some() { self.beta } else { 0.0 },
            grounded: self.grounded,
            value_rate: self.value_rate,
            reward_rate: self.reward_rate,
            model_rate: self.model_rate,
            imagined_rate: self.imagined_rate,
            grounding: self.grounding,
            wiring: imagines.unwrap_or(Wiring::DYNA),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wiring_can_be_set_and_is_read_back() {
        for start in [ScConfig::default(), ScConfig { update: Update::Td, ..ScConfig::default() }] {
            for bits in 0..1_u32 << SWITCHES {
                let wanted = Wiring::of_switches(std::array::from_fn(|i| bits >> i & 1 == 1));
                let mut config = start;
                let sets = config.rewire(wanted);
                sets.iter().for_each(|&(index, value)| config.set(index, value));
                assert_eq!(config.wiring(), Some(wanted));
                let named = wanted.name().is_some();
                assert_eq!(named, config.update != Update::Custom, "{wanted:?}");
                assert!(config.rewire(wanted).len() <= 1, "nothing more to set");
            }
        }
    }
}
