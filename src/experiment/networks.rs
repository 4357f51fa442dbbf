//! What the networks of a run ask for before any of them is built: memory and a device.

use std::sync::Arc;

use super::build::config;
use super::config::{ArenaConfig, ConfigError, GIB, MAX_GIB, RunConfig};
use crate::agents::ddpg::DdpgConfig;
use crate::agents::deep_dyna_q::DeepDynaQConfig;
use crate::agents::mve::config::MveConfig;
use crate::mdp::oracle::Oracle;
use crate::models::features::Places;

/// What a world means to agents with networks.
#[derive(Clone, Debug)]
pub enum Ground {
    /// Its states are listed: where they lie, and how many actions there are.
    Listed(Places, usize),
    /// It is steered by numbers.
    Steered(Arc<dyn Oracle>),
    /// No agent with networks is made for it.
    Bare,
}

impl Ground {
    /// Bytes that a lane of an agent takes for networks, what trains them, and memories filled to
    /// the brim; 0 without networks.
    fn bytes(&self, run: &RunConfig) -> u128 {
        match (self, run.info.id) {
            (Self::Listed(places, actions), "deep-dyna-q") => {
                config::<DeepDynaQConfig>(&run.params).bytes(*places, *actions)
            }
            (Self::Steered(oracle), "ddpg") => config::<DdpgConfig>(&run.params).bytes(&**oracle),
            (Self::Steered(oracle), "mve") => config::<MveConfig>(&run.params).bytes(&**oracle),
            _ => 0,
        }
    }

    /// Refuses networks that would not fit into memory.
    pub fn check(&self, arena: &ArenaConfig) -> Result<(), ConfigError> {
        let lanes = arena.lanes;
        let sizes = arena.runs.iter().map(|run| self.bytes(run)).filter(|&bytes| bytes > 0);
        let (runs, bytes) = sizes.fold((0, 0), |(runs, all), bytes| (runs + 1, all + bytes));
        let gib = bytes as f64 * lanes as f64 / GIB;
        if gib <= MAX_GIB {
            return Ok(());
        }
        Err(ConfigError(format!(
            "networks, their moments and full memories of {} lanes need about {gib:.1} GiB; at \
             most {MAX_GIB} GiB are allowed: take fewer lanes, narrower networks or smaller \
             memories",
            runs * lanes
        )))
    }
}
