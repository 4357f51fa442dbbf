//! Activation functions with their slopes, for tensors and for single numbers.

use burn::tensor::activation;

use super::Tensor;

/// What a layer does to each of its sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `x`.
    Linear,
    /// `max(x, 0)`.
    Relu,
    /// `tanh x`.
    Tanh,
    /// `x / (1 + e^-x)`, also called swish (Elfwing et al. 2018; Ramachandran et al. 2017).
    Silu,
}

impl Activation {
    /// Name in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Relu => "relu",
            Self::Tanh => "tanh",
            Self::Silu => "silu",
        }
    }

    /// `f(x)`.
    pub fn apply(self, x: Tensor) -> Tensor {
        match self {
            Self::Linear => x,
            Self::Relu => activation::relu(x),
            Self::Tanh => x.tanh(),
            Self::Silu => activation::silu(x),
        }
    }

    /// Whether [`Self::backward`] reads `x`; the others read `f(x)`, which the next layer keeps
    /// anyway.
    pub fn keeps_input(self) -> bool {
        self == Self::Silu
    }

    /// `dL/dx` from `dL/df`, where `kept` is `x` or `f(x)`, see [`Self::keeps_input`].
    pub fn backward(self, kept: Tensor, gradient: Tensor) -> Tensor {
        match self {
            Self::Linear => gradient,
            Self::Relu => gradient.mask_fill(kept.lower_equal_elem(0.0), 0.0),
            Self::Tanh => gradient * (kept.square().neg() + 1.0),
            Self::Silu => {
                let s = activation::sigmoid(kept.clone());
                gradient * (s.clone() * (kept * (s.neg() + 1.0) + 1.0))
            }
        }
    }

    /// `dL/dx` from `dL/df` in place, over slices; `kept` is as in [`Self::backward`].
    pub fn slopes(self, kept: &[f32], gradient: &mut [f32]) {
        let pairs = gradient.iter_mut().zip(kept);
        match self {
            Self::Linear => {}
            Self::Relu => pairs.filter(|(_, y)| **y <= 0.0).for_each(|(g, _)| *g = 0.0),
            Self::Tanh => pairs.for_each(|(g, y)| *g *= 1.0 - y * y),
            Self::Silu => pairs.for_each(|(g, x)| *g *= self.slope(*x)),
        }
    }

    /// `f(x)` of one number.
    #[inline]
    pub fn of(self, x: f32) -> f32 {
        match self {
            Self::Linear => x,
            // What is no number stays none.
            Self::Relu => {
                if x <= 0.0 {
                    0.0
                } else {
                    x
                }
            }
            Self::Tanh => x.tanh(),
            Self::Silu => x / (1.0 + (-x).exp()),
        }
    }

    /// `f'(x)` of one number.
    #[inline]
    pub fn slope(self, x: f32) -> f32 {
        match self {
            Self::Linear => 1.0,
            Self::Relu => f32::from(u8::from(x > 0.0)),
            Self::Tanh => 1.0 - x.tanh().powi(2),
            Self::Silu => {
                let s = 1.0 / (1.0 + (-x).exp());
                s * (1.0 + x * (1.0 - s))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Activation;

    #[test]
    fn slopes_are_the_limits_of_differences() {
        for f in [Activation::Linear, Activation::Relu, Activation::Tanh, Activation::Silu] {
            for x in [-2.0_f32, -0.3, 0.4, 1.7] {
                let slope = (f.of(x + 1e-2) - f.of(x - 1e-2)) / 2e-2;
                assert!((slope - f.slope(x)).abs() < 1e-4, "{f:?} at {x}: {slope}");
            }
        }
        assert!((Activation::Silu.of(1.0) - 0.731_058_6).abs() < 1e-6, "1 / (1 + 1/e)");
    }
}
