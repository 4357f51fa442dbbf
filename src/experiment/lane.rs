//! What a cohort keeps of each of its seeds.

use super::lane_view::{Path, TRAIL};
use crate::agents::Fault;
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::{Observed as _, Simulator, State};

/// One seed: a world, its dice, and how far it has come.
#[derive(Clone, Debug)]
pub(super) struct Lane<W: Simulator> {
    pub world: W,
    pub dice: Stream,
    pub episodes: u64,
    pub env_steps: u64,
    pub step: u64,
    pub episode_return: f64,
    pub total_return: f64,
    /// The episode ends as soon as the planning of its last step is done.
    pub ended: bool,
    pub trail: [State; TRAIL],
    /// Where it has been in a world of numbers; empty and without cost in any other.
    pub path: Path,
}

impl<W: Simulator> Lane<W> {
    /// At the start of the first episode of a copy of `world`; also what is seen there.
    pub fn new(world: &W, mut dice: Stream) -> (Self, W::Obs) {
        let mut world = world.clone();
        let obs = world.reset(&mut dice);
        let mut path = Path::default();
        world.body().into_iter().for_each(|body| path.begin(body));
        let lane = Self {
            world,
            dice,
            episodes: 0,
            env_steps: 0,
            step: 0,
            episode_return: 0.0,
            total_return: 0.0,
            ended: false,
            trail: [obs.state().unwrap_or(0); TRAIL],
            path,
        };
        (lane, obs)
    }

    /// Whether the world itself is not a number any more.
    pub fn is_lost(&self) -> bool {
        self.world.body().is_some_and(|body| !body.is_finite())
    }

    /// Which number of the world is none.
    pub fn fault(&self) -> Option<Fault> {
        let body = self.world.body()?;
        let (index, &value) = body.iter().enumerate().find(|(_, x)| !x.is_finite())?;
        Some(Fault::World { index, value })
    }

    /// Adds where it stands to a fingerprint; `seen` is what the agent sees now.
    pub fn digest(&self, seen: &W::Obs, digest: &mut Digest) {
        digest.numbers(&[self.episode_return, self.total_return]);
        digest.word(u64::from(self.ended));
        // A world as it was built says nothing, so that fingerprints stay what they were.
        Some(self.world.edited()).filter(|&map| map != 0).into_iter().for_each(|m| digest.word(m));
        digest.word(self.dice.position() as u64);
        seen.digest(digest);
        self.world.body().into_iter().for_each(|body| body.digest(digest));
    }
}
