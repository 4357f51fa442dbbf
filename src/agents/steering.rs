//! What learners with an actor, a critic and a replay memory have in common; agents call it `base`.

use std::sync::Arc;

use super::actor_critic::{ActorCritic, CriticBatch, Shape};
use super::computing::Seat;
use super::kept_values::{KeptValues, OnPolicy};
use super::off_policy::{Batch, Lanes};
use super::steered::{Losses, SteeredView};
use super::works::Works;
use super::{Fault, View, Work};
use crate::base::digest::Digest;
use crate::base::series::Series;
use crate::mdp::Transition;
use crate::mdp::oracle::Oracle;
use crate::mdp::physical::{Control, Vector};
use crate::mdp::trace::{Value, Watch};
use crate::nn::device::{Compute, Wish};
use crate::nn::host::HostMlp;
use crate::nn::mlp::{Mlp, TooLarge};
use crate::nn::trial::Trial;
use crate::nn::{NotFinite, Tensor, values};

/// Updates from one kept loss to the next.
const EVERY: u64 = 10;

/// Dials as they stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Mini-batches after every real step.
    pub updates: u32,
    /// `B`.
    pub batch: usize,
    /// Discount.
    pub gamma: f64,
    /// Adam's step size for the critic.
    pub critic_rate: f64,
    /// Adam's step size for the actor.
    pub actor_rate: f64,
    /// Share of the way that targets move.
    pub tau: f64,
    /// Spread of the noise for actions in `[-1, 1]`.
    pub noise: f64,
    /// Random steps at first.
    pub warmup: u64,
    /// Real steps after which no more are remembered, and actions bear no noise.
    pub freeze: u64,
    /// Steps kept.
    pub capacity: usize,
    /// The critic learns rewards times this.
    pub reward_scale: f64,
}

/// Networks, memories, dice and counters of all lanes.
#[derive(Clone, Debug)]
pub struct Steering {
    /// What may be told of the world.
    pub oracle: Arc<dyn Oracle>,
    /// Where the networks compute.
    seat: Seat,
    /// Actor, critic, targets.
    pub networks: ActorCritic,
    /// Memories and dice.
    pub lanes: Lanes,
    /// `[L]`: lanes that learn from the step under way.
    pub active: Vec<bool>,
    /// Units still to be done in it.
    pub due: u32,
    /// Work done.
    pub works: Works,
    /// Set once a number is none.
    pub failure: Option<NotFinite>,
    /// Numbers that the critic was taught, one a remembered or imagined step in each update.
    pub value_targets: u64,
    losses: Series<Losses>,
    kept: KeptValues,
}

impl Steering {
    /// Knows nothing yet; it learns on the device that `wish` leads to, from batches of `batch`.
    pub fn new(
        shape: Shape,
        oracle: Arc<dyn Oracle>,
        seeds: &[u64],
        (wish, batch): (Wish, usize),
    ) -> Result<Self, TooLarge> {
        shape.critic().check(seeds.len())?;
        let seat = Seat::of(Self::trial(shape, seeds.len(), batch), wish);
        Ok(Self {
            networks: ActorCritic::new(shape, seeds, seat.compute())?,
            seat,
            lanes: Lanes::new(&*oracle, seeds),
            oracle,
            active: vec![false; seeds.len()],
            due: 0,
            works: Works::new(seeds.len()),
            failure: None,
            value_targets: 0,
            losses: Series::default(),
            kept: KeptValues::new(seeds.len()),
        })
    }

    /// A training step of `lanes` critics: what devices are compared by.
    pub fn trial(shape: Shape, lanes: usize, batch: usize) -> Trial {
        Trial { spec: shape.critic(), lanes, batch }
    }

    /// Where the networks lie.
    pub fn compute(&self) -> &Compute {
        self.networks.compute()
    }

    /// Moves the networks to where `wish` leads, and says whether it did: only when something is
    /// done with them, so that a dial on its way leaves no trace.
    pub fn renew(&mut self, wish: Wish) -> bool {
        let Some(seat) = self.seat.moved(wish) else { return false };
        self.networks = self.networks.to(seat.compute());
        self.seat = seat;
        true
    }

    /// Brings the networks into host memory until they are used again, and says whether they were
    /// elsewhere.
    pub fn stow(&mut self) -> bool {
        let Some(seat) = self.seat.stowed() else { return false };
        self.networks = self.networks.to(seat.compute());
        self.seat = seat;
        true
    }

    /// On an adapter a number that is none shows only when asked for.
    pub fn check(&mut self, more: impl FnOnce() -> Result<(), NotFinite>) {
        if !self.compute().is_host() && self.failure.is_none() {
            self.failure = self.networks.check().and_then(|()| more()).err();
        }
    }

    /// Actions of all lanes of `active`: anything at first, then the actor's with noise. Line 2 of
    /// the pseudo-code.
    pub fn decide(
        &mut self,
        obs: &[Vector],
        active: &[bool],
        actions: &mut [Control],
        setting: &Setting,
        watch: &mut impl Watch,
    ) {
        let sees = obs[0].len();
        let rows: Vec<f32> = obs.iter().flat_map(|seen| seen.iter().copied()).collect();
        let begun = (0..obs.len()).any(|lane| self.lanes.lived(lane) >= setting.warmup);
        let said = begun.then(|| {
            let seen = self.compute().tensor(rows, [obs.len(), 1, sees]);
            values(&self.networks.actor.forward(seen))
        });
        for lane in (0..obs.len()).filter(|&lane| active[lane]) {
            let acts = self.lanes.scale.acts();
            actions[lane] = match &said {
                Some(said) if self.lanes.lived(lane) >= setting.warmup => {
                    let said = &said[lane * acts..(lane + 1) * acts];
                    let frozen = self.lanes.lived(lane) >= setting.freeze;
                    self.lanes.explored(lane, said, if frozen { 0.0 } else { setting.noise })
                }
                _ => self.lanes.anything(lane),
            };
            if watch.looks_at(lane) {
                watch.line(1, || Some(Value::Number(actions[lane][0])));
            }
        }
    }

    /// Lines 3 and 4: remembers real steps, and makes `units` due once enough of them were lived.
    pub fn remember(
        &mut self,
        transitions: &[Transition<Vector, Control>],
        setting: &Setting,
        units: u32,
        watch: &mut impl Watch,
    ) {
        self.active.fill(false);
        for t in transitions {
            let lane = t.lane as usize;
            if self.lanes.lived(lane) < setting.freeze {
                self.lanes.remember(t, setting.capacity);
            }
            self.active[lane] = self.lanes.lived(lane) >= setting.warmup;
            if watch.looks_at(lane) {
                let kept = self.lanes.lanes[lane].memory.len() as u64;
                watch.line(2, || Some(Value::Number(t.step.reward)));
                watch.line(3, || Some(Value::Count(kept, "steps")));
            }
        }
        self.due = if self.active.contains(&true) { units } else { 0 };
        watch.unit();
    }

    /// Whether another unit is due and nothing has failed.
    pub fn goes_on(&self) -> bool {
        self.due > 0 && self.failure.is_none()
    }

    /// A mini-batch of real steps of every lane that is active.
    pub fn draw(&mut self, count: usize) -> Batch {
        let compute = self.networks.compute().clone();
        self.lanes.draw(count, &self.active, &compute)
    }

    /// `Q'(s, mu(s))`, `[P * B]`.
    pub fn tail(&self, actor: &Mlp, seen: Tensor) -> Vec<f32> {
        self.networks.tail(actor, seen)
    }

    /// One step of critic, actor and targets; the losses of the first lane.
    pub fn learn_from(&mut self, critic: &CriticBatch, seen: Tensor, setting: &Setting) -> Losses {
        let (networks, active) = (&mut self.networks, &self.active);
        let learned =
            networks.learn_critic(critic, setting.critic_rate, active).and_then(|critic| {
                let actor = networks.learn_actor(seen, setting.actor_rate, active)?;
                networks.follow(setting.tau, active);
                Ok((critic[0], actor[0]))
            });
        match learned {
            Ok((critic, actor)) => Losses {
                critic: f64::from(critic),
                actor: f64::from(actor) / setting.reward_scale,
                ..Losses::default()
            },
            Err(failure) => {
                self.failure = Some(failure);
                Losses::default()
            }
        }
    }

    /// Adds to the work of the lanes that learn.
    pub fn worked(&mut self, add: impl Fn(&mut Work)) {
        self.works.add(&self.active, add);
    }

    /// A critic's mini-batch is done: `taught` numbers in each lane. Every tenth leaves its losses.
    /// Now and then actor and critic are copied for pictures.
    pub fn count(&mut self, taught: u64, losses: Losses, setting: &Setting) {
        self.value_targets += taught;
        let updates = self.works.all.updates();
        if self.kept.wants(updates) && self.failure.is_none() {
            let [actors, critics] = [&self.networks.actor, &self.networks.critic].map(HostMlp::all);
            let reward_scale = setting.reward_scale;
            let both = actors.into_iter().zip(critics);
            let thoughts = both.map(|(actor, critic)| OnPolicy { actor, critic, reward_scale });
            self.kept.keep(updates, thoughts);
        }
        if updates.is_multiple_of(EVERY) {
            self.losses.push(Losses { updates, ..losses });
        }
    }

    /// A copy of lane `lane` for pictures.
    pub fn view(&self, lane: usize, setting: &Setting) -> SteeredView {
        let host = |network: &Mlp| HostMlp::of(network, lane);
        let networks = &self.networks;
        SteeredView {
            oracle: self.oracle.clone(),
            scale: self.lanes.scale.clone(),
            reward_scale: setting.reward_scale,
            gamma: setting.gamma,
            actor: host(&networks.actor),
            critic: host(&networks.critic),
            actor_target: host(&networks.actor_target),
            critic_target: host(&networks.critic_target),
            memory: self.lanes.lanes[lane].memory.clone(),
            losses: self.losses.clone(),
            value_targets: self.value_targets,
            earlier_values: self.kept.of(lane),
            expansion: None,
        }
    }

    /// What probes and pictures get of `view`.
    pub fn shown(&self, view: SteeredView) -> View {
        View { computing: Some(self.seat.computing()), ..view.shared() }
    }

    /// Which tensor stopped being a number.
    pub fn fault(&self) -> Option<Fault> {
        let NotFinite { tensor, row, column, value, .. } = self.failure.as_ref()?;
        let what = format!("{tensor}[{row},{column}]");
        Some(Fault::Number { what, value: f64::from(*value) })
    }

    /// Adds networks, memories, dice, and what is due.
    pub fn digest(&self, digest: &mut Digest) {
        self.networks.digest(digest);
        self.lanes.digest(digest);
        digest.word(u64::from(self.due));
        self.active.iter().for_each(|&active| digest.word(u64::from(active)));
    }

    /// Memory in bytes that a copy does not share.
    pub fn bytes(&self) -> usize {
        self.networks.bytes() + self.lanes.own_bytes() + self.losses.bytes() + self.kept.bytes()
    }
}

/// The answers of an [`Agent`](super::Agent) that its `base` gives.
macro_rules! answers {
    () => {
        fn due(&self) -> u32 {
            self.base.due
        }

        fn work(&self) -> Work {
            self.base.works.all
        }

        fn work_of(&self, lane: usize) -> Work {
            self.base.works.of(lane)
        }

        fn failed_lane(&self) -> usize {
            self.base.failure.as_ref().map_or(0, |failure| failure.lane)
        }

        fn place(&self) -> Option<crate::nn::device::Place> {
            Some(self.base.compute().place())
        }

        fn param(&self, index: usize) -> f64 {
            self.config.get(index)
        }

        fn failure(&self) -> Option<NotANumber> {
            None
        }

        fn has_failed(&self) -> bool {
            self.base.failure.is_some()
        }

        fn fault(&self) -> Option<Fault> {
            self.base.fault()
        }
    };
}
pub(super) use answers;
