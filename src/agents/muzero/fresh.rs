//! What is known of a place now, in place of what was found when its game was played: values by a
//! copy of the networks that stands still for some updates, or a search with those of today.

use super::config::MuZeroConfig;
use super::games::Game;
use super::latent::LatentModel;
use super::networks::HostNetworks;
use super::targets::{Fresh, Targets};
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::models::sight::{Sight, told};

/// A copy of a lane's networks that is renewed every so many updates (the target network of Mnih et
/// al. 2015).
#[derive(Clone, Debug)]
pub(super) struct Slow {
    host: HostNetworks,
    /// Updates since it was made, the one under way included.
    age: u32,
}

impl Slow {
    /// Before an update: renews the copy once it has served `every` of them; 0: there is none.
    pub fn keep_up(slow: &mut Option<Self>, now: impl FnOnce() -> HostNetworks, every: u32) {
        match slow {
            _ if every == 0 => *slow = None,
            Some(slow) if slow.age < every => slow.age += 1,
            _ => *slow = Some(Self { host: now(), age: 1 }),
        }
    }

    /// To ask.
    pub fn host(&self) -> &HostNetworks {
        &self.host
    }

    /// Adds weights and age.
    pub fn digest(&self, digest: &mut Digest) {
        self.host.digest(digest);
        digest.word(u64::from(self.age));
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.host.bytes()
    }
}

/// The values that the targets of a place go on with, predicted by `networks`.
pub(super) fn predicted<S: Sight>(
    networks: &HostNetworks,
    sight: &S,
    (game, at): (&Game<S::Seen>, usize),
    targets: &Targets,
) -> Fresh {
    let mut values = vec![0.0; game.values.len()];
    for k in 0..=targets.steps {
        let t = (at + k + targets.td_steps).min(game.length());
        // Past the end of a task everything is worth 0, whatever a network says.
        if t < game.length() || !game.terminated {
            values[t] = networks.value(&networks.enter(&told(sight, &game.seen[t])));
        }
    }
    Fresh { policy: None, values }
}

/// A place with the networks of today: its policy is searched again, and the values that its targets
/// go on with are predicted again. What really happened stays, and so does what is stored: targets
/// of a weak network must not replace better ones for good.
pub(super) fn reanalysed<S: Sight>(
    config: &MuZeroConfig,
    sight: &S,
    (game, at): (&Game<S::Seen>, usize),
    targets: &Targets,
    model: &mut LatentModel<'_>,
    dice: &mut Stream,
) -> Option<Fresh> {
    let seen = &game.seen[at];
    let root = (&told(sight, seen)[..], sight.legal(seen));
    let answer = model.search(config.search(false), root, dice).ok()?;
    let values = predicted(model.networks, sight, (game, at), targets).values;
    Some(Fresh { policy: Some(answer.policy), values })
}

#[cfg(test)]
mod tests {
    use super::super::networks::Networks;
    use super::*;
    use crate::mdp::State;
    use crate::models::coding::{Coded, Coding};
    use crate::models::features::Places;
    use crate::nn::Module as _;
    use crate::nn::device::Compute;

    fn networks(seed: u64) -> Networks {
        let shape = MuZeroConfig { width: 4, latent: 3, ..MuZeroConfig::default() }.shape(3, 2);
        let mut networks = Networks::new(shape, &[seed], &Compute::flex()).unwrap();
        // Heads begin at 0; here they should say something.
        networks.value = Networks::new(shape, &[seed + 1], &Compute::flex()).unwrap().value;
        let weights = networks.value.store_mut().host_mut().unwrap();
        weights.iter_mut().enumerate().for_each(|(i, w)| *w += 0.3 * (i as f32).sin());
        networks
    }

    #[test]
    fn the_copy_stands_still_for_as_many_updates_as_were_asked_for() {
        let (first, second) = (networks(1), networks(2));
        let of = |networks: &Networks| HostNetworks::of(networks, 0);
        let mut slow = None;
        let mut renewed = Vec::new();
        for update in 0..7 {
            let now = if update == 0 { &first } else { &second };
            Slow::keep_up(&mut slow, || of(now), 3);
            renewed.push(*slow.as_ref().unwrap().host() == of(&second));
        }
        assert_eq!(renewed, [false, false, false, true, true, true, true]);
        Slow::keep_up(&mut slow, || of(&second), 0);
        assert!(slow.is_none());
    }

    #[test]
    fn values_are_predicted_where_targets_go_on_and_nowhere_past_the_end() {
        let coding = Coding { coded: Coded::OneHot, places: Places { rows: 1, cols: 3 } };
        let host = HostNetworks::of(&networks(1), 0);
        let mut game = Game::<State> { terminated: true, ..Game::default() };
        for state in [0, 1] {
            game.decided(state, 0, &[0.5, 0.5], 9.0);
            game.rewards.push(1.0);
        }
        game.seen.push(2);
        game.values.push(9.0);
        let policies = super::super::unroll::Policies::Search;
        let targets = Targets { steps: 1, td_steps: 1, gamma: 0.5, actions: 2, policies };
        let value = |state: State| host.value(&host.enter(&told(&coding, &state)));
        let ended = predicted(&host, &coding, (&game, 0), &targets).values;
        assert_eq!(ended, [0.0, value(1), 0.0]);
        game.terminated = false;
        let cut = predicted(&host, &coding, (&game, 0), &targets).values;
        assert_eq!(cut, [0.0, value(1), value(2)]);
        assert!(value(1) != 0.0 && value(1) != value(2));
    }
}
