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
//! | `choosing` | a search, and an action from what it says |
//! | `code`, `config` | pseudo-code and dials |
//! | `past`, `way` | a search lived again, and how values went |
//! | `networks` | the networks, and a copy of them for searches |
//! | `latent` | the learned model as a search sees it |
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
pub mod latent;
pub mod lived;
pub mod meters;
pub mod networks;
pub mod past;
mod targets;
pub mod unroll;
mod update;
pub mod view;
pub mod way;

use super::search::{Evidence, Switch};
use super::table::Tally;
use super::{Agent, Fault, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{CodeLine, Value, Watch};
use crate::mdp::{Action, Observed as _, Transition};
use crate::models::sight::{Sight, told};
use crate::nn::mlp::TooLarge;
use crate::search::tree_search::TreeSearch;
pub use config::MuZeroConfig;
use config::line;
use games::{Game, Games};
use latent::{Latent, LatentModel};
use networks::HostNetworks;
use update::Learner;
use view::MuZeroView;

/// Steps after which a game that goes on is kept in part, so that a task without an end is learned.
const PART: usize = 200;

/// The agent: one lane in a world seen by `S`.
#[derive(Clone, Debug)]
pub struct MuZero<S: Sight> {
    config: MuZeroConfig,
    sight: S,
    actions: usize,
    seed: u64,
    learner: Learner,
    /// Copy of the networks for searches; `None`: they have learned since.
    host: Option<HostNetworks>,
    explore: Stream,
    plan: Stream,
    replay: Stream,
    games: Games<S::Seen>,
    /// The game under way.
    game: Game<S::Seen>,
    /// Where the search starts.
    root: Option<S::Seen>,
    search: Option<TreeSearch<Latent>>,
    /// The dice as they lay when that search began. For pictures: decides nothing.
    beginning: Option<Stream>,
    /// Updates that real steps have earned, a fraction included.
    earned: f64,
    updates_due: u32,
    searches_due: u32,
    steps: u64,
    /// `[S * A]`: how often pairs happened, where states are listed. For pictures: decides nothing.
    tally: Vec<Tally>,
    work: Work,
    fault: Option<Fault>,
}

impl<S: Sight> MuZero<S> {
    /// Knows nothing yet of a world with so many listed states (0: numbers are seen) and actions.
    pub fn new(
        config: MuZeroConfig,
        sight: S,
        (states, actions): (usize, usize),
        seed: u64,
    ) -> Result<Self, TooLarge> {
        let sight = sight.coded(config.features);
        Ok(Self {
            learner: Learner::new(config.shape(sight.width(), actions), seed)?,
            host: None,
            explore: Stream::new(seed, StreamName::Explore),
            plan: Stream::new(seed, StreamName::Plan),
            replay: Stream::new(seed, StreamName::Replay),
            games: Games::new(config.priority),
            game: Game::default(),
            root: None,
            search: None,
            beginning: None,
            earned: 0.0,
            updates_due: 0,
            searches_due: 0,
            steps: 0,
            tally: vec![Tally::default(); states * actions],
            work: Work::default(),
            fault: None,
            config,
            sight,
            actions,
            seed,
        })
    }

    /// Brings the networks up to what the dials say: only when something is done with them, so that
    /// a dial on its way leaves no trace.
    fn renew(&mut self) {
        let sight = self.sight.coded(self.config.features);
        let shape = self.config.shape(sight.width(), self.actions);
        if (sight == self.sight && shape == self.learner.shape()) || self.fault.is_some() {
            return;
        }
        match Learner::new(shape, self.seed) {
            // Networks and what they are told change together.
            Ok(learner) => (self.learner, self.sight) = (learner, sight),
            Err(refused) => self.fault = Some(Fault::Refused(refused.to_string())),
        }
        self.host = None;
        self.search = None;
    }

    /// The networks as they are now, for searches.
    fn host(&mut self) -> HostNetworks {
        self.host.get_or_insert_with(|| self.learner.copy()).clone()
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
    fn keep(&mut self, last: S::Seen, terminated: bool) {
        let mut game = std::mem::take(&mut self.game);
        let host = self.host();
        game.terminated = terminated;
        game.seen.push(last);
        game.values.push(match terminated {
            true => 0.0,
            false => host.value(&host.enter(&told(&self.sight, &last))),
        });
        let (td, gamma) = (self.config.td_steps as usize, self.gamma());
        let target = |t| game.happened().value(t, td, gamma, |t| game.values[t]).unwrap_or(0.0);
        let errors = (0..game.length()).map(|t| game.values[t] - target(t)).collect();
        self.games.keep(game, errors, self.config.capacity as usize);
    }

    /// Lines 6 to 8, once.
    fn update<W: Watch>(&mut self, watch: &mut W) {
        let searches = self.config.reanalyse > 0.0;
        let host = searches.then(|| self.host());
        let mut model = host.as_ref().map(|networks| LatentModel {
            networks,
            gamma: self.gamma(),
            guided: self.guided(),
            calls: 0,
        });
        let dice = [&mut self.replay, &mut self.plan];
        let done =
            self.learner.update(&self.config, &self.sight, &mut self.games, model.as_mut(), dice);
        self.work.imagined_steps += model.map_or(0, |model| model.calls);
        self.count_update();
        self.host = None;
        watch.line(line::DRAW, || Some(Value::Count(u64::from(self.config.batch), "places")));
        match done {
            Ok(()) => {
                self.look_back();
                self.tell_losses(watch);
            }
            Err(bad) => {
                let n = self.work.updates();
                let what = format!("{} in update {n}", bad.place());
                self.fault = Some(Fault::Number { what, value: f64::from(bad.value) });
            }
        }
    }
}

impl<S: Sight> Agent for MuZero<S> {
    type Obs = S::Seen;
    type Action = Action;

    fn begin(&mut self, _: usize, obs: S::Seen) {
        self.root = Some(obs);
        self.search = None;
    }

    // ------------------------------------------------------------ act

    fn decide<W: Watch>(
        &mut self,
        obs: &[S::Seen],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        if !active[0] {
            return;
        }
        self.renew();
        if self.root != Some(obs[0]) {
            self.root = Some(obs[0]);
            self.search = None;
        }
        let Some(answer) = self.answer(watch) else { return };
        let action = self.pick(obs[0], &answer);
        self.game.decided(obs[0], action, &answer.policy, answer.value);
        watch.line(line::ACT, || Some(Value::Action(action)));
        actions[0] = action;
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<S::Seen, Action>], watch: &mut W) {
        self.renew();
        for t in transitions {
            let step = t.step;
            self.steps += 1;
            self.game.rewards.push(step.reward);
            watch.line(line::WORLD, || Some(Value::Number(step.reward)));
            if let Some(state) = t.obs.state()
                && let Some(tally) =
                    self.tally.get_mut(state as usize * self.actions + usize::from(t.action))
            {
                tally.real += 1;
            }
            let over = step.terminated || step.truncated;
            let kept = self.game.length() as u64;
            // What was lived before the world is frozen is kept; what follows is an evaluation.
            let frozen = self.is_frozen();
            let freezes = self.steps == u64::from(self.config.freeze_after);
            if frozen && !freezes {
                self.game = Game::default();
            } else if over || freezes || self.game.length() >= PART {
                self.keep(step.next, step.terminated);
            }
            watch.line(line::REMEMBER, || Some(Value::Count(kept, "steps")));
            self.search = None;
            self.root = (!over).then_some(step.next);
            if !self.games.is_empty() {
                self.earned += self.config.updates;
                self.updates_due = self.earned as u32;
                self.earned -= f64::from(self.updates_due);
            }
            self.searches_due = if over { 0 } else { self.config.simulations };
        }
        watch.unit();
    }

    fn due(&self) -> u32 {
        self.updates_due + self.searches_due
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        self.renew();
        let mut done = 0;
        while done < budget && self.due() > 0 && self.fault.is_none() {
            match self.updates_due {
                0 => {
                    self.searches_due -= 1;
                    self.simulate(watch);
                }
                _ => {
                    self.updates_due -= 1;
                    self.update(watch);
                }
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
        self.work
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
        self.search = None;
    }

    fn redrawn(&mut self, seen: S::Seen) {
        self.sight = self.sight.as_in(&seen);
    }

    fn code(&self) -> &'static [CodeLine] {
        self.config.code()
    }

    fn view(&self) -> View {
        let view = self.copy();
        let way = self.way(&view);
        MuZeroView { way, ..view }.shown(self.actions, &self.tally)
    }

    fn evidence(&self, _: usize) -> Option<Evidence> {
        self.searched()
    }

    fn failure(&self) -> Option<NotANumber> {
        None
    }

    fn has_failed(&self) -> bool {
        self.fault.is_some()
    }

    fn fault(&self) -> Option<Fault> {
        self.fault.clone()
    }

    fn digest(&self, digest: &mut Digest) {
        self.config.digest(digest);
        self.learner.digest(digest);
        let dice = [&self.explore, &self.plan, &self.replay];
        dice.into_iter().for_each(|dice| digest.word(dice.position() as u64));
        self.games.digest(digest);
        self.game.digest(digest);
        self.root.iter().for_each(|root| root.digest(digest));
        if let Some(search) = &self.search {
            let tree = search.tree();
            digest.word(u64::from(search.done()));
            (0..tree.len[0] as usize)
                .for_each(|at| digest.numbers(&tree.edge_value[tree.edges(at)]));
        }
        digest.number(self.earned);
        for due in [self.updates_due, self.searches_due] {
            digest.word(u64::from(due));
        }
        digest.word(self.steps);
    }

    fn bytes(&self) -> usize {
        let search = self.search.as_ref().map_or(0, |search| search.tree().bytes());
        let host = self.host.as_ref().map_or(0, HostNetworks::bytes);
        let tally = self.tally.len() * size_of::<Tally>();
        size_of::<Self>() + self.learner.bytes() + host + self.games.bytes() + search + tally
    }
}
