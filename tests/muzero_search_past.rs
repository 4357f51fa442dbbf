//! The search in a latent model as evidence: lived again it is the very same, and asking for it
//! changes nothing.

mod common;

use common::{arena, digests};
use imaginarium::agents::search::{Evidence, Method};
use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::probes::story::Story;

const ROOM: &str = "id = 'gridworld'\nmax_steps = 60\nmap = '''\nS...\n.##.\n...G\n'''";

/// After `steps` real steps of a small agent, and so many units more.
fn lived(keys: &str, steps: u64, units: u64) -> Experiment {
    let small = "agent = 'muzero'\nsimulations = 12\nbatch = 8\nwidth = 16\nlatent = 8\nunroll = 2";
    let config =
        arena("lanes = 1\nseed = 5\nclock = 'env-steps'", ROOM, &[&format!("{small}\n{keys}")]);
    let mut e = Experiment::new(config, 1).unwrap();
    let place = (0..units).fold(Position::at(Clock::EnvSteps, steps), |at, _| at.unit_on());
    assert!(e.advance_to(place, None));
    e
}

fn evidence(e: &Experiment) -> Evidence {
    e.runs()[0].evidence(0).expect("it searches in a world of listed states")
}

#[test]
fn a_search_under_way_is_lived_again_to_the_last_bit() {
    for (keys, method) in [("", Method::Puct), ("tree = 'gumbel'", Method::Gumbel)] {
        // Of the units of a step one is the step itself and one an update; the others are simulations.
        let e = lived(keys, 150, 7);
        let before = digests(&e);
        let now = evidence(&e);
        assert_eq!(digests(&e), before, "looking changes nothing");
        assert_eq!((now.method, now.done), (method, 5));
        let mut again = now.past.begin().unwrap();
        again.go_to(now.done);
        assert_eq!(again.tree(), now.tree);
        assert_eq!(again.answer(), now.answer);
        assert_eq!(again.last_end(), now.last_way.last().copied());
        let sums = again.scores(0);
        assert_eq!(sums.len(), 4, "an action each");
        again.go_to(99);
        let end = evidence(&lived(keys, 150, 14));
        assert_eq!((again.done(), end.done), (12, 12), "the budget");
        assert_eq!(again.tree(), end.tree, "as the agent goes on");
        assert_eq!(now.past.id(), end.past.id(), "one and the same search");
        let later = evidence(&lived(keys, 152, 7));
        assert_ne!(now.past.id(), later.past.id(), "another one");
    }
}

#[test]
fn nodes_stand_at_listed_states_and_the_story_has_every_simulation() {
    let e = lived("", 400, 14);
    let now = evidence(&e);
    assert!(now.past.is_latent());
    assert_eq!(now.tree.node[0], now.root);
    assert_eq!(now.past.root(), now.root);
    let used = now.tree.len[0] as usize;
    assert!(used > 4 && now.tree.node[..used].iter().all(|state| *state < 12));
    let story = Story::of(&now.past).unwrap();
    assert_eq!(story.units(), 12);
    assert_eq!(story.at(12).visits, now.answer.visits);
    assert!(story.next(3).is_some_and(|frame| frame.path.len() >= 2));
}

#[test]
fn a_person_may_spend_a_simulation_where_the_rule_would_not() {
    let now = evidence(&lived("", 200, 5));
    let mut hand = now.past.begin().unwrap();
    assert!(hand.unit());
    let child = 1;
    let visits = hand.tree().visits[child];
    hand.unit_below(child as u32).unwrap();
    assert_eq!(hand.tree().visits[child], visits + 1);
}

#[test]
fn where_numbers_are_seen_nodes_stand_at_remembered_sights() {
    let keys = "agent = 'muzero'\nsimulations = 9\nbatch = 4\nwidth = 8\nlatent = 4\nupdates = 0.2";
    for (world, steps) in [("id = 'cart-pole'", 60), ("id = 'tic-tac-toe'", 40)] {
        let config = arena("lanes = 1\nclock = 'env-steps'", world, &[keys]);
        let mut e = Experiment::new(config, 1).unwrap();
        e.advance_to(Position::at(Clock::EnvSteps, steps), None);
        let now = evidence(&e);
        let sights = now.past.sights();
        assert!(sights.len() > 20, "{world}: {}", sights.len());
        let used = now.tree.len[0] as usize;
        let places: Vec<usize> = now.tree.node[..used].iter().map(|&n| n as usize).collect();
        assert_eq!((now.root, places[0]), (0, 0), "the root is where it is");
        assert!(
            used > 4 && places.iter().all(|&place| place < sights.len()),
            "{world}: {places:?}"
        );
        assert!(places.iter().any(|&place| place > 0), "{world}: not all at the root");
        let lived = e.runs()[0].lane_view(0).view.muzero.unwrap().lived.clone();
        assert!(lived.now.seen.last() == Some(&sights[0]), "{world}: what is seen now");
        let mut again = now.past.begin().unwrap();
        again.go_to(now.done);
        assert_eq!(again.tree(), now.tree, "{world}");
    }
}
