//! The pseudo-code of planning for action selection, and which of its lines leave marks.

use super::Method;
use crate::mdp::trace::{CodeLine, Source};

/// Lines of the pseudo-code that leave marks.
pub(super) mod line {
    pub const ACT: u8 = 1;
    pub const WORLD: u8 = 2;
    pub const MODEL: u8 = 3;
    pub const SIMULATE: u8 = 5;
    pub const LEARN: u8 = 6;
    pub const DREAM: u8 = 8;
    pub const IMAGINED: u8 = 9;
}

type Program = [CodeLine; 10];

const fn program(simulate: &'static str, learn: &'static str, dreamt: &'static str) -> Program {
    const REAL: Option<Source> = Some(Source::Real);
    const DREAM: Option<Source> = Some(Source::Imagined);
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, "a ← ε-greedy(Q_search, s)", REAL),
        CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
        CodeLine::new(1, "N[s,a,s′] += 1", REAL),
        CodeLine::new(1, "repeat n times from s′", None),
        CodeLine::new(2, simulate, DREAM),
        CodeLine::new(1, learn, REAL),
        CodeLine::new(1, "s ← s′", None),
        CodeLine::new(0, "dreaming: r̃, s̃′ ∼ N[s̃,ã], n times from s̃′", DREAM),
        CodeLine::new(1, dreamt, DREAM),
    ]
}

const fn open(simulate: &'static str) -> Program {
    program(simulate, "Q[s,a] += α (r + γ V(s′) − Q[s,a])", "Q[s̃,ã] += α (r̃ + γ V(s̃′) − Q[s̃,ã])")
}

const fn closed(simulate: &'static str) -> Program {
    program(
        simulate,
        "Q[s,a] += α (r + γ max Q_search(s′) − Q[s,a])",
        "Q[s̃,ã] += α (r̃ + γ max Q_search(s̃′) − Q[s̃,ã])",
    )
}

const EXPAND: &str = "expand the next node of the full tree";
const EPISODE: &str = "an episode of the model; learn Q_search";
const SIMULATE: &str = "select, expand, evaluate, back up";

static PROGRAMS: [[Program; 2]; 3] = [
    [open(EXPAND), closed(EXPAND)],
    [open(EPISODE), closed(EPISODE)],
    [open(SIMULATE), closed(SIMULATE)],
];

/// The program of a method, with the loop closed or open.
pub(super) fn of(method: Method, closed: bool) -> &'static [CodeLine] {
    let simulate = match method {
        Method::Forward => 0,
        Method::MonteCarlo | Method::Td => 1,
        Method::Uct | Method::Puct | Method::Gumbel => 2,
    };
    &PROGRAMS[simulate][usize::from(closed)]
}
