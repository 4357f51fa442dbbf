//! How it chooses: a search from what is seen, and an action from what the search says.

use super::MuZero;
use super::config::{Picks, Tree, line};
use super::population::{Answers, Population};
use super::searching::Searching;
use crate::agents::Fault;
use crate::base::rng::Stream;
use crate::mdp::Action;
use crate::mdp::trace::{Value, Watch};
use crate::models::sight::{Sight, told};
use crate::rl::categorical::softmax;
use crate::rl::policy::by_visits;
use crate::search::{Answer, SearchError};

/// The greatest alone, the first of several.
fn greatest(logits: &[f32]) -> Vec<f64> {
    let best = (0..logits.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
    (0..logits.len()).map(|a| if Some(a) == best { 1.0 } else { 0.0 }).collect()
}

impl<S: Sight> MuZero<S> {
    /// The search of `lane` from where it stands, and its tree there.
    pub(super) fn searching(&self, lane: usize) -> Option<(&Searching, usize)> {
        self.searches.iter().find_map(|search| Some((search, search.tree_of(lane)?)))
    }

    /// `lane` stands somewhere else.
    pub(super) fn leave(&mut self, lane: usize) {
        self.searches.retain_mut(|search| search.leave(lane));
    }

    /// The learned models of `lanes` as one.
    fn models<'a>(&'a mut self, lanes: &'a [usize]) -> Population<'a> {
        let (gamma, guided) = (self.gamma(), self.guided());
        let answers = match self.learner.is_host() {
            true => Answers::Host(lanes.iter().map(|&lane| self.host(lane)).collect()),
            false => Answers::Device(self.learner.networks(), self.learner.compute()),
        };
        Population { answers, lanes, gamma, guided, calls: vec![0; lanes.len()] }
    }

    /// Line 9: the lanes of `among` that have not searched from where they stand begin. False where
    /// there is none.
    fn begin_search(&mut self, among: &[bool]) -> bool {
        let wants = |&lane: &usize| {
            among[lane] && self.lanes[lane].root.is_some() && self.searching(lane).is_none()
        };
        let all: Vec<usize> = (0..self.lanes.len()).filter(wants).collect();
        // Lanes that still explore and such that only show what they can search apart.
        let frozen = |lane: usize| self.lanes[lane].is_frozen(&self.config);
        let first = all.first().map(|&lane| frozen(lane));
        let lanes: Vec<usize> = all.into_iter().filter(|&l| Some(frozen(l)) == first).collect();
        let Some(frozen) = first else { return false };
        let settings = self.config.search(!frozen);
        let dice: Vec<Stream> = lanes.iter().map(|&lane| self.lanes[lane].plan.clone()).collect();
        let seen = lanes.iter().filter_map(|&lane| self.lanes[lane].root);
        let (seen, legal) = seen.map(|s| (told(&self.sight, &s), self.sight.legal(&s))).unzip();
        let seen: Vec<Vec<f32>> = seen;
        let mut model = self.models(&lanes);
        let roots = model.roots(&seen, legal);
        match Searching::begin((settings, &roots), (lanes.clone(), dice), &mut model) {
            Ok(search) => {
                self.searches.push(search);
                true
            }
            Err(refused) => {
                let tree = if let SearchError::NoAction { tree, .. } = refused { tree } else { 0 };
                self.fault = Some((lanes[tree], Fault::Refused(refused.to_string())));
                false
            }
        }
    }

    /// Line 10: one simulation in every lane of the search under way; without one, the lanes of
    /// `among` that have not searched yet begin. False where there is nothing to search.
    pub(super) fn simulate<W: Watch>(&mut self, among: &[bool], watch: &mut W) -> bool {
        if self.searches.last().is_none_or(Searching::is_done) && !self.begin_search(among) {
            return false;
        }
        let Some(mut search) = self.searches.pop() else { return false };
        let lanes = search.lanes.clone();
        let mut model = self.models(&lanes);
        search.simulate(&mut model);
        let calls = model.calls;
        for (&lane, calls) in lanes.iter().zip(calls) {
            self.lanes[lane].work.imagined_steps += calls;
        }
        if lanes.iter().any(|&lane| watch.looks_at(lane)) {
            let done = u64::from(search.done());
            watch.line(line::SIMULATE, || Some(Value::Count(done, "simulations")));
        }
        self.searches.push(search);
        true
    }

    /// Line 2: by visits, by the draws of a Gumbel search, or by the policy alone.
    pub(super) fn pick(&mut self, lane: usize, seen: S::Seen, answer: &Answer) -> Action {
        let frozen = self.lanes[lane].is_frozen(&self.config);
        let odds = match (self.config.picks, self.config.tree) {
            (Picks::Search, Tree::Gumbel) => return answer.action(),
            (Picks::Search, Tree::Puct) if frozen => by_visits(&answer.visits, 0.0),
            (Picks::Search, Tree::Puct) => {
                by_visits(&answer.visits, self.config.temperature_at(self.lanes[lane].steps))
            }
            (Picks::Policy, _) => {
                let host = self.host(lane);
                let mut logits = host.logits(&host.enter(&told(&self.sight, &seen)));
                let legal = self.sight.legal(&seen);
                let cannot = |a: usize| legal.as_ref().is_some_and(|legal| !legal[a]);
                let all = logits.iter_mut().enumerate().filter(|(a, _)| cannot(*a));
                all.for_each(|(_, logit)| *logit = f32::NEG_INFINITY);
                match frozen {
                    true => greatest(&logits),
                    false => softmax(&logits),
                }
            }
        };
        self.lanes[lane].explore.pick(odds.into_iter()) as Action
    }
}
