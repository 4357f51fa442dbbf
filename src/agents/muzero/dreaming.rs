//! What the dials of imagination stand for, and how grounded and imagined gradients become one.

use super::MuZero;
use super::config::{Aim, Distil, MuZeroConfig, line};
use super::unroll::HALF;
use super::unroll::imagined::Dream;
use crate::agents::search::Switch;
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::trace::{Value, Watch};
use crate::models::sight::Sight;
use crate::nn::Gradients;
use crate::rl::self_consistency::Wiring;

crate::choice! {
    /// What an imagined loss trains.
    pub enum Imagine {
        /// Nothing is imagined but in searches: MuZero.
        None = "none", "none";
        /// The value alone, towards stopped targets.
        Dyna = "dyna", "Dyna";
        /// Value and model together, towards stopped targets.
        Direct = "sc-direct", "SC-Direct";
        /// The targets, towards stopped predictions.
        Reverse = "sc-reverse", "SC-Reverse";
        /// Both sides: nothing is stopped.
        Residual = "sc-residual", "SC-Residual";
    }
}

/// Nothing flows, nothing is trained.
const CLOSED: Wiring = Wiring {
    prediction: false,
    target_reward: false,
    target_value: false,
    state: false,
    trains_value: false,
    trains_reward: false,
    trains_dynamics: false,
};

impl Imagine {
    /// The wiring it stands for; `None`: value and model learn nothing in imagination.
    pub fn wiring(self) -> Option<Wiring> {
        match self {
            Self::None => None,
            Self::Dyna => Some(Wiring::DYNA),
            Self::Direct => Some(Wiring::DIRECT),
            Self::Reverse => Some(Wiring::REVERSE),
            Self::Residual => Some(Wiring::RESIDUAL),
        }
    }
}

impl MuZeroConfig {
    /// How losses in imagination are made, where the next value counts for `gamma`; `None`: there
    /// are none.
    pub fn dream(&self, gamma: f64) -> Option<Dream> {
        let policy = self.imagined_policy == Switch::On;
        let imagines = self.beta > 0.0 && (policy || self.imagine != Imagine::None);
        imagines.then(|| Dream {
            wiring: self.imagine.wiring().unwrap_or(CLOSED),
            depth: self.imagined_steps as usize,
            gamma,
            lambda: self.lambda,
            policy,
            roots: self.imagined_roots == Switch::On,
            recurrent: HALF,
        })
    }

    /// Whether real steps teach reward, value, policy, latent states and what was seen.
    pub(super) fn teaches(&self) -> [bool; 5] {
        let seen = self.model == Aim::Reconstruction;
        [true, true, self.distil != Distil::Off, self.consistency > 0.0, seen]
            .map(|on| on && self.grounded > 0.0)
    }

    /// The losses whose gradient reaches the latent states, and through them the model. There is none
    /// on a latent state itself but consistency.
    pub fn on_latent(&self) -> Vec<&'static str> {
        let mut all = Vec::new();
        if self.grounded > 0.0 {
            let value = self.model == Aim::ValueEquivalent;
            let each = [
                (true, "reward"),
                (value, "value"),
                (value && self.distil != Distil::Off, "policy"),
                (self.consistency > 0.0, "consistency"),
                (!value, "what was seen"),
            ];
            all.extend(each.into_iter().filter(|(acts, _)| *acts).map(|(_, name)| name));
        }
        let dream = self.dream(self.gamma).filter(|dream| dream.wiring.state);
        all.extend(dream.map(|_| "imagined value"));
        all
    }

    /// Adds all dials. Those of imagination count where they are not as they are at first, so that
    /// a run without it has the fingerprint that it had before there were any.
    pub(super) fn digest(&self, digest: &mut Digest) {
        let first = Self::index("imagine").unwrap_or(usize::MAX);
        for (index, spec) in Self::specs().iter().enumerate() {
            let value = self.get(index);
            if index >= first && value == spec.default {
                continue;
            }
            if index >= first {
                digest.word(index as u64);
            }
            digest.number(value);
        }
    }
}

impl<S: Sight> MuZero<S> {
    /// `[P]`: lanes that can learn while the world stands still.
    fn dreamers(&self) -> Vec<bool> {
        let dreams = self.fault.is_none() && self.config.dream(1.0).is_some();
        self.lanes.iter().map(|lane| dreams && !lane.games.is_empty()).collect()
    }

    /// Whether anything can be learned while the world stands still.
    pub(super) fn has_dreams(&self) -> bool {
        self.dreamers().contains(&true)
    }

    /// So many updates while the world stands still.
    pub(super) fn dream_on<W: Watch>(&mut self, units: u32, watch: &mut W) -> u32 {
        self.renew();
        let mut done = 0;
        while done < units && self.has_dreams() {
            // A search under way would go on with other networks.
            self.searches.clear();
            self.update(&self.dreamers(), watch);
            watch.unit();
            done += 1;
        }
        done
    }

    /// The losses of the newest update of `lane`, for who watches.
    pub(super) fn tell_losses<W: Watch>(&self, lane: usize, watch: &mut W) {
        let last = &self.learner.lanes[lane].last;
        let [real @ .., _] = last.weighed();
        watch.line(line::LEARN, || Some(Value::Number(real.iter().sum())));
        if let Some(dreamed) = &last.dreamed {
            watch.line(line::IMAGINE, || Some(Value::Number(dreamed.loss())));
        }
    }
}

/// `w` times the grounded gradient and `beta` times the imagined one, network by network.
pub(super) fn weighed(
    (w, grounded): (f64, Vec<Gradients>),
    imagined: Option<(f64, Vec<Gradients>)>,
) -> Vec<Gradients> {
    let grounded = grounded.into_iter().map(|gradients| times(w, gradients));
    match imagined {
        None => grounded.collect(),
        Some((beta, imagined)) => {
            let pairs = grounded.zip(imagined);
            pairs.map(|(real, dream)| super::unroll::added(real, &times(beta, dream))).collect()
        }
    }
}

fn times(factor: f64, mut gradients: Gradients) -> Gradients {
    let factor = factor as f32;
    if factor != 1.0 {
        match gradients.host_mut() {
            Some(numbers) => numbers.iter_mut().for_each(|g| *g *= factor),
            None => gradients.map(&mut |tensor| tensor * factor),
        }
    }
    gradients
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::Dial as _;

    fn print(config: &MuZeroConfig) -> u64 {
        let mut digest = Digest::default();
        config.digest(&mut digest);
        digest.finish()
    }

    #[test]
    fn dials_of_imagination_count_once_they_are_turned() {
        let before = MuZeroConfig::default();
        let mut by_hand = Digest::default();
        let first = MuZeroConfig::index("imagine").unwrap();
        (0..first).for_each(|index| by_hand.number(before.get(index)));
        assert_eq!(print(&before), by_hand.finish(), "as it was before there were any");
        let mut seen = vec![print(&before)];
        for key in ["imagine", "imagined_steps", "beta", "lambda", "grounded", "imagined_policy"] {
            let mut config = before;
            let index = MuZeroConfig::index(key).unwrap();
            config.set(index, if key == "imagine" { Imagine::Dyna.to_number() } else { 1.0 });
            if config == before {
                config.set(index, 0.0);
            }
            assert!(!seen.contains(&print(&config)), "{key}");
            seen.push(print(&config));
        }
    }

    #[test]
    fn losses_on_the_latent_state_are_those_of_the_setting() {
        let on = |config: MuZeroConfig| config.on_latent().join(", ");
        let plain = MuZeroConfig { consistency: 0.0, ..MuZeroConfig::default() };
        assert_eq!(on(plain), "reward, value, policy", "value equivalence alone");
        assert_eq!(on(MuZeroConfig::default()), "reward, value, policy, consistency");
        let direct = MuZeroConfig { imagine: Imagine::Direct, ..plain };
        assert_eq!(on(direct), "reward, value, policy, imagined value");
        assert_eq!(on(MuZeroConfig { imagine: Imagine::Dyna, ..plain }), on(plain));
        assert_eq!(on(MuZeroConfig { grounded: 0.0, ..direct }), "imagined value");
        let sight = MuZeroConfig { model: Aim::Reconstruction, ..plain };
        assert_eq!(on(sight), "reward, what was seen");
    }

    #[test]
    fn nothing_is_imagined_without_weight_or_anything_to_learn() {
        let with = |imagine, imagined_policy, beta| {
            MuZeroConfig { imagine, imagined_policy, beta, ..MuZeroConfig::default() }.dream(0.9)
        };
        assert_eq!(with(Imagine::None, Switch::Off, 1.0), None);
        assert_eq!(with(Imagine::Direct, Switch::On, 0.0), None);
        let direct = with(Imagine::Direct, Switch::Off, 1.0).unwrap();
        assert_eq!((direct.wiring, direct.policy, direct.gamma), (Wiring::DIRECT, false, 0.9));
        let acts = with(Imagine::None, Switch::On, 1.0).unwrap();
        assert_eq!((acts.wiring.switches(), acts.policy), ([false; 7], true));
        for (imagine, choice) in Imagine::ALL.iter().zip(Imagine::CHOICES) {
            let name = imagine.wiring().and_then(Wiring::name);
            assert!(name.is_none_or(|name| choice.label == name));
        }
    }
}
