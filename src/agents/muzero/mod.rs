//! A MuZero-style agent: it searches in a model that knows nothing but reward, value and policy
//! (Schrittwieser et al. 2020, doi:10.1038/s41586-020-03051-4).
//!
//! A representation network turns what is seen into a latent state, a dynamics network goes on from
//! there, heads read reward, value and policy. The search in this model finds a better policy and
//! value; the agent acts by them, and the networks learn them along `K` unrolled steps. Each of the
//! four parts has a dial: the value-equivalent model, actions from the search, the policy that
//! learns from it, and the policy that guides it.
//!
//! | file | what |
//! |---|---|
//! | `lane` | what each lane keeps beside the networks |
//! | `choosing`, `searching` | a search in several lanes at once, and an action from what it says |
//! | `code`, `config` | pseudo-code and dials |
//! | `past`, `way` | a search lived again, and how values went |
//! | `networks` | the networks, and a copy of them for searches |
//! | `latent`, `population` | the learned model as a search sees it, of one lane and of several |
//! | `games` | replay by episode, prioritised |
//! | `fresh` | values and policies of today for games of yesterday |
//! | `targets` | targets along the unrolled steps |
//! | `lived` | what really happened lately, for pictures |
//! | `unroll`, `dreaming` | losses and gradients along real actions, and in imagination |
//! | `view` | what pictures and evaluations need |

mod choosing;
mod code;
pub mod config;
mod dreaming;
mod fresh;
mod games;
mod lane;
pub mod latent;
pub mod lived;
pub mod meters;
pub mod networks;
pub mod past;
mod population;
mod searching;
mod targets;
pub mod unroll;
mod update;
pub mod view;
pub mod way;

use std::sync::Arc;

use super::computing::Seat;
use super::search::{Evidence, Switch};
use super::{Agent, Fault, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::trace::{CodeLine, Value, Watch};
use crate::mdp::{Action, Transition};
use crate::models::sight::{Sight, told};
use crate::nn::device::Place;
use crate::nn::mlp::TooLarge;
pub use config::MuZeroConfig;
use config::line;
use lane::Lane;
use networks::HostNetworks;
use searching::Searching;
use update::Learner;
use view::MuZeroView;

/// Steps after which a game that goes on is kept in part, so that a task without an end is learned.
const PART: usize = 200;

/// The agent: any number of lanes in a world seen by `S`.
#[derive(Clone, Debug)]
pub struct MuZero<S: Sight> {
    config: MuZeroConfig,
    sight: S,
    actions: usize,
    seeds: Arc<[u64]>,
    learner: Learner,
    /// `[P]`: copies of the networks in host memory; `None`: they have learned since.
    hosts: Vec<Option<HostNetworks>>,
    lanes: Vec<Lane<S::Seen>>,
    /// `[P]`: lanes that take part in the step under way.
    active: Vec<bool>,
    /// Searches from where lanes stand; one under way is the last.
    searches: Vec<Searching>,
    searches_due: u32,
    /// What went wrong, and in which lane.
    fault: Option<(usize, Fault)>,
}

impl<S: Sight> MuZero<S> {
    /// Knows nothing yet of a world with so many listed states (0: numbers are seen) and actions; one
    /// lane for each of `seeds`.
    pub fn new(
        config: MuZeroConfig,
        sight: S,
        (states, actions): (usize, usize),
        seeds: &[u64],
    ) -> Result<Self, TooLarge> {
        let sight = sight.coded(config.features);
        let shape = config.shape(sight.width(), actions);
        let seat = Seat::of(config.trial(shape, seeds.len()), config.device);
        let lane = |&seed: &u64| Lane::new(config.priority, states * actions, seed);
        Ok(Self {
            learner: Learner::new(shape, seeds, seat)?,
            hosts: vec![None; seeds.len()],
            lanes: seeds.iter().map(lane).collect(),
            active: vec![true; seeds.len()],
            searches: Vec::new(),
            searches_due: 0,
            fault: None,
            seeds: seeds.into(),
            config,
            sight,
            actions,
        })
    }

    /// Brings the networks up to what the dials say, and to where they say: only when something is
    /// done with them, so that a dial on its way leaves no trace.
    fn renew(&mut self) {
        if self.fault.is_some() {
            return;
        }
        let sight = self.sight.coded(self.config.features);
        let shape = self.config.shape(sight.width(), self.actions);
        if sight == self.sight && shape == self.learner.shape() {
            if self.learner.follow(self.config.device) {
                self.hosts.fill(None);
            }
            return;
        }
        let seat = Seat::of(self.config.trial(shape, self.seeds.len()), self.config.device);
        match Learner::new(shape, &self.seeds, seat) {
            // Networks and what they are told change together.
            Ok(learner) => (self.learner, self.sight) = (learner, sight),
            Err(refused) => self.fault = Some((0, Fault::Refused(refused.to_string()))),
        }
        self.hosts.fill(None);
        self.searches.clear();
    }

    /// The networks of `lane` as they are now, in host memory.
    fn host(&mut self, lane: usize) -> HostNetworks {
        let learner = &self.learner;
        self.hosts[lane].get_or_insert_with(|| learner.copy(lane)).clone()
    }

    /// What the value one step later counts for; below 0 where that is another player's.
    fn gamma(&self) -> f64 {
        self.sight.next() * self.config.gamma
    }

    fn guided(&self) -> bool {
        self.config.guided == Switch::On
    }

    // ------------------------------------------------------------ learn

    /// Line 4: the game under way is kept once it is over, or long enough.
    fn keep(&mut self, lane: usize, last: S::Seen, terminated: bool) {
        let mut game = std::mem::take(&mut self.lanes[lane].game);
        game.terminated = terminated;
        game.seen.push(last);
        game.values.push(match terminated {
            true => 0.0,
            false => {
                let host = self.host(lane);
                host.value(&host.enter(&told(&self.sight, &last)))
            }
        });
        let (td, gamma) = (self.config.td_steps as usize, self.gamma());
        let target = |t| game.happened().value(t, td, gamma, |t| game.values[t]).unwrap_or(0.0);
        let errors = (0..game.length()).map(|t| game.values[t] - target(t)).collect();
        self.lanes[lane].games.keep(game, errors, self.config.capacity as usize);
    }

    /// A real step of one lane.
    fn live<W: Watch>(&mut self, t: &Transition<S::Seen, Action>, watch: &mut W) {
        let (index, step) = (t.lane as usize, t.step);
        let lane = &mut self.lanes[index];
        lane.lived(t, self.actions);
        let over = step.terminated || step.truncated;
        let kept = lane.game.length();
        // What was lived before the world is frozen is kept; what follows is an evaluation.
        let freezes = lane.steps == u64::from(self.config.freeze_after);
        if lane.is_frozen(&self.config) && !freezes {
            lane.game = games::Game::default();
        } else if over || freezes || kept >= PART {
            self.keep(index, step.next, step.terminated);
        }
        self.leave(index);
        let lane = &mut self.lanes[index];
        lane.root = (!over).then_some(step.next);
        lane.earn(self.config.updates);
        if watch.looks_at(index) {
            watch.line(line::WORLD, || Some(Value::Number(step.reward)));
            watch.line(line::REMEMBER, || Some(Value::Count(kept as u64, "steps")));
        }
    }

    /// Lines 6 to 8, once, in the lanes of `among`.
    fn update<W: Watch>(&mut self, among: &[bool], watch: &mut W) {
        let searches = self.config.reanalyse > 0.0;
        let host = |lane| (searches && among[lane]).then(|| self.host(lane));
        let hosts: Vec<Option<HostNetworks>> = (0..among.len()).map(host).collect();
        let done = self.learner.update(&self.config, &self.sight, &mut self.lanes, &hosts, among);
        for lane in (0..self.lanes.len()).filter(|&lane| among[lane]) {
            self.lanes[lane].count_update(&self.config);
            self.hosts[lane] = None;
        }
        let shown = (0..self.lanes.len()).find(|&lane| among[lane] && watch.looks_at(lane));
        if shown.is_some() {
            watch.line(line::DRAW, || Some(Value::Count(u64::from(self.config.batch), "places")));
        }
        match done {
            Ok(()) => {
                self.look_back(among);
                shown.into_iter().for_each(|lane| self.tell_losses(lane, watch));
            }
            Err(bad) => {
                let n = self.lanes[bad.lane].work.updates();
                let what = format!("{} in update {n}", bad.place());
                self.fault = Some((bad.lane, Fault::Number { what, value: f64::from(bad.value) }));
            }
        }
    }
}

impl<S: Sight> Agent for MuZero<S> {
    type Obs = S::Seen;
    type Action = Action;

    fn begin(&mut self, lane: usize, obs: S::Seen) {
        self.lanes[lane].root = Some(obs);
        self.leave(lane);
    }

    // ------------------------------------------------------------ act

    fn decide<W: Watch>(
        &mut self,
        obs: &[S::Seen],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        self.renew();
        for lane in (0..obs.len()).filter(|&lane| active[lane]) {
            if self.lanes[lane].root != Some(obs[lane]) {
                self.begin(lane, obs[lane]);
            }
        }
        while self.simulate(active, watch) {}
        for lane in (0..obs.len()).filter(|&lane| active[lane]) {
            let Some((search, tree)) = self.searching(lane) else { continue };
            let (answer, dice) = (search.answer(tree), search.dice(tree).clone());
            self.lanes[lane].plan = dice;
            let action = self.pick(lane, obs[lane], &answer);
            self.lanes[lane].game.decided(obs[lane], action, &answer.policy, answer.value);
            if watch.looks_at(lane) {
                watch.line(line::ACT, || Some(Value::Action(action)));
            }
            actions[lane] = action;
        }
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<S::Seen, Action>], watch: &mut W) {
        self.renew();
        self.active.fill(false);
        for t in transitions {
            self.active[t.lane as usize] = true;
            self.live(t, watch);
        }
        let goes_on = |(lane, active): (&Lane<S::Seen>, &bool)| *active && lane.root.is_some();
        let any = self.lanes.iter().zip(&self.active).any(goes_on);
        self.searches_due = if any { self.config.simulations } else { 0 };
        watch.unit();
    }

    fn due(&self) -> u32 {
        let updates = self.lanes.iter().map(|lane| lane.updates_due);
        updates.max().unwrap_or(0) + self.searches_due
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        self.renew();
        let mut done = 0;
        while done < budget && self.due() > 0 && self.fault.is_none() {
            let among: Vec<bool> = self.lanes.iter().map(|lane| lane.updates_due > 0).collect();
            if among.contains(&true) {
                let lanes = self.lanes.iter_mut();
                lanes.for_each(|lane| lane.updates_due = lane.updates_due.saturating_sub(1));
                self.update(&among, watch);
            } else {
                self.searches_due -= 1;
                let active = self.active.clone();
                self.simulate(&active, watch);
            }
            watch.unit();
            done += 1;
        }
        done
    }

    fn dream<W: Watch>(&mut self, units: u32, watch: &mut W) -> u32 {
        self.dream_on(units, watch)
    }

    fn can_dream(&self) -> bool {
        self.has_dreams()
    }

    // ------------------------------------------------------------ answers

    fn work(&self) -> Work {
        self.lanes.iter().fold(Work::default(), |all, lane| all.with(lane.work))
    }

    fn work_of(&self, lane: usize) -> Work {
        self.lanes[lane].work
    }

    fn moves(&self) -> Moves {
        Moves { updates: self.config.updates > 0.0, imagined: true }
    }

    fn param(&self, index: usize) -> f64 {
        self.config.get(index)
    }

    fn set_param(&mut self, index: usize, value: f64) {
        self.config.set(index, value);
        // What was set holds for the whole of a search: the one under way begins anew.
        self.searches.clear();
    }

    fn redrawn(&mut self, seen: S::Seen) {
        self.sight = self.sight.as_in(&seen);
    }

    fn code(&self) -> &'static [CodeLine] {
        self.config.code()
    }

    fn view(&self) -> View {
        self.view_of(0)
    }

    fn view_of(&self, lane: usize) -> View {
        let view = self.copy(lane);
        let tally = &self.lanes[lane].tally;
        let looked = way::Looked::at(&view, tally.len() / self.actions);
        let way = self.way(lane, &view, &looked);
        let shown = MuZeroView { way, ..view }.shown(self.actions, tally, looked);
        View { computing: Some(self.learner.computing()), ..shown }
    }

    fn evidence(&self, lane: usize) -> Option<Evidence> {
        self.searched(lane)
    }

    fn failure(&self) -> Option<NotANumber> {
        None
    }

    fn has_failed(&self) -> bool {
        self.fault.is_some()
    }

    fn fault(&self) -> Option<Fault> {
        self.fault.as_ref().map(|(_, fault)| fault.clone())
    }

    fn failed_lane(&self) -> usize {
        self.fault.as_ref().map_or(0, |(lane, _)| *lane)
    }

    fn place(&self) -> Option<Place> {
        Some(self.learner.compute().place())
    }

    fn stow(&mut self) {
        self.learner.stow();
    }

    fn digest(&self, digest: &mut Digest) {
        self.config.digest(digest);
        self.learner.digest(digest);
        self.lanes.iter().for_each(|lane| lane.digest(digest));
        self.active.iter().for_each(|&on| digest.word(u64::from(on)));
        self.searches.iter().for_each(|search| search.digest(digest));
        digest.word(u64::from(self.searches_due));
    }

    fn bytes(&self) -> usize {
        let hosts: usize = self.hosts.iter().flatten().map(HostNetworks::bytes).sum();
        let lanes: usize = self.lanes.iter().map(Lane::bytes).sum();
        let searches: usize = self.searches.iter().map(Searching::bytes).sum();
        size_of::<Self>() + self.learner.bytes() + hosts + lanes + searches
    }
}
