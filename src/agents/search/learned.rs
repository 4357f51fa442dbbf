//! What was learned, as a search sees it: what followed each pair, and the global values.

use crate::agents::table::{ActionValues, TableView};
use crate::base::rng::Stream;
use crate::mdp::{Action, State};
use crate::models::table::TableModel;
use crate::models::view::{ModelView, Predicted};
use crate::rl::td::max_value;
use crate::search::model::{Ask, Evaluation, Follow, Listed, Model, Stated};

/// Share of the guiding policy that goes to all actions alike; the rest is greedy.
const GUIDE_AT_RANDOM: f64 = 0.25;

/// A model and global values: those of a learner, or a copy of them.
pub trait Knowledge {
    /// Number of actions `A`.
    fn actions(&self) -> usize;

    /// `[A]`: global values of a state.
    fn row(&self, state: State) -> &[f64];

    /// What may follow a pair; nothing: no data.
    fn outcomes(&self, state: State, action: Action) -> impl Iterator<Item = Predicted>;

    /// One of them, by chance where there are several; `None`: no data.
    fn draw(&self, state: State, action: Action, dice: &mut Stream) -> Option<Predicted> {
        let mut outcomes = self.outcomes(state, action);
        let first = outcomes.next()?;
        let Some(mut one) = outcomes.next() else { return Some(first) };
        let mut left = dice.unit() - first.probability;
        if left < 0.0 {
            return Some(first);
        }
        loop {
            left -= one.probability;
            match outcomes.next().filter(|_| left >= 0.0) {
                Some(next) => one = next,
                None => return Some(one),
            }
        }
    }
}

impl Knowledge for (&TableModel, &ActionValues) {
    fn actions(&self) -> usize {
        self.0.actions()
    }

    fn row(&self, state: State) -> &[f64] {
        self.1.row(state)
    }

    fn outcomes(&self, state: State, action: Action) -> impl Iterator<Item = Predicted> {
        let model = self.0;
        let all = f64::from(model.count(state, action));
        model.followed(state, action).iter().map(move |f| Predicted {
            probability: f64::from(f.count) / all,
            reward: model.told(state, f),
            next: f.next,
            goes_on: f.goes_on,
            count: u64::from(f.count),
        })
    }
}

impl Knowledge for (&ModelView, &TableView) {
    fn actions(&self) -> usize {
        self.0.actions()
    }

    fn row(&self, state: State) -> &[f64] {
        self.1.row(state as usize)
    }

    fn outcomes(&self, state: State, action: Action) -> impl Iterator<Item = Predicted> {
        self.0.get(state, action).iter().copied()
    }
}

/// The learned model and value. A pair without data ends the imagination with what the global
/// value says of it (with nothing, where the search is not truncated by that value).
#[derive(Debug)]
pub struct Learned<K> {
    /// What is known.
    pub known: K,
    /// Discount.
    pub gamma: f64,
    /// Whether the policy within the search is that of the global values, or uniform.
    pub guided: bool,
    /// Whether leaves are worth their global value, or nothing.
    pub truncated: bool,
    /// Questions answered so far.
    pub calls: u64,
}

impl<K: Knowledge> Learned<K> {
    fn unknown(&self, state: State, action: Action) -> Follow<State> {
        let worth = if self.truncated { self.pair_value(state, action) } else { 0.0 };
        Follow { reward: worth, discount: 0.0, next: state }
    }

    fn follow_of(&self, p: &Predicted) -> Follow<State> {
        let discount = if p.goes_on { self.gamma } else { 0.0 };
        Follow { reward: p.reward, discount, next: p.next }
    }
}

impl<K: Knowledge> Model for Learned<K> {
    type Node = State;

    fn actions(&self) -> usize {
        self.known.actions()
    }

    fn is_certain(&self) -> bool {
        false
    }

    fn is_same(&self, a: &State, b: &State) -> bool {
        a == b
    }

    fn follow(
        &mut self,
        nodes: &[State],
        asks: &[Ask],
        dice: &mut [Stream],
        out: &mut Vec<Follow<State>>,
    ) {
        self.calls += asks.len() as u64;
        for ask in asks {
            let state = nodes[ask.node as usize];
            let drawn = self.known.draw(state, ask.action, &mut dice[ask.tree as usize]);
            out.push(match drawn {
                Some(drawn) => self.follow_of(&drawn),
                None => self.unknown(state, ask.action),
            });
        }
    }

    fn evaluate(&mut self, nodes: &[State], which: &[u32], out: &mut Evaluation) {
        for &node in which {
            let row = self.known.row(nodes[node as usize]);
            let best = max_value(row);
            out.values.push(if self.truncated { best } else { 0.0 });
            if !self.guided {
                out.logits.extend(row.iter().map(|_| 0.0));
                continue;
            }
            let ties = row.iter().filter(|&&q| q == best).count() as f64;
            let anything = GUIDE_AT_RANDOM / row.len() as f64;
            out.logits.extend(row.iter().map(|&q| {
                let greedy = if q == best { (1.0 - GUIDE_AT_RANDOM) / ties } else { 0.0 };
                (anything + greedy).ln()
            }));
        }
    }
}

impl<K: Knowledge> Listed for Learned<K> {
    fn list(&mut self, node: &State, action: Action, out: &mut Vec<(f64, Follow<State>)>) {
        self.calls += 1;
        let before = out.len();
        let outcomes = self.known.outcomes(*node, action);
        out.extend(outcomes.map(|p| (p.probability, self.follow_of(&p))));
        if out.len() == before {
            out.push((1.0, self.unknown(*node, action)));
        }
    }
}

impl<K: Knowledge> Stated for Learned<K> {
    fn pair_value(&self, state: State, action: Action) -> f64 {
        self.known.row(state)[usize::from(action)]
    }
}
