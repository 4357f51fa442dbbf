//! A table of outcomes that searches ask: the true world, or what was learned of it.

use super::model::{Ask, Evaluation, Follow, Listed, Model, Stated};
use crate::base::rng::Stream;
use crate::mdp::{Action, Outcome, State, Tabular};

/// A table of outcomes with a value for each state.
///
/// Shapes: `begins [S * A + 1]`, `outcomes` and `reaches` `[sum of outcomes]`, `values [S]`,
/// `logits [S * A]`.
#[derive(Clone, Debug)]
pub struct Table {
    actions: usize,
    gamma: f64,
    certain: bool,
    /// Where the outcomes of each pair begin.
    begins: Vec<u32>,
    /// What follows.
    outcomes: Vec<Follow<State>>,
    /// Probability of this outcome or an earlier one of its pair.
    reaches: Vec<f64>,
    values: Vec<f64>,
    logits: Vec<f64>,
}

impl Table {
    /// Lists `outcomes(s, a)` of all pairs. Values are 0, the policy is uniform over the actions
    /// that have outcomes.
    pub fn new(
        (states, actions): (usize, usize),
        gamma: f64,
        outcomes: impl Fn(State, Action) -> Vec<Outcome>,
    ) -> Self {
        let mut table = Self {
            actions,
            gamma,
            certain: true,
            begins: vec![0],
            outcomes: Vec::new(),
            reaches: Vec::new(),
            values: vec![0.0; states],
            logits: vec![f64::NEG_INFINITY; states * actions],
        };
        for pair in 0..states * actions {
            let of = outcomes((pair / actions) as State, (pair % actions) as Action);
            table.certain &= of.len() < 2;
            let mut sum = 0.0;
            for o in &of {
                sum += o.probability;
                let discount = if o.terminated { 0.0 } else { gamma };
                table.outcomes.push(Follow { reward: o.reward, discount, next: o.next });
                table.reaches.push(sum);
                table.logits[pair] = 0.0;
            }
            table.begins.push(table.outcomes.len() as u32);
        }
        table
    }

    /// The true world.
    pub fn of_world(world: &impl Tabular, gamma: f64) -> Self {
        let sizes = (world.states(), world.actions());
        Self::new(sizes, gamma, |state, action| world.outcomes(state, action))
    }

    /// The same with these values, `[S]`.
    pub fn with_values(mut self, values: Vec<f64>) -> Self {
        assert_eq!(values.len(), self.values.len(), "one value a state");
        self.values = values;
        self
    }

    /// The same with these logits, `[S * A]`; pairs without outcomes stay impossible.
    pub fn with_logits(mut self, logits: &[f64]) -> Self {
        assert_eq!(logits.len(), self.logits.len(), "one logit a pair");
        for (old, &new) in self.logits.iter_mut().zip(logits) {
            if old.is_finite() {
                *old = new;
            }
        }
        self
    }

    fn range(&self, state: State, action: Action) -> std::ops::Range<usize> {
        let pair = state as usize * self.actions + usize::from(action);
        self.begins[pair] as usize..self.begins[pair + 1] as usize
    }

    /// One outcome of a pair, by chance where there are several. Nothing is known of a pair
    /// without outcomes: it ends where it is, worth its value.
    #[inline]
    fn draw(&self, state: State, action: Action, dice: &mut Stream) -> Follow<State> {
        let range = self.range(state, action);
        let at = match range.len() {
            0 => return Follow { reward: 0.0, discount: self.gamma, next: state },
            1 => range.start,
            many => {
                let u = dice.unit();
                let earlier = self.reaches[range.clone()].iter().filter(|&&p| p <= u).count();
                range.start + earlier.min(many - 1)
            }
        };
        self.outcomes[at].clone()
    }
}

impl Model for Table {
    type Node = State;

    #[inline]
    fn actions(&self) -> usize {
        self.actions
    }

    #[inline]
    fn is_certain(&self) -> bool {
        self.certain
    }

    #[inline]
    fn is_same(&self, a: &State, b: &State) -> bool {
        a == b
    }

    #[inline]
    fn follow(
        &mut self,
        nodes: &[State],
        asks: &[Ask],
        dice: &mut [Stream],
        out: &mut Vec<Follow<State>>,
    ) {
        for ask in asks {
            let dice = &mut dice[ask.tree as usize];
            out.push(self.draw(nodes[ask.node as usize], ask.action, dice));
        }
    }

    #[inline]
    fn evaluate(&mut self, nodes: &[State], which: &[u32], out: &mut Evaluation) {
        for &node in which {
            let state = nodes[node as usize] as usize;
            out.values.push(self.values[state]);
            let row = state * self.actions;
            out.logits.extend_from_slice(&self.logits[row..row + self.actions]);
        }
    }
}

impl Listed for Table {
    fn list(&mut self, node: &State, action: Action, out: &mut Vec<(f64, Follow<State>)>) {
        let mut before = 0.0;
        for at in self.range(*node, action) {
            out.push((self.reaches[at] - before, self.outcomes[at].clone()));
            before = self.reaches[at];
        }
    }
}

impl Stated for Table {
    fn pair_value(&self, state: State, action: Action) -> f64 {
        let mut before = 0.0;
        let terms = self.range(state, action).map(|at| {
            let (o, p) = (&self.outcomes[at], self.reaches[at] - before);
            before = self.reaches[at];
            p * (o.reward + o.discount * self.values[o.next as usize])
        });
        terms.sum()
    }
}
