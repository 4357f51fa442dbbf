//! Population networks: `P` networks of one shape train in one batched multiplication.
//!
//! Parameters are `[P, rows, columns]`, data is `[P, B, F]`. A *lane* is one of the `P`: a seed, or
//! a member of an ensemble (index = `lane * E + member`). Losses are means over the batch and sums
//! over lanes, and everything else works lane by lane, so lanes never mix: changing the data of one
//! leaves the others equal to the last bit.
//!
//! Networks, optimiser and gradients are plain tensors without autodiff; a clone shares them until
//! one side writes, which is what makes keyframes cheap. There are two ways to a gradient:
//! [`mlp::Mlp::backward`] is written out and makes a small training step a third shorter on the
//! processor (`benches/results/networks.md`); [`Module::tracked`] gives burn's autodiff for any
//! other loss.

pub mod activation;
pub mod adam;
pub mod choose;
pub mod device;
mod fused;
pub mod host;
pub mod init;
pub mod loss;
pub mod mlp;
pub mod target;
pub mod trial;
pub mod weights;

use crate::base::digest::Digest;
use device::Compute;

/// `[P, rows, columns]`.
pub type Tensor = burn::tensor::Tensor<3>;

/// Something with parameters.
pub trait Module: Clone {
    /// Shows every parameter with its name, in declaration order.
    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'a str, &'a Tensor));
    /// Replaces every parameter, in the same order.
    fn map(&mut self, each: &mut dyn FnMut(Tensor) -> Tensor);

    /// All parameters.
    fn tensors(&self) -> Vec<&Tensor> {
        let mut all = Vec::new();
        self.visit(&mut |_, tensor| all.push(tensor));
        all
    }

    /// Lanes `P`; 0 without parameters.
    fn lanes(&self) -> usize {
        self.tensors().first().map_or(0, |t| t.dims()[0])
    }

    /// Numbers in all lanes together.
    fn numbers(&self) -> usize {
        self.tensors().iter().map(|t| t.dims().iter().product::<usize>()).sum()
    }

    /// Memory of the parameters in bytes.
    fn bytes(&self) -> usize {
        self.numbers() * size_of::<f32>()
    }

    /// Adds all parameters in declaration order. Waits for the device.
    fn digest(&self, digest: &mut Digest) {
        self.visit(&mut |_, tensor| {
            values(tensor).into_iter().for_each(|x| digest.word(u64::from(x.to_bits())));
        });
    }

    /// The first number that is none. Waits for the device.
    fn not_finite(&self) -> Option<NotFinite> {
        let mut found = None;
        self.visit(&mut |name, tensor| {
            if found.is_none() {
                found = NotFinite::find(name, tensor);
            }
        });
        found
    }

    /// A copy whose parameters are leaves of burn's autodiff; see [`gradients`].
    fn tracked(&self) -> Self {
        let mut tracked = self.clone();
        tracked.map(&mut |tensor| tensor.autodiff().require_grad());
        tracked
    }

    /// A copy on another device. Waits for both.
    fn to(&self, compute: &Compute) -> Self {
        let mut moved = self.clone();
        moved.map(&mut |tensor| compute.tensor(values(&tensor), tensor.dims()));
        moved
    }
}

/// One gradient for each parameter of a module, in declaration order, without autodiff.
pub type Gradients = Vec<Tensor>;

/// Gradients of `loss`, any tensor that [`Module::tracked`] parameters lead to; it is summed up. A
/// parameter that does not lead to it has gradient 0. burn's tape is used up by this.
pub fn gradients<M: Module>(tracked: &M, loss: Tensor) -> Gradients {
    let mut tape = loss.sum().backward();
    let mut all = Gradients::new();
    tracked.visit(&mut |_, parameter| {
        let gradient = parameter.grad_remove(&mut tape);
        all.push(gradient.unwrap_or_else(|| parameter.clone().inner().zeros_like()));
    });
    all
}

/// The numbers of a tensor in row-major order. Waits for the device.
pub fn values<const D: usize>(tensor: &burn::tensor::Tensor<D>) -> Vec<f32> {
    vector(tensor.clone())
}

/// The same, without a copy where nobody else holds the tensor.
///
/// Here the loss of a device shows: nothing else waits for its answers. Then it unwinds with a
/// [`device::DeviceError`], to be caught where lanes are computed.
pub fn vector<const D: usize>(tensor: burn::tensor::Tensor<D>) -> Vec<f32> {
    let device = tensor.device();
    // Every tensor here is made of 32-bit floats, so only the device can refuse.
    let said = tensor.try_into_data().map_err(|error| error.to_string());
    let numbers = said.and_then(|data| data.try_into_vec().map_err(|error| format!("{error:?}")));
    numbers.unwrap_or_else(|why| device::give_up(&device, &why))
}

/// A parameter or gradient that stopped being a number.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{tensor}[{row},{column}] of lane {lane} became {value}")]
pub struct NotFinite {
    /// Name of the tensor.
    pub tensor: String,
    /// Which lane.
    pub lane: usize,
    /// Row in it.
    pub row: usize,
    /// Column in it.
    pub column: usize,
    /// What stands there.
    pub value: f32,
}

impl NotFinite {
    /// The first one in a tensor called `name`.
    pub fn find(name: &str, tensor: &Tensor) -> Option<Self> {
        let [_, rows, columns] = tensor.dims();
        let all = values(tensor);
        let at = all.iter().position(|x| !x.is_finite())?;
        let (lane, place) = (at / (rows * columns), at % (rows * columns));
        let (row, column) = (place / columns, place % columns);
        Some(Self { tensor: name.to_owned(), lane, row, column, value: all[at] })
    }
}
