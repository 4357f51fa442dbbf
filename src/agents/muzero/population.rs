//! The learned models of several lanes as one that a search of as many trees asks: all leaves of a
//! simulation are one batch.
//!
//! In host memory every tree asks its own lane's copy, which is the fastest for a single state; on
//! an adapter the population answers all trees at once.

use super::latent::{Latent, evaluated, followed};
use super::networks::{HostNetworks, Networks, decode, write_pair};
use crate::base::rng::Stream;
use crate::nn::device::Compute;
use crate::nn::mlp::Mlp;
use crate::nn::{Module as _, joined, vector};
use crate::rl::latent::min_max;
use crate::search::Root;
use crate::search::model::{Ask, Evaluation, Follow, Model};

/// Who answers.
#[derive(Clone, Debug)]
pub enum Answers<'a> {
    /// A copy for each tree.
    Host(Vec<HostNetworks>),
    /// The networks of all lanes, where they lie.
    Device(&'a Networks, &'a Compute),
}

/// The models of the lanes that search together.
#[derive(Clone, Debug)]
pub struct Population<'a> {
    /// Who answers.
    pub answers: Answers<'a>,
    /// `[P]`: the lane of each tree.
    pub lanes: &'a [usize],
    /// Discount, below 0 where two players take turns.
    pub gamma: f64,
    /// Whether the policy guides; otherwise all actions are alike.
    pub guided: bool,
    /// `[P]`: calls of the dynamics by each tree.
    pub calls: Vec<u64>,
}

impl Population<'_> {
    /// Where the searches begin, from what each tree's lane sees, `[P]` of `[F]`, and from what may
    /// be done there.
    pub fn roots(&self, seen: &[Vec<f32>], legal: Vec<Option<Vec<bool>>>) -> Vec<Root<Latent>> {
        let latents: Vec<Latent> = match &self.answers {
            Answers::Host(all) => {
                all.iter().zip(seen).map(|(networks, seen)| networks.enter(seen).into()).collect()
            }
            Answers::Device(networks, compute) => {
                let rows = self.lanes.iter().copied().zip(seen.iter().map(Vec::as_slice)).collect();
                let [latents] = ask([&networks.representation], rows, compute);
                latents.into_iter().map(scaled).collect()
            }
        };
        let roots = latents.into_iter().zip(legal);
        roots.map(|(node, legal)| Root { legal, ..Root::free(node) }).collect()
    }
}

/// What the outputs of a network become as a latent state.
fn scaled(mut raw: Vec<f32>) -> Latent {
    min_max(&mut raw);
    raw.into()
}

/// Asks `N` networks of one population the same: `rows` are lanes and what their networks are told.
/// Returns the outputs of every row, network by network. One answer of the device for all.
fn ask<const N: usize>(
    networks: [&Mlp; N],
    rows: Vec<(usize, &[f32])>,
    compute: &Compute,
) -> [Vec<Vec<f32>>; N] {
    let (lanes, width) = (networks[0].lanes(), networks[0].spec().inputs);
    // Row `i` is the `place[i]`-th of its lane.
    let mut count = vec![0; lanes];
    let place: Vec<usize> = rows
        .iter()
        .map(|&(lane, _)| {
            count[lane] += 1;
            count[lane] - 1
        })
        .collect();
    let batch = count.iter().copied().max().unwrap_or(0);
    let mut input = vec![0.0; lanes * batch * width];
    for (&(lane, told), place) in rows.iter().zip(&place) {
        input[(lane * batch + place) * width..][..width].copy_from_slice(told);
    }
    let input = compute.tensor(input, [lanes, batch, width]);
    let outputs = networks.map(|network| network.forward(input.clone()));
    let widths: Vec<usize> = networks.iter().map(|network| network.spec().outputs).collect();
    let all = outputs.into_iter().reduce(joined).map(vector).unwrap_or_default();
    let wide: usize = widths.iter().sum();
    let mut from = 0;
    std::array::from_fn(|network| {
        let own = from..from + widths[network];
        from = own.end;
        let row = |(&(lane, _), place): (&(usize, &[f32]), &usize)| {
            all[(lane * batch + place) * wide..][own.clone()].to_vec()
        };
        rows.iter().zip(&place).map(row).collect()
    })
}

impl Model for Population<'_> {
    type Node = Latent;

    fn actions(&self) -> usize {
        match &self.answers {
            Answers::Host(all) => all.first().map_or(0, HostNetworks::actions),
            Answers::Device(networks, _) => networks.shape.actions,
        }
    }

    fn is_certain(&self) -> bool {
        true
    }

    fn is_same(&self, a: &Latent, b: &Latent) -> bool {
        a == b
    }

    fn follow(
        &mut self,
        nodes: &[Latent],
        asks: &[Ask],
        _: &mut [Stream],
        out: &mut Vec<Follow<Latent>>,
    ) {
        asks.iter().for_each(|ask| self.calls[ask.tree as usize] += 1);
        let discount = self.gamma;
        match &self.answers {
            Answers::Host(all) => out.extend(asks.iter().map(|ask| {
                let (networks, latent) = (&all[ask.tree as usize], &nodes[ask.node as usize]);
                followed(networks, latent, (ask.action, discount))
            })),
            Answers::Device(networks, compute) => {
                let pair = |ask: &Ask| {
                    let (latent, mut pair) = (&nodes[ask.node as usize], Vec::new());
                    write_pair(latent, ask.action, networks.shape.actions, &mut pair);
                    pair
                };
                let pairs: Vec<Vec<f32>> = asks.iter().map(pair).collect();
                let lanes = asks.iter().map(|ask| self.lanes[ask.tree as usize]);
                let rows = lanes.zip(pairs.iter().map(Vec::as_slice)).collect();
                let [nexts, rewards] = ask([&networks.dynamics, &networks.reward], rows, compute);
                out.extend(nexts.into_iter().zip(rewards).map(|(next, reward)| Follow {
                    reward: decode(&reward),
                    discount,
                    next: scaled(next),
                }));
            }
        }
    }

    fn evaluate(&mut self, nodes: &[Latent], which: &[u32], out: &mut Evaluation) {
        // Every tree has as many places.
        let each = nodes.len() / self.lanes.len();
        let tree = |node: u32| node as usize / each;
        match &self.answers {
            Answers::Host(all) => {
                for &node in which {
                    evaluated(&all[tree(node)], &nodes[node as usize], self.guided, out);
                }
            }
            Answers::Device(networks, compute) => {
                let row = |&node: &u32| (self.lanes[tree(node)], &nodes[node as usize][..]);
                let rows = which.iter().map(row).collect();
                let [values, logits] = ask([&networks.value, &networks.policy], rows, compute);
                out.values.extend(values.iter().map(|outputs| decode(outputs)));
                let guided = self.guided;
                let guide = |&l: &f32| if guided { f64::from(l) } else { 0.0 };
                out.logits.extend(logits.iter().flatten().map(guide));
            }
        }
    }
}
