//! Self-consistency in tables: gradients beside JAX's (`tests/data/self_consistency.py`) and
//! beside finite differences; figures on Garnets. With `--nocapture` it prints them.

mod common;

use common::garnet::Garnet;
use common::golden::{number, rows};
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::base::stats::mean;
use imaginarium::mdp::State;
use imaginarium::models::self_consistent::{Grounding, SelfConsistent, SelfConsistentConfig};
use imaginarium::rl::policy::{epsilon_greedy, epsilon_greedy_odds};
use imaginarium::rl::self_consistency::{Blocks, Rollout, Sizes, Wiring, softmax};

const VARIANTS: [(&str, Wiring); 4] = [
    ("dyna", Wiring::DYNA),
    ("direct", Wiring::DIRECT),
    ("reverse", Wiring::REVERSE),
    ("residual", Wiring::RESIDUAL),
];

/// The generator of the script: `4 u - 2` from splitmix64.
struct Numbers(u64);

impl Numbers {
    fn draw(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.one()).collect()
    }

    fn one(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        4.0 * (((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64) - 2.0
    }
}

/// Parameters, policy and start as the script draws them.
fn drawn(seed: u64, sizes: Sizes) -> (Blocks, Vec<f64>, Vec<f64>) {
    let mut u = Numbers(seed);
    let pairs = sizes.states * sizes.actions;
    let blocks = Blocks {
        logits: u.draw(pairs * sizes.states),
        rewards: u.draw(pairs),
        values: u.draw(sizes.states),
    };
    let mut policy = u.draw(pairs);
    policy.chunks_mut(sizes.actions).for_each(softmax);
    let mut start = u.draw(sizes.states);
    softmax(&mut start);
    (blocks, policy, start)
}

fn list(text: &str) -> Vec<f64> {
    text.split(' ').map(number).collect()
}

fn assert_near(ours: &[f64], theirs: &[f64], what: &str) {
    assert_eq!(ours.len(), theirs.len());
    for (a, b) in ours.iter().zip(theirs) {
        assert!((a - b).abs() < 1e-9, "{what}: {a} {b}");
    }
}

#[test]
fn losses_and_gradients_are_those_of_automatic_differentiation() {
    let golden = rows("self_consistency.csv");
    assert_eq!(golden.len(), 64);
    for row in golden {
        let whole = |i: usize| row[i].parse::<usize>().unwrap();
        let sizes = Sizes { states: whole(2), actions: whole(3) };
        let (blocks, policy, start) = drawn(whole(1) as u64, sizes);
        let rollout = Rollout {
            sizes,
            policy: &policy,
            taken: &[],
            start: &start,
            depth: whole(4),
            gamma: number(&row[5]),
            lambda: number(&row[6]),
        };
        let transitions = blocks.transitions(sizes);
        let imagined = rollout.imagine(&blocks, &transitions);
        assert_near(&[imagined.loss()], &[number(&row[7])], &row[0]);
        let wiring = VARIANTS.iter().find(|(name, _)| *name == row[0]).unwrap().1;
        let gradient = rollout.gradient(&blocks, &transitions, &imagined, wiring);
        let name = format!("{} seed {}", row[0], row[1]);
        assert_near(&gradient.logits, &list(&row[8]), &format!("{name} logits"));
        assert_near(&gradient.rewards, &list(&row[9]), &format!("{name} rewards"));
        assert_near(&gradient.values, &list(&row[10]), &format!("{name} values"));
    }
}

/// A rollout with `depth` over drawn tables, and the gradient of `wiring`.
fn gradient(depth: usize, wiring: Wiring) -> Blocks {
    let sizes = Sizes { states: 4, actions: 2 };
    let (blocks, policy, start) = drawn(99, sizes);
    let (policy, start) = (&policy, &start);
    let rollout = Rollout { sizes, policy, taken: &[], start, depth, gamma: 0.9, lambda: 0.0 };
    let transitions = blocks.transitions(sizes);
    let imagined = rollout.imagine(&blocks, &transitions);
    rollout.gradient(&blocks, &transitions, &imagined, wiring)
}

#[test]
fn every_variant_moves_its_blocks_and_leaves_the_others_at_exactly_zero() {
    for depth in [0, 1, 3] {
        let moves = |wiring| gradient(depth, wiring).norms().map(|norm| norm > 0.0);
        // Dynamics, reward, value.
        assert_eq!(moves(Wiring::DYNA), [false, false, true]);
        assert_eq!(moves(Wiring::DIRECT), [depth > 0, false, true], "the target is stopped");
        assert_eq!(moves(Wiring::REVERSE), [true, true, true]);
        assert_eq!(moves(Wiring::RESIDUAL), [true, true, true]);
        let cut = Wiring { state: false, ..Wiring::RESIDUAL };
        assert_eq!(moves(cut), [false, true, true], "without its path the model stands still");
        let value_only =
            Wiring { trains_reward: false, trains_dynamics: false, ..Wiring::RESIDUAL };
        assert_eq!(moves(value_only), [false, false, true]);
    }
}

#[test]
fn without_a_second_term_direct_is_dyna() {
    assert_eq!(gradient(0, Wiring::DIRECT), gradient(0, Wiring::DYNA));
    let (direct, dyna) = (gradient(2, Wiring::DIRECT), gradient(2, Wiring::DYNA));
    assert_ne!(direct, dyna);
    assert_eq!(direct.values, dyna.values, "the value moves alike; the model is what is added");
    // And so over a whole run.
    let run = |wiring| {
        let config = SelfConsistentConfig { depth: 0, wiring, ..SelfConsistentConfig::default() };
        learn(&process(3), config, 400, |_, _| {}).blocks().clone()
    };
    assert_eq!(run(Wiring::DIRECT), run(Wiring::DYNA));
}

#[test]
fn stopping_both_sides_stops_everything() {
    let nothing =
        Wiring { prediction: false, target_reward: false, target_value: false, ..Wiring::RESIDUAL };
    assert_eq!(gradient(3, nothing).norms(), [0.0; 3]);
    // Sides add up: what flows into predictions and what flows into targets is all there is.
    let sum = {
        let mut sum = gradient(3, Wiring::DIRECT);
        sum.add(1.0, &gradient(3, Wiring::REVERSE));
        sum
    };
    let all = gradient(3, Wiring::RESIDUAL);
    assert_near(&sum.logits, &all.logits, "logits");
    assert_near(&sum.rewards, &all.rewards, "rewards");
    assert_near(&sum.values, &all.values, "values");
}

#[test]
fn the_residual_gradient_is_that_of_finite_differences() {
    let sizes = Sizes { states: 4, actions: 2 };
    let (blocks, policy, start) = drawn(7, sizes);
    let (policy, start) = (&policy, &start);
    let rollout = Rollout { sizes, policy, taken: &[], start, depth: 3, gamma: 0.9, lambda: 0.4 };
    let loss = |b: &Blocks| rollout.imagine(b, &b.transitions(sizes)).loss();
    let transitions = blocks.transitions(sizes);
    let imagined = rollout.imagine(&blocks, &transitions);
    let g = rollout.gradient(&blocks, &transitions, &imagined, Wiring::RESIDUAL);
    let slope = |change: &dyn Fn(&mut Blocks, f64)| {
        let at = |h: f64| {
            let mut moved = blocks.clone();
            change(&mut moved, h);
            loss(&moved)
        };
        (at(1e-5) - at(-1e-5)) / 2e-5
    };
    let check = |found: f64, want: f64| assert!((found - want).abs() < 1e-8, "{found} {want}");
    (0..g.logits.len()).for_each(|i| check(slope(&|b, h| b.logits[i] += h), g.logits[i]));
    (0..g.rewards.len()).for_each(|i| check(slope(&|b, h| b.rewards[i] += h), g.rewards[i]));
    (0..g.values.len()).for_each(|i| check(slope(&|b, h| b.values[i] += h), g.values[i]));
}

#[test]
fn the_grounded_gradient_is_that_of_automatic_differentiation() {
    let golden = rows("unrolled.csv");
    assert_eq!(golden.len(), 12);
    for row in golden {
        let whole = |i: usize| row[i].parse::<usize>().unwrap();
        let sizes = Sizes { states: whole(1), actions: whole(2) };
        let (blocks, policy, start) = drawn(whole(0) as u64, sizes);
        let depth = whole(3);
        let taken: Vec<u8> = row[4].split(' ').map(|a| a.parse().unwrap()).collect();
        let (targets, paid) = (list(&row[5]), list(&row[6]));
        let (policy, start, taken) = (&policy, &start, &taken);
        let rollout = Rollout { sizes, policy, taken, start, depth, gamma: 0.9, lambda: 0.0 };
        let transitions = blocks.transitions(sizes);
        let unrolled = rollout.unroll(&blocks, &transitions, targets);
        let g = rollout.grounded_gradient(&blocks, &transitions, &unrolled, &paid);
        assert_near(&g.logits, &list(&row[7]), &format!("seed {} logits", row[0]));
        assert_near(&g.rewards, &list(&row[8]), &format!("seed {} rewards", row[0]));
        assert_near(&g.values, &list(&row[9]), &format!("seed {} values", row[0]));
    }
}

// ---------------------------------------------------------------- Garnets

/// Reward processes, and decision processes with three actions.
const PROCESSES: u64 = 60;
const DECISIONS: u64 = 30;
const MDP: Sizes = Sizes { states: 20, actions: 3 };
const SHOWN: [usize; 4] = [200, 500, 1000, 2000];

fn process(seed: u64) -> Garnet {
    Garnet::new(Sizes { states: 20, actions: 1 }, 5, seed)
}

/// Learns for `steps` real steps from a uniform start; `see(step, learner)` after each.
fn learn(
    world: &Garnet,
    config: SelfConsistentConfig,
    steps: usize,
    mut see: impl FnMut(usize, &SelfConsistent),
) -> SelfConsistent {
    let sizes = world.sizes;
    let policy = vec![1.0 / sizes.actions as f64; sizes.states * sizes.actions];
    let mut learner = SelfConsistent::new(config, sizes, policy);
    let (mut dice, mut plan) =
        (Stream::new(1, StreamName::World), Stream::new(1, StreamName::Plan));
    let mut state: State = dice.below(sizes.states as u32);
    for step in 1..=steps {
        let action = dice.below(sizes.actions as u32) as usize;
        let (reward, next) = world.step(state, action, &mut dice);
        learner.observe((state, action as u8), reward, next, false);
        learner.imagine(&mut plan);
        state = next;
        see(step, &learner);
    }
    learner
}

fn rmse(a: &[f64], b: &[f64]) -> f64 {
    (a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / a.len() as f64).sqrt()
}

/// `[shown][process]`: errors of the value.
fn errors(sizes: Sizes, count: u64, config: SelfConsistentConfig) -> [Vec<f64>; 4] {
    let mut errors: [Vec<f64>; 4] = Default::default();
    for seed in 0..count {
        let world = Garnet::new(sizes, 5, seed);
        let policy = vec![1.0 / sizes.actions as f64; sizes.states * sizes.actions];
        let truth = world.values(&policy, config.gamma);
        learn(&world, config, SHOWN[3], |step, learner| {
            if let Some(index) = SHOWN.iter().position(|&s| s == step) {
                errors[index].push(rmse(&learner.blocks().values, &truth));
            }
        });
    }
    errors
}

/// Figures `[shown][process]` of one learner.
type Figures = [Vec<f64>; 4];

/// TD, Dyna, direct, residual, reverse; printed.
fn table(
    what: &str,
    grounding: Grounding,
    figures: impl Fn(SelfConsistentConfig) -> Figures,
) -> [Figures; 5] {
    let base = SelfConsistentConfig { grounding, ..SelfConsistentConfig::default() };
    let variants = [
        ("TD", SelfConsistentConfig { beta: 0.0, ..base }),
        ("Dyna", SelfConsistentConfig { wiring: Wiring::DYNA, ..base }),
        ("SC-Direct", base),
        ("SC-Residual", SelfConsistentConfig { wiring: Wiring::RESIDUAL, ..base }),
        ("SC-Reverse", SelfConsistentConfig { wiring: Wiring::REVERSE, ..base }),
    ];
    let table = variants.map(|(name, config)| {
        let figures = figures(config);
        let said = figures.each_ref().map(|e| format!("{:.3}", mean(e).unwrap()));
        println!("{what}, {grounding:?}, {name}: {}", said.join(" | "));
        figures
    });
    let [_, dyna, direct, _, _] = &table;
    let won = [0, 1, 2, 3].map(|shown| wins(&direct[shown], &dyna[shown]));
    println!("{what}, {grounding:?}: SC-Direct below Dyna on {won:?} of {}", dyna[0].len());
    table
}

fn wins(a: &[f64], b: &[f64]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a < b).count()
}

fn holds(table: &[Figures; 5]) {
    let [td, dyna, direct, residual, reverse] = table;
    let at = |of: &Figures, shown: usize| mean(&of[shown]).unwrap();
    let level = at(direct, 3) / at(dyna, 3);
    assert!((level - 1.0).abs() <= 0.15, "{level}");
    for shown in [2, 3] {
        assert!(at(dyna, shown) < 0.7 * at(td, shown) && at(direct, shown) < 0.7 * at(td, shown));
        assert!((at(residual, shown) / at(td, shown) - 1.0).abs() < 0.15);
        assert!(at(reverse, shown) > 1.1 * at(td, shown));
    }
}

/// Direct beats Dyna on at least three of five at 500 and 1000 steps.
fn direct_wins([_, dyna, direct, _, _]: &[Figures; 5]) {
    for shown in [1, 2] {
        assert!(wins(&direct[shown], &dyna[shown]) * 5 >= direct[shown].len() * 3);
    }
}

#[test]
fn in_reward_processes_direct_beats_dyna_and_both_beat_td() {
    let sizes = Sizes { states: 20, actions: 1 };
    for grounding in [Grounding::ValueEquivalence, Grounding::Likelihood] {
        let table = table("MRP", grounding, |config| errors(sizes, PROCESSES, config));
        holds(&table);
        direct_wins(&table);
    }
}

#[test]
fn in_decision_processes_the_value_of_acting_at_random_is_learned_alike() {
    for grounding in [Grounding::ValueEquivalence, Grounding::Likelihood] {
        let table = table("MDP", grounding, |config| errors(MDP, DECISIONS, config));
        holds(&table);
    }
}

/// Values of acting best.
fn best_values(world: &Garnet, gamma: f64) -> Vec<f64> {
    let Sizes { states, actions } = world.sizes;
    let mut v = vec![0.0; states];
    for _ in 0..2_000 {
        let ahead = |pair: usize| {
            let row = &world.transitions[pair * states..][..states];
            world.rewards[pair / actions]
                + gamma * row.iter().zip(&v).map(|(p, v)| p * v).sum::<f64>()
        };
        let best = |s: usize| (s * actions..(s + 1) * actions).map(ahead).fold(f64::MIN, f64::max);
        v = (0..states).map(best).collect();
    }
    v
}

/// `[shown][process]`: how much less the greedy policy of the learner is really worth than the best
/// one, while it acts epsilon-greedily by look-ahead in its own model.
fn regrets(config: SelfConsistentConfig) -> Figures {
    let mut regrets: Figures = Default::default();
    let odds = |learner: &SelfConsistent, epsilon: f64| -> Vec<f64> {
        let row = |s| epsilon_greedy_odds(&learner.look_ahead(s), epsilon);
        (0..MDP.states as State).flat_map(row).collect()
    };
    for seed in 0..PROCESSES {
        let world = Garnet::new(MDP, 5, seed);
        let best = mean(&best_values(&world, config.gamma)).unwrap();
        let even = vec![1.0 / MDP.actions as f64; MDP.states * MDP.actions];
        let mut learner = SelfConsistent::new(config, MDP, even);
        let (mut dice, mut plan) =
            (Stream::new(1, StreamName::World), Stream::new(1, StreamName::Plan));
        let mut state: State = dice.below(MDP.states as u32);
        for step in 1..=SHOWN[3] {
            let action = epsilon_greedy(&learner.look_ahead(state), 0.1, &mut dice);
            let (reward, next) = world.step(state, action, &mut dice);
            learner.observe((state, action as u8), reward, next, false);
            learner.set_policy(odds(&learner, 0.1));
            learner.imagine(&mut plan);
            state = next;
            if let Some(index) = SHOWN.iter().position(|&s| s == step) {
                let value = world.values(&odds(&learner, 0.0), config.gamma);
                regrets[index].push(best - mean(&value).unwrap());
            }
        }
    }
    regrets
}

#[test]
fn in_control_the_regret_shrinks_and_nothing_is_better_than_the_best() {
    for grounding in [Grounding::ValueEquivalence, Grounding::Likelihood] {
        for of in table("control", grounding, regrets) {
            assert!(of.iter().flatten().all(|&regret| regret > -1e-9));
            let [first, .., last] = of.each_ref().map(|regrets| mean(regrets).unwrap());
            assert!(last < 0.6 * first, "{first} {last}");
        }
    }
}

/// MuZero's grounded loss over one step is TD(0) with a reward.
#[test]
fn unrolling_no_step_is_temporal_difference_learning() {
    let of = |grounding| {
        let config = SelfConsistentConfig {
            grounding,
            depth: 0,
            beta: 0.0,
            ..SelfConsistentConfig::default()
        };
        learn(&Garnet::new(MDP, 5, 4), config, 300, |_, _| {}).blocks().clone()
    };
    let (unrolled, td) = (of(Grounding::Unroll), of(Grounding::Off));
    assert_near(&unrolled.values, &td.values, "values");
    assert_near(&unrolled.rewards, &td.rewards, "rewards");
    assert_eq!(unrolled.logits, vec![0.0; td.logits.len()], "no step, no dynamics");
}

#[test]
fn unrolling_teaches_the_dynamics_what_their_values_are() {
    let sizes = Sizes { states: 20, actions: 1 };
    let of = |depth: usize| {
        let config = SelfConsistentConfig {
            grounding: Grounding::Unroll,
            depth,
            beta: 0.0,
            ..SelfConsistentConfig::default()
        };
        mean(&errors(sizes, 20, config)[3]).unwrap()
    };
    let (short, long) = (of(0), of(3));
    println!("MRP, unrolled (MuZero) alone, K = 0: {short:.3}, K = 3: {long:.3}");
    assert!(long < 0.9 * short);
}

#[test]
fn ungrounded_everything_becomes_consistent_and_stays_wrong() {
    for (name, wiring) in VARIANTS {
        let config = SelfConsistentConfig { wiring, ..SelfConsistentConfig::default() };
        let (mut before, mut inside, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
        for seed in 0..10 {
            let world = process(seed);
            let truth = world.values(&[1.0; 20], config.gamma);
            let mut dice = Stream::new(seed, StreamName::Init);
            let mut draw = |n: usize| {
                (0..n).map(|_| imaginarium::search::noise::normal(&mut dice)).collect::<Vec<f64>>()
            };
            let blocks = Blocks { logits: draw(400), rewards: draw(20), values: draw(20) };
            let mut learner =
                SelfConsistent::with_blocks(config, world.sizes, vec![1.0; 20], blocks);
            before.push(rmse(&learner.residuals(), &[0.0; 20]));
            for update in 0..20_000_u32 {
                learner.imagine_from(update % 20);
            }
            inside.push(rmse(&learner.residuals(), &[0.0; 20]));
            wrong.push(rmse(&learner.blocks().values, &truth));
        }
        let (inside, wrong) = (mean(&inside).unwrap(), mean(&wrong).unwrap());
        println!("ungrounded {name}: residual {inside:.1e}, error of the value {wrong:.2}");
        assert!(inside < 1e-3 && mean(&before).unwrap() > 0.5);
        assert!(wrong > 1.0, "{name}: {wrong}");
    }
}
