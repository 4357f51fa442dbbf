//! Deep self-consistency as an agent does it: every variant moves the networks that its definition
//! names and no other, what is trained adds up, and without it nothing is different.

mod common;

use std::sync::Arc;

use common::corridor::{corridor, live, small};
use common::{arena, digests};
use imaginarium::agents::Agent as _;
use imaginarium::agents::muzero::config::{Distil, Imagine, MuZeroConfig};
use imaginarium::agents::muzero::meters::METERED;
use imaginarium::agents::muzero::view::MuZeroView;
use imaginarium::agents::search::Switch;
use imaginarium::base::digest::Digest;
use imaginarium::base::params::Params as _;
use imaginarium::experiment::{Clock, Experiment, Position};

const SOME: f64 = 1e-9;

fn lived(config: MuZeroConfig, steps: usize) -> Arc<MuZeroView> {
    let mut agent = corridor(config);
    live(&mut agent, steps, 1.0);
    agent.view().muzero.unwrap()
}

/// Names of the networks whose number is not exactly 0.
fn names(numbers: [f64; 5]) -> Vec<&'static str> {
    let pairs = METERED.into_iter().zip(numbers);
    pairs.filter(|(_, number)| *number != 0.0).map(|(name, _)| name).collect()
}

#[test]
fn meters_say_what_each_variant_trains_in_imagination() {
    let of = |imagine, imagined_steps, imagined_roots| {
        let config = MuZeroConfig { imagine, imagined_steps, imagined_roots, beta: 0.5, ..small() };
        let view = lived(config, 120);
        assert_eq!(names(view.last.meters.grounded), METERED, "real steps teach all of them");
        assert_eq!(names(view.last.meters.moved), METERED);
        names(view.last.meters.imagined)
    };
    assert!(of(Imagine::None, 3, Switch::On).is_empty());
    assert_eq!(of(Imagine::Dyna, 3, Switch::On), ["value"]);
    assert_eq!(of(Imagine::Direct, 3, Switch::Off), ["dynamics", "value"]);
    assert_eq!(of(Imagine::Direct, 0, Switch::Off), ["value"], "K = 0 is Dyna");
    assert_eq!(of(Imagine::Direct, 0, Switch::On), ["representation", "value"]);
    assert_eq!(of(Imagine::Reverse, 3, Switch::Off), ["dynamics", "reward", "value"]);
    assert_eq!(of(Imagine::Residual, 3, Switch::On), METERED[..4]);
}

#[test]
fn without_a_grounded_loss_only_imagination_moves_anything() {
    // No head knows anything yet: without rewards there is nothing to agree on but 0.
    let mut agent = corridor(MuZeroConfig { imagine: Imagine::Dyna, ..small() });
    live(&mut agent, 200, 1.0);
    let set = |agent: &mut _, key, value| {
        let index = MuZeroConfig::index(key).unwrap();
        imaginarium::agents::Agent::set_param(agent, index, value);
    };
    let real = agent.work().real_updates;
    assert!(real > 0 && agent.work().imagined_updates == 0);
    set(&mut agent, "grounded", 0.0);
    live(&mut agent, 50, 1.0);
    let view = agent.view().muzero.unwrap();
    assert_eq!(names(view.last.meters.grounded), [""; 0]);
    assert_eq!(names(view.last.meters.imagined), ["value"]);
    assert!(view.last.losses.sum() > 0.0, "it is told all the same");
    let [_, .., imagined] = view.last.weighed();
    assert!((view.last.total() - imagined).abs() < SOME, "but not trained");
    assert_eq!(agent.work().real_updates, real, "these are imagined updates");
    assert!(agent.work().imagined_updates > 10);

    // From the beginning on, and so before any optimiser is on its way, nothing else moves.
    let config = MuZeroConfig {
        imagine: Imagine::Dyna,
        imagined_policy: Switch::On,
        grounded: 0.0,
        ..small()
    };
    let view = lived(config, 120);
    assert!(names(view.last.meters.moved).iter().all(|name| ["value", "policy"].contains(name)));
}

#[test]
fn what_is_trained_is_the_sum_of_its_parts() {
    for &imagine in Imagine::ALL {
        let config = MuZeroConfig {
            imagine,
            imagined_steps: 4,
            lambda: 0.5,
            beta: 0.3,
            grounded: 0.8,
            imagined_policy: Switch::On,
            ..small()
        };
        let last = lived(config, 150).last.clone();
        let dreamed = last.dreamed.clone().unwrap();
        assert_eq!((dreamed.terms.len(), dreamed.values.len()), (5, 6));
        let terms: f64 = dreamed.terms.iter().sum();
        let by_hand = 0.8 * last.losses.sum() + 0.3 * (terms + dreamed.policy);
        assert!((last.total() - by_hand).abs() < 1e-9);
        let parts: f64 = last.weighed().iter().sum();
        assert!((last.total() - parts).abs() < 1e-9);
    }
}

#[test]
fn the_course_covers_all_updates() {
    let mut agent = corridor(MuZeroConfig { imagine: Imagine::Direct, ..small() });
    live(&mut agent, 400, 1.0);
    let view = agent.view().muzero.unwrap();
    assert_eq!(view.course.updates(), agent.work().updates());
    let count: u64 = view.course.stretches().map(|stretch| stretch.count).sum();
    assert_eq!(count, view.course.updates());
    assert!(view.course.stretches().skip(1).all(|s| s.meters.imagined[1] > 0.0), "dynamics");
}

/// Every value moves towards the one after it where the model is left alone and rewards are known.
#[test]
fn the_policy_learns_in_imagination_alone() {
    let logits = |imagined_policy| {
        let config = MuZeroConfig {
            imagine: Imagine::Dyna,
            imagined_policy,
            distil: Distil::Off,
            lambda: 0.9,
            beta: 1.0,
            gamma: 0.9,
            ..small()
        };
        let view = lived(config, 900);
        view.networks.logits(&view.networks.enter(&view.eyes.state(3).unwrap()))
    };
    assert_eq!(logits(Switch::Off), [0.0, 0.0], "nothing else teaches it");
    let learned = logits(Switch::On);
    assert!(learned[1] > learned[0], "beside the goal it goes there: {learned:?}");
}

#[test]
fn dice_of_imagination_are_their_own() {
    let run = |imagine: &str, beta: f64| {
        let room = "id = 'gridworld'\nmax_steps = 40\nmap = '''\nS..G\n'''";
        let keys = "agent = 'muzero'\nbatch = 8\nwidth = 16\nlatent = 8\nsimulations = 4";
        let keys = format!("{keys}\nimagine = '{imagine}'\nbeta = {beta}");
        let config = arena("lanes = 1\nseed = 3\nclock = 'env-steps'", room, &[&keys]);
        let mut e = Experiment::new(config, 1).unwrap();
        e.advance_to(Position::at(Clock::EnvSteps, 150), None);
        digests(&e)
    };
    assert_eq!(run("sc-direct", 0.3), run("sc-direct", 0.3));
    assert_ne!(run("sc-direct", 0.3), run("dyna", 0.3));
    // With weight 0 nothing is imagined, and no dice are thrown: only the dials tell them apart.
    let print = |imagine| {
        let mut agent = corridor(MuZeroConfig { imagine, beta: 0.0, ..small() });
        live(&mut agent, 200, 1.0);
        agent.set_param(MuZeroConfig::index("imagine").unwrap(), 0.0);
        let mut digest = Digest::default();
        agent.digest(&mut digest);
        digest.finish()
    };
    assert_eq!(print(Imagine::None), print(Imagine::Direct));
}

#[test]
fn once_the_world_is_frozen_nothing_more_is_remembered_and_it_acts_without_noise() {
    let config = MuZeroConfig { freeze_after: 400, imagine: Imagine::Direct, ..small() };
    let mut agent = corridor(config);
    live(&mut agent, 400, 1.0);
    let before = agent.work();
    // A reward that is no number would end a run that learns from it.
    let actions = live(&mut agent, 60, f64::NAN);
    assert!(agent.fault().is_none());
    assert!(
        agent.work().updates() > before.updates() + 50,
        "it goes on learning from what there is"
    );
    // The same state is always left in the same way between two updates that change nothing.
    assert!(actions.iter().rev().take(20).all(|&action| action == 1), "straight on: {actions:?}");
    let mut agent = corridor(MuZeroConfig { freeze_after: 0, ..config });
    live(&mut agent, 60, f64::NAN);
    assert!(agent.fault().is_some(), "0 is never");
}

#[test]
fn it_learns_while_the_world_stands_still_where_something_is_imagined() {
    use imaginarium::mdp::trace::Unwatched;
    let mut agent = corridor(MuZeroConfig { imagine: Imagine::Direct, ..small() });
    assert!(!agent.can_dream(), "there is no place to begin from");
    live(&mut agent, 100, 1.0);
    let before = agent.work().updates();
    assert_eq!(agent.dream(5, &mut Unwatched), 5);
    assert_eq!(agent.work().updates(), before + 5);
    agent.set_param(MuZeroConfig::index("imagine").unwrap(), 0.0);
    assert!(!agent.can_dream());
    assert_eq!(agent.dream(5, &mut Unwatched), 0);
}

#[test]
fn the_way_of_the_values_ends_where_they_are() {
    let view = lived(MuZeroConfig { imagine: Imagine::Dyna, ..small() }, 500);
    let way = view.way.clone().unwrap();
    assert!(way.history.moments().len() > 10);
    assert_eq!(way.now.updates, view.course.updates());
    assert_eq!((way.now.values.len(), way.now.policy.len()), (5, 10));
    for (state, value) in way.now.values.iter().enumerate() {
        let latent = view.networks.enter(&view.eyes.state(state as u32).unwrap());
        assert_eq!(view.networks.value(&latent), *value);
    }
    assert!(way.now.residual > 0.0 && way.now.residual < 0.5, "{}", way.now.residual);
    assert!(way.now.gradients[2] > 0.0, "the value learns in imagination");
    assert_eq!(way.now.gradients[..2], [0.0, 0.0], "Dyna moves nothing else");
}
