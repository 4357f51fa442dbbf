//! Deep Dyna-Q: Dyna-Q with networks in place of both tables.
//!
//! A network holds the values (deep Q-learning with a memory and a slow copy, Mnih et al. 2015,
//! doi:10.1038/nature14236) and a network is the model. After every real step both learn from a
//! batch of remembered steps; then n planning units follow, each a batch of pairs seen before whose
//! outcome the model imagines. The model answers also for cells where nobody has ever been.
//!
//! `P` lanes are one population: they learn in one multiplication and never mix.

mod answers;
mod config;
mod lane;
mod nets;
pub mod numbers;
mod values;

use std::sync::Arc;

use super::dyna_q::Picks;
use super::table::TableView;
use super::works::Works;
use super::{Agent, Fault, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::models::features::Places;
use crate::models::network::Steps;
use crate::models::view::{ModelView, Predicted};
use crate::nn::device::Place;
use crate::nn::mlp::TooLarge;
use crate::nn::{NotFinite, Tensor, values};
use crate::rl::policy::epsilon_greedy;
use answers::answers;
pub use config::DeepDynaQConfig;
use config::{FITTED, code, line};
use lane::Lane;
use nets::Nets;

// ---------------------------------------------------------------- the agent

/// The agent: any number of lanes.
#[derive(Clone, Debug)]
pub struct DeepDynaQ {
    config: DeepDynaQConfig,
    places: Places,
    states: usize,
    actions: usize,
    seeds: Arc<[u64]>,
    nets: Nets,
    lanes: Vec<Lane>,
    /// `[P]`: lanes that take part in the step under way.
    active: Vec<bool>,
    due: u32,
    works: Works,
    /// What went wrong, and in which lane.
    fault: Option<(usize, Fault)>,
}

impl DeepDynaQ {
    /// Knows nothing yet; one lane for each of `seeds`.
    pub fn new(
        config: DeepDynaQConfig,
        places: Places,
        (states, actions): (usize, usize),
        seeds: &[u64],
    ) -> Result<Self, TooLarge> {
        let (made, device) = (config.made(places, actions), (config.device, config.batch as usize));
        Ok(Self {
            nets: Nets::new(made, seeds, device, config.rate as f32)?,
            lanes: seeds.iter().map(|&seed| Lane::new(states * actions, seed)).collect(),
            active: vec![true; seeds.len()],
            seeds: seeds.into(),
            due: 0,
            works: Works::new(seeds.len()),
            config,
            places,
            states,
            actions,
            fault: None,
        })
    }

    /// Brings the networks up to what the dials say: only when something is done with them, so that
    /// a dial on its way leaves no trace.
    fn renew(&mut self) {
        if self.fault.is_some() {
            return;
        }
        let wanted = self.config.made(self.places, self.actions);
        let device = (self.config.device, self.config.batch as usize);
        if wanted == self.nets.made {
            if let Some(seat) = self.nets.seat.moved(self.config.device) {
                self.nets = self.nets.to(seat);
            }
            return;
        }
        match Nets::new(wanted, &self.seeds, device, self.config.rate as f32) {
            Ok(nets) => self.nets = nets,
            Err(refused) => self.fault = Some((0, Fault::Refused(refused.to_string()))),
        }
    }

    fn pair(&self, state: State, action: Action) -> usize {
        state as usize * self.actions + usize::from(action)
    }

    /// The lane that somebody looks at.
    fn watched<W: Watch>(&self, watch: &W) -> Option<usize> {
        (0..self.lanes.len()).find(|&lane| watch.looks_at(lane))
    }

    // ------------------------------------------------------------ learn

    /// `count` remembered steps of every lane that takes part.
    fn draw(&mut self, source: Source) -> Steps {
        let mut steps = Steps::default();
        for (lane, &active) in self.lanes.iter_mut().zip(&self.active) {
            lane.draw(source, active, self.config.batch as usize, &mut steps);
        }
        steps
    }

    /// Lines 5 and 10: one step of the values.
    fn learn_values<W: Watch>(&mut self, steps: &Steps, source: Source, line: u8, watch: &mut W) {
        let done = self.nets.learn(steps, self.config.dials(), &self.active);
        self.tell(done, line, watch);
        for index in 0..steps.states.len() {
            let (lane, pair) =
                (index / steps.batch(), self.pair(steps.states[index], steps.actions[index]));
            if self.active[lane] {
                self.lanes[lane].count(pair, source);
            }
        }
        self.works.add(&self.active, |work| match source {
            Source::Real => work.real_updates += 1,
            Source::Imagined => work.imagined_updates += 1,
        });
    }

    /// Line 6.
    fn learn_model<W: Watch>(&mut self, watch: &mut W) {
        self.nets.model.set_rate(self.config.model_rate as f32);
        for _ in 0..self.config.model_updates {
            let steps = self.draw(Source::Real);
            let done = self.nets.teach(&steps, &self.config.aim(), self.states, &self.active);
            self.tell(done, line::MODEL, watch);
        }
    }

    /// Notes how a step of a network went.
    fn tell<W: Watch>(&mut self, done: Result<Tensor, NotFinite>, line: u8, watch: &mut W) {
        match done {
            Ok(loss) => {
                if let Some(lane) = self.watched(watch) {
                    watch.line(line, || Some(Value::Number(f64::from(values(&loss)[lane]))));
                }
            }
            Err(bad) => self.fail(&bad),
        }
    }

    fn fail(&mut self, bad: &NotFinite) {
        let fault = Fault::Number { what: bad.place(), value: f64::from(bad.value) };
        self.fault.get_or_insert((bad.lane, fault));
    }

    /// On an adapter a number that is none shows only when asked for.
    fn check(&mut self) {
        if !self.nets.compute().is_host()
            && let Err(bad) = self.nets.check()
        {
            self.fail(&bad);
        }
    }

    // ------------------------------------------------------------ plan

    /// Lines 8 and 9: pairs seen before, and what the model says of them.
    fn imagine<W: Watch>(&mut self, watch: &mut W) -> Steps {
        let mut steps = self.draw(Source::Imagined);
        if self.config.picks == Picks::EpsilonGreedy {
            self.pick_actions(&mut steps);
        }
        let guesses = self.nets.model.ask(&steps.states, &steps.actions, steps.lanes);
        for (index, guess) in guesses.iter().enumerate() {
            steps.rewards[index] = guess.reward as f32;
            steps.nexts[index] = guess.next;
            steps.goes_on[index] = guess.goes_on;
        }
        if let Some(lane) = self.watched(watch) {
            let first = lane * steps.batch();
            let (state, action) = (steps.states[first], steps.actions[first]);
            watch.line(line::PICK, || Some(Value::Pair(state, action)));
            let guess = guesses[first];
            watch.line(line::IMAGINE, || Some(Value::Outcome(guess.reward, guess.next)));
        }
        let batch = u64::from(self.config.batch);
        self.works.add(&self.active, |work| work.imagined_steps += batch);
        steps
    }

    fn pick_actions(&mut self, steps: &mut Steps) {
        let values = self.nets.values(&steps.states, steps.lanes);
        let batch = steps.batch();
        for (index, row) in values.chunks(self.actions).enumerate() {
            if self.active[index / batch] {
                let row: Vec<f64> = row.iter().map(|&q| f64::from(q)).collect();
                let dice = &mut self.lanes[index / batch].plan;
                steps.actions[index] = epsilon_greedy(&row, self.config.epsilon, dice) as Action;
            }
        }
    }

    /// Lines 8 to 10, once.
    fn plan_once<W: Watch>(&mut self, watch: &mut W) {
        let steps = self.imagine(watch);
        self.learn_values(&steps, Source::Imagined, line::PLAN, watch);
    }
}

impl Agent for DeepDynaQ {
    type Obs = State;
    type Action = Action;

    // ------------------------------------------------------------ act

    fn decide<W: Watch>(
        &mut self,
        obs: &[State],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        self.renew();
        let values = self.nets.values(obs, obs.len());
        for (lane, row) in values.chunks(self.actions).enumerate() {
            if active[lane] {
                let row: Vec<f64> = row.iter().map(|&q| f64::from(q)).collect();
                let dice = &mut self.lanes[lane].explore;
                let action = epsilon_greedy(&row, self.config.epsilon, dice) as Action;
                if watch.looks_at(lane) {
                    watch.line(line::ACT, || Some(Value::Action(action)));
                }
                actions[lane] = action;
            }
        }
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        self.renew();
        self.active.fill(false);
        for t in transitions {
            let (lane, pair) = (t.lane as usize, self.pair(t.obs, t.action));
            self.active[lane] = true;
            let step = t.step;
            self.lanes[lane].remember(t, pair, self.config.capacity as usize);
            if watch.looks_at(lane) {
                watch.line(line::WORLD, || Some(Value::Outcome(step.reward, step.next)));
                let kept = self.lanes[lane].memory.len() as u64;
                watch.line(line::REMEMBER, || Some(Value::Count(kept, "steps")));
            }
        }
        let steps = self.draw(Source::Real);
        self.learn_values(&steps, Source::Real, line::LEARN, watch);
        self.learn_model(watch);
        self.check();
        self.due = self.config.planning_steps;
        watch.unit();
    }

    // ------------------------------------------------- plan on, and answer

    answers!();

    fn view_of(&self, lane: usize) -> View {
        let (model, kept) = (self.nets.model.copy(lane), &self.lanes[lane]);
        let predict = |state: State, action: Action, out: &mut Vec<Predicted>| {
            let guess = model.predict(state, action);
            let (reward, next, goes_on) = (guess.reward, guess.next, guess.goes_on);
            let count = kept.seen[self.pair(state, action)];
            out.push(Predicted { probability: 1.0, reward, next, goes_on, count });
        };
        View {
            table: Some(TableView {
                actions: self.actions,
                q: self.nets.table(self.states, lane, self.config.reward_scale),
                tally: kept.tally.clone(),
                known_pairs: Some(kept.seen.iter().filter(|&&n| n > 0).count()),
            }),
            model: Some(ModelView::of(self.states, self.actions, predict).within(FITTED)),
            computing: Some(self.nets.seat.computing()),
            network: Some(Arc::new(model)),
            ..View::default()
        }
    }

    fn digest(&self, digest: &mut Digest) {
        (0..DeepDynaQConfig::specs().len()).for_each(|i| digest.number(self.config.get(i)));
        self.nets.digest(digest);
        self.lanes.iter().for_each(|lane| lane.digest(digest));
        self.active.iter().for_each(|&on| digest.word(u64::from(on)));
        digest.word(u64::from(self.due));
    }

    fn bytes(&self) -> usize {
        let lanes: usize = self.lanes.iter().map(Lane::bytes).sum();
        size_of::<Self>() + self.nets.bytes() + lanes
    }
}
