//! Pseudo-code of the MuZero-style agent, for every way it can be set.

use std::sync::OnceLock;

use super::config::{Aim, Distil, MuZeroConfig, Picks, Tree};
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

/// Line 2, by who picks and how the search chooses: as long as it explores, and where the world is
/// frozen some day, what comes then.
const ACTS: [[&str; 2]; 3] = [
    ["a ∼ N(root, ·)^(1/T)", "a ∼ N^(1/T), frozen: greatest N"],
    ["a ← best log p⁰ + σ(q) + noise", "a ← best log p⁰+σ(q), noise till frozen"],
    ["a ∼ p⁰", "a ∼ p⁰, frozen: the greatest"],
];

/// Line 4: the game grows, for good or until the world is frozen; first where a line below goes on to
/// `o′`, then where this one has to.
const KEEPS: [[&str; 2]; 2] = [
    ["keep o, a, r, π, ν of the game", "keep o, a, r, π, ν till frozen"],
    ["keep o, a, r, π, ν; o ← o′", "keep o,a,r,π,ν till frozen; o ← o′"],
];

/// Line 8, by what shapes the latent states and what the policy learns from: searches, its own
/// advantage, nothing. In the second of each two, latent states are drawn to those really reached.
const LEARNS: [[[&str; 2]; 3]; 2] = [
    [
        ["h, g, f: r→u, v→G, p→π", "h, g, f: r→u, v→G, p→π, z→h(o)"],
        ["h, g, f: r→u, v→G, p by G−v", "h, g, f: r→u, v→G, p by G−v, z→h(o)"],
        ["h, g, f: r→u, v→G", "h, g, f: r→u, v→G, z→h(o)"],
    ],
    [
        ["f: v→G, p→π; h, g: r→u, ô→o", "f: v→G, p→π; h, g: r→u, ô→o, z→h(o)"],
        ["f: v→G, p by G−v; h, g: r→u, ô→o", "f: v→G, p by G−v; h,g: r→u, ô→o, z→h(o)"],
        ["f: v→G; h, g: r→u, ô→o", "f: v→G; h, g: r→u, ô→o, z→h(o)"],
    ],
];
/// The same where real steps weigh nothing.
const NOTHING: &str = "w = 0: real steps teach nothing";

/// Line 9 in the order of [`Imagine`](super::dreaming::Imagine), then where the policy learns there, too; the first: it goes on
/// to `o′`.
const IMAGINES: [[Option<&str>; 2]; 5] = [
    [None, Some("ã∼p: p += β∇Σ (ŷ−v̂) log p(ã)")],
    [Some("ã∼p: v −= β∇Σ ℓ(⊥ŷ, v̂(⊥ẑ))"), Some("ã∼p: p by ŷ−v̂; v −= β∇Σ ℓ(⊥ŷ, v̂(⊥ẑ))")],
    [Some("ã∼p: v, g −= β∇Σ ℓ(⊥ŷ, v̂)"), Some("ã∼p: p by ŷ−v̂; v, g −= β∇Σ ℓ(⊥ŷ, v̂)")],
    [Some("ã∼p: v, r, g −= β∇Σ ℓ(ŷ, ⊥v̂)"), Some("ã∼p: p by ŷ−v̂; v, r, g −= β∇Σ ℓ(ŷ, ⊥v̂)")],
    [Some("ã∼p: v, r, g −= β∇Σ ℓ(ŷ, v̂)"), Some("ã∼p: p by ŷ−v̂; v, r, g −= β∇Σ ℓ(ŷ, v̂)")],
];

/// Lines 11 and 12, by how the search chooses.
const SEARCHES: [[&str; 2]; 2] = [
    ["select, expand, back up", "π, ν ← visits and value of the root"],
    ["halve, expand, back up", "π ← softmax(log p⁰ + σ(q)), ν ← root"],
];

/// How it is set, as far as the program tells.
#[derive(Clone, Copy)]
struct Way {
    policy_picks: bool,
    gumbel: bool,
    freezes: bool,
    grounded: bool,
    reconstructs: bool,
    distil: usize,
    consistent: bool,
    imagine: usize,
    imagines_policy: bool,
}

impl Way {
    fn of(config: &MuZeroConfig) -> Self {
        let imagines = config.dream(config.gamma).is_some();
        Self {
            policy_picks: config.picks == Picks::Policy,
            gumbel: config.tree == Tree::Gumbel,
            freezes: config.freeze_after > 0,
            grounded: config.grounded > 0.0,
            reconstructs: config.model == Aim::Reconstruction,
            distil: match config.distil {
                Distil::Search => 0,
                Distil::Gradient => 1,
                Distil::Off => 2,
            },
            consistent: config.consistency > 0.0,
            imagine: if imagines { config.imagine as usize } else { 0 },
            imagines_policy: imagines && config.imagined_policy == Switch::On,
        }
    }

    /// Its number among all of them.
    fn index(self) -> usize {
        let switches = [
            self.policy_picks,
            self.gumbel,
            self.freezes,
            self.grounded,
            self.reconstructs,
            self.consistent,
            self.imagines_policy,
        ];
        let bits = switches.into_iter().fold(0, |bits, on| 2 * bits + usize::from(on));
        (bits * LEARNS[0].len() + self.distil) * IMAGINES.len() + self.imagine
    }

    fn lines(self) -> [CodeLine; LINES] {
        let picks = if self.policy_picks { 2 } else { usize::from(self.gumbel) };
        let frozen = usize::from(self.freezes);
        let learns = match self.grounded {
            true => {
                LEARNS[usize::from(self.reconstructs)][self.distil][usize::from(self.consistent)]
            }
            false => NOTHING,
        };
        let imagines = IMAGINES[self.imagine][usize::from(self.imagines_policy)];
        let then = match imagines {
            None => CodeLine::new(1, "o ← o′", None),
            Some(what) => CodeLine::new(2, what, DREAM),
        };
        let [simulates, tells] = SEARCHES[usize::from(self.gumbel)];
        [
            CodeLine::new(0, "repeat for every real step", None),
            CodeLine::new(1, ACTS[picks][frozen], REAL),
            CodeLine::new(1, "r, o′ ← world(a)", REAL),
            CodeLine::new(1, KEEPS[usize::from(imagines.is_some())][frozen], REAL),
            CodeLine::new(1, "repeat for every update", None),
            CodeLine::new(2, "t ← B places, by |v⁰ − G|^α", REAL),
            CodeLine::new(2, "z=h(o); K× r, z=g(z,a); p, v=f(z)", None),
            CodeLine::new(2, learns, REAL),
            then,
            CodeLine::new(1, "repeat n times from z⁰ = h(o)", None),
            CodeLine::new(2, simulates, DREAM),
            CodeLine::new(1, tells, None),
        ]
    }
}

/// Ways it can be set: seven switches, what the policy learns from, what is imagined.
const WAYS: usize = 128 * LEARNS[0].len() * IMAGINES.len();

/// Each is written when it is set for the first time.
static PROGRAMS: [OnceLock<Box<[CodeLine; LINES]>>; WAYS] = [const { OnceLock::new() }; WAYS];

/// The program as it is set now.
pub fn program(config: &MuZeroConfig) -> &'static [CodeLine] {
    let way = Way::of(config);
    &PROGRAMS[way.index()].get_or_init(|| Box::new(way.lines()))[..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::Params as _;

    /// The lines where dials are set by their keys and the names of their values.
    fn set(dials: &[(&str, &str)]) -> Vec<&'static str> {
        let mut config = MuZeroConfig::default();
        let specs = MuZeroConfig::specs();
        for (key, value) in dials {
            let index = specs.iter().position(|spec| spec.key == *key).unwrap();
            config.set(index, specs[index].parse(value).unwrap());
        }
        program(&config).iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_say_what_is_done_as_the_dials_are_set() {
        let usual = set(&[]);
        let differ = |dials: &[(&str, &str)]| -> Vec<usize> {
            let now = set(dials);
            (0..LINES).filter(|&line| now[line] != usual[line]).collect()
        };
        let none: [usize; 0] = [];
        assert_eq!(differ(&[("simulations", "7")]), none);
        assert_eq!(differ(&[("distil", "gradient")]), [7]);
        assert_eq!(differ(&[("distil", "off")]), [7]);
        assert_eq!(differ(&[("consistency", "0")]), [7]);
        assert_eq!(differ(&[("grounded", "0")]), [7]);
        assert_eq!(differ(&[("model", "reconstruction")]), [7]);
        assert_eq!(differ(&[("tree", "gumbel")]), [1, 10, 11]);
        assert_eq!(differ(&[("picks", "policy")]), [1]);
        assert_eq!(differ(&[("freeze_after", "100")]), [1, 3]);
        assert_eq!(differ(&[("imagine", "dyna")]), [3, 8], "o ← o′ has to go somewhere");
        assert_eq!(differ(&[("imagined_policy", "on")]), [3, 8]);
        assert_eq!(differ(&[("imagine", "dyna"), ("beta", "0")]), none, "nothing is imagined then");
    }

    #[test]
    fn they_name_what_learns_and_what_does_not() {
        let learns = |dials: &[(&str, &str)]| set(dials)[7];
        assert!(learns(&[]).contains("p→π") && learns(&[]).contains("z→h(o)"));
        assert!(!learns(&[("distil", "off")]).contains('p'));
        assert!(learns(&[("distil", "gradient")]).contains("p by G−v"));
        assert!(learns(&[("model", "reconstruction")]).contains("ô→o"));
        let both = set(&[("imagine", "sc-direct"), ("imagined_policy", "on")])[8];
        assert!(both.contains("p by") && both.contains("v, g −="), "{both}");
        let frozen = set(&[("freeze_after", "9"), ("tree", "gumbel")]);
        assert!(frozen[1].contains("frozen") && frozen[3].contains("frozen"));
    }

    #[test]
    fn every_way_has_a_program_of_its_own_that_fits_the_column() {
        let (mut seen, switches) = (vec![false; WAYS], [false, true]);
        for bits in 0..128 {
            let [a, b, c, d, e, f, g] = std::array::from_fn(|i| switches[bits >> i & 1]);
            for (distil, imagine) in (0..3).flat_map(|d| (0..5).map(move |i| (d, i))) {
                let way = Way {
                    policy_picks: a,
                    gumbel: b,
                    freezes: c,
                    grounded: d,
                    reconstructs: e,
                    consistent: f,
                    imagines_policy: g,
                    distil,
                    imagine,
                };
                assert!(!std::mem::replace(&mut seen[way.index()], true));
                for line in way.lines() {
                    // Hats take no room of their own.
                    let wide = line.text.chars().filter(|c| *c != '\u{302}').count();
                    assert!(wide + 2 * usize::from(line.indent) <= 43, "{}", line.text);
                }
            }
        }
        assert!(seen.into_iter().all(|seen| seen));
    }
}
