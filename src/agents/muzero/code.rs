//! Pseudo-code of the MuZero-style agent, for every way it can be set.

use super::config::{Aim, MuZeroConfig, Picks};
use super::dreaming::Imagine;
use crate::agents::search::Switch;
use crate::mdp::trace::{CodeLine, Source};

/// Lines of the pseudo-code that leave marks.
pub mod line {
    /// The action.
    pub const ACT: u8 = 1;
    /// The world's answer.
    pub const WORLD: u8 = 2;
    /// The game grows.
    pub const REMEMBER: u8 = 3;
    /// Places are drawn.
    pub const DRAW: u8 = 5;
    /// The grounded loss.
    pub const LEARN: u8 = 7;
    /// The imagined loss, where there is one.
    pub const IMAGINE: u8 = 8;
    /// A simulation.
    pub const SIMULATE: u8 = 10;
}

const LINES: usize = 12;
const REAL: Option<Source> = Some(Source::Real);
const DREAM: Option<Source> = Some(Source::Imagined);

/// `imagines`: what is done in imagination, in place of the line that only goes on to `o′`.
const fn lines(
    act: &'static str,
    learn: &'static str,
    imagines: Option<&'static str>,
) -> [CodeLine; LINES] {
    let (keep, then) = match imagines {
        None => (
            "game ← game + (o, a, r, π, ν); keep it when it ends",
            CodeLine::new(1, "o ← o′", None),
        ),
        Some(what) => (
            "game ← game + (o, a, r, π, ν), kept when it ends; o ← o′",
            CodeLine::new(2, what, DREAM),
        ),
    };
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, act, REAL),
        CodeLine::new(1, "r, o′ ← world(a)", REAL),
        CodeLine::new(1, keep, REAL),
        CodeLine::new(1, "repeat for every update", None),
        CodeLine::new(2, "t ← B places of games, by |v⁰ − G|^α", REAL),
        CodeLine::new(2, "z⁰ = h(oₜ); rᵏ, zᵏ = g(zᵏ⁻¹, aₜ₊ₖ₋₁); pᵏ, vᵏ = f(zᵏ)", None),
        CodeLine::new(2, learn, REAL),
        then,
        CodeLine::new(1, "repeat n times from z⁰ = h(o)", None),
        CodeLine::new(2, "select, expand by g and f, back up", DREAM),
        CodeLine::new(1, "π, ν ← visits and value of the root", None),
    ]
}

const ACTS: [&str; 2] = ["a ∼ N(root, ·)^(1/T)", "a ∼ p⁰"];
const LEARNS: [&str; 2] =
    ["h, g, f learn r → u, v → G, p → π", "f learns v → G, p → π; h, g learn r → u and to tell o"];
/// In the order of [`Imagine`]; the last: the policy alone.
const IMAGINES: [Option<&str>; 6] = [
    None,
    Some("along ã ∼ p: v −= β ∇ Σ ℓ(⊥ŷ, v̂(⊥ẑ))"),
    Some("along ã ∼ p: v, g −= β ∇ Σ ℓ(⊥ŷ, v̂)"),
    Some("along ã ∼ p: v, r, g −= β ∇ Σ ℓ(ŷ, ⊥v̂)"),
    Some("along ã ∼ p: v, r, g −= β ∇ Σ ℓ(ŷ, v̂)"),
    Some("along ã ∼ p: p += β ∇ Σ (ŷ − v̂) log p(ã)"),
];

type Programs = [[[[CodeLine; LINES]; 6]; 2]; 2];

const fn all() -> Programs {
    let mut programs: Programs = [[[lines(ACTS[0], LEARNS[0], None); 6]; 2]; 2];
    let mut a = 0;
    while a < 2 {
        let mut l = 0;
        while l < 2 {
            let mut i = 0;
            while i < 6 {
                programs[a][l][i] = lines(ACTS[a], LEARNS[l], IMAGINES[i]);
                i += 1;
            }
            l += 1;
        }
        a += 1;
    }
    programs
}

static PROGRAMS: Programs = all();

/// The program as it is set now.
pub fn program(config: &MuZeroConfig) -> &'static [CodeLine] {
    let picks = usize::from(config.picks == Picks::Policy);
    let aim = usize::from(config.model == Aim::Reconstruction);
    let imagines = match (config.imagine, config.imagined_policy) {
        (Imagine::None, Switch::On) => 5,
        (imagine, _) => imagine as usize,
    };
    &PROGRAMS[picks][aim][imagines]
}
