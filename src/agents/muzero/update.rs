//! An update of all networks: draw places, make targets, unroll, follow the gradient, and note how
//! surprising each place turned out to be.

use super::config::{Code, MuZeroConfig};
use super::dreaming::weighed;
use super::fresh::{Slow, predicted, reanalysed};
use super::games::Drawn;
use super::lane::Lane;
use super::latent::LatentModel;
use super::meters::{Course, Meters, Update, lengths, way};
use super::networks::{HostNetworks, Networks, Shape};
use super::targets::{Lesson, Targets, batch, nothing, together};
use super::unroll::imagined::{Dreamed, Starts, imagine};
use super::unroll::{Batch, Unrolled, unroll};
use super::view::Clipping;
use crate::agents::computing::{Computing, Seat};
use crate::agents::search::Switch;
use crate::base::digest::Digest;
use crate::base::rng::{Stream, StreamName};
use crate::models::self_consistent::history::History;
use crate::models::sight::Sight;
use crate::models::turns::TURNS;
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::{Compute, Wish};
use crate::nn::mlp::TooLarge;
use crate::nn::{Gradients, Module as _, NotFinite};
use crate::rl::priority::importance;

/// Updates between two looks at all values, at most often.
const EVERY: u64 = 8;
/// Longest gradient of a network.
const CLIP: f32 = 10.0;

/// Updates from one look at meters to the next where looking waits for a device.
const METERED: u64 = 8;

/// What learning leaves in a lane beside the networks.
#[derive(Clone, Debug)]
pub(super) struct Learned {
    /// Chooses the actions of imagined rollouts.
    dice: Stream,
    /// The newest update.
    pub last: Update,
    /// All updates. For pictures: decides nothing.
    pub course: Course,
    /// How the values of listed states went. For pictures: decides nothing.
    pub history: History,
    /// Value targets beyond the support.
    pub clipping: Clipping,
    /// Whose values targets go on with; `None`: those that searches found.
    slow: Option<Slow>,
}

/// The networks of all lanes and what trains them.
#[derive(Clone, Debug)]
pub(super) struct Learner {
    networks: Networks,
    /// One for each network.
    adams: Vec<Adam>,
    seat: Seat,
    /// `[P]`.
    pub lanes: Vec<Learned>,
}

impl Learner {
    /// First weights, a lane for each of `seeds`, where `seat` says.
    pub fn new(shape: Shape, seeds: &[u64], seat: Seat) -> Result<Self, TooLarge> {
        let networks = Networks::new(shape, seeds, seat.compute())?;
        let rate = Rate { clip: CLIP, ..Rate::new(0.0) };
        let adams = networks.all().map(|network| Adam::new(network, rate, seat.compute())).into();
        let lane = |&seed: &u64| Learned {
            dice: Stream::new(seed, StreamName::Imagine),
            last: Update::default(),
            course: Course::default(),
            history: History::every(EVERY),
            clipping: Clipping::default(),
            slow: None,
        };
        Ok(Self { networks, adams, seat, lanes: seeds.iter().map(lane).collect() })
    }

    /// What the networks are made for.
    pub fn shape(&self) -> Shape {
        self.networks.shape
    }

    /// All of them.
    pub fn networks(&self) -> &Networks {
        &self.networks
    }

    /// A copy of `lane` for searches and pictures. Waits for the device.
    pub fn copy(&self, lane: usize) -> HostNetworks {
        HostNetworks::of(&self.networks, lane)
    }

    // ------------------------------------------------------------ where

    /// Where the networks lie.
    pub fn compute(&self) -> &Compute {
        self.seat.compute()
    }

    /// Whether that is host memory.
    pub fn is_host(&self) -> bool {
        self.compute().is_host()
    }

    /// For pictures.
    pub fn computing(&self) -> Computing {
        self.seat.computing()
    }

    /// Moves the networks to where `wish` leads, and says whether it did.
    pub fn follow(&mut self, wish: Wish) -> bool {
        self.seat.moved(wish).map(|seat| self.sit(seat)).is_some()
    }

    /// Brings the networks into host memory until they are used again.
    pub fn stow(&mut self) {
        self.seat.stowed().into_iter().for_each(|seat| self.sit(seat));
    }

    fn sit(&mut self, seat: Seat) {
        self.networks = self.networks.to(seat.compute());
        self.adams.iter_mut().for_each(|adam| *adam = adam.to(seat.compute()));
        self.seat = seat;
    }

    // ------------------------------------------------------------ an update

    /// One update of the lanes of `among`; those that reanalyse places search in `hosts`.
    pub fn update<S: Sight>(
        &mut self,
        config: &MuZeroConfig,
        sight: &S,
        lanes: &mut [Lane<S::Seen>],
        hosts: &[Option<HostNetworks>],
        among: &[bool],
    ) -> Result<(), NotFinite> {
        let targets = Targets {
            steps: config.unroll as usize,
            td_steps: config.td_steps as usize,
            gamma: sight.next() * config.gamma,
            actions: self.shape().actions,
            policies: config.setting().policies,
        };
        let draw = |index: usize| {
            let (lane, host) = (&mut lanes[index], hosts[index].as_ref());
            let drawn = among[index].then(|| self.draw(index, config, sight, lane, host, &targets));
            drawn.unwrap_or_default()
        };
        let drawn: Vec<Places> = (0..among.len()).map(draw).collect();
        let one = |places: &Places| match places.taught.is_empty() {
            true => nothing(config.batch as usize, self.shape().inputs, &targets),
            false => batch(&places.taught, places.weights.clone(), &targets),
        };
        let batches: Vec<Batch> = drawn.iter().map(one).collect();
        let values = self.descend(config, targets.gamma, batches, among)?;
        let each = drawn.into_iter().zip(values.chunks(config.batch as usize));
        for (index, (places, found)) in each.enumerate() {
            let clips = config.heads == Code::Categorical;
            let clipping = &mut self.lanes[index].clipping;
            for ((drawn, lesson), found) in places.drawn.iter().zip(&places.taught).zip(found) {
                if let Some(target) = lesson.value() {
                    lanes[index].games.judged(*drawn, found - target);
                }
                if clips {
                    lesson.values().for_each(|target| clipping.note(target, config.support));
                }
            }
        }
        Ok(())
    }

    /// Places of one lane, and what is learned there.
    fn draw<S: Sight>(
        &mut self,
        index: usize,
        config: &MuZeroConfig,
        sight: &S,
        lane: &mut Lane<S::Seen>,
        host: Option<&HostNetworks>,
        targets: &Targets,
    ) -> Places {
        let networks = &self.networks;
        let slow = &mut self.lanes[index].slow;
        Slow::keep_up(slow, || HostNetworks::of(networks, index), config.slow);
        let guided = config.guided == Switch::On;
        let mut model =
            host.map(|networks| LatentModel { networks, gamma: targets.gamma, guided, calls: 0 });
        let Lane { games, replay, plan, work, .. } = lane;
        games.sharpen(config.priority);
        let drawn = games.draw(config.batch as usize, replay);
        let turns = config.symmetries == Switch::On && sight.turn(0).is_some();
        let mut lesson = |drawn: &Drawn| {
            let place = (games.game(drawn.game), drawn.at);
            let again = replay.chance(config.reanalyse);
            let fresh = model
                .as_mut()
                .filter(|_| again)
                .and_then(|model| reanalysed(config, sight, place, targets, model, plan))
                .or_else(|| Some(predicted(slow.as_ref()?.host(), sight, place, targets)));
            let lesson = Lesson::new(place, targets, fresh.as_ref(), sight, replay);
            lesson.turned(turns.then(|| sight.turn(replay.below(TURNS))).flatten().as_deref())
        };
        let taught = drawn.iter().map(&mut lesson).collect();
        work.imagined_steps += model.map_or(0, |model| model.calls);
        let chances: Vec<f64> = drawn.iter().map(|drawn| drawn.chance).collect();
        Places { weights: importance(&chances, games.len()), taught, drawn }
    }

    /// Grounded and imagined loss of a batch of each lane, and one step down both; `[P, B]`: values
    /// of the places.
    fn descend(
        &mut self,
        config: &MuZeroConfig,
        gamma: f64,
        batches: Vec<Batch>,
        among: &[bool],
    ) -> Result<Vec<f64>, NotFinite> {
        let shape = self.shape();
        let told: Vec<[u64; 5]> = batches.iter().map(|batch| taught(batch, shape)).collect();
        let batch = together(batches);
        let compute = self.seat.compute().clone();
        let unrolled = unroll(&self.networks, &batch, &config.setting(), &compute);
        self.check(&unrolled, among)?;
        let imagined = config.dream(gamma).map(|dream| {
            let count = (dream.depth + 1) * batch.size;
            let roll = |(lane, on): (&mut Learned, &bool)| -> Vec<f64> {
                (0..count).map(|_| if *on { lane.dice.unit() } else { 0.0 }).collect()
            };
            let dice = self.lanes.iter_mut().zip(among).flat_map(roll).collect();
            imagine(&self.networks, &Starts::of(&batch, dice), &dream, &compute)
        });
        let (w, beta) = (config.grounded, if imagined.is_some() { config.beta } else { 0.0 });
        let (dreamed, dreams) = imagined.map(|i| (i.lanes, i.gradients)).unzip();
        let metered: Vec<bool> = self.metered(among);
        let before = metered.contains(&true).then(|| self.networks.clone());
        let mut meters: Vec<Meters> = self.lanes.iter().map(|lane| lane.last.meters).collect();
        for (lane, meters) in meters.iter_mut().enumerate().filter(|(lane, _)| metered[*lane]) {
            meters.grounded = lengths(&unrolled.gradients, lane, w);
            meters.imagined =
                dreams.as_ref().map_or([0.0; 5], |dreams| lengths(dreams, lane, beta));
        }
        let all = weighed((w, unrolled.gradients), dreams.map(|dreams| (beta, dreams)));
        self.step(config, all, among)?;
        for (lane, learned) in self.lanes.iter_mut().enumerate().filter(|(lane, _)| among[*lane]) {
            let mut meters = meters[lane];
            if dreamed.is_none() {
                meters.imagined = [0.0; 5];
            }
            if let Some(before) = before.as_ref().filter(|_| metered[lane]) {
                meters.moved = way(before, &self.networks, lane);
            }
            let dreamed = dreamed.as_ref().map(|lanes: &Vec<Dreamed>| lanes[lane].clone());
            let (losses, taught) = (unrolled.losses[lane], told[lane]);
            let along = unrolled.along[lane].clone();
            learned.last =
                Update { config: *config, w, losses, along, beta, dreamed, meters, taught };
            learned.course.add(&learned.last);
        }
        Ok(unrolled.values)
    }

    /// Whether what the networks of `among` say are numbers: in host memory a step finds out what is
    /// none, elsewhere that shows here first.
    fn check(&self, unrolled: &Unrolled, among: &[bool]) -> Result<(), NotFinite> {
        let each = unrolled.values.len() / among.len();
        let sound = |lane: usize| {
            let values = &unrolled.values[lane * each..(lane + 1) * each];
            values.iter().chain([&unrolled.losses[lane].sum()]).all(|x| x.is_finite())
        };
        if self.is_host() || (0..among.len()).all(|lane| !among[lane] || sound(lane)) {
            return Ok(());
        }
        self.networks.all().into_iter().find_map(|network| network.not_finite()).map_or(Ok(()), Err)
    }

    /// `[P]`: whose meters this update moves. Elsewhere than in host memory reading them waits for
    /// the device, so that they stand still for a few updates there.
    fn metered(&self, among: &[bool]) -> Vec<bool> {
        let due = |lane: &Learned| self.is_host() || lane.course.updates().is_multiple_of(METERED);
        self.lanes.iter().zip(among).map(|(lane, on)| *on && due(lane)).collect()
    }

    /// One step of all networks of the lanes of `among`.
    fn step(
        &mut self,
        config: &MuZeroConfig,
        gradients: Vec<Gradients>,
        among: &[bool],
    ) -> Result<(), NotFinite> {
        let checks = self.metered(among).contains(&true) && !self.is_host();
        let each = self.networks.all_mut().into_iter().zip(&mut self.adams);
        for ((network, adam), gradients) in each.zip(gradients) {
            adam.rates().iter_mut().for_each(|rate| {
                (rate.rate, rate.decay) = (config.rate as f32, config.decay as f32);
            });
            adam.step(network, gradients, among)?;
            // On an adapter a number that is none shows only when asked for.
            if checks {
                adam.check(network)?;
            }
        }
        Ok(())
    }

    /// Adds all weights, the optimiser, and what else decides.
    pub fn digest(&self, digest: &mut Digest) {
        self.networks.all().into_iter().for_each(|network| network.digest(digest));
        self.adams.iter().for_each(|adam| adam.digest(digest));
        for lane in &self.lanes {
            lane.slow.iter().for_each(|slow| slow.digest(digest));
            if lane.dice.position() > 0 {
                digest.word(lane.dice.position() as u64);
            }
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let networks: usize = self.networks.all().into_iter().map(|network| network.bytes()).sum();
        let lane = |lane: &Learned| {
            let slow = lane.slow.as_ref().map_or(0, Slow::bytes);
            lane.course.bytes() + lane.history.bytes() + slow
        };
        networks
            + self.adams.iter().map(Adam::bytes).sum::<usize>()
            + self.lanes.iter().map(lane).sum::<usize>()
    }
}

/// Places of one lane and what is learned there; none where it rests.
#[derive(Debug, Default)]
struct Places {
    drawn: Vec<Drawn>,
    /// `[B]`.
    taught: Vec<Lesson>,
    /// `[B]`: how much each counts.
    weights: Vec<f64>,
}

/// How many numbers a batch tells of reward, value, policy, latent states and what was seen.
fn taught(batch: &Batch, shape: Shape) -> [u64; 5] {
    let known = batch.known.iter().filter(|known| **known > 0.0).count();
    let rows = batch.policies.chunks(shape.actions.max(1));
    let policies = rows.filter(|row| row.iter().any(|p| *p != 0.0)).count();
    [
        batch.rewards.iter().flatten().count(),
        batch.values.iter().flatten().count(),
        policies * shape.actions,
        known * shape.latent,
        (known + batch.lanes * batch.size) * shape.inputs,
    ]
    .map(|count| count as u64)
}
