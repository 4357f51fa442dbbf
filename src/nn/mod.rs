//! Population networks: `P` networks of one shape train in one batched multiplication.
//!
//! Parameters are `[P, rows, columns]`, data is `[P, B, F]`. A *lane* is one of the `P`: a seed, or
//! a member of an ensemble (index = `lane * E + member`). Losses are means over the batch and sums
//! over lanes, and everything else works lane by lane, so lanes never mix: changing the data of one
//! leaves the others equal to the last bit.
//!
//! Parameters, gradients and moments are numbers in one slice of host memory, or tensors on an
//! adapter ([`store::Store`]); a clone shares them until one side writes, which is what makes
//! keyframes cheap. There are two ways to a gradient: [`mlp::Mlp::backward`] is written out, over
//! slices on the processor (`nn/layers.rs`) and in tensor operations on an adapter
//! (`nn/apart.rs`); [`Module::tracked`] gives burn's autodiff for any other loss.

pub mod activation;
pub mod adam;
mod apart;
pub mod choose;
pub mod device;
pub mod host;
pub mod init;
mod layers;
pub mod loss;
pub mod mlp;
mod pool;
mod product;
pub mod store;
pub mod target;
pub mod trial;
pub mod weights;

use crate::base::digest::Digest;
use device::Compute;
use store::Store;

/// `[P, rows, columns]`.
pub type Tensor = burn::tensor::Tensor<3>;

/// Something with parameters.
pub trait Module: Clone {
    /// Names of the parameters, in declaration order.
    fn names(&self) -> &[String];
    /// All of them.
    fn store(&self) -> &Store;
    /// The same to write.
    fn store_mut(&mut self) -> &mut Store;

    /// Shows every parameter with its name, in declaration order.
    fn visit(&self, each: &mut dyn FnMut(&str, &Tensor)) {
        self.names().iter().zip(self.tensors()).for_each(|(name, tensor)| each(name, &tensor));
    }

    /// Replaces every parameter, in the same order.
    fn map(&mut self, each: &mut dyn FnMut(Tensor) -> Tensor) {
        self.store_mut().map(each);
    }

    /// All parameters.
    fn tensors(&self) -> Vec<Tensor> {
        self.store().tensors()
    }

    /// Lanes `P`; 0 without parameters.
    fn lanes(&self) -> usize {
        self.store().lanes()
    }

    /// Numbers in all lanes together.
    fn numbers(&self) -> usize {
        self.store().len()
    }

    /// Memory of the parameters in bytes.
    fn bytes(&self) -> usize {
        self.numbers() * size_of::<f32>()
    }

    /// Adds all parameters. Waits for the device.
    fn digest(&self, digest: &mut Digest) {
        self.store().digest(digest);
    }

    /// The first number that is none. Waits for the device.
    fn not_finite(&self) -> Option<NotFinite> {
        self.store().not_finite(self.names())
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
        *moved.store_mut() = self.store().to(compute);
        moved
    }
}

/// One gradient for each parameter of a module, in declaration order, without autodiff.
pub type Gradients = Store;

/// Gradients of `loss`, any tensor that [`Module::tracked`] parameters lead to; it is summed up. A
/// parameter that does not lead to it has gradient 0. burn's tape is used up by this.
pub fn gradients<M: Module>(tracked: &M, loss: Tensor) -> Gradients {
    let mut tape = loss.sum().backward();
    let one = |parameter: Tensor| {
        let gradient = parameter.grad_remove(&mut tape);
        gradient.unwrap_or_else(|| parameter.inner().zeros_like())
    };
    Store::of(tracked.tensors().into_iter().map(one).collect())
}

/// `[P, B, S]` beside `[P, B, A]`: `[P, B, S + A]`.
pub fn joined(left: Tensor, right: Tensor) -> Tensor {
    if !store::is_plain(&left) || !store::is_plain(&right) {
        return Tensor::cat(vec![left, right], 2);
    }
    let ([lanes, rows, first], [.., second]) = (left.dims(), right.dims());
    let (left, right, width) = (vector(left), vector(right), first + second);
    let mut all = vec![0.0; left.len() + right.len()];
    // Column by column: a call for every piece of a row takes longer than its few numbers.
    let mut put = |column: usize, from: &[f32], at: usize, step: usize| {
        let to = all.iter_mut().skip(column).step_by(width);
        to.zip(from.iter().skip(at).step_by(step)).for_each(|(to, x)| *to = *x);
    };
    (0..first).for_each(|column| put(column, &left, column, first));
    (0..second).for_each(|column| put(first + column, &right, column, second));
    Compute::flex().tensor(all, [lanes, rows, width])
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
    /// Where it stands, as reports name it: `tensor[row,column]`.
    pub fn place(&self) -> String {
        format!("{}[{},{}]", self.tensor, self.row, self.column)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_joined_side_by_side() {
        let compute = Compute::flex();
        let tensor = |from: i32, dims: [usize; 3]| {
            let count = dims.iter().product::<usize>() as i32;
            compute.tensor((from..from + count).map(|i| i as f32).collect(), dims)
        };
        let (left, right) = (tensor(0, [2, 2, 3]), tensor(50, [2, 2, 2]));
        let both = joined(left.clone(), right.clone());
        assert_eq!(values(&both)[..5], [0.0, 1.0, 2.0, 50.0, 51.0]);
        let theirs = Tensor::cat(vec![left, right], 2);
        assert_eq!((both.dims(), values(&both)), (theirs.dims(), values(&theirs)));
    }
}
