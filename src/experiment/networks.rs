//! What the networks of a run ask for before any of them is built: memory and a device.

use std::sync::Arc;

use super::build::config;
use super::config::{ArenaConfig, ConfigError, GIB, MAX_GIB, RunConfig};
use crate::agents::ddpg::DdpgConfig;
use crate::agents::deep_dyna_q::DeepDynaQConfig;
use crate::agents::muzero::MuZeroConfig;
use crate::agents::mve::config::MveConfig;
use crate::base::params::{Dial as _, Spec};
use crate::mdp::oracle::Oracle;
use crate::models::coding::Coding;
use crate::models::features::Places;
use crate::nn::device::{Choice, Wish};
use crate::nn::trial::Trial;

/// What a world means to agents with networks.
#[derive(Clone, Debug)]
pub enum Ground {
    /// Its states are listed: where they lie, and how many actions there are.
    Listed(Places, usize),
    /// Numbers are seen and actions are counted: how many of each.
    Counted((usize, usize)),
    /// It is steered by numbers.
    Steered(Arc<dyn Oracle>),
}

impl Ground {
    /// Bytes that a lane of an agent takes for networks, what trains them, and memories filled to
    /// the brim; 0 without networks.
    fn bytes(&self, run: &RunConfig) -> u128 {
        match (self, run.info.id) {
            (Self::Listed(places, actions), "deep-dyna-q") => {
                config::<DeepDynaQConfig>(&run.params).bytes(*places, *actions)
            }
            (Self::Listed(places, actions), "muzero") => {
                let dials = config::<MuZeroConfig>(&run.params);
                let coding = Coding { coded: dials.features, places: *places };
                dials.bytes(coding.width(), *actions)
            }
            (Self::Counted((sees, actions)), "muzero") => {
                config::<MuZeroConfig>(&run.params).bytes(*sees, *actions)
            }
            (Self::Counted(sizes), "deep-dyna-q") => {
                config::<DeepDynaQConfig>(&run.params).bytes_for(*sizes)
            }
            (Self::Steered(oracle), "ddpg") => config::<DdpgConfig>(&run.params).bytes(&**oracle),
            (Self::Steered(oracle), "mve") => config::<MveConfig>(&run.params).bytes(&**oracle),
            _ => 0,
        }
    }

    /// What devices are compared by for `lanes` lanes of an agent; `None` without networks.
    fn trial(&self, run: &RunConfig, lanes: usize) -> Option<Trial> {
        match (self, run.info.id) {
            (Self::Listed(places, actions), "deep-dyna-q") => {
                Some(config::<DeepDynaQConfig>(&run.params).trial(*places, *actions, lanes))
            }
            (Self::Counted(sizes), "deep-dyna-q") => {
                Some(config::<DeepDynaQConfig>(&run.params).trial_for(*sizes, lanes))
            }
            (Self::Listed(places, actions), "muzero") => {
                let dials = config::<MuZeroConfig>(&run.params);
                let coding = Coding { coded: dials.features, places: *places };
                Some(dials.trial(dials.shape(coding.width(), *actions), lanes))
            }
            (Self::Counted((sees, actions)), "muzero") => {
                let dials = config::<MuZeroConfig>(&run.params);
                Some(dials.trial(dials.shape(*sees, *actions), lanes))
            }
            (Self::Steered(oracle), "ddpg") => {
                Some(config::<DdpgConfig>(&run.params).trial(&**oracle, lanes))
            }
            (Self::Steered(oracle), "mve") => {
                Some(config::<MveConfig>(&run.params).trial(&**oracle, lanes))
            }
            _ => None,
        }
    }

    /// What `auto` leads to for a run: measured here, once. Blocks meanwhile.
    pub fn fastest(&self, run: &RunConfig, lanes: usize) -> Wish {
        let fits = |trial: &Trial| trial.spec.check(lanes).is_ok();
        let chosen = self.trial(run, lanes).filter(fits).map(|trial| trial.device(Choice::Auto));
        chosen.and_then(|chosen| Wish::of(chosen.compute.place())).unwrap_or(Wish::Flex)
    }
}

/// Writes the device that `auto` leads to into every run, so that whoever lives it again asks for
/// that device and measures nothing. `grounds` has one for each run.
pub fn settle(arena: &mut ArenaConfig, grounds: &[&Ground]) {
    let lanes = arena.lanes;
    settle_on(arena, |index, run| grounds[index].fastest(run, lanes));
}

/// Refuses networks that would not fit into memory. `grounds` has one for each run.
pub fn check(arena: &ArenaConfig, grounds: &[&Ground]) -> Result<(), ConfigError> {
    let lanes = arena.lanes;
    let sizes = arena.runs.iter().zip(grounds).map(|(run, ground)| ground.bytes(run));
    let sizes = sizes.filter(|&bytes| bytes > 0);
    let (runs, bytes) = sizes.fold((0, 0), |(runs, all), bytes| (runs + 1, all + bytes));
    let gib = bytes as f64 * lanes as f64 / GIB;
    if gib <= MAX_GIB {
        return Ok(());
    }
    Err(ConfigError(format!(
        "networks, their moments and full memories of {} lanes need about {gib:.1} GiB; at most \
         {MAX_GIB} GiB are allowed: take fewer lanes, narrower networks or smaller memories",
        runs * lanes
    )))
}

/// Whether a parameter says where networks compute.
pub fn is_device(spec: &Spec) -> bool {
    spec.key == "device"
}

/// Replaces `auto` without a measurement: where nobody may depend on a stop-watch.
pub fn settle_on_flex(arena: &mut ArenaConfig) {
    settle_on(arena, |_, _| Wish::Flex);
}

fn settle_on(arena: &mut ArenaConfig, of: impl Fn(usize, &RunConfig) -> Wish) {
    for (index, run) in arena.runs.iter_mut().enumerate() {
        let Some(dial) = run.info.params().iter().position(is_device) else { continue };
        if Wish::from_number(run.params[dial]) == Wish::Auto {
            run.params[dial] = of(index, run).to_number();
        }
    }
}
