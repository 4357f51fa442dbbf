//! Planning while the world stands still: the agent goes on living from its present state, in its
//! model instead of the world. It searches, takes what the search says, asks the model what
//! follows, searches from there, and learns as it does from a real step. Where the imagined episode
//! ends it begins anew at the present state.
//!
//! The search under way rests on values that are no more: the next step begins it anew.

use super::learned::Knowledge as _;
use super::{Search, SearchAgent, Switch, line};
use crate::agents::Agent as _;
use crate::agents::table::Experience;
use crate::mdp::trace::{Source, Value, Watch};
use crate::mdp::{Action, State};
use crate::rl::policy::epsilon_greedy;

/// Where an imagined life stands, with the finished search from there.
struct Place {
    state: State,
    search: Search,
}

impl SearchAgent {
    /// Lives `units` steps in the model, and returns how many it could.
    pub(super) fn live_on<W: Watch>(&mut self, units: u32, watch: &mut W) -> u32 {
        let mut place = None;
        let mut done = 0;
        if units > 0 && self.can_dream() {
            self.search = None;
            self.kept = None;
        }
        while done < units && self.can_dream() {
            let here = place.take().or_else(|| self.searched(self.root?));
            let Some(here) = here else { break };
            place = self.imagined_step(here, watch);
            watch.unit();
            done += 1;
        }
        done
    }

    /// Whether `action` has been tried in `state`.
    pub(super) fn has_tried(&self, state: State, action: Action) -> bool {
        self.model.count(state, action) > 0
    }

    /// Whether anything has.
    pub(super) fn knows_a_way(&self, state: State) -> bool {
        (0..self.model.actions()).any(|action| self.has_tried(state, action as Action))
    }

    /// A whole search from `state`.
    fn searched(&mut self, state: State) -> Option<Place> {
        let plan = self.base.config.plan();
        let mut learned = plan.learned((&self.model, &self.base.values));
        let mut search = Search::begin(plan, state, None, &mut learned, &mut self.plan).ok()?;
        while !search.is_done() && search.unit(&mut learned, &mut self.plan).is_ok() {}
        self.base.work.imagined_steps += learned.calls;
        Some(Place { state, search })
    }

    /// One imagined step and what is learned from it; where that leads, if the episode goes on.
    fn imagined_step<W: Watch>(&mut self, mut here: Place, watch: &mut W) -> Option<Place> {
        let (state, c) = (here.state, self.base.config);
        // Of what was never tried the model cannot say what follows.
        let tried: Vec<Action> = (0..self.model.actions())
            .map(|action| action as Action)
            .filter(|&action| self.has_tried(state, action))
            .collect();
        let best = here.search.answer().best;
        let row: Vec<f64> = tried.iter().map(|a| f64::from(u8::from(best.contains(a)))).collect();
        let action = tried[epsilon_greedy(&row, c.epsilon, &mut self.plan)];
        let known = (&self.model, &self.base.values);
        let drawn = known.draw(state, action, &mut self.plan)?;
        self.base.work.imagined_steps += 1;
        watch.line(line::DREAM, || Some(Value::Outcome(drawn.reward, drawn.next)));
        let going_on = drawn.goes_on && self.knows_a_way(drawn.next);
        let mut next = if going_on { self.searched(drawn.next) } else { None };
        let found = match &mut next {
            Some(next) if c.closing == Switch::On => next.search.answer().best_value(),
            _ => self.base.values.max(drawn.next),
        };
        let e = Experience {
            state,
            action,
            reward: drawn.reward,
            next: drawn.next,
            discount: if drawn.goes_on { c.gamma } else { 0.0 },
            source: Source::Imagined,
        };
        let effect = self.base.update_to(e, found, c.alpha);
        watch.effect(line::IMAGINED, || effect);
        next
    }
}
