//! The self-consistent agent in an arena: which blocks its updates leave alone, its switches, its
//! dice, its past, and what its lessons claim.

mod common;

use common::{Change, Pick, arena, digests, place, remembering, straight};
use imaginarium::agents::self_consistent::{ConsistentView, ScConfig};
use imaginarium::base::params::Params as _;
use imaginarium::base::stats::mean;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::lessons;
use imaginarium::probes::consistency::{Losses, way};
use imaginarium::rl::self_consistency::Wiring;

const WORLD: &str = "id = 'garnet'\nstates = 8\nactions = 2\nbranching = 3\nends = 0.05";
const HEAD: &str = "clock = 'env-steps'\nlanes = 2\nseed = 4";

fn run(keys: &str) -> String {
    format!("agent = 'self-consistent'\n{keys}")
}

fn garnet(keys: &str) -> ArenaConfig {
    arena(HEAD, WORLD, &[&run(keys)])
}

fn view(e: &Experiment, run: usize) -> ConsistentView {
    e.runs()[run].lane_view(0).view.consistent.expect("it makes both agree")
}

fn after(config: ArenaConfig, steps: u64) -> ConsistentView {
    let mut e = Experiment::new(config, 1).unwrap();
    assert!(e.advance_to(Position::at(Clock::EnvSteps, steps), None));
    view(&e, 0)
}

fn param(key: &str) -> usize {
    ScConfig::index(key).unwrap()
}

/// Whether dynamics, reward and value are other bits than those it began with.
fn moved(keys: &str) -> [bool; 3] {
    let config = || garnet(&format!("grounded = 0.0\ninitial = 1.0\n{keys}"));
    let (first, last) = (after(config(), 0), after(config(), 60));
    let (a, b) = (first.learner.0.blocks(), last.learner.0.blocks());
    if let Some(update) = last.learner.0.last() {
        // What the meters read: exactly 0 where nothing changed.
        let changed = [a.logits != b.logits, a.rewards != b.rewards, a.values != b.values];
        assert_eq!(update.moved.map(|norm| norm > 0.0), changed, "{keys}");
    }
    [a.logits != b.logits, a.rewards != b.rewards, a.values != b.values]
}

#[test]
fn each_variant_moves_its_blocks_and_not_a_bit_of_the_others() {
    // Dynamics, reward, value.
    assert_eq!(moved("update = 'td'"), [false, false, false], "ungrounded, nothing is left");
    assert_eq!(moved("update = 'dyna'"), [false, false, true]);
    assert_eq!(moved("update = 'sc-direct'"), [true, false, true], "the target is stopped");
    assert_eq!(moved("update = 'sc-direct'\ndepth = 0"), [false, false, true]);
    assert_eq!(moved("update = 'sc-reverse'"), [true, true, true]);
    assert_eq!(moved("update = 'sc-residual'"), [true, true, true]);
    assert_eq!(moved("update = 'custom'\nthrough_states = 'off'"), [false, false, true]);
    assert_eq!(moved("update = 'custom'\ninto_reward = 'on'"), [true, true, true]);
    assert_eq!(moved("update = 'custom'\ntrain_value = 'off'"), [true, false, false]);
    assert_eq!(moved("update = 'custom'\ninto_prediction = 'off'"), [false, false, false]);
    assert_eq!(moved("update = 'sc-residual'\nbeta = 0.0"), [false, false, false]);
}

#[test]
fn with_one_term_direct_is_dyna_bit_for_bit() {
    for grounding in ["likelihood", "value-equivalence", "unroll", "off"] {
        let of = |update| {
            let keys = format!("update = '{update}'\ndepth = 0\ngrounding = '{grounding}'");
            after(garnet(&keys), 500).learner.0.blocks().clone()
        };
        assert_eq!(of("dyna"), of("sc-direct"), "{grounding}");
        assert_ne!(of("dyna"), of("sc-reverse"), "{grounding}");
    }
}

#[test]
fn switches_that_stand_like_a_name_do_what_the_name_does() {
    let on = |on: bool| if on { "on" } else { "off" };
    for ((_, wiring), update) in
        Wiring::NAMED.iter().zip(["dyna", "sc-direct", "sc-reverse", "sc-residual"])
    {
        let keys = imaginarium::agents::self_consistent::WIRES.iter().zip(wiring.switches());
        let keys: String = keys.map(|(key, is)| format!("{key} = '{}'\n", on(is))).collect();
        let own = after(garnet(&format!("update = 'custom'\n{keys}")), 300);
        let named = after(garnet(&format!("update = '{update}'")), 300);
        assert_eq!(own.learner.0.blocks(), named.learner.0.blocks(), "{update}");
    }
}

#[test]
fn the_loss_that_is_shown_is_the_sum_of_its_parts() {
    for keys in ["grounding = 'unroll'\nbeta = 0.7\ngrounded = 1.3", "lambda = 0.5\ndepth = 5"] {
        let view = after(garnet(keys), 137);
        let losses = Losses::of(&view);
        let last = view.learner.0.last().unwrap();
        let (n, c) = (&last.imagined, &view.config);
        // From the numbers in the boxes alone.
        let mut later = n.values[c.depth as usize + 1];
        let mut sum = 0.0;
        for k in (0..=c.depth as usize).rev() {
            let target = n.rewards[k] + c.gamma * later;
            sum += 0.5 * (target - n.values[k]).powi(2);
            later = (1.0 - c.lambda) * n.values[k] + c.lambda * target;
        }
        assert!((sum - losses.imagined).abs() < 1e-12 && sum > 0.0, "{keys}");
        let real: f64 = losses.grounded.iter().sum();
        let total = c.grounded * real + c.beta * sum;
        assert!(real > 0.0 && (losses.total() - total).abs() < 1e-12, "{keys}");
    }
}

#[test]
fn ends_are_worth_nothing_in_imagination_too() {
    // Sutton & Barto, example 6.2: worth 1/6 to 5/6 without discount. An imagined step past an end
    // would pay again.
    for (grounding, update) in [("likelihood", "dyna"), ("likelihood", "sc-direct")] {
        let keys = format!(
            "gamma = 1.0\nvalue_rate = 0.02\nimagined_rate = 0.05\nupdate = '{update}'\n\
             grounding = '{grounding}'"
        );
        let config = arena(HEAD, "id = 'random-walk'", &[&run(&keys)]);
        let view = after(config, 20_000);
        for (state, value) in view.learner.0.blocks().values.iter().enumerate().take(5) {
            let truth = (state as f64 + 1.0) / 6.0;
            assert!((value - truth).abs() < 0.12, "{grounding} {update} {state}: {value}");
        }
    }
}

#[test]
fn by_look_ahead_it_finds_the_way_home() {
    let keys = "policy = 'greedy'\ngrounding = 'likelihood'\nplanning_steps = 3\ngamma = 0.95\n\
                update = 'dyna'\nvalue_rate = 0.3\nimagined_rate = 0.5\nreward_rate = 1.0\n\
                model_rate = 10.0";
    let config = arena("lanes = 3\nseed = 2\nlength = 40", "id = 'dyna-maze'", &[&run(keys)]);
    let mut e = Experiment::new(config, 1).unwrap();
    e.advance_to(Position::at(Clock::Episodes, 40), None);
    for lane in e.runs()[0].record().lanes() {
        let lengths: Vec<f64> = lane.exact().map(|row| row.length as f64).collect();
        let (first, last) = (lengths[0], mean(&lengths[30..]).unwrap());
        assert!(last < 40.0 && last < first / 4.0, "{first} {last}");
    }
}

// ---------------------------------------------------------------- dice and past

/// Everything that can be set differs between these.
const THREE: [&str; 3] = [
    "update = 'sc-residual'\nplanning_steps = 3",
    "policy = 'greedy'\ngrounding = 'unroll'\nlambda = 0.4",
    "update = 'custom'\ninto_value = 'on'\ninitial = 0.5\ngrounding = 'likelihood'",
];

fn three(clock: Clock) -> ArenaConfig {
    let head = format!("clock = '{}'\nlanes = 2\nseed = 9", clock.id());
    arena(&head, WORLD, &THREE.map(run).each_ref().map(String::as_str))
}

fn goal(clock: Clock) -> Position {
    Position::at(clock, if clock == Clock::Episodes { 12 } else { 731 })
}

#[test]
fn watched_or_sliced_it_is_the_same_on_every_clock() {
    for clock in Clock::ALL {
        let whole = straight(three(clock), &[], goal(clock));
        let mut e = Experiment::new(three(clock), 2).unwrap();
        e.watch(true);
        for count in 1..=goal(clock).count {
            e.advance_to(Position::at(clock, count), None);
        }
        assert_eq!(digests(&e), whole, "{clock:?}");
    }
}

#[test]
fn walking_back_brings_the_kept_way_with_it() {
    let clock = Clock::EnvSteps;
    let change =
        |at, key: &str, value| -> Change { (place(clock, at, 0, 1), 2, param(key), value) };
    let changes =
        [change(120, "into_reward", 1.0), change(200, "grounded", 0.0), change(310, "depth", 7.0)];
    let mut e = remembering(three(clock), 1);
    for &(at, run, param, value) in &changes {
        e.advance_to(at, None);
        e.set_param(run, param, value).unwrap();
    }
    e.advance_to(goal(clock), None);
    let moments = |e: &Experiment| [0, 1, 2].map(|run| view(e, run).history);
    let (end, kept) = (digests(&e), moments(&e));
    let mut pick = Pick(5);
    for _ in 0..6 {
        let to = place(clock, pick.below(goal(clock).count), 0, pick.below(3));
        e.seek(to);
        assert_eq!(digests(&e), straight(three(clock), &changes, to), "{to:?}");
        e.seek(goal(clock));
        assert_eq!((digests(&e), moments(&e)), (end.clone(), kept.clone()), "{to:?}");
    }
}

// ---------------------------------------------------------------- sizes

#[test]
fn a_world_too_large_for_its_square_is_refused_in_one_sentence() {
    let say = |head: &str, world: &str| {
        let config = arena(head, world, &[&run("")]);
        Experiment::new(config, 1).err().expect("too large").to_string()
    };
    assert_eq!(
        say(HEAD, "id = 'garnet'\nstates = 2000\nactions = 3"),
        "self-consistent keeps a number for each state, action and next state: 2001 states and 3 \
         actions are 12012003 of them; at most 500000 are allowed: take a smaller world"
    );
    assert_eq!(
        say("lanes = 400", "id = 'garnet'\nstates = 400\nactions = 3"),
        "the models of 400 lanes of self-consistent keep 192961200 numbers; at most 100000000 are \
         allowed: take fewer lanes or a smaller world"
    );
    let others = arena(HEAD, "id = 'garnet'\nstates = 2000", &["agent = 'dyna-q'"]);
    assert!(Experiment::new(others, 1).is_ok(), "tables without a square have room");
}

// ---------------------------------------------------------------- not a number

#[test]
fn a_reward_or_dynamics_that_are_no_number_end_the_run() {
    let off =
        ["into_prediction", "through_states", "train_value"].map(|key| format!("{key} = 'off'"));
    let dials = "update = 'custom'\nbeta = 10.0\nimagined_rate = 1.0\ndepth = 10";
    let alone = |on: [&str; 2], more: &str| {
        let on = on.map(|key| format!("{key} = 'on'")).join("\n");
        garnet(&format!("{dials}\n{}\n{on}\n{more}", off.join("\n")))
    };
    let reward = ["into_reward", "train_reward"];
    for policy in ["random", "greedy"] {
        let more = format!("train_dynamics = 'off'\npolicy = '{policy}'");
        let mut e = Experiment::new(alone(reward, &more), 1).unwrap();
        e.advance_to(Position::at(Clock::EnvSteps, 3000), None);
        let failure = e.runs()[0].failure().expect("rewards run away").clone();
        assert!(failure.title.starts_with("Not a number "), "{failure:?}");
        assert!(failure.text.starts_with("the update of the reward became "), "{failure:?}");
        let view = view(&e, 0);
        let odds = view.learner.0.policy().chunks(2).map(|row| row.iter().sum::<f64>());
        odds.for_each(|sum| assert!(sum == 0.0 || (sum - 1.0).abs() < 1e-12, "{sum}"));
    }
}

// ---------------------------------------------------------------- what lessons claim

/// Mean over seeds of error and residual at the end, for each run of a lesson.
fn ends(id: &str, seeds: usize, set: &[&str], steps: u64) -> Vec<[f64; 2]> {
    let mut config = lessons::find(id).unwrap().arena;
    config.lanes = seeds;
    set.iter().for_each(|set| config.set(set).unwrap());
    let mut e = Experiment::new(config, 2).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, steps), None);
    let of = |run: usize| {
        let last = |lane: usize| {
            let view = e.runs()[run].lane_view(lane).view.consistent.unwrap();
            *way((&view.history, &view.now), e.truth()).unwrap().last().unwrap()
        };
        let all: Vec<_> = (0..seeds).map(last).collect();
        let mean = |of: fn(&imaginarium::probes::consistency::Place) -> f64| {
            mean(&all.iter().map(of).collect::<Vec<_>>()).unwrap()
        };
        let ends = [mean(|p| p.error), mean(|p| p.residual)];
        println!("{id} {set:?} at {steps}, {}: {ends:?}", e.runs()[run].config.name);
        ends
    };
    (0..e.runs().len()).map(of).collect()
}

#[test]
fn dyna_and_direct_lead_residual_is_like_td_and_reverse_is_worse() {
    for steps in [1000, 2000] {
        let all = ends("self-consistency", 20, &[], steps);
        let [td, dyna, direct, reverse, residual] = all[..] else { panic!("five runs") };
        assert!(dyna[0] < 0.8 * td[0] && direct[0] < 0.8 * td[0]);
        assert!((direct[0] / dyna[0] - 1.0).abs() < 0.3);
        assert!(reverse[0] > 1.1 * td[0]);
        assert!((residual[0] / td[0] - 1.0).abs() < 0.25);
    }
}

#[test]
fn ungrounded_residuals_vanish_and_errors_stay_until_real_steps_count() {
    let first = ends("consistent-but-wrong", 5, &[], 0);
    let off = ends("consistent-but-wrong", 5, &[], 3000);
    let on = ends("consistent-but-wrong", 5, &["grounded=1.0"], 3000);
    for ((first, off), on) in first.iter().zip(&off).zip(&on) {
        assert!(off[1] < 0.05 * first[1], "they agree: {off:?}");
        assert!(off[0] > 0.5 * first[0], "and stay wrong: {first:?} {off:?}");
        assert!(on[0] < 0.7 * off[0], "grounded they do not: {on:?}");
    }
}
