//! One number for each parameter of `P` networks of one shape: the parameters themselves, their
//! gradient, a moment of it.
//!
//! In host memory all of them lie in one slice, network after network, so that an optimiser passes
//! over them once and a product reads them where they are. On an adapter, and where burn keeps a
//! tape, they are tensors.

use std::sync::Arc;

use burn::tensor::Device;

use super::device::Compute;
use super::{NotFinite, Tensor, values, vector};
use crate::base::digest::Digest;

/// Numbers in the shape of the parameters of `P` networks. A clone shares them until one side
/// writes.
#[derive(Clone, Debug)]
pub struct Store {
    /// Rows and columns of each parameter.
    shapes: Arc<[[usize; 2]]>,
    lanes: usize,
    numbers: Numbers,
}

#[derive(Clone, Debug)]
enum Numbers {
    /// `[P, N]`, in each network parameter after parameter.
    Host(Arc<Vec<f32>>),
    /// `[P, rows, columns]` each.
    Apart(Vec<Tensor>),
}

/// Whether a tensor is a slice of host memory: no adapter, no tape of burn.
pub(super) fn is_plain(tensor: &Tensor) -> bool {
    let device = tensor.device();
    device == Device::flex() && !device.is_autodiff()
}

impl Store {
    /// Of `numbers`, `[P, N]`, for parameters of these rows and columns.
    pub fn new(shapes: &[[usize; 2]], numbers: Vec<f32>, compute: &Compute) -> Self {
        let width: usize = shapes.iter().map(|[rows, columns]| rows * columns).sum();
        let lanes = numbers.len() / width.max(1);
        let numbers = Numbers::Host(Arc::new(numbers));
        Self { shapes: shapes.into(), lanes, numbers }.to(compute)
    }

    /// Of one tensor for each parameter.
    pub fn of(tensors: Vec<Tensor>) -> Self {
        let shapes = tensors.iter().map(|tensor| {
            let [_, rows, columns] = tensor.dims();
            [rows, columns]
        });
        let (shapes, lanes) = (shapes.collect(), tensors.first().map_or(0, |t| t.dims()[0]));
        let numbers = match tensors.iter().all(is_plain) {
            true => Numbers::Host(Arc::new(side_by_side(tensors, lanes))),
            false => Numbers::Apart(tensors),
        };
        Self { shapes, lanes, numbers }
    }

    /// The same shape with these numbers, `[P, N]`, in host memory.
    pub(super) fn beside(&self, numbers: Vec<f32>) -> Self {
        Self { numbers: Numbers::Host(Arc::new(numbers)), ..self.clone() }
    }

    /// The same shape with zeros.
    pub fn zeros(&self, compute: &Compute) -> Self {
        self.beside(vec![0.0; self.len()]).to(compute)
    }

    /// Lanes `P`.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// Numbers of one network, `N`.
    pub fn width(&self) -> usize {
        self.shapes.iter().map(|[rows, columns]| rows * columns).sum()
    }

    /// Numbers of all networks.
    pub fn len(&self) -> usize {
        self.lanes * self.width()
    }

    /// Whether there is no number at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `[P, N]`, where they lie in host memory.
    pub fn host(&self) -> Option<&[f32]> {
        match &self.numbers {
            Numbers::Host(numbers) => Some(numbers),
            Numbers::Apart(_) => None,
        }
    }

    /// The same to write; shared numbers are copied first.
    pub fn host_mut(&mut self) -> Option<&mut [f32]> {
        match &mut self.numbers {
            Numbers::Host(numbers) => Some(Arc::make_mut(numbers).as_mut_slice()),
            Numbers::Apart(_) => None,
        }
    }

    /// One tensor for each parameter, `[P, rows, columns]`.
    pub fn tensors(&self) -> Vec<Tensor> {
        match &self.numbers {
            Numbers::Host(numbers) => self.tensors_of(numbers, &Compute::flex()),
            Numbers::Apart(tensors) => tensors.clone(),
        }
    }

    fn tensors_of(&self, numbers: &[f32], compute: &Compute) -> Vec<Tensor> {
        let one = |(from, [rows, columns]): (usize, [usize; 2])| {
            let lanes = numbers.chunks(self.width().max(1));
            let own = lanes.flat_map(|lane| &lane[from..from + rows * columns]);
            compute.tensor(own.copied().collect(), [self.lanes, rows, columns])
        };
        self.places().map(one).collect()
    }

    /// Where each parameter begins within a network, and its rows and columns.
    fn places(&self) -> impl Iterator<Item = (usize, [usize; 2])> {
        let mut at = 0;
        self.shapes.iter().map(move |&[rows, columns]| {
            let from = at;
            at += rows * columns;
            (from, [rows, columns])
        })
    }

    /// Each parameter of network `lane`. Waits for the device.
    pub fn lane(&self, lane: usize) -> Vec<Vec<f32>> {
        match &self.numbers {
            Numbers::Host(numbers) => {
                let own = &numbers[lane * self.width()..][..self.width()];
                let part = |(from, [rows, columns]): (usize, [usize; 2])| {
                    own[from..from + rows * columns].to_vec()
                };
                self.places().map(part).collect()
            }
            Numbers::Apart(tensors) => {
                let own = |tensor: &Tensor| vector(tensor.clone().slice_dim(0, lane..lane + 1));
                tensors.iter().map(own).collect()
            }
        }
    }

    /// Replaces every tensor, in the same order.
    pub fn map(&mut self, each: &mut dyn FnMut(Tensor) -> Tensor) {
        *self = Self::of(self.tensors().into_iter().map(each).collect());
    }

    /// The same on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        let moved = |tensor: &Tensor| compute.tensor(values(tensor), tensor.dims());
        match &self.numbers {
            Numbers::Host(_) if compute.is_host() => self.clone(),
            Numbers::Host(numbers) => {
                Self { numbers: Numbers::Apart(self.tensors_of(numbers, compute)), ..self.clone() }
            }
            Numbers::Apart(tensors) => Self::of(tensors.iter().map(moved).collect()),
        }
    }

    /// Adds every number. Waits for the device.
    pub fn digest(&self, digest: &mut Digest) {
        let mut add = |numbers: &[f32]| {
            numbers.iter().for_each(|x| digest.word(u64::from(x.to_bits())));
        };
        match &self.numbers {
            Numbers::Host(numbers) => add(numbers),
            Numbers::Apart(tensors) => tensors.iter().for_each(|tensor| add(&values(tensor))),
        }
    }

    /// The first that is no number; `names` are those of the parameters. Waits for the device.
    pub fn not_finite(&self, names: &[String]) -> Option<NotFinite> {
        if self.host().is_some_and(|numbers| numbers.iter().all(|x| x.is_finite())) {
            return None;
        }
        let mut named = names.iter().zip(self.tensors());
        named.find_map(|(name, tensor)| NotFinite::find(name, &tensor))
    }
}

/// `[P, N]` of plain tensors.
fn side_by_side(tensors: Vec<Tensor>, lanes: usize) -> Vec<f32> {
    let parts: Vec<Vec<f32>> = tensors.into_iter().map(vector).collect();
    let of_lane = |lane: usize| {
        parts.iter().flat_map(move |part| {
            let width = part.len() / lanes;
            &part[lane * width..(lane + 1) * width]
        })
    };
    (0..lanes).flat_map(of_lane).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Store {
        let numbers = (0..14).map(|i| i as f32).collect();
        Store::new(&[[2, 3], [1, 1]], numbers, &Compute::flex())
    }

    #[test]
    fn tensors_and_one_slice_hold_the_same_numbers() {
        let store = store();
        assert_eq!((store.lanes(), store.width(), store.len()), (2, 7, 14));
        let tensors = store.tensors();
        assert_eq!((tensors[0].dims(), tensors[1].dims()), ([2, 2, 3], [2, 1, 1]));
        assert_eq!(values(&tensors[1]), [6.0, 13.0]);
        assert_eq!(Store::of(tensors).host(), store.host());
        assert_eq!(store.lane(1), [vec![7.0, 8.0, 9.0, 10.0, 11.0, 12.0], vec![13.0]]);
    }

    #[test]
    fn a_copy_shares_its_numbers_until_one_side_writes() {
        let store = store();
        let mut copy = store.clone();
        assert_eq!(store.host().map(<[f32]>::as_ptr), copy.host().map(<[f32]>::as_ptr));
        copy.host_mut().unwrap()[3] = f32::NAN;
        let names = ["w".to_owned(), "b".to_owned()];
        assert!(store.not_finite(&names).is_none());
        let bad = copy.not_finite(&names).unwrap();
        assert_eq!((bad.tensor.as_str(), bad.lane, bad.row, bad.column), ("w", 0, 1, 0));
        let print = |store: &Store| {
            let mut digest = Digest::default();
            store.digest(&mut digest);
            digest.finish()
        };
        assert_ne!(print(&store), print(&copy));
    }
}
