//! The MuZero-style agent: it learns a gridworld, each of its four parts can be switched off, it
//! fails with a name, and looking at it changes nothing.

mod common;

use common::corridor::{corridor, live, small};
use common::{arena, digests, remembering};
use imaginarium::agents::muzero::config::{Distil, MuZeroConfig, Picks, Tree};
use imaginarium::agents::muzero::latent::LatentModel;
use imaginarium::agents::muzero::view::MuZeroView;
use imaginarium::agents::search::Switch;
use imaginarium::agents::{Agent as _, Fault};
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::any::{AnyTabular, AnyWorld};
use imaginarium::envs::grid::Grid;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::trace::Unwatched;
use imaginarium::mdp::{State, Step, Tabular as _, Transition};
use imaginarium::probes::evaluate::episode;
use imaginarium::search::model::{Evaluation, Model as _};
use std::sync::Arc;

/// Eight steps from S to G past walls, five by five.
const ROOM: &str =
    "id = 'gridworld'\nmax_steps = 200\nmap = '''\nS....\n.###.\n...#.\n##.#.\n....G\n'''";

fn room(keys: &str) -> ArenaConfig {
    arena("lanes = 1\nseed = 3\nclock = 'env-steps'", ROOM, &[&format!("agent = 'muzero'\n{keys}")])
}

fn grid(config: &ArenaConfig) -> Grid {
    match config.build_world().unwrap() {
        AnyWorld::Tabular(AnyTabular::Grid(grid)) => grid,
        _ => panic!("a gridworld"),
    }
}

fn view(e: &Experiment) -> Arc<MuZeroView> {
    e.runs()[0].lane_view(0).view.muzero.unwrap()
}

#[test]
fn it_learns_the_shortest_way_through_a_gridworld() {
    let config = room("cooling = 1500");
    let world = grid(&config);
    let shortest = world.distance(true).unwrap();
    let mut e = Experiment::new(config, 1).unwrap();
    let mut length = usize::MAX;
    // The greedy way is asked for now and then: it counts once it is the shortest.
    for step in (500..=6000).step_by(500) {
        assert!(e.advance_to(Position::at(Clock::EnvSteps, step), None));
        let view = view(&e);
        let mut dice = Stream::new(1, StreamName::Evaluate);
        length = episode(&world, |state| view.act_in(*state), 100, &mut dice).1;
        if length == shortest {
            break;
        }
    }
    assert_eq!(length, shortest);
    // Near the goal it expects more than at the start, and nowhere more than there is.
    let view = view(&e);
    let worth = |state| view.search(&view.eyes.state(state).unwrap()).unwrap().value;
    let (start, near) = (worth(world.starts()[0]), worth(23));
    assert!(
        0.0 < start && start < near && near < 1.2,
        "{start} at the start, {near} beside the goal"
    );
}

#[test]
fn actions_come_from_the_search_or_from_the_policy() {
    let actions = |picks, simulations| {
        // Nothing is learned, so that the policy stays even.
        let config = MuZeroConfig { picks, simulations, updates: 0.0, ..small() };
        live(&mut corridor(config), 60, 1.0)
    };
    assert_eq!(actions(Picks::Policy, 2), actions(Picks::Policy, 40), "the search does not matter");
    assert_ne!(actions(Picks::Search, 2), actions(Picks::Search, 40));
}

#[test]
fn the_policy_learns_from_searches_from_actions_or_not_at_all() {
    let logits = |distil| {
        let mut agent = corridor(MuZeroConfig { distil, ..small() });
        live(&mut agent, 120, 1.0);
        let view = agent.view().muzero.unwrap();
        view.networks.logits(&view.networks.enter(&view.eyes.state(0).unwrap()))
    };
    assert_eq!(logits(Distil::Off), [0.0, 0.0]);
    let [search, gradient] = [Distil::Search, Distil::Gradient].map(logits);
    assert!(search[1] > search[0], "towards the reward: {search:?}");
    assert!(gradient != [0.0, 0.0] && gradient != search);
}

#[test]
fn the_policy_guides_the_search_or_all_actions_are_alike() {
    let mut agent = corridor(small());
    live(&mut agent, 120, 1.0);
    let view = agent.view().muzero.unwrap();
    let priors = |guided| {
        let mut model = LatentModel { guided, ..view.model() };
        let root = model.root(&view.eyes.state(2).unwrap()).node;
        let mut said = Evaluation::default();
        model.evaluate(&[root], &[0], &mut said);
        said.logits
    };
    assert_eq!(priors(false), [0.0, 0.0]);
    let guided = priors(true);
    assert!(guided[1] > guided[0], "the policy knows the way: {guided:?}");
    let unguided = corridor(MuZeroConfig { guided: Switch::Off, ..small() });
    assert!(!unguided.view().muzero.unwrap().guided);
}

#[test]
fn what_was_learned_tells_right_from_left_with_either_search_and_either_code() {
    use imaginarium::agents::muzero::config::{Aim, Code};
    for (tree, heads, model) in [
        (Tree::Puct, Code::Categorical, Aim::ValueEquivalent),
        (Tree::Gumbel, Code::Scalar, Aim::ValueEquivalent),
        (Tree::Puct, Code::Categorical, Aim::Reconstruction),
    ] {
        // A decoder gives the latent states their shape by itself.
        let consistency = if model == Aim::Reconstruction { 0.0 } else { 2.0 };
        let dials = MuZeroConfig { tree, heads, model, consistency, reanalyse: 0.1, ..small() };
        let mut agent = corridor(dials);
        live(&mut agent, 2400, 1.0);
        let view = agent.view();
        let table = view.table.unwrap();
        // At the closed end, going left is hardly ever tried: latent states that need only tell what is
        // seen may say anything of it.
        let first = usize::from(model == Aim::Reconstruction);
        for state in first..4 {
            let row = &table.q[2 * state..2 * state + 2];
            assert!(row[1] > row[0], "{tree:?} {heads:?} {model:?} in {state}: {row:?}");
        }
        let last = &table.q[6..8];
        assert!((last[1] - 1.0).abs() < 0.3, "the reward comes with the last step: {last:?}");
        assert!(table.tally[7].real > 0 && table.tally.len() == 10);
        assert!(view.muzero.unwrap().last.total() > 0.0);
    }
}

#[test]
fn a_number_that_is_none_is_named_with_its_update() {
    let mut agent = corridor(small());
    live(&mut agent, 60, f64::NAN);
    let Some(Fault::Number { what, value }) = agent.fault() else { panic!("it goes on") };
    assert!(what.contains("[0,") && what.ends_with(" in update 1"), "{what}");
    assert!(!value.is_finite());
    assert!(agent.view().muzero.unwrap().networks.enter(&[1.0, 0.0, 0.0, 0.0, 0.0])[0].is_finite());
}

#[test]
fn a_support_that_is_too_small_is_told() {
    let mut agent = corridor(MuZeroConfig { support: 2, ..small() });
    live(&mut agent, 200, 50.0);
    let said = agent.view().muzero.unwrap().clipping.warning(2).unwrap();
    assert!(
        said.contains("of the value targets lie beyond") && said.contains("set support to 7"),
        "{said}"
    );
}

#[test]
fn looking_changes_nothing() {
    let run = |watched: bool| {
        let mut e = Experiment::new(room("updates = 0.2\nreanalyse = 0.2"), 1).unwrap();
        e.watch(watched);
        for step in [100, 230, 400] {
            assert!(e.advance_to(Position::at(Clock::EnvSteps, step), None));
            if watched {
                assert!(e.runs()[0].lane_view(0).view.muzero.is_some());
            }
        }
        digests(&e)
    };
    assert_eq!(run(true), run(false));
}

#[test]
fn games_that_do_not_end_are_learned_in_parts() {
    let mut agent = corridor(MuZeroConfig { updates: 1.0, ..small() });
    let mut state: State = 0;
    agent.begin(0, state);
    let mut updates = Vec::new();
    for _ in 0..210 {
        let mut action = [0];
        agent.decide(&[state], &[true], &mut action, &mut Unwatched);
        // The way always leads back before the end.
        let next = (state + 1) % 4;
        let step = Step { reward: 0.5, next, terminated: false, truncated: false };
        agent.learn(&[Transition { lane: 0, obs: state, action: action[0], step }], &mut Unwatched);
        while agent.due() > 0 {
            agent.plan(1000, &mut Unwatched);
        }
        updates.push(agent.work().real_updates);
        state = next;
    }
    assert_eq!((updates[198], updates[199], updates[209]), (0, 1, 11));
}

#[test]
fn every_dial_moved_there_and_back_within_a_search_is_lived_again() {
    use imaginarium::base::params::{Params as _, Range};
    let place = |step| Position::at(Clock::EnvSteps, step);
    for (index, spec) in MuZeroConfig::specs().iter().enumerate() {
        let config = room("simulations = 6\nbatch = 8\nwidth = 16\nunroll = 2");
        let mut e = remembering(config, 1);
        // Two units into the step: an update is done and the search has begun.
        e.advance_to(place(230).unit_on().unit_on(), None);
        let ends = match spec.range {
            Range::Int { min, max, .. } | Range::Float { min, max, .. } => [min, max],
            Range::Choice(all) => [0.0, (all.len() - 1) as f64],
        };
        let before = e.runs()[0].param(index);
        for value in [ends[0], ends[1], before] {
            e.set_param(0, index, value).unwrap();
        }
        let here = (e.position(), digests(&e));
        e.advance_to(place(250), None);
        let end = digests(&e);
        e.seek(place(0));
        e.seek(here.0);
        assert_eq!(digests(&e), here.1, "{}", spec.key);
        e.seek(place(250));
        assert_eq!(digests(&e), end, "{}", spec.key);
    }
}
