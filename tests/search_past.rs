//! A search lived again is the search: bit for bit, at every unit, whatever its agent did since.

mod common;

use common::{arena, place};
use imaginarium::agents::search::{Evidence, Method};
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::experiment::{Clock, Experiment};
use imaginarium::mdp::Outcome;
use imaginarium::probes::lookahead::Best;
use imaginarium::probes::sketch::{Fold, Sketch, levels};
use imaginarium::probes::story::{Relived, Story, Sums};
use imaginarium::search::select::{Range, Rule};
use imaginarium::search::table::Table;
use imaginarium::search::tree_search::TreeSearch;
use imaginarium::search::{Leaf, Root, Settings};

const WINDY: &str = "id = 'gridworld'\nslip = 0.2\nmap = '''\nS...G\n.##..\n..P..\n'''";

fn searching(keys: &str) -> Experiment {
    let run = format!("agent = 'search'\n{keys}");
    let config = arena("clock = 'env-steps'\nlanes = 1\nseed = 3", WINDY, &[&run]);
    Experiment::new(config, 1).expect("a sound configuration")
}

fn go(e: &mut Experiment, step: u64, unit: u64) -> Evidence {
    assert!(e.advance_to(place(Clock::EnvSteps, step, 0, unit), None));
    e.runs()[0].evidence(0).expect("it searches")
}

fn relived(seen: &Evidence, done: u32) -> Relived {
    let mut search = seen.past.begin().expect("it has begun once");
    search.go_to(done);
    search
}

#[test]
fn the_last_tree_of_a_replay_is_the_evidence() {
    let mut compared = 0;
    for method in ["forward", "monte-carlo", "td", "uct", "puct", "gumbel"] {
        for switches in ["", "keep = 'on'", "closing = 'off'", "truncated = 'off'\nguided = 'off'"]
        {
            let mut e = searching(&format!("method = '{method}'\nbudget = 12\n{switches}"));
            // Between two steps, in the midst of a search, and after its last unit.
            for (step, unit) in [(40, 5), (41, 0), (97, 12), (98, 13), (99, 0), (220, 1), (221, 7)]
            {
                let seen = go(&mut e, step, unit);
                let mut again = relived(&seen, seen.done);
                let what = format!("{method} {switches} at {step}.{unit}");
                assert_eq!(again.done(), seen.done, "{what}");
                assert_eq!(again.tree(), seen.tree, "{what}");
                assert_eq!(again.answer(), seen.answer, "{what}");
                compared += seen.tree.len[0];
            }
        }
    }
    assert!(compared > 1_000, "{compared} nodes compared");
}

#[test]
fn what_is_foretold_comes_true() {
    for method in ["uct", "puct", "gumbel", "td"] {
        let mut e = searching(&format!("method = '{method}'\nbudget = 20"));
        let begun = go(&mut e, 150, 2);
        let story = Story::of(&begun.past).unwrap();
        assert_eq!(story.units(), 20);
        for unit in 3..=20 {
            let seen = go(&mut e, 150, unit);
            assert_eq!(seen.past.id(), begun.past.id(), "one and the same search");
            let frame = story.at(seen.done);
            assert_eq!(frame.visits, seen.answer.visits);
            assert_eq!((frame.value, frame.action), (seen.answer.value, seen.answer.action()));
        }
        let next = go(&mut e, 151, 2);
        assert_ne!(next.past.id(), begun.past.id(), "the next step makes another search");
    }
}

#[test]
fn looking_does_not_change_the_run() {
    let digests = |looks: bool| {
        let mut e = searching("method = 'puct'\nbudget = 12\nkeep = 'on'");
        for step in 1..60 {
            assert!(e.advance_to(place(Clock::EnvSteps, step, 0, step % 9), None));
            if looks {
                let seen = e.runs()[0].evidence(0).unwrap();
                Story::of(&seen.past).unwrap();
            }
        }
        e.runs()[0].digests()
    };
    assert_eq!(digests(true), digests(false));
}

/// Along the way of the next simulation the greatest sum is the child visited next.
#[test]
fn the_arg_max_bar_is_the_child_visited_next() {
    let (mut on_way, mut elsewhere) = (0, 0);
    for method in ["uct", "puct", "gumbel"] {
        for switches in ["", "truncated = 'off'", "guided = 'off'", "keep = 'on'"] {
            let mut e = searching(&format!("method = '{method}'\nbudget = 24\n{switches}"));
            for step in (20..300).step_by(11) {
                let seen = go(&mut e, step, 0);
                let story = Story::of(&seen.past).unwrap();
                let mut search = seen.past.begin().unwrap();
                for done in 0..story.units() {
                    let path = &story.next(done).unwrap().path;
                    for node in 0..search.nodes() {
                        let sums = Sums::of(&search, node, path);
                        let Some(next) = sums.next else {
                            elsewhere += 1;
                            continue;
                        };
                        assert!(sums.best().contains(&next), "{method} {switches}: {sums:?}");
                        on_way += 1;
                    }
                    search.unit();
                }
            }
        }
    }
    println!("{on_way} choices on the way, {elsewhere} nodes elsewhere");
    assert!(on_way > 10_000 && elsewhere > 10_000);
}

#[test]
fn a_person_spends_the_same_budget_in_the_same_search() {
    for method in ["uct", "puct", "gumbel"] {
        let mut e = searching(&format!("method = '{method}'\nbudget = 16"));
        let seen = go(&mut e, 200, 0);
        let mut hand = relived(&seen, 0);
        let (mut last, mut spent) = (0, 0);
        // Always below the newest node, as long as something can be tried there.
        while hand.done() < 16 {
            let before = hand.tree();
            match hand.unit_below(last) {
                Ok(()) => spent += 1,
                Err(refused) => {
                    let said = refused.to_string();
                    assert!(said.contains("the task ends") || said.contains("deep"), "{said}");
                    assert_eq!(hand.tree(), before, "a refusal changes nothing");
                    last = 0;
                    continue;
                }
            }
            let (tree, path) = (hand.tree(), hand.last_path());
            assert!(path.iter().any(|step| step.0 == last), "{path:?} through {last}");
            let row = before.edges(last as usize);
            let untried = row.clone().any(|edge| before.edge_visits[edge] == 0);
            let after = path.iter().position(|step| step.0 == last).unwrap() + 1;
            let action = usize::from(path[after].1);
            assert!(!untried || before.edge_visits[row.start + action] == 0, "{method}: new first");
            for &(node, _) in &path {
                let earlier = if node < before.len[0] { before.visits[node as usize] } else { 0 };
                assert!(tree.visits[node as usize] > earlier, "backed up to the root");
            }
            last = path.last().unwrap().0;
        }
        assert_eq!((spent, hand.done()), (16, 16));
        assert_eq!(hand.tree().visits[0], 17, "its own evaluation and 16 simulations");
        let full = hand.tree();
        hand.unit_below(0).unwrap();
        assert_eq!(hand.tree(), full, "nothing is left to spend");
    }
}

/// At the root, once everything was tried there, a person's simulation is the rule's own.
#[test]
fn below_the_root_the_rule_goes_on() {
    for method in ["uct", "puct"] {
        let mut e = searching(&format!("method = '{method}'\nbudget = 60\nguided = 'off'"));
        let seen = go(&mut e, 260, 0);
        let mut rule = relived(&seen, 30);
        let tree = rule.tree();
        assert!(tree.edge_visits[..tree.actions].iter().all(|&n| n > 0), "all tried at the root");
        let mut hand = rule.clone();
        for _ in 0..30 {
            rule.unit();
            hand.unit_below(0).unwrap();
        }
        assert_eq!(hand.tree(), rule.tree());
    }
}

#[test]
fn several_trees_are_led_each_through_a_node_of_its_own() {
    let next = |s: u32, a: u8| {
        let next = (2 * s + u32::from(a) + 1) % 16;
        vec![Outcome { probability: 1.0, reward: 0.0, next, terminated: false }]
    };
    let mut model = Table::new((16, 2), 0.9, next);
    let mut dice = [5, 6].map(|seed| Stream::new(seed, StreamName::Plan));
    let (rule, range, leaf) = (Rule::PUCT, Range::Tree, Leaf::Value);
    let settings = Settings { rule, range, leaf, budget: 6, depth: 3 };
    let roots = [Root::free(0), Root::free(3)];
    let mut search = TreeSearch::begin(settings, &roots, &mut model, &mut dice).unwrap();
    let mut lead = |nodes: &[u32]| {
        let said = search.simulate_below(&mut model, &mut dice, nodes);
        (said.map_err(|e| e.to_string()), search.last_path(0), search.last_path(1), search.done())
    };
    assert_eq!(lead(&[0, 0]).1, [0, 1]);
    assert_eq!(lead(&[0, 1]), (Ok(()), vec![0, 2], vec![0, 1, 2], 2));
    assert_eq!(lead(&[2, 2]), (Ok(()), vec![0, 2, 3], vec![0, 1, 2, 3], 3));
    let said = "1 nodes for 2 trees are not allowed: every tree goes on from one";
    assert_eq!(lead(&[0]).0, Err(said.to_owned()));
    let said = "node 9 is not in tree 1: its nodes are numbered 0 to 3";
    assert_eq!(lead(&[0, 9]).0, Err(said.to_owned()));
    let said = "nothing can be tried at node 3: it lies 3 steps deep, as far as this search looks";
    assert_eq!(lead(&[0, 3]), (Err(said.to_owned()), vec![0, 2, 3], vec![0, 1, 2, 3], 3));
}

#[test]
fn only_trees_are_led_by_hand_and_only_through_nodes_they_have() {
    let mut e = searching("method = 'puct'\nbudget = 8");
    let mut hand = relived(&go(&mut e, 120, 0), 0);
    let said = hand.unit_below(7).unwrap_err().to_string();
    assert_eq!(said, "node 7 is not in tree 0: its nodes are numbered 0 to 0");
    for method in ["forward", "td"] {
        let mut e = searching(&format!("method = '{method}'\nbudget = 8"));
        let said = relived(&go(&mut e, 120, 0), 0).unit_below(0).unwrap_err().to_string();
        assert_eq!(said, "only a tree search can be led by hand: choose UCT, pUCT or Gumbel");
    }
}

#[test]
fn levels_and_sketches_count_every_node_once() {
    let mut e = searching("method = 'puct'\nbudget = 200");
    for step in [3, 30, 300] {
        let seen = go(&mut e, step, 0);
        let levels = levels(&seen.tree, e.truth_of(0));
        let (nodes, visits) = levels.iter().fold((0, 0), |(n, v), l| (n + l.nodes, v + l.visits));
        let len = seen.tree.len[0];
        assert_eq!((nodes, visits), (len, seen.tree.visits[..len as usize].iter().sum()));
        assert!(levels.iter().all(|l| l.wrong == 0.0), "this model has seen only what can be");
        for most in [1, 12, 1000] {
            let fold = Fold { most, closed: [].into(), open: [].into() };
            let sketch = Sketch::of(&seen.tree, &fold);
            assert_eq!(sketch.shown.len(), most.min(len as usize));
            assert_eq!(sketch.shown[0].hidden as usize + sketch.shown.len(), len as usize);
        }
    }
}

#[test]
fn the_truth_beside_a_search_is_that_of_the_world() {
    let e = searching("method = 'puct'");
    let best = Best::of(e.truth_of(0), 0.95).unwrap();
    // Beside the goal, on a slippery floor: right pays 1 unless it slips.
    let right = best.row(3)[1];
    assert!(right > 0.9 && right < 1.0, "{right}");
    assert_eq!(Method::ALL.len(), 6);
}

// ---------------------------------------------------------------- bad input

#[test]
fn impossible_searches_are_refused_in_one_sentence_where_they_enter() {
    let config = |keys: &str| {
        let text = format!("version = 1\n[world]\n{WINDY}\n[[run]]\nagent = 'search'\n{keys}\n");
        imaginarium::experiment::ArenaConfig::from_toml("x.toml", &text)
    };
    let said = config("budget = 0").unwrap_err().to_string();
    assert!(said.contains("budget") && said.contains("a whole number from 1 to 1000"), "{said}");
    let said = config("depth = 0").unwrap_err().to_string();
    assert!(said.contains("depth") && said.contains("from 1 to 100"), "{said}");
    let deep = config("method = 'forward'\ndepth = 12").expect("each key is allowed by itself");
    let said = Experiment::new(deep, 1).err().expect("together they are not").to_string();
    let want = "run A: depth 12 with 4 actions takes 22 369 621 nodes, and at most 2 097 152 fit: \
                choose a depth of 10 or less";
    assert_eq!(said, want);
    // The same from the command line, and from a slider.
    let mut flat = config("method = 'puct'\ndepth = 12").unwrap();
    assert!(flat.set("budget=0").unwrap_err().to_string().contains("from 1 to 1000"));
    let mut e = Experiment::new(flat, 1).unwrap();
    let said = e.set_param(0, 0, 0.0).unwrap_err().to_string();
    assert!(said.contains("method = forward is not allowed: depth 12 with 4 actions"), "{said}");
    assert_eq!(e.runs()[0].param(0), 4.0, "nothing was changed");
    assert!(e.events().is_empty());
    e.set_param(0, 2, 10.0).unwrap();
    e.set_param(0, 0, 0.0).unwrap();
    assert!(e.set_param(0, 2, 11.0).is_err());
}
