//! Target networks: copies that follow slowly (Lillicrap et al. 2016).

use super::Module;
use super::device::Compute;
use super::product::with_best;

/// `target = (1 - tau) target + tau online`, with `tau` per lane, `[P]`. A lane whose `tau` is 0
/// stays as it is, one whose `tau` is 1 becomes a copy.
pub fn soft_update<M: Module>(target: &mut M, online: &M, tau: &[f32], compute: &Compute) {
    let lanes = tau.len();
    let store = target.store_mut();
    let width = store.width();
    if let (Some(old), Some(new)) = (store.host_mut(), online.store().host()) {
        for ((old, new), &tau) in old.chunks_mut(width).zip(new.chunks(width)).zip(tau) {
            if tau > 0.0 {
                with_best(|| {
                    let both = old.iter_mut().zip(new);
                    both.for_each(|(old, new)| *old = *old * (1.0 - tau) + new * tau);
                });
            }
        }
        return;
    }
    let mut online = online.tensors().into_iter();
    let tau = compute.tensor(tau.to_vec(), [lanes, 1, 1]);
    target.map(&mut |old| match online.next() {
        Some(new) => old * (tau.clone().neg() + 1.0) + new * tau.clone(),
        None => old,
    });
}
