//! An update of all networks: draw places, make targets, unroll, follow the gradient, and note how
//! surprising each place turned out to be.

use super::config::{Code, MuZeroConfig};
use super::dreaming::together;
use super::fresh::{Slow, predicted, reanalysed};
use super::games::{Drawn, Games};
use super::latent::LatentModel;
use super::meters::{Course, Meters, Update, lengths, way};
use super::networks::{HostNetworks, Networks, Shape};
use super::targets::{Lesson, Targets, batch};
use super::unroll::imagined::{Starts, imagine};
use super::unroll::{Batch, unroll};
use super::view::Clipping;
use crate::base::digest::Digest;
use crate::base::rng::{Stream, StreamName};
use crate::models::self_consistent::history::History;
use crate::models::sight::Sight;
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::mlp::TooLarge;
use crate::nn::{Module as _, NotFinite};
use crate::rl::priority::importance;

/// Updates between two looks at all values, at most often.
const EVERY: u64 = 8;
/// Longest gradient of a network.
const CLIP: f32 = 10.0;

/// The networks and what trains them.
#[derive(Clone, Debug)]
pub(super) struct Learner {
    networks: Networks,
    /// One for each network.
    adams: Vec<Adam>,
    compute: Compute,
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

impl Learner {
    /// First weights. Networks this small learn fastest in host memory.
    pub fn new(shape: Shape, seed: u64) -> Result<Self, TooLarge> {
        let compute = Compute::flex();
        let networks = Networks::new(shape, &[seed], &compute)?;
        let rate = Rate { clip: CLIP, ..Rate::new(0.0) };
        let adams = networks.all().map(|network| Adam::new(network, rate, &compute)).into();
        let dice = Stream::new(seed, StreamName::Imagine);
        let (last, course, clipping) = Default::default();
        let history = History::every(EVERY);
        Ok(Self { networks, adams, compute, dice, last, course, history, clipping, slow: None })
    }

    /// What the networks are made for.
    pub fn shape(&self) -> Shape {
        self.networks.shape
    }

    /// A copy for searches.
    pub fn copy(&self) -> HostNetworks {
        HostNetworks::of(&self.networks, 0)
    }

    /// One update; `model` searches anew where places are reanalysed.
    pub fn update<S: Sight>(
        &mut self,
        config: &MuZeroConfig,
        sight: &S,
        games: &mut Games<S::Seen>,
        mut model: Option<&mut LatentModel<'_>>,
        [replay, plan]: [&mut Stream; 2],
    ) -> Result<(), NotFinite> {
        games.sharpen(config.priority);
        let setting = config.setting();
        let targets = Targets {
            steps: config.unroll as usize,
            td_steps: config.td_steps as usize,
            gamma: sight.next() * config.gamma,
            actions: self.shape().actions,
            policies: setting.policies,
        };
        Slow::keep_up(&mut self.slow, &self.networks, config.slow);
        let slow = self.slow.as_ref();
        let drawn = games.draw(config.batch as usize, replay);
        let mut lesson = |drawn: &Drawn| {
            let (game, at) = (games.game(drawn.game), drawn.at);
            let again = replay.chance(config.reanalyse);
            let place = (game, at);
            let fresh = model
                .as_mut()
                .filter(|_| again)
                .and_then(|model| reanalysed(config, sight, place, &targets, model, plan))
                .or_else(|| Some(predicted(slow?.host(), sight, place, &targets)));
            Lesson::new((game, at), &targets, fresh.as_ref(), sight, replay)
        };
        let places: Vec<Lesson> = drawn.iter().map(&mut lesson).collect();
        let chances: Vec<f64> = drawn.iter().map(|drawn| drawn.chance).collect();
        let batch = batch(&places, importance(&chances, games.len()), &targets);
        let values = self.descend(config, targets.gamma, &batch)?;
        for ((drawn, lesson), found) in drawn.iter().zip(&places).zip(values) {
            if let Some(target) = lesson.value() {
                games.judged(*drawn, found - target);
            }
        }
        if config.heads == Code::Categorical {
            let values = places.iter().flat_map(Lesson::values);
            values.for_each(|target| self.clipping.note(target, config.support));
        }
        Ok(())
    }

    /// Grounded and imagined loss of a batch, and one step down both; `[B]`: values of the places.
    fn descend(
        &mut self,
        config: &MuZeroConfig,
        gamma: f64,
        batch: &Batch,
    ) -> Result<Vec<f64>, NotFinite> {
        let unrolled = unroll(&self.networks, batch, &config.setting(), &self.compute);
        let imagined = config.dream(gamma).map(|dream| {
            let count = batch.lanes * (dream.depth + 1) * batch.size;
            let dice = (0..count).map(|_| self.dice.unit()).collect();
            imagine(&self.networks, &Starts::of(batch, dice), &dream, &self.compute)
        });
        let before = self.networks.clone();
        let (w, beta) = (config.grounded, if imagined.is_some() { config.beta } else { 0.0 });
        let (dreamed, dreams) = imagined.map(|i| (i.lanes, i.gradients)).unzip();
        let mut meters = Meters {
            grounded: lengths(&unrolled.gradients, w),
            imagined: dreams.as_ref().map_or([0.0; 5], |dreams| lengths(dreams, beta)),
            moved: [0.0; 5],
        };
        let all = together((w, unrolled.gradients), dreams.map(|dreams| (beta, dreams)));
        let each = self.networks.all_mut().into_iter().zip(&mut self.adams);
        for ((network, adam), gradients) in each.zip(all) {
            adam.rates().iter_mut().for_each(|rate| {
                (rate.rate, rate.decay) = (config.rate as f32, config.decay as f32);
            });
            adam.step(network, gradients, &[true])?;
        }
        meters.moved = way(&before, &self.networks);
        let dreamed = dreamed.and_then(|lanes: Vec<_>| lanes.into_iter().next());
        let (losses, along) = (unrolled.losses[0], unrolled.along.into_iter().next());
        let along = along.unwrap_or_default();
        let taught = taught(batch, self.shape());
        self.last = Update { config: *config, w, losses, along, beta, dreamed, meters, taught };
        self.course.add(&self.last);
        Ok(unrolled.values)
    }

    /// Adds all weights and the optimiser.
    pub fn digest(&self, digest: &mut Digest) {
        self.networks.all().into_iter().for_each(|network| network.digest(digest));
        self.adams.iter().for_each(|adam| adam.digest(digest));
        self.slow.iter().for_each(|slow| slow.digest(digest));
        if self.dice.position() > 0 {
            digest.word(self.dice.position() as u64);
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let networks: usize = self.networks.all().into_iter().map(|network| network.bytes()).sum();
        networks
            + self.adams.iter().map(Adam::bytes).sum::<usize>()
            + self.course.bytes()
            + self.history.bytes()
            + self.slow.as_ref().map_or(0, Slow::bytes)
    }
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
