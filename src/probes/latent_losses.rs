//! What a learner with a latent model was trained by last, and what each loss does to each of its
//! networks.

pub use crate::agents::muzero::meters::{Course, METERED, Meters, Stretch, Update};
pub use crate::agents::muzero::view::MuZeroView;
use crate::rl::self_consistency::Wiring;

/// Names of the parts of the loss, in the order of [`Update::weighed`].
pub const PARTS: [&str; 6] = ["reward", "value", "policy", "consistency", "decoder", "imagined"];

/// `[K + 1]`: the terms of the imagined loss as they were weighed, and what the policy learned by
/// there; together they are the last part of [`Update::weighed`].
pub fn imagined_terms(update: &Update) -> (Vec<f64>, f64) {
    match &update.dreamed {
        None => (Vec::new(), 0.0),
        Some(dreamed) => {
            let terms = dreamed.terms.iter().map(|term| update.beta * term).collect();
            (terms, update.beta * dreamed.policy)
        }
    }
}

/// What the imagined loss is called; `None`: nothing was imagined.
pub fn imagined_name(update: &Update) -> Option<&'static str> {
    let dream = update.config.dream(update.config.gamma)?;
    Some(match dream.wiring.name() {
        Some(name) => name,
        None => "policy alone",
    })
}

/// The wiring of the imagined loss; nothing flows where nothing is imagined.
pub fn wiring(update: &Update) -> Wiring {
    let dream = update.config.dream(update.config.gamma);
    dream.map_or(Wiring::of_switches([false; 7]), |dream| dream.wiring)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::muzero::MuZeroConfig;
    use crate::agents::muzero::config::Imagine;
    use crate::agents::muzero::unroll::imagined::Dreamed;

    #[test]
    fn terms_and_policy_are_together_the_imagined_part() {
        let config = MuZeroConfig { imagine: Imagine::Direct, ..MuZeroConfig::default() };
        let dreamed = Dreamed { terms: vec![3.0, 1.0], policy: -0.5, ..Dreamed::default() };
        let update =
            Update { config, w: 1.0, beta: 0.5, dreamed: Some(dreamed), ..Update::default() };
        let (terms, policy) = imagined_terms(&update);
        assert_eq!((terms, policy), (vec![1.5, 0.5], -0.25));
        assert_eq!(update.weighed()[5], 1.75);
        assert_eq!(imagined_name(&update), Some("SC-Direct"));
        assert_eq!(wiring(&update), Wiring::DIRECT);
        assert_eq!(imagined_name(&Update::default()), None);
    }
}
