//! What was learned, as a search sees it: the counts of the table model, and the global values.

use super::method::Plan;
use crate::agents::table::ActionValues;
use crate::base::rng::Stream;
use crate::mdp::{Action, State};
use crate::models::table::TableModel;
use crate::rl::td::max_value;
use crate::search::model::{Ask, Evaluation, Follow, Listed, Model, Stated};

/// Share of the guiding policy that goes to all actions alike; the rest is greedy.
const GUIDE_AT_RANDOM: f64 = 0.25;

/// The learned model and value. A pair without data ends the imagination with what the global
/// value says of it (with nothing, where the search is not truncated by that value).
#[derive(Debug)]
pub struct Learned<'a> {
    /// Counts.
    pub model: &'a TableModel,
    /// Global values.
    pub values: &'a ActionValues,
    /// Discount.
    pub gamma: f64,
    /// Whether the policy within the search is that of the global values, or uniform.
    pub guided: bool,
    /// Whether leaves are worth their global value, or nothing.
    pub truncated: bool,
    /// Questions answered so far.
    pub calls: u64,
}

impl<'a> Learned<'a> {
    /// As `plan` asks it.
    pub fn new(plan: &Plan, model: &'a TableModel, values: &'a ActionValues) -> Self {
        let Plan { gamma, guided, truncated, .. } = *plan;
        Self { model, values, gamma, guided, truncated, calls: 0 }
    }

    fn unknown(&self, state: State, action: Action) -> Follow<State> {
        let worth = if self.truncated { self.pair_value(state, action) } else { 0.0 };
        Follow { reward: worth, discount: 0.0, next: state }
    }

    fn discount(&self, goes_on: bool) -> f64 {
        if goes_on { self.gamma } else { 0.0 }
    }
}

impl Model for Learned<'_> {
    type Node = State;

    fn actions(&self) -> usize {
        self.model.actions()
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
            let followed = self.model.followed(state, ask.action);
            let seen = match followed {
                [] => None,
                [only] => Some(only),
                many => {
                    let mut left =
                        dice[ask.tree as usize].below(self.model.count(state, ask.action));
                    many.iter().find(|f| {
                        let it = left < f.count;
                        left = left.saturating_sub(f.count);
                        it
                    })
                }
            };
            out.push(match seen {
                None => self.unknown(state, ask.action),
                Some(f) => Follow {
                    reward: f.reward_sum / f64::from(f.count),
                    discount: self.discount(f.goes_on),
                    next: f.next,
                },
            });
        }
    }

    fn evaluate(&mut self, nodes: &[State], which: &[u32], out: &mut Evaluation) {
        for &node in which {
            let row = self.values.row(nodes[node as usize]);
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

impl Listed for Learned<'_> {
    fn list(&mut self, node: &State, action: Action, out: &mut Vec<(f64, Follow<State>)>) {
        self.calls += 1;
        let all = f64::from(self.model.count(*node, action));
        for f in self.model.followed(*node, action) {
            let count = f64::from(f.count);
            let discount = self.discount(f.goes_on);
            let follow = Follow { reward: f.reward_sum / count, discount, next: f.next };
            out.push((count / all, follow));
        }
        if all == 0.0 {
            out.push((1.0, self.unknown(*node, action)));
        }
    }
}

impl Stated for Learned<'_> {
    fn pair_value(&self, state: State, action: Action) -> f64 {
        self.values.row(state)[usize::from(action)]
    }
}
