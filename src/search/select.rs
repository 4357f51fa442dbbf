//! How a simulation chooses the next child: UCT, pUCT, or Gumbel with sequential halving.

use super::rules::{
    LEAST_SPAN, LEAST_TREE_SPAN, considered_visits, mixed_value, puct_exploration, puct_weight,
    sigma_factor, softmax, uct_exploration,
};
use super::tree::Tree;
use crate::base::rng::Stream;

/// How a child is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// `q + c sqrt(ln N / n)`; actions not yet tried come first (Kocsis & Szepesvari 2006).
    Uct {
        /// Exploration; `sqrt(2)` for returns in `[0, 1]`.
        c: f64,
    },
    /// `q + P sqrt(N) / (1 + n) (c1 + ln((N + c2 + 1) / c2))` (Schrittwieser et al. 2020).
    Puct {
        /// Exploration.
        c1: f64,
        /// Visits after which it begins to grow.
        c2: f64,
        /// Noise on the policy of the root, while training.
        noise: Option<RootNoise>,
    },
    /// Sequential halving at the root, the improved policy below (Danihelka et al. 2022).
    Gumbel {
        /// Most actions considered at the root.
        considered: u32,
        /// Scale of the Gumbel draws; 0: none.
        scale: f64,
        /// `c_visit`.
        c_visit: f64,
        /// `c_scale`.
        c_scale: f64,
    },
}

/// `P <- (1 - fraction) P + fraction Dirichlet(alpha)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RootNoise {
    /// Concentration.
    pub alpha: f64,
    /// Share of the noise.
    pub fraction: f64,
}

impl Rule {
    /// UCT for values in `[0, 1]`.
    pub const UCT: Self = Self::Uct { c: std::f64::consts::SQRT_2 };
    /// MuZero's constants, without noise.
    pub const PUCT: Self = Self::Puct { c1: 1.25, c2: 19652.0, noise: None };
    /// Gumbel MuZero's constants, without draws.
    pub const GUMBEL: Self =
        Self::Gumbel { considered: 16, scale: 0.0, c_visit: 50.0, c_scale: 0.1 };
}

/// What values are rescaled by, so that exploration need not know their size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Nothing.
    Raw,
    /// Least and greatest of the node's own value and those of its actions.
    Node,
    /// Least and greatest action value seen anywhere in the tree.
    Tree,
    /// The same, but at least [`LEAST_TREE_SPAN`] apart: for values that are learned, whose
    /// differences mean nothing before there was a reward.
    Guarded,
}

/// The score of an action in its two parts; the greatest sum is visited next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// From what is known of it: rescaled value, improved policy, or policy and value together.
    pub value: f64,
    /// From how seldom it was tried; 0 at a Gumbel root, where the schedule sees to that.
    pub exploration: f64,
    /// False for illegal actions and those that the schedule leaves out now.
    pub eligible: bool,
}

/// A rule with what it needs precomputed for one budget.
#[derive(Clone, Debug)]
pub(super) struct Selector {
    pub rule: Rule,
    pub range: Range,
    /// pUCT: `[budget + 2]`, weight by visits of the node.
    weights: Vec<f64>,
    /// Gumbel: `[considered + 1, budget]`, the schedules.
    schedules: Vec<Vec<u32>>,
}

/// Rows `[A]` kept from call to call, so that a selection allocates nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    /// Sigma of the completed action values.
    pub completed: Vec<f64>,
    /// Logits and sigma together.
    sums: Vec<f64>,
    /// The improved policy.
    pub policy: Vec<f64>,
}

/// What a selection reads of one node.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    /// Place in the arrays `[P, N]`.
    pub at: usize,
    /// Gumbel draws at the root, `[A]`; `None` below.
    pub gumbel: Option<&'a [f64]>,
    /// Least and greatest action value of the tree.
    pub tree_range: (f64, f64),
}

impl Selector {
    pub fn new(rule: Rule, range: Range, budget: usize, actions: usize) -> Self {
        let weights = match rule {
            Rule::Puct { c1, c2, .. } => {
                (0..budget + 2).map(|n| puct_weight(n as f64, c1, c2)).collect()
            }
            Rule::Uct { .. } | Rule::Gumbel { .. } => Vec::new(),
        };
        let schedules = match rule {
            Rule::Gumbel { considered, .. } => {
                let most = (considered as usize).min(actions);
                (0..=most).map(|m| considered_visits(m, budget)).collect()
            }
            Rule::Uct { .. } | Rule::Puct { .. } => Vec::new(),
        };
        Self { rule, range, weights, schedules }
    }

    /// Writes `[A]` scores.
    #[inline]
    pub fn scores<N: Clone>(
        &self,
        tree: &Tree<N>,
        at: At<'_>,
        work: &mut Work,
        out: &mut Vec<Score>,
    ) {
        out.clear();
        match self.rule {
            Rule::Uct { c } => self.uct(c, tree, at, out),
            Rule::Puct { c1, c2, .. } => self.puct((c1, c2), tree, at, out),
            Rule::Gumbel { c_visit, c_scale, .. } => {
                self.completed(tree, at, (c_visit, c_scale), &mut work.completed);
                match at.gumbel {
                    Some(gumbel) => self.halving(tree, at.at, gumbel, &work.completed, out),
                    None => improved(tree, at.at, work, out),
                }
            }
        }
    }

    fn uct<N: Clone>(&self, c: f64, tree: &Tree<N>, at: At<'_>, out: &mut Vec<Score>) {
        let edges = tree.edges(at.at);
        let all: u32 = tree.edge_visits[edges.clone()].iter().sum();
        let (ln_all, (low, span)) = (f64::from(all).ln(), self.span(tree, at));
        for edge in edges {
            let n = tree.edge_visits[edge];
            let (value, exploration) = match n {
                0 => (0.0, f64::INFINITY),
                n => {
                    let value = (tree.edge_value[edge] - low) / span;
                    (value, uct_exploration(c, ln_all, f64::from(n)))
                }
            };
            out.push(Score { value, exploration, eligible: tree.prior[edge] > 0.0 });
        }
    }

    #[inline]
    fn puct<N: Clone>(&self, c: (f64, f64), tree: &Tree<N>, at: At<'_>, out: &mut Vec<Score>) {
        let visits = tree.visits[at.at] as usize;
        let weight = match self.weights.get(visits) {
            Some(&weight) => weight,
            // A tree that was kept has more visits than one budget.
            None => puct_weight(visits as f64, c.0, c.1),
        };
        let (low, span) = self.span(tree, at);
        let edges = tree.edges(at.at);
        let rows = tree.edge_visits[edges.clone()].iter().zip(&tree.edge_value[edges.clone()]);
        for ((&n, &q), &prior) in rows.zip(&tree.prior[edges]) {
            let value = if n > 0 { (q - low) / span } else { 0.0 };
            let exploration = puct_exploration(prior, weight, f64::from(n));
            out.push(Score { value, exploration, eligible: prior > 0.0 });
        }
    }

    /// Lowest value and span that values are rescaled by.
    #[inline]
    fn span<N: Clone>(&self, tree: &Tree<N>, at: At<'_>) -> (f64, f64) {
        let least = if self.range == Range::Guarded { LEAST_TREE_SPAN } else { LEAST_SPAN };
        let (low, high) = match self.range {
            Range::Raw => return (0.0, 1.0),
            Range::Tree | Range::Guarded => at.tree_range,
            Range::Node => {
                let own = tree.value[at.at];
                let edges = tree.edges(at.at);
                let q = tree.edge_value[edges.clone()].iter();
                let tried = q.zip(&tree.edge_visits[edges]).filter(|(_, n)| **n > 0);
                tried.fold((own, own), |(low, high), (&q, _)| (low.min(q), high.max(q)))
            }
        };
        // Before anything was backed up there is no range at all.
        if low <= high { (low, (high - low).max(least)) } else { (0.0, 1.0) }
    }

    /// `[A]`: sigma of the completed, rescaled action values (Danihelka et al. 2022, eq. 8, 10).
    fn completed<N: Clone>(
        &self,
        tree: &Tree<N>,
        at: At<'_>,
        c: (f64, f64),
        completed: &mut Vec<f64>,
    ) {
        let edges = tree.edges(at.at);
        let (visits, q) = (&tree.edge_visits[edges.clone()], &tree.edge_value[edges.clone()]);
        let mixed = mixed_value(tree.raw_value[at.at], &tree.prior[edges], visits, q);
        completed.clear();
        completed.extend(visits.iter().zip(q).map(|(&n, &q)| if n > 0 { q } else { mixed }));
        let (low, span) = match self.range {
            Range::Raw => (0.0, 1.0),
            Range::Tree | Range::Guarded => self.span(tree, at),
            Range::Node => {
                let low = completed.iter().copied().fold(f64::INFINITY, f64::min);
                let high = completed.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                (low, (high - low).max(LEAST_SPAN))
            }
        };
        let factor = sigma_factor(c.0, c.1, visits);
        completed.iter_mut().for_each(|q| *q = factor * ((*q - low) / span));
    }

    /// `[A]` each: what a Gumbel root says of its actions, and the improved policy.
    pub fn verdict<N: Clone>(&self, tree: &Tree<N>, at: At<'_>, c: (f64, f64)) -> Work {
        let mut work = Work::default();
        self.completed(tree, at, c, &mut work.completed);
        improve(&tree.logits[tree.edges(at.at)], &mut work);
        work
    }

    /// The root: the best of those with the scheduled number of visits.
    fn halving<N: Clone>(
        &self,
        tree: &Tree<N>,
        at: usize,
        gumbel: &[f64],
        completed: &[f64],
        out: &mut Vec<Score>,
    ) {
        let edges = tree.edges(at);
        let visits = &tree.edge_visits[edges.clone()];
        let legal = tree.prior[edges].iter().filter(|&&p| p > 0.0).count();
        let schedule = &self.schedules[legal.min(self.schedules.len() - 1)];
        let simulation: u32 = visits.iter().sum();
        let considered = schedule.get(simulation as usize).or(schedule.last()).copied();
        candidates(tree, at, gumbel, completed, considered.unwrap_or(0), out);
    }
}

/// Scores `gumbel + logits + sigma` of the root actions with `considered` visits.
fn candidates<N: Clone>(
    tree: &Tree<N>,
    at: usize,
    gumbel: &[f64],
    completed: &[f64],
    considered: u32,
    out: &mut Vec<Score>,
) {
    let edges = tree.edges(at);
    let (visits, logits) = (&tree.edge_visits[edges.clone()], &tree.logits[edges.clone()]);
    let legal = |a: usize| tree.prior[edges.start + a] > 0.0;
    let any = (0..visits.len()).any(|a| legal(a) && visits[a] == considered);
    for (a, &n) in visits.iter().enumerate() {
        let value = gumbel[a] + logits[a] + completed[a];
        let eligible = legal(a) && (n == considered || !any);
        out.push(Score { value, exploration: 0.0, eligible });
    }
}

/// Below the root: `pi'(a) - n / (1 + sum n)`, `pi' = softmax(logits + sigma)`.
fn improved<N: Clone>(tree: &Tree<N>, at: usize, work: &mut Work, out: &mut Vec<Score>) {
    let edges = tree.edges(at);
    improve(&tree.logits[edges.clone()], work);
    let visits = &tree.edge_visits[edges.clone()];
    let all = f64::from(visits.iter().sum::<u32>());
    for ((&n, &value), edge) in visits.iter().zip(&work.policy).zip(edges) {
        let exploration = -f64::from(n) / (1.0 + all);
        out.push(Score { value, exploration, eligible: tree.prior[edge] > 0.0 });
    }
}

/// `work.policy <- softmax(logits + sigma)`.
fn improve(logits: &[f64], work: &mut Work) {
    work.sums.clear();
    work.sums.extend(logits.iter().zip(&work.completed).map(|(l, c)| l + c));
    work.policy.resize(logits.len(), 0.0);
    softmax(&work.sums, &mut work.policy);
}

/// A greatest eligible score, ties broken uniformly; draws only where there is a tie.
#[inline]
pub(super) fn best(scores: &[Score], dice: &mut Stream) -> usize {
    let (mut top, mut first, mut ties) = (f64::NEG_INFINITY, 0, 0);
    for (action, score) in scores.iter().enumerate() {
        let sum = score.value + score.exploration;
        if score.eligible && (sum > top || ties == 0) {
            (top, first, ties) = (sum, action, 1);
        } else if score.eligible && sum == top {
            ties += 1;
        }
    }
    if ties < 2 {
        return first;
    }
    let chosen = dice.below(ties) as usize;
    let equal = |s: &Score| s.eligible && s.value + s.exploration == top;
    let ties = scores.iter().enumerate().filter(|(_, s)| equal(s));
    ties.map(|(action, _)| action).nth(chosen).unwrap_or(first)
}
