//! Target networks: copies that follow slowly (Lillicrap et al. 2016).

use super::adam::{floats, floats_mut};
use super::device::Compute;
use super::{Module, Tensor};

/// `target = (1 - tau) target + tau online`, with `tau` per lane, `[P]`. A lane whose `tau` is 0
/// stays as it is, one whose `tau` is 1 becomes a copy.
pub fn soft_update<M: Module>(target: &mut M, online: &M, tau: &[f32], compute: &Compute) {
    let online = online.tensors();
    let mut online = online.into_iter();
    let lanes = tau.len();
    let on_device = (!compute.is_host()).then(|| compute.tensor(tau.to_vec(), [lanes, 1, 1]));
    target.map(&mut |old| {
        let Some(new) = online.next() else { return old };
        match &on_device {
            Some(tau) => old * (tau.clone().neg() + 1.0) + new.clone() * tau.clone(),
            None => on_host(old, new, tau, compute),
        }
    });
}

fn on_host(old: Tensor, new: &Tensor, tau: &[f32], compute: &Compute) -> Tensor {
    let [_, rows, columns] = old.dims();
    let mut data = old.into_data();
    // Shared with the network that learns: this copies it, which is cheaper than a tensor
    // operation on it.
    let new = new.to_data();
    let lanes = floats_mut(&mut data).chunks_mut(rows * columns);
    for ((old, new), &tau) in lanes.zip(floats(&new).chunks(rows * columns)).zip(tau) {
        if tau > 0.0 {
            old.iter_mut().zip(new).for_each(|(old, new)| *old = *old * (1.0 - tau) + new * tau);
        }
    }
    compute.wrap(data)
}
