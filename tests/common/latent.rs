//! Networks and data of the tests of a latent model: formulas that `tests/data/muzero/unroll.py`
//! repeats.

use imaginarium::agents::muzero::networks::{Networks, Shape};
use imaginarium::agents::muzero::unroll::Batch;
use imaginarium::mdp::Action;
use imaginarium::nn::device::Compute;
use imaginarium::nn::mlp::Mlp;
use imaginarium::nn::{Gradients, Module as _, Tensor};

pub const LANES: usize = 2;
pub const SIZE: usize = 4;
pub const STEPS: usize = 3;
pub const SHAPE: Shape = Shape { inputs: 3, actions: 2, latent: 5, width: 6, atoms: 7 };

pub fn wave(count: usize, step: f64, shift: f64) -> impl Iterator<Item = f64> {
    (0..count).map(move |i| f64::from((i as f64 * step + shift).sin() as f32))
}

pub fn networks(shape: Shape) -> Networks {
    let mut networks = Networks::new(shape, &[0; LANES], &Compute::flex()).unwrap();
    let mut tensor = 0;
    let mut wavy = |old: Tensor| {
        let dims = old.dims();
        let numbers = wave(dims.iter().product(), 1.7, f64::from(tensor) * 0.9);
        tensor += 1;
        Compute::flex().tensor(numbers.map(|x| 0.5 * x as f32).collect(), dims)
    };
    networks.all_mut().into_iter().for_each(|network| network.map(&mut wavy));
    networks
}

pub fn batch() -> Batch {
    let all = LANES * STEPS * SIZE;
    let longer = LANES * (STEPS + 1) * SIZE;
    let place = |index: usize| index % SIZE;
    let later = |index: usize, first: usize, steps: usize| index / SIZE % steps >= first;
    let past = |index: usize| later(index, 1, STEPS);
    let beyond = |index: usize| later(index, 2, STEPS + 1);
    let policies = wave(longer, 0.4, 0.2).enumerate().flat_map(|(index, x)| {
        let over = [1, 2].contains(&place(index)) && beyond(index);
        let share = 0.5 + 0.5 * x;
        if over { [0.0, 0.0] } else { [share, 1.0 - share] }
    });
    let known =
        |index: usize| f64::from(u8::from(!([1, 2].contains(&place(index)) && past(index))));
    let reward = |(index, x)| (place(index) != 2 || !past(index)).then_some(2.0 * x);
    let value = |(index, x)| (place(index) != 2 || !later(index, 1, STEPS + 1)).then_some(5.0 * x);
    Batch {
        lanes: LANES,
        size: SIZE,
        steps: STEPS,
        seen: wave(longer * SHAPE.inputs, 0.7, 0.3).map(|x| x as f32).collect(),
        known: (0..all).map(known).collect(),
        actions: (0..all).map(|i| (i * 7 / 3 % 2) as Action).collect(),
        rewards: wave(all, 1.1, 0.5).enumerate().map(reward).collect(),
        values: wave(longer, 1.3, 0.1).enumerate().map(value).collect(),
        policies: policies.collect(),
        weights: wave(LANES * SIZE, 0.8, 0.6).map(|x| 0.6 + 0.4 * x).collect(),
    }
}

/// Names of all tensors with their gradients in lane `lane`.
pub fn named(networks: &Networks, gradients: &[Gradients], lane: usize) -> Vec<(String, Vec<f32>)> {
    let each = networks.all().into_iter().zip(gradients);
    let one = |(network, gradients): (&Mlp, &Gradients)| {
        network.names().to_vec().into_iter().zip(gradients.lane(lane)).collect::<Vec<_>>()
    };
    each.flat_map(one).collect()
}
