//! The one implementation of a cohort: an agent and its lanes.
//!
//! One generic text is both loops, watched and unwatched; [`Cohort::advance`] alone is a dynamic call.

use super::advance::{Advance, FULL};
use super::cell_log::CellLog;
use super::clock::{Clock, Counters, Position};
use super::cohort::Cohort;
use super::lane::Lane;
use super::lane_view::{LaneView, TRAIL};
use super::record::EpisodeRow;
use crate::agents::search::Evidence;
use crate::agents::{Agent, Fault};
use crate::base::digest::Digest;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::edit::Stroke;
use crate::mdp::trace::{CodeLine, Recorder, Unwatched, Watch};
use crate::mdp::{Observed as _, Simulator, State, Transition};
use crate::nn::device::Place;
use crate::probes::value_error::Yardstick;

/// A cohort of a world and an agent that fit together.
#[derive(Clone)]
pub struct Group<W: Simulator, A: Agent<Obs = W::Obs, Action = W::Action>> {
    agent: A,
    lanes: Vec<Lane<W>>,
    /// `[L]`: what each lane sees.
    obs: Vec<W::Obs>,
    /// `[L]`: lanes that take part in the step under way.
    active: Vec<bool>,
    /// `[L]`.
    actions: Vec<W::Action>,
    /// At most `L`, one for each active lane.
    transitions: Vec<Transition<W::Obs, W::Action>>,
    /// Units done of the step under way.
    unit: u64,
    finished: Vec<(usize, u64, EpisodeRow)>,
    /// What values are measured against, if they are.
    yardstick: Option<Yardstick>,
}

impl<W, A> Group<W, A>
where
    W: Simulator,
    A: Agent<Obs = W::Obs, Action = W::Action>,
{
    /// One lane for each seed, each with a copy of `world`, at the start of its first episode.
    pub fn new(world: &W, agent: A, seeds: &[u64]) -> Self {
        let mut group = Self {
            agent,
            lanes: Vec::new(),
            obs: Vec::new(),
            active: vec![false; seeds.len()],
            actions: vec![W::Action::default(); seeds.len()],
            transitions: Vec::with_capacity(seeds.len()),
            unit: 0,
            finished: Vec::new(),
            yardstick: None,
        };
        for (lane, &seed) in seeds.iter().enumerate() {
            let (own, obs) = Lane::new(world, Stream::new(seed, StreamName::World));
            group.agent.begin(lane, obs);
            group.obs.push(obs);
            group.lanes.push(own);
        }
        group
    }

    #[inline]
    fn lane_reached(&self, lane: usize, goal: &Position) -> bool {
        let l = &self.lanes[lane];
        match goal.clock {
            Clock::Episodes => {
                (l.episodes, l.step, self.unit) >= (goal.count, goal.step, goal.unit)
            }
            Clock::EnvSteps => (l.env_steps, self.unit) >= (goal.count, goal.unit),
            Clock::Updates => self.agent.work_of(lane).updates() >= goal.count,
            Clock::Imagined => self.agent.work_of(lane).imagined_steps >= goal.count,
        }
    }

    #[inline]
    fn reached(&self, goal: &Position) -> bool {
        (0..self.lanes.len()).all(|lane| self.lane_reached(lane, goal))
    }

    fn stands_still(&self, clock: Clock) -> bool {
        let moves = self.agent.moves();
        match clock {
            Clock::Episodes | Clock::EnvSteps => false,
            Clock::Updates => !moves.updates,
            Clock::Imagined => !moves.imagined,
        }
    }

    /// How many planning units may be done without passing the goal.
    #[inline]
    fn plan_budget(&self, goal: &Position) -> u64 {
        match goal.clock {
            // Lanes may begin to learn at different steps: those at the goal hold nobody up.
            Clock::Updates => {
                let left = |lane| goal.count.saturating_sub(self.agent.work_of(lane).updates());
                let active = (0..self.lanes.len()).filter(|&lane| self.active[lane]).map(left);
                active.filter(|&left| left > 0).min().unwrap_or(1)
            }
            // A unit may ask its model several times.
            Clock::Imagined => 1,
            // Only the last step before the goal is cut; elsewhere this merely splits the work.
            Clock::Episodes | Clock::EnvSteps if goal.unit > self.unit => goal.unit - self.unit,
            Clock::Episodes | Clock::EnvSteps => u64::MAX,
        }
    }

    /// The loop, in two instances.
    fn run<S: Watch>(&mut self, goal: &Position, fuel: &mut u64, watch: &mut S) -> Advance {
        loop {
            // A step that fails is never completed, so that the counters name it.
            if self.has_failed() {
                return Advance::Failed(self.fault());
            }
            if self.reached(goal) {
                return Advance::Reached;
            }
            if *fuel == 0 {
                return Advance::OutOfFuel;
            }
            if self.finished.len() >= FULL {
                return Advance::Full;
            }
            let due = self.agent.due();
            let units = if due == 0 {
                // An agent may stop moving a clock by itself, between any two steps.
                if self.stands_still(goal.clock) {
                    return Advance::StandsStill;
                }
                self.real_step(goal, watch);
                1
            } else {
                let most = self.plan_budget(goal).min(*fuel).min(u64::from(due));
                u64::from(self.agent.plan(most as u32, watch))
            };
            self.unit += units;
            *fuel = fuel.saturating_sub(units);
            if !self.has_failed() && self.agent.due() == 0 {
                self.complete_step();
            }
        }
    }

    /// Whether a value or the world itself is not a number any more.
    #[inline]
    fn has_failed(&self) -> bool {
        self.agent.has_failed() || self.lanes.iter().any(Lane::is_lost)
    }

    #[cold]
    fn fault(&self) -> Fault {
        let world = || self.lanes.iter().find_map(Lane::fault);
        let unknown = || Fault::Number { what: "a value".to_owned(), value: f64::NAN };
        self.agent.fault().or_else(world).unwrap_or_else(unknown)
    }

    /// Every lane short of the goal acts once and learns from it.
    #[inline]
    fn real_step<S: Watch>(&mut self, goal: &Position, watch: &mut S) {
        watch.step();
        for lane in 0..self.lanes.len() {
            self.active[lane] = !self.lane_reached(lane, goal);
        }
        self.agent.decide(&self.obs, &self.active, &mut self.actions, watch);
        self.transitions.clear();
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            if !self.active[index] {
                continue;
            }
            let step = lane.world.step(self.actions[index], &mut lane.dice);
            self.transitions.push(Transition {
                lane: index as u32,
                obs: self.obs[index],
                action: self.actions[index],
                step,
            });
            lane.episode_return += step.reward;
            lane.ended = step.terminated || step.truncated;
            lane.trail[(lane.step as usize + 1) % TRAIL] = step.next.state().unwrap_or(0);
            lane.world.body().into_iter().for_each(|body| lane.path.go(body));
            self.obs[index] = step.next;
        }
        self.agent.learn(&self.transitions, watch);
    }

    /// The planning of this step is done: clocks tick, episodes end.
    #[inline]
    fn complete_step(&mut self) {
        self.unit = 0;
        for index in 0..self.lanes.len() {
            if !self.active[index] {
                continue;
            }
            let lane = &mut self.lanes[index];
            lane.env_steps += 1;
            lane.step += 1;
            if lane.ended {
                self.end_episode(index);
            }
        }
    }

    fn value_error(&self, lane: usize) -> Option<f32> {
        let (yardstick, values) = (self.yardstick.as_ref()?, self.agent.values()?);
        yardstick.error(self.lanes[lane].world.stage(), values).map(|error| error as f32)
    }

    fn end_episode(&mut self, index: usize) {
        let work = self.agent.work_of(index);
        let value_error = self.value_error(index);
        let lane = &mut self.lanes[index];
        lane.total_return += lane.episode_return;
        let row = EpisodeRow {
            env_steps: lane.env_steps,
            updates: work.updates(),
            imagined_steps: work.imagined_steps,
            episode_return: lane.episode_return,
            total_return: lane.total_return,
            length: lane.step,
            value_error,
        };
        self.finished.push((index, lane.episodes, row));
        lane.episodes += 1;
        lane.step = 0;
        lane.episode_return = 0.0;
        lane.ended = false;
        let obs = lane.world.reset(&mut lane.dice);
        lane.trail[0] = obs.state().unwrap_or(0);
        lane.world.body().into_iter().for_each(|body| lane.path.begin(body));
        self.obs[index] = obs;
        self.agent.begin(index, obs);
    }
}

impl<W, A> Cohort for Group<W, A>
where
    W: Simulator,
    A: Agent<Obs = W::Obs, Action = W::Action>,
{
    fn advance(&mut self, goal: Position, mut fuel: u64) -> Advance {
        self.run(&goal, &mut fuel, &mut Unwatched)
    }

    fn advance_watched(
        &mut self,
        goal: Position,
        mut fuel: u64,
        recorder: &mut Recorder,
    ) -> Advance {
        // Small bites, so that the recorder stops close to its bound.
        while fuel > 0 && !recorder.is_full() {
            let mut bite = fuel.min(64);
            fuel -= bite;
            match self.run(&goal, &mut bite, recorder) {
                Advance::OutOfFuel => fuel += bite,
                end => return end,
            }
        }
        self.run(&goal, &mut fuel, &mut Unwatched)
    }

    fn advance_logged(&mut self, goal: Position, mut fuel: u64, log: &mut CellLog) -> Advance {
        self.run(&goal, &mut fuel, log)
    }

    fn dream_logged(&mut self, units: u32, log: &mut CellLog) -> u32 {
        self.agent.dream(units, log)
    }

    fn dream(&mut self, units: u32, recorder: Option<&mut Recorder>) -> u32 {
        match recorder {
            Some(recorder) => self.agent.dream(units, recorder),
            None => self.agent.dream(units, &mut Unwatched),
        }
    }

    fn can_dream(&self) -> bool {
        self.agent.can_dream()
    }

    fn take_finished(&mut self) -> Vec<(usize, u64, EpisodeRow)> {
        std::mem::take(&mut self.finished)
    }

    fn lanes(&self) -> usize {
        self.lanes.len()
    }

    fn counters(&self, lane: usize) -> Counters {
        let work = self.agent.work_of(lane);
        let lane = &self.lanes[lane];
        Counters {
            episodes: lane.episodes,
            env_steps: lane.env_steps,
            step: lane.step,
            unit: self.unit,
            real_updates: work.real_updates,
            imagined_updates: work.imagined_updates,
            imagined_steps: work.imagined_steps,
        }
    }

    fn lane_view(&self, lane: usize) -> LaneView {
        let counters = self.counters(lane);
        let l = &self.lanes[lane];
        // Between the real part of a step and its end the agent already stands on the next cell.
        let newest = l.step as usize + usize::from(self.unit > 0);
        let oldest = (newest + 1).saturating_sub(TRAIL);
        LaneView {
            counters,
            state: self.obs[lane].state(),
            trail: (oldest..=newest).map(|i| l.trail[i % TRAIL]).collect(),
            path: l.path.clone(),
            episode_return: l.episode_return,
            due: self.agent.due(),
            view: self.agent.view_of(lane),
        }
    }

    fn evidence(&self, lane: usize) -> Option<Evidence> {
        self.agent.evidence(lane)
    }

    fn failed_lane(&self) -> usize {
        match self.agent.has_failed() {
            true => self.agent.failed_lane(),
            false => self.lanes.iter().position(Lane::is_lost).unwrap_or(0),
        }
    }

    fn stage(&self, lane: usize) -> usize {
        self.lanes[lane].world.stage()
    }

    fn code(&self) -> &'static [CodeLine] {
        self.agent.code()
    }

    fn param(&self, index: usize) -> f64 {
        self.agent.param(index)
    }

    fn set_param(&mut self, index: usize, value: f64) {
        self.agent.set_param(index, value);
    }

    fn edit(&mut self, stroke: &Stroke) {
        for (lane, seen) in self.lanes.iter_mut().zip(&self.obs) {
            // It was checked before it came into the log.
            let _ = lane.world.edit(stroke);
            self.agent.redrawn(lane.world.redrawn(*seen));
        }
    }

    fn lie(&mut self, cells: &[(State, f64)]) {
        self.agent.lie(cells);
    }

    fn measure(&mut self, yardstick: &Yardstick) {
        self.yardstick = Some(yardstick.clone());
    }

    fn digest(&self) -> u64 {
        let mut digest = Digest::default();
        self.agent.digest(&mut digest);
        for (index, lane) in self.lanes.iter().enumerate() {
            let c = self.counters(index);
            let counts = [c.episodes, c.env_steps, c.step, c.unit, c.updates(), c.imagined_steps];
            counts.into_iter().for_each(|word| digest.word(word));
            lane.digest(&self.obs[index], &mut digest);
        }
        digest.finish()
    }

    fn bytes(&self) -> usize {
        let lane = size_of::<Lane<W>>() + size_of::<W::Obs>() + size_of::<W::Action>();
        let paths: usize = self.lanes.iter().map(|lane| lane.path.bytes()).sum();
        size_of::<Self>() + self.agent.bytes() + self.lanes.len() * lane + paths
    }

    fn duplicate(&self) -> Box<dyn Cohort> {
        Box::new(self.clone())
    }

    fn stowed(&self) -> Box<dyn Cohort> {
        let mut copy = self.clone();
        copy.agent.stow();
        Box::new(copy)
    }

    fn place(&self) -> Option<Place> {
        self.agent.place()
    }
}
