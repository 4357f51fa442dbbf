//! Adam (Kingma & Ba 2015) for a population: rates, clip norm and step count per lane.
//!
//! burn's own optimiser clips each tensor by itself, has one rate for all lanes, and another
//! epsilon; none of that keeps lanes apart. In host memory the rule is one pass over the numbers
//! (`benches/results/networks.md`); elsewhere it is the same rule in tensor operations.

use super::device::Compute;
use super::product::with_best;
use super::store::Store;
use super::{Gradients, Module, NotFinite, Tensor, values};
use crate::base::digest::Digest;

/// How one lane learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Step size `alpha`.
    pub rate: f32,
    /// Decay of the mean gradient.
    pub beta1: f32,
    /// Decay of the mean squared gradient.
    pub beta2: f32,
    /// Added to the root.
    pub epsilon: f32,
    /// Longest gradient, over all tensors of the lane; infinity: any length.
    pub clip: f32,
    /// Share of every weight that is added to its gradient after the clip, as PyTorch's Adam does:
    /// the slope of half the squared weights. 0: none.
    pub decay: f32,
}

impl Rate {
    /// The defaults of the paper with this step size, no clip.
    pub fn new(rate: f32) -> Self {
        Self { rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clip: f32::INFINITY, decay: 0.0 }
    }

    /// What a step needs besides gradient and moments, at step `t`, from 1.
    fn at(self, t: u64) -> Step {
        let t = t.min(i32::MAX as u64) as i32;
        Step {
            beta1: self.beta1,
            beta2: self.beta2,
            rate: self.rate / (1.0 - self.beta1.powi(t)),
            root: (1.0 - self.beta2.powi(t)).sqrt().recip(),
            epsilon: self.epsilon,
            clip: self.clip,
            decay: self.decay,
        }
    }
}

/// One step of one lane with the bias corrections worked in.
#[derive(Clone, Copy, Debug)]
struct Step {
    beta1: f32,
    beta2: f32,
    /// `alpha / (1 - beta1^t)`.
    rate: f32,
    /// `1 / sqrt(1 - beta2^t)`.
    root: f32,
    epsilon: f32,
    clip: f32,
    decay: f32,
}

impl Step {
    /// A step that leaves everything as it is.
    const NONE: Self = Self {
        beta1: 1.0,
        beta2: 1.0,
        rate: 0.0,
        root: 1.0,
        epsilon: 1.0,
        clip: f32::INFINITY,
        decay: 0.0,
    };

    /// By how much a gradient of length `norm` is shortened.
    fn scale(&self, norm: f32) -> f32 {
        if norm > self.clip { self.clip / norm } else { 1.0 }
    }

    /// The rule, for all numbers of one lane; `scale` shortens the gradient.
    #[inline]
    fn apply(&self, scale: f32, [value, first, second]: [&mut [f32]; 3], gradient: &[f32]) {
        let (new1, new2) = ((1.0 - self.beta1) * scale, (1.0 - self.beta2) * scale * scale);
        // The decay is added before everything is shortened, so it is made that much longer here.
        let pull = self.decay / scale;
        let numbers = value.iter_mut().zip(first).zip(second).zip(gradient);
        for (((value, first), second), &g) in numbers {
            let g = g + pull * *value;
            *first = self.beta1 * *first + new1 * g;
            *second = self.beta2 * *second + new2 * g * g;
            *value -= self.rate * *first / (second.sqrt() * self.root + self.epsilon);
        }
    }
}

/// Lengths of the last gradients, `[P]`.
#[derive(Clone, Debug)]
enum Norms {
    Host(Vec<f32>),
    Device(Box<Tensor>),
}

/// The optimiser of one module.
#[derive(Clone, Debug)]
pub struct Adam {
    compute: Compute,
    rates: Vec<Rate>,
    steps: Vec<u64>,
    /// Mean of the gradients of each parameter.
    first: Store,
    /// Mean of their squares.
    second: Store,
    norms: Norms,
}

impl Adam {
    /// For `module`, whose lanes all learn at `rate`.
    pub fn new(module: &impl Module, rate: Rate, compute: &Compute) -> Self {
        let lanes = module.lanes();
        Self {
            compute: compute.clone(),
            rates: vec![rate; lanes],
            steps: vec![0; lanes],
            first: module.store().zeros(compute),
            second: module.store().zeros(compute),
            norms: Norms::Host(vec![0.0; lanes]),
        }
    }

    /// Rates of all lanes, `[P]`; what is changed acts from the next step on.
    pub fn rates(&mut self) -> &mut [Rate] {
        &mut self.rates
    }

    /// Steps done by each lane.
    pub fn steps(&self) -> &[u64] {
        &self.steps
    }

    /// One step of every lane that `active` names, `[P]`; the others stay as they are to the last
    /// bit. In host memory a gradient that is no number is found before anything changes; on other
    /// devices ask [`Self::check`] now and then.
    pub fn step(
        &mut self,
        module: &mut impl Module,
        gradients: Gradients,
        active: &[bool],
    ) -> Result<(), NotFinite> {
        match gradients.host() {
            Some(all) if self.compute.is_host() => {
                self.step_on_host(module, (&gradients, all), active)
            }
            _ => {
                self.step_on_device(module, gradients, active);
                Ok(())
            }
        }
    }

    /// The same optimiser on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        Self {
            compute: compute.clone(),
            rates: self.rates.clone(),
            steps: self.steps.clone(),
            first: self.first.to(compute),
            second: self.second.to(compute),
            norms: Norms::Host(self.norms()),
        }
    }

    /// Lengths of the last gradients before clipping, `[P]`. Waits for the device.
    pub fn norms(&self) -> Vec<f32> {
        match &self.norms {
            Norms::Host(norms) => norms.clone(),
            Norms::Device(norms) => values(norms.as_ref()),
        }
    }

    /// Whether the last gradients were numbers; if not, which parameter is none. Waits for the
    /// device.
    pub fn check(&self, module: &impl Module) -> Result<(), NotFinite> {
        match self.norms().iter().all(|n| n.is_finite()) {
            true => Ok(()),
            false => module.not_finite().map_or(Ok(()), Err),
        }
    }

    /// Coefficients of the step that begins now, `[P]`.
    fn begin(&mut self, active: &[bool]) -> Vec<Step> {
        let lanes = self.rates.iter().zip(&mut self.steps).zip(active);
        let step = |((rate, steps), &active): ((&Rate, &mut u64), &bool)| {
            *steps += u64::from(active);
            if active { rate.at(*steps) } else { Step::NONE }
        };
        lanes.map(step).collect()
    }

    fn step_on_host(
        &mut self,
        module: &mut impl Module,
        (gradients, all): (&Gradients, &[f32]),
        active: &[bool],
    ) -> Result<(), NotFinite> {
        let width = gradients.width().max(1);
        let lanes = || all.chunks(width).zip(active);
        let norms: Vec<f32> =
            lanes().map(|(g, &active)| if active { norm(g) } else { 0.0 }).collect();
        if let Some(lane) = norms.iter().position(|norm| !norm.is_finite()) {
            return Err(blame(module, gradients, lane));
        }
        let steps = self.begin(active);
        let moments = (self.first.host_mut(), self.second.host_mut());
        if let (Some(value), (Some(first), Some(second))) = (module.store_mut().host_mut(), moments)
        {
            for (lane, step) in steps.iter().enumerate().filter(|(lane, _)| active[*lane]) {
                let at = lane * width..(lane + 1) * width;
                let slices =
                    [&mut value[at.clone()], &mut first[at.clone()], &mut second[at.clone()]];
                let scale = step.scale(norms[lane]);
                with_best(|| step.apply(scale, slices, &all[at]));
            }
        }
        self.norms = Norms::Host(norms);
        Ok(())
    }

    fn step_on_device(&mut self, module: &mut impl Module, gradients: Gradients, active: &[bool]) {
        let lanes = active.len();
        let steps = self.begin(active);
        let gradients = gradients.tensors();
        let norm = device_norm(&gradients);
        let column = |of: fn(&Step) -> f32| -> Vec<f32> { steps.iter().map(of).collect() };
        // One upload for all coefficients; an infinite clip would make `clip / norm` no number.
        let columns = [
            column(|s| s.beta1),
            column(|s| 1.0 - s.beta1),
            column(|s| s.beta2),
            column(|s| 1.0 - s.beta2),
            column(|s| s.rate),
            column(|s| s.root),
            column(|s| s.epsilon),
            column(|s| s.clip.min(f32::MAX)),
            column(|s| s.decay),
        ];
        let count = columns.len();
        let all = self.compute.tensor(columns.concat(), [count, lanes, 1]);
        let pick = |index: usize| all.clone().slice_dim(0, index..index + 1).reshape([lanes, 1, 1]);
        let clip = pick(7);
        let scale = clip.clone() / norm.clone().max_pair(clip);
        let moments = self.first.tensors().into_iter().zip(self.second.tensors());
        let (mut parts, mut left) = (moments.zip(gradients), (Vec::new(), Vec::new()));
        module.map(&mut |value| {
            let Some(((first, second), gradient)) = parts.next() else { return value };
            let gradient = gradient * scale.clone() + value.clone() * pick(8);
            let first = first * pick(0) + gradient.clone() * pick(1);
            let second = second * pick(2) + gradient.square() * pick(3);
            let root = second.clone().sqrt() * pick(5) + pick(6);
            let value = value - first.clone() * pick(4) / root;
            left.0.push(first);
            left.1.push(second);
            value
        });
        (self.first, self.second) = (Store::of(left.0), Store::of(left.1));
        self.norms = Norms::Device(Box::new(norm));
    }

    /// Adds moments, steps and rates. Waits for the device.
    pub fn digest(&self, digest: &mut Digest) {
        for (rate, steps) in self.rates.iter().zip(&self.steps) {
            digest.word(*steps);
            let Rate { rate, beta1, beta2, epsilon, clip, decay } = *rate;
            let all = [rate, beta1, beta2, epsilon, clip, decay];
            all.into_iter().for_each(|x| digest.word(u64::from(x.to_bits())));
        }
        self.first.digest(digest);
        self.second.digest(digest);
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        2 * self.first.len() * size_of::<f32>()
    }
}

/// Which gradient of `lane` is no number.
fn blame(module: &impl Module, gradients: &Gradients, lane: usize) -> NotFinite {
    let overflow = NotFinite {
        tensor: "square of the gradient".to_owned(),
        lane,
        row: 0,
        column: 0,
        value: f32::INFINITY,
    };
    let names: Vec<String> =
        module.names().iter().map(|name| format!("gradient of {name}")).collect();
    gradients.not_finite(&names).unwrap_or(overflow)
}

/// Length of the gradient of one lane.
fn norm(gradient: &[f32]) -> f32 {
    let fast = with_best(|| sum_of_squares(gradient));
    if fast.is_finite() {
        return fast.sqrt();
    }
    // Squares overflow long before the numbers do.
    let slow: f64 = gradient.iter().map(|&g| f64::from(g).powi(2)).sum();
    slow.sqrt() as f32
}

/// Sums side by side, so that the processor may add them at once.
#[inline]
fn sum_of_squares(numbers: &[f32]) -> f32 {
    let (chunks, rest) = numbers.as_chunks::<32>();
    let mut sums = [0.0_f32; 32];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, x)| *sum += x * x);
    }
    sums.iter().sum::<f32>() + rest.iter().map(|x| x * x).sum::<f32>()
}

/// The same for all lanes in tensor operations, `[P, 1, 1]`.
fn device_norm(gradients: &[Tensor]) -> Tensor {
    let flat = gradients.iter().map(|g| {
        let [lanes, rows, columns] = g.dims();
        g.clone().reshape([lanes, 1, rows * columns])
    });
    Tensor::cat(flat.collect(), 2).square().sum_dim(2).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::init::dice;
    use crate::nn::mlp::{Mlp, MlpSpec};

    #[test]
    fn a_gradient_that_is_no_number_changes_nothing_and_is_named() {
        let compute = Compute::flex();
        let spec = MlpSpec::new("q", 2, &[3], 1);
        let mut mlp = Mlp::new(&spec, &mut dice(&[0, 1], 0), 1, &compute).unwrap();
        let mut adam = Adam::new(&mlp, Rate::new(0.1), &compute);
        let before = mlp.store().host().unwrap().to_vec();
        let mut gradients = mlp.tensors();
        let mut numbers = values(&gradients[2]);
        numbers[4] = f32::NAN;
        gradients[2] = compute.tensor(numbers, gradients[2].dims());
        let gradients = Store::of(gradients);
        let error = adam.step(&mut mlp, gradients.clone(), &[true, true]).unwrap_err();
        assert_eq!(error.to_string(), "gradient of q.1.weight[1,0] of lane 1 became NaN");
        let after = mlp.store().host().unwrap().to_vec();
        assert_eq!((before, adam.steps()), (after, &[0, 0][..]));
        adam.step(&mut mlp, gradients, &[true, false]).unwrap();
        assert_eq!(adam.steps(), [1, 0], "a lane at rest does not stop the others");
    }

    /// Two steps of PyTorch's `Adam(lr=0.1, weight_decay=0.5)` on one weight, from 1, with gradients
    /// 0.2 and -0.3, by hand: the decayed gradients are 0.7 and -0.3 + 0.5 w.
    #[test]
    fn weights_decay_as_in_pytorch() {
        let compute = Compute::flex();
        let mut one =
            Mlp::new(&MlpSpec::new("q", 1, &[], 1), &mut dice(&[0], 0), 1, &compute).unwrap();
        one.map(&mut |old| compute.tensor(vec![1.0], old.dims()));
        let mut adam = Adam::new(&one, Rate { decay: 0.5, ..Rate::new(0.1) }, &compute);
        let (mut w, mut first, mut second) = (1.0_f64, 0.0_f64, 0.0_f64);
        for (t, gradient) in [(1, 0.2_f64), (2, -0.3)] {
            let g = gradient + 0.5 * w;
            (first, second) = (0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g * g);
            let (m, v) = (first / (1.0 - 0.9_f64.powi(t)), second / (1.0 - 0.999_f64.powi(t)));
            w -= 0.1 * m / (v.sqrt() + 1e-8);
            let same = compute.tensor(vec![gradient as f32], [1, 1, 1]);
            adam.step(&mut one, Store::of(vec![same.clone(), same]), &[true]).unwrap();
            let ours = one.store().host().unwrap();
            assert!((f64::from(ours[0]) - w).abs() < 1e-6, "{ours:?} for {w}");
        }
    }

    #[test]
    fn long_gradients_overflow_nothing() {
        let compute = Compute::flex();
        let mut mlp =
            Mlp::new(&MlpSpec::new("q", 1, &[], 1), &mut dice(&[0], 0), 1, &compute).unwrap();
        let rate = Rate { clip: 1.0, ..Rate::new(0.1) };
        let mut adam = Adam::new(&mlp, rate, &compute);
        let long =
            vec![compute.tensor(vec![3e30], [1, 1, 1]), compute.tensor(vec![4e30], [1, 1, 1])];
        adam.step(&mut mlp, Store::of(long), &[true]).unwrap();
        assert_eq!(adam.norms(), [5e30]);
        assert!(mlp.not_finite().is_none());
    }
}
