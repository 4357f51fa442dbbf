//! A value that stands still while the model learns from it.

use crate::nn::loss::Loss;
use crate::nn::mlp::Mlp;
use crate::nn::{Tensor, joined};

/// A value that stands still: copies of critic and actor.
#[derive(Clone, Debug)]
pub struct Still {
    /// `Q'`.
    pub critic: Mlp,
    /// The actor.
    pub actor: Mlp,
}

impl Still {
    /// `V(s)`, `[P, B, 1]`.
    pub fn value(&self, seen: Tensor) -> Tensor {
        self.critic.forward(joined(seen.clone(), self.actor.forward(seen)))
    }

    /// The critic's gradient after what is seen, `[P, B, S]`, times `weights`, `[P, B, 1]` of the
    /// values, which are also there.
    pub fn slope(&self, seen: Tensor, weights: impl FnOnce(&Tensor) -> Tensor) -> (Tensor, Tensor) {
        let [lanes, rows, sees] = seen.dims();
        let action = self.actor.forward(seen.clone());
        let (value, tape) = self.critic.forward_taped(joined(seen, action));
        let back = self.critic.backward_to_input(tape, weights(&value));
        (value, back.slice([0..lanes, 0..rows, 0..sees]))
    }

    /// `grad V(s)` with the action held, `[P, B, S]`.
    pub fn slopes(&self, seen: Tensor) -> Tensor {
        self.slope(seen, Tensor::ones_like).1
    }

    /// `mean over the batch of (V(s^') - V(s'))^2 / F`, with the gradient after what the model says.
    pub fn vaml(&self, input: &Tensor, said: Tensor, wanted: Tensor) -> Loss {
        let [lanes, rows, outputs] = said.dims();
        let sees = outputs - 1;
        let seen = input.clone().slice([0..lanes, 0..rows, 0..sees]);
        let after = |change: Tensor| seen.clone() + change.slice([0..lanes, 0..rows, 0..sees]);
        let real = self.value(after(wanted));
        let count = (rows * outputs) as f32;
        let (imagined, slope) =
            self.slope(after(said.clone()), |value| (value.clone() - real.clone()) * (2.0 / count));
        let value = (imagined - real).square().mean_dim(1) * (1.0 / outputs as f32);
        let none = said.slice([0..lanes, 0..rows, sees..outputs]).zeros_like();
        Loss { value, gradient: joined(slope, none) }
    }
}
