//! An update of all networks: draw places, make targets, unroll, follow the gradient, and note how
//! surprising each place turned out to be.

use super::config::{Code, MuZeroConfig};
use super::fresh::{Slow, predicted, reanalysed};
use super::games::{Drawn, Games};
use super::latent::LatentModel;
use super::networks::{HostNetworks, Networks, Shape};
use super::targets::{Lesson, Targets, batch};
use super::unroll::{Losses, unroll};
use super::view::Clipping;
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::models::sight::Sight;
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::mlp::TooLarge;
use crate::nn::{Module as _, NotFinite};
use crate::rl::priority::importance;

/// Longest gradient of a network.
const CLIP: f32 = 10.0;

/// The networks and what trains them.
#[derive(Clone, Debug)]
pub(super) struct Learner {
    networks: Networks,
    /// One for each network.
    adams: Vec<Adam>,
    compute: Compute,
    /// Of the newest update.
    pub losses: Losses,
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
        let (losses, clipping) = (Losses::default(), Clipping::default());
        Ok(Self { networks, adams, compute, losses, clipping, slow: None })
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
    ) -> Result<Losses, NotFinite> {
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
        let unrolled = unroll(&self.networks, &batch, &setting, &self.compute);
        let each = self.networks.all_mut().into_iter().zip(&mut self.adams);
        for ((network, adam), gradients) in each.zip(unrolled.gradients) {
            adam.rates().iter_mut().for_each(|rate| {
                (rate.rate, rate.decay) = (config.rate as f32, config.decay as f32);
            });
            adam.step(network, gradients, &[true])?;
        }
        self.losses = unrolled.losses[0];
        for ((drawn, lesson), found) in drawn.iter().zip(&places).zip(unrolled.values) {
            if let Some(target) = lesson.value() {
                games.judged(*drawn, found - target);
            }
        }
        if config.heads == Code::Categorical {
            let values = places.iter().flat_map(Lesson::values);
            values.for_each(|target| self.clipping.note(target, config.support));
        }
        Ok(self.losses)
    }

    /// Adds all weights and the optimiser.
    pub fn digest(&self, digest: &mut Digest) {
        self.networks.all().into_iter().for_each(|network| network.digest(digest));
        self.adams.iter().for_each(|adam| adam.digest(digest));
        self.slow.iter().for_each(|slow| slow.digest(digest));
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let networks: usize = self.networks.all().into_iter().map(|network| network.bytes()).sum();
        networks
            + self.adams.iter().map(Adam::bytes).sum::<usize>()
            + self.slow.as_ref().map_or(0, Slow::bytes)
    }
}
