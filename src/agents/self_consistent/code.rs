//! Pseudo-code of the agent, for every way it can be set.

use super::dials::{Policy, ScConfig, Update};
use crate::mdp::trace::{CodeLine, Source};
use crate::models::self_consistent::Grounding;

/// Lines that leave marks.
pub mod line {
    /// The action.
    pub const ACT: u8 = 1;
    /// The world's answer.
    pub const WORLD: u8 = 2;
    /// The grounded update.
    pub const LEARN: u8 = 3;
    /// Where imagination begins.
    pub const PICK: u8 = 6;
    /// The imagined rollout.
    pub const ROLL: u8 = 7;
    /// The imagined update.
    pub const IMAGINE: u8 = 8;
}

const LINES: usize = 9;
const POLICIES: [Policy; 2] = [Policy::Random, Policy::Greedy];
const GROUNDINGS: [Grounding; 4] =
    [Grounding::Likelihood, Grounding::ValueEquivalence, Grounding::Unroll, Grounding::Off];
const UPDATES: [Update; 6] =
    [Update::Td, Update::Dyna, Update::Direct, Update::Reverse, Update::Residual, Update::Custom];

const fn lines(policy: Policy, grounding: Grounding, update: Update) -> [CodeLine; LINES] {
    const REAL: Option<Source> = Some(Source::Real);
    const DREAM: Option<Source> = Some(Source::Imagined);
    let act = match policy {
        Policy::Random => "a ← any action, all alike",
        Policy::Greedy => "a ← ε-greedy(r̂ + γ p̂·V, s)",
    };
    // Pictures of prediction look for lines that begin with V[s].
    let value = match (policy, grounding) {
        (Policy::Random, Grounding::Unroll) => "V[s], r̂, p̂: unroll K real actions",
        (Policy::Greedy, Grounding::Unroll) => "V, r̂, p̂: unroll K real actions",
        (Policy::Random, _) => "V[s] += α (r + γ V[s′] − V[s])",
        (Policy::Greedy, _) => "V: V[s] += α (r + γ V[s′] − V[s])",
    };
    let model = match grounding {
        Grounding::Likelihood => "r̂[s,a] → r;  p̂[s,a] → s′ by likelihood",
        Grounding::ValueEquivalence => "r̂[s,a] → r;  p̂[s,a]·V → V[s′]",
        Grounding::Unroll => "(one loss for all three)",
        Grounding::Off => "r̂[s,a] → r",
    };
    let step = match update {
        Update::Td => "nothing is imagined",
        Update::Dyna => "V −= β ∇ ½ Σ (stop(ŷ) − v̂)²",
        Update::Direct => "V, p̂ −= β ∇ ½ Σ (stop(ŷ) − v̂)²",
        Update::Reverse => "V, r̂, p̂ −= β ∇ ½ Σ (ŷ − stop(v̂))²",
        Update::Residual => "V, r̂, p̂ −= β ∇ ½ Σ (ŷ − v̂)²",
        Update::Custom => "as wired: −= β ∇ ½ Σ (ŷ − v̂)²",
    };
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, act, REAL),
        CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
        CodeLine::new(1, value, REAL),
        CodeLine::new(1, model, REAL),
        CodeLine::new(1, "repeat n times", None),
        CodeLine::new(2, "z̃ ← a state seen before", DREAM),
        CodeLine::new(2, "v̂, r̂, ŷ ← K steps of the model", DREAM),
        CodeLine::new(2, step, DREAM),
    ]
}

type Programs = [[[[CodeLine; LINES]; 6]; 4]; 2];

const fn all() -> Programs {
    let first = lines(Policy::Random, Grounding::Off, Update::Td);
    let mut programs: Programs = [[[first; 6]; 4]; 2];
    let mut p = 0;
    while p < 2 {
        let mut g = 0;
        while g < 4 {
            let mut u = 0;
            while u < 6 {
                programs[p][g][u] = lines(POLICIES[p], GROUNDINGS[g], UPDATES[u]);
                u += 1;
            }
            g += 1;
        }
        p += 1;
    }
    programs
}

static PROGRAMS: Programs = all();

/// The program as it is set now.
pub fn program(config: &ScConfig) -> &'static [CodeLine] {
    let (p, g, u) = (config.policy as usize, config.grounding as usize, config.update as usize);
    &PROGRAMS[p][g][u]
}
