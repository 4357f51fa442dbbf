//! Deep Dyna-Q where numbers are seen and actions are counted: the same lines and the same dials, with
//! what is seen in place of a cell.

mod nets;

use std::sync::Arc;

use super::answers::answers;
use super::config::{DeepDynaQConfig, code, line};
use super::values::Told;
use crate::agents::computing::Seat;
use crate::agents::dyna_q::Picks;
use crate::agents::surface::Surface;
use crate::agents::works::Works;
use crate::agents::{Agent, Fault, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::physical::Vector;
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, Transition};
use crate::models::motion::Motions;
use crate::nn::device::Place;
use crate::nn::mlp::TooLarge;
use crate::nn::{NotFinite, Tensor, values, vector};
use crate::rl::policy::epsilon_greedy;
use nets::{Best, Lane, Nets};

/// The agent: any number of lanes.
#[derive(Clone, Debug)]
pub struct DeepDynaQOfNumbers {
    config: DeepDynaQConfig,
    sizes: (usize, usize),
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

impl DeepDynaQOfNumbers {
    /// Knows nothing yet; one lane for each of `seeds`, for worlds of `sizes`: numbers seen, actions.
    pub fn new(
        config: DeepDynaQConfig,
        sizes: (usize, usize),
        seeds: &[u64],
    ) -> Result<Self, TooLarge> {
        let made = config.made_for(sizes);
        let seat = Seat::of(config.trial_for(sizes, seeds.len()), config.device);
        Ok(Self {
            nets: Nets::new(made, seeds, seat, config.rate as f32)?,
            lanes: seeds.iter().map(|&seed| Lane::new(seed, made.row())).collect(),
            active: vec![true; seeds.len()],
            seeds: seeds.into(),
            due: 0,
            works: Works::new(seeds.len()),
            config,
            sizes,
            fault: None,
        })
    }

    /// Brings the networks up to what the dials say, when something is done with them.
    fn renew(&mut self) {
        if self.fault.is_some() {
            return;
        }
        let wanted = self.config.made_for(self.sizes);
        if wanted == self.nets.made {
            if let Some(seat) = self.nets.seat.moved(self.config.device) {
                self.nets = self.nets.to(seat);
            }
            return;
        }
        let seat =
            Seat::of(self.config.trial_for(self.sizes, self.seeds.len()), self.config.device);
        match Nets::new(wanted, &self.seeds, seat, self.config.rate as f32) {
            Ok(nets) => self.nets = nets,
            Err(refused) => self.fault = Some((0, Fault::Refused(refused.to_string()))),
        }
    }

    /// `count` remembered steps of every lane; one at rest has rows of zeros.
    fn draw(&mut self, source: Source) -> Motions {
        let (sees, count) = (self.sizes.0, self.config.batch as usize);
        let mut steps = Motions { lanes: self.lanes.len(), ..Motions::default() };
        for (lane, &active) in self.lanes.iter_mut().zip(&self.active) {
            let mut rows = Vec::new();
            if active && !lane.memory.is_empty() {
                let dice = match source {
                    Source::Real => &mut lane.replay,
                    Source::Imagined => &mut lane.plan,
                };
                lane.memory.sample(count, dice, &mut rows);
            }
            let width = 2 * sees + 3;
            rows.resize(count * width, 0.0);
            for row in rows.chunks(width) {
                steps.seen.extend_from_slice(&row[..sees]);
                steps.actions.push(row[sees] as Action);
                steps.rewards.push(row[sees + 1]);
                steps.nexts.extend_from_slice(&row[sees + 2..2 * sees + 2]);
                steps.goes_on.push(row[2 * sees + 2] > 0.5);
            }
        }
        steps
    }

    /// Lines 5 and 10: one step of the values.
    fn learn_values<W: Watch>(&mut self, steps: &Motions, source: Source, at: u8, watch: &mut W) {
        let told = Told {
            seen: self.nets.tensor(&steps.seen, steps.lanes),
            next: self.nets.tensor(&steps.nexts, steps.lanes),
            actions: &steps.actions,
            rewards: &steps.rewards,
            goes_on: &steps.goes_on,
        };
        let (dials, compute) = (self.config.dials(), self.nets.seat.compute().clone());
        let done = self.nets.values.learn(told, dials, &self.active, &compute);
        self.tell(done, at, watch);
        self.works.add(&self.active, |work| match source {
            Source::Real => work.real_updates += 1,
            Source::Imagined => work.imagined_updates += 1,
        });
    }

    /// Notes how a step of a network went.
    fn tell<W: Watch>(&mut self, done: Result<Tensor, NotFinite>, line: u8, watch: &mut W) {
        match done {
            Ok(loss) => {
                if let Some(lane) = (0..self.lanes.len()).find(|&lane| watch.looks_at(lane)) {
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
        if !self.nets.seat.compute().is_host()
            && let Err(bad) = self.nets.check()
        {
            self.fail(&bad);
        }
    }

    /// Epsilon-greedy actions in `steps`, with the dice for planning.
    fn pick_actions(&mut self, steps: &mut Motions) {
        let said = vector(self.nets.values.of(self.nets.tensor(&steps.seen, steps.lanes)));
        let batch = steps.actions.len() / steps.lanes;
        for (index, row) in said.chunks(self.sizes.1).enumerate() {
            if self.active[index / batch] {
                let row: Vec<f64> = row.iter().map(|&q| f64::from(q)).collect();
                let dice = &mut self.lanes[index / batch].plan;
                steps.actions[index] = epsilon_greedy(&row, self.config.epsilon, dice) as Action;
            }
        }
    }

    /// Lines 8 to 10, once.
    fn plan_once<W: Watch>(&mut self, watch: &mut W) {
        let mut steps = self.draw(Source::Imagined);
        if self.config.picks == Picks::EpsilonGreedy {
            self.pick_actions(&mut steps);
        }
        self.nets.model.imagine(&mut steps);
        if let Some(lane) = (0..self.lanes.len()).find(|&lane| watch.looks_at(lane)) {
            let first = lane * self.config.batch as usize;
            watch.line(line::PICK, || Some(Value::Action(steps.actions[first])));
            watch.line(line::IMAGINE, || Some(Value::Number(f64::from(steps.rewards[first]))));
        }
        let batch = u64::from(self.config.batch);
        self.works.add(&self.active, |work| work.imagined_steps += batch);
        self.learn_values(&steps, Source::Imagined, line::PLAN, watch);
    }
}

impl Agent for DeepDynaQOfNumbers {
    type Obs = Vector;
    type Action = Action;

    fn decide<W: Watch>(
        &mut self,
        obs: &[Vector],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        self.renew();
        let seen: Vec<f32> = obs.iter().flat_map(|seen| seen.iter().copied()).collect();
        let said = vector(self.nets.values.of(self.nets.tensor(&seen, obs.len())));
        for (lane, row) in said.chunks(self.sizes.1).enumerate() {
            if active[lane] {
                let row: Vec<f64> = row.iter().map(|&q| f64::from(q)).collect();
                let dice = &mut self.lanes[lane].explore;
                actions[lane] = epsilon_greedy(&row, self.config.epsilon, dice) as Action;
                if watch.looks_at(lane) {
                    watch.line(line::ACT, || Some(Value::Action(actions[lane])));
                }
            }
        }
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<Vector, Action>], watch: &mut W) {
        self.renew();
        self.active.fill(false);
        for t in transitions {
            let lane = t.lane as usize;
            self.active[lane] = true;
            let mut row = t.obs.to_vec();
            row.extend([f32::from(t.action), t.step.reward as f32]);
            row.extend_from_slice(&t.step.next);
            row.push(f32::from(u8::from(!t.step.terminated)));
            self.lanes[lane].memory.push(&row, self.config.capacity as usize);
            if watch.looks_at(lane) {
                let kept = self.lanes[lane].memory.len() as u64;
                watch.line(line::WORLD, || Some(Value::Number(t.step.reward)));
                watch.line(line::REMEMBER, || Some(Value::Count(kept, "steps")));
            }
        }
        let steps = self.draw(Source::Real);
        self.learn_values(&steps, Source::Real, line::LEARN, watch);
        self.nets.model.set_rate(self.config.model_rate as f32);
        for _ in 0..self.config.model_updates {
            let steps = self.draw(Source::Real);
            let done = self.nets.teach(&steps, &self.config.aim(), &self.active);
            self.tell(done, line::MODEL, watch);
        }
        self.check();
        self.due = self.config.planning_steps;
        watch.unit();
    }

    answers!();

    fn view_of(&self, lane: usize) -> View {
        let (q, scale) = (self.nets.values.copy(lane), self.config.reward_scale);
        View {
            surface: Some(Surface(Arc::new(Best { q, scale }))),
            computing: Some(self.nets.seat.computing()),
            ..View::default()
        }
    }

    fn digest(&self, digest: &mut Digest) {
        (0..DeepDynaQConfig::specs().len()).for_each(|i| digest.number(self.config.get(i)));
        self.nets.digest(digest);
        for lane in &self.lanes {
            let dice = [&lane.explore, &lane.replay, &lane.plan];
            dice.into_iter().for_each(|dice| digest.word(dice.position() as u64));
            lane.memory.digest(digest);
        }
        self.active.iter().for_each(|&on| digest.word(u64::from(on)));
        digest.word(u64::from(self.due));
    }

    fn bytes(&self) -> usize {
        let lanes: usize = self.lanes.iter().map(|lane| lane.memory.own_bytes()).sum();
        size_of::<Self>() + self.nets.bytes() + lanes
    }
}
