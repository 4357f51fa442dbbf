//! Pseudo-code of the agent, for every way it can be set.

use super::config::{Dreamer, Dreams, Moving, MveConfig, Rewards, Switch};
use crate::mdp::trace::{CodeLine, Source};
use crate::models::model_loss::ModelLoss;

const LINES: usize = 15;
/// The line that teaches the model.
const TAUGHT: usize = 5;
const LOSSES: usize = ModelLoss::ALL.len();
const DREAMERS: [Dreamer; 2] = [Dreamer::Target, Dreamer::Live];
const DYNAMICS: [Moving; 2] = [Moving::Learned, Moving::True];
const REWARDS: [Rewards; 2] = [Rewards::Known, Rewards::Learned];
const WHERE: [Where; 4] = [Where::Plain, Where::Start, Where::Depths, Where::Stored];

/// Where the critic learns.
#[derive(Clone, Copy)]
enum Where {
    /// At real steps, and nothing is imagined: `H = 0`.
    Plain,
    /// At real steps, which imagined ones follow.
    Start,
    /// At every depth of the imagination.
    Depths,
    /// At real steps and at stored imagined ones.
    Stored,
}

impl Where {
    fn of(config: &MveConfig) -> Self {
        match (config.horizon, config.dreams, config.td_k) {
            (0, ..) => Self::Plain,
            (_, Dreams::Stored, _) => Self::Stored,
            (_, Dreams::Fresh, Switch::On) => Self::Depths,
            (_, Dreams::Fresh, Switch::Off) => Self::Start,
        }
    }
}

/// Line 9: who acts in imagination, where that leads, and what it pays.
const fn imagined(dreamer: Dreamer, dynamics: Moving, rewards: Rewards) -> &'static str {
    use Dreamer::{Live, Target};
    match (dreamer, dynamics, rewards) {
        (Target, Moving::Learned, Rewards::Known) => "H times: ã ← μ′(s̃); s̃′ ← f̃(s̃,ã); r̃ ← r(s̃,ã)",
        (Target, Moving::Learned, Rewards::Learned) => "H times: ã ← μ′(s̃); r̃, s̃′ ← f̃(s̃,ã)",
        (Target, Moving::True, Rewards::Known) => "H times: ã ← μ′(s̃); r̃, s̃′ ← world(s̃,ã)",
        (Target, Moving::True, Rewards::Learned) => {
            "H times: ã ← μ′(s̃); s̃′ ← world(s̃,ã); r̃ ← f̃(s̃,ã)"
        }
        (Live, Moving::Learned, Rewards::Known) => "H times: ã ← μ(s̃); s̃′ ← f̃(s̃,ã); r̃ ← r(s̃,ã)",
        (Live, Moving::Learned, Rewards::Learned) => "H times: ã ← μ(s̃); r̃, s̃′ ← f̃(s̃,ã)",
        (Live, Moving::True, Rewards::Known) => "H times: ã ← μ(s̃); r̃, s̃′ ← world(s̃,ã)",
        (Live, Moving::True, Rewards::Learned) => "H times: ã ← μ(s̃); s̃′ ← world(s̃,ã); r̃ ← f̃(s̃,ã)",
    }
}

/// Line 10: the targets.
const fn targets(place: Where, dreamer: Dreamer) -> &'static str {
    match (place, dreamer) {
        (Where::Plain, Dreamer::Target) => "y ← r₋₁ + γ Q′(s₀, μ′(s₀))",
        (Where::Plain, Dreamer::Live) => "y ← r₋₁ + γ Q′(s₀, μ(s₀))",
        (Where::Stored, Dreamer::Target) => "ỹ ← r̃ + γ Q′(s̃′, μ′(s̃′)), real and stored",
        (Where::Stored, Dreamer::Live) => "ỹ ← r̃ + γ Q′(s̃′, μ(s̃′)), real and stored",
        (_, Dreamer::Target) => "ỹ ← r̃ + γ ỹ, back from Q′(s̃, μ′(s̃))",
        (_, Dreamer::Live) => "ỹ ← r̃ + γ ỹ, back from Q′(s̃, μ(s̃))",
    }
}

/// Line 6: what the model goes down; `e` is what it is off by, `V` the value with its action held.
const fn taught(loss: ModelLoss) -> &'static str {
    match loss {
        ModelLoss::Squared => "f̃: down the mean of (s + f̃(s,a) − s′)²",
        ModelLoss::Likelihood => "f̃, σ̃: down the mean of (e/σ̃)² + ln σ̃²",
        ModelLoss::Vaml => "f̃: down the mean of (V(s̃′) − V(s′))², V = Q′",
        ModelLoss::Vagram => "f̃: down the mean of Σ (∂V(s′) · e)², V = Q′",
        ModelLoss::Unbounded => "f̃: down the mean of (Σ ∂V(s′) · e)², V = Q′",
    }
}

const fn lines(d: Dreamer, m: Moving, r: Rewards, place: Where) -> [CodeLine; LINES] {
    const REAL: Option<Source> = Some(Source::Real);
    const DREAM: Option<Source> = Some(Source::Imagined);
    let (imagine, said) = match place {
        Where::Plain => ("nothing is imagined: H = 0", REAL),
        _ => (imagined(d, m, r), DREAM),
    };
    let (learn, learned) = match place {
        Where::Plain => ("Q: down the mean of (Q(s₋₁, a₋₁) − y)²", REAL),
        Where::Start => ("Q: down the mean of (Q(s₋₁, a₋₁) − ỹ₋₁)²", DREAM),
        Where::Depths => ("Q: down Σ (Q(s̃, ã) − ỹ)² / H, every depth", DREAM),
        Where::Stored => ("Q: down Σ (Q(s̃, ã) − ỹ)² / H, real and stored", DREAM),
    };
    let after = match place {
        Where::Plain => "nothing is kept",
        Where::Start | Where::Depths => "drop what was imagined",
        Where::Stored => "keep what was imagined",
    };
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, "a ← μ(s) + noise", REAL),
        CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
        CodeLine::new(1, "memory ← memory + (s, a, r, s′)", REAL),
        CodeLine::new(1, "repeat m times", None),
        CodeLine::new(2, taught(ModelLoss::Squared), REAL),
        CodeLine::new(1, "repeat n times", None),
        CodeLine::new(2, "s₋₁, a₋₁, r₋₁, s₀ ← B steps of memory", REAL),
        CodeLine::new(2, imagine, said),
        CodeLine::new(2, targets(place, d), said),
        CodeLine::new(2, learn, learned),
        CodeLine::new(2, after, None),
        CodeLine::new(2, "μ: up the mean of Q(s, μ(s))", REAL),
        CodeLine::new(2, "Q′, μ′: τ closer to Q, μ", REAL),
        CodeLine::new(1, "s ← s′", None),
    ]
}

type Programs = [[[[[[CodeLine; LINES]; LOSSES]; 4]; 2]; 2]; 2];

const fn all() -> Programs {
    let first = lines(Dreamer::Target, Moving::Learned, Rewards::Known, Where::Plain);
    let mut programs: Programs = [[[[[first; LOSSES]; 4]; 2]; 2]; 2];
    let mut i = 0;
    while i < 32 {
        let (d, m, r, w) = (i / 16, i / 8 % 2, i / 4 % 2, i % 4);
        let plain = lines(DREAMERS[d], DYNAMICS[m], REWARDS[r], WHERE[w]);
        let mut loss = 0;
        while loss < LOSSES {
            programs[d][m][r][w][loss] = plain;
            programs[d][m][r][w][loss][TAUGHT].text = taught(ModelLoss::ALL[loss]);
            loss += 1;
        }
        i += 1;
    }
    programs
}

static PROGRAMS: Programs = all();

/// The program as it is set now.
pub fn program(config: &MveConfig) -> &'static [CodeLine] {
    let MveConfig { dreamer, dynamics, rewards, .. } = config;
    let place = Where::of(config) as usize;
    let loss = config.model_loss as usize;
    &PROGRAMS[*dreamer as usize][*dynamics as usize][*rewards as usize][place][loss]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(config: MveConfig) -> [&'static str; 4] {
        let lines = program(&config);
        [8, 9, 10, 11].map(|line: usize| lines[line].text)
    }

    #[test]
    fn the_lines_say_what_the_dials_say() {
        let [imagine, targets, learn, after] = said(MveConfig::default());
        assert!(imagine.contains("μ′(s̃)") && imagine.contains("r̃ ← r("), "{imagine}");
        assert!(targets.contains("back from") && learn.contains("every depth"));
        assert_eq!(after, "drop what was imagined");
        let config = MveConfig {
            dreamer: Dreamer::Live,
            dynamics: Moving::True,
            rewards: Rewards::Learned,
            td_k: Switch::Off,
            ..MveConfig::default()
        };
        let [imagine, targets, learn, _] = said(config);
        assert!(imagine.contains("s̃′ ← world(s̃,ã); r̃ ← f̃(s̃,ã)"), "{imagine}");
        assert!([imagine, targets].iter().all(|line| !line.contains("μ′")), "{targets}");
        assert!(learn.contains("Q(s₋₁, a₋₁)"), "real steps alone: {learn}");
        let stored = said(MveConfig { dreams: Dreams::Stored, td_k: Switch::Off, ..config });
        assert!(stored[2].ends_with("real and stored") && stored[3].starts_with("keep"));
        for dreams in [Dreams::Fresh, Dreams::Stored] {
            let plain = said(MveConfig { horizon: 0, dreams, ..config });
            assert!(plain.iter().all(|line| !line.contains('ỹ') && !line.contains('ã')));
        }
    }
}
