//! Where a critic learns: at states that were really reached, and at those that were imagined from
//! them; and how wrong it is at both.

use super::expansion::critic_error;
use crate::agents::steered::SteeredView;
use crate::mdp::physical::Body;

/// The critic at the states of one cloud.
#[derive(Clone, Debug, PartialEq)]
pub struct Cloud {
    /// Where the states lie.
    pub bodies: Vec<Body>,
    /// Root of the mean square of what the slow critic says minus what the imagined actor is truly
    /// paid from there, discounted; `None` without states.
    pub error: Option<f64>,
}

/// Both clouds of the newest update.
#[derive(Clone, Debug, PartialEq)]
pub struct Clouds {
    /// Really reached.
    pub real: Cloud,
    /// Imagined.
    pub imagined: Cloud,
}

/// The clouds of a learner that expands values; `None` for others.
pub fn clouds(view: &SteeredView) -> Option<Clouds> {
    let expansion = view.expansion.as_ref()?;
    let cloud = |seen: &[f32]| {
        let seats = seen.chunks_exact(view.oracle.sees());
        let bodies: Vec<Body> = seats.map(|seen| view.oracle.locate(seen)).collect();
        let error = (!bodies.is_empty()).then(|| critic_error(view, seen));
        Cloud { bodies, error }
    };
    Some(Clouds { real: cloud(&expansion.begun), imagined: cloud(&expansion.imagined) })
}
