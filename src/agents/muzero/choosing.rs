//! How it chooses: a search from what is seen, and an action from what the search says.

use super::MuZero;
use super::config::{Picks, Tree, line};
use super::latent::LatentModel;
use crate::agents::Fault;
use crate::mdp::Action;
use crate::mdp::trace::{Value, Watch};
use crate::models::sight::{Sight, told};
use crate::rl::categorical::softmax;
use crate::rl::policy::by_visits;
use crate::search::tree_search::TreeSearch;
use crate::search::{Answer, Root};

/// The greatest alone, the first of several.
fn greatest(logits: &[f32]) -> Vec<f64> {
    let best = (0..logits.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
    (0..logits.len()).map(|a| if Some(a) == best { 1.0 } else { 0.0 }).collect()
}

impl<S: Sight> MuZero<S> {
    /// Line 10: one simulation from the root. False where there is none.
    pub(super) fn simulate<W: Watch>(&mut self, watch: &mut W) -> bool {
        let Some(root) = self.root else { return false };
        let (host, gamma, guided) = (self.host(), self.gamma(), self.guided());
        let mut model = LatentModel { networks: &host, gamma, guided, calls: 0 };
        let settings = self.config.search(!self.is_frozen());
        let dice = std::slice::from_mut(&mut self.plan);
        if self.search.is_none() {
            self.beginning = Some(dice[0].clone());
            let legal = self.sight.legal(&root);
            let root = Root { legal, ..model.root(&told(&self.sight, &root)) };
            match TreeSearch::begin(settings, &[root], &mut model, dice) {
                Ok(search) => self.search = Some(search),
                Err(refused) => self.fault = Some(Fault::Refused(refused.to_string())),
            }
        }
        let Some(search) = &mut self.search else { return false };
        search.simulate(&mut model, dice);
        self.work.imagined_steps += model.calls;
        watch.line(line::SIMULATE, || Some(Value::Count(u64::from(search.done()), "simulations")));
        true
    }

    /// What the search says, all its simulations done.
    pub(super) fn answer<W: Watch>(&mut self, watch: &mut W) -> Option<Answer> {
        while self.search.as_ref().is_none_or(|s| !s.is_done()) && self.simulate(watch) {}
        self.search.as_ref().map(|search| search.answer(0))
    }

    /// Line 2: by visits, by the draws of a Gumbel search, or by the policy alone.
    pub(super) fn pick(&mut self, seen: S::Seen, answer: &Answer) -> Action {
        let odds = match (self.config.picks, self.config.tree) {
            (Picks::Search, Tree::Gumbel) => return answer.action(),
            (Picks::Search, Tree::Puct) if self.is_frozen() => by_visits(&answer.visits, 0.0),
            (Picks::Search, Tree::Puct) => {
                by_visits(&answer.visits, self.config.temperature_at(self.steps))
            }
            (Picks::Policy, _) => {
                let host = self.host();
                let mut logits = host.logits(&host.enter(&told(&self.sight, &seen)));
                let legal = self.sight.legal(&seen);
                let cannot = |a: usize| legal.as_ref().is_some_and(|legal| !legal[a]);
                let all = logits.iter_mut().enumerate().filter(|(a, _)| cannot(*a));
                all.for_each(|(_, logit)| *logit = f32::NEG_INFINITY);
                match self.is_frozen() {
                    true => greatest(&logits),
                    false => softmax(&logits),
                }
            }
        };
        self.explore.pick(odds.into_iter()) as Action
    }
}
