//! Local planning in worlds small enough to be known exactly.

use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::grid::{Grid, GridConfig};
use imaginarium::envs::mazes::dyna_maze;
use imaginarium::mdp::{Action, Outcome, Simulator as _, State, Tabular as _};
use imaginarium::rl::dp::value_iteration;
use imaginarium::search::forward::{Forward, folded, full_tree};
use imaginarium::search::model::Model as _;
use imaginarium::search::select::{Range, RootNoise, Rule};
use imaginarium::search::simulation::{Backup, LocalTable, Simulation, SimulationSettings};
use imaginarium::search::table::Table;
use imaginarium::search::tree::{NONE, ROOT, Tree};
use imaginarium::search::tree_search::TreeSearch;
use imaginarium::search::world::{Moment, SteppedWorld};
use imaginarium::search::{Leaf, Root, SearchError, Settings};

const GAMMA: f64 = 0.95;

fn settings(rule: Rule, budget: u32) -> Settings {
    Settings { rule, range: Range::Node, leaf: Leaf::Value, budget, depth: 20 }
}

fn dice(seeds: &[u64]) -> Vec<Stream> {
    seeds.iter().map(|&seed| Stream::new(seed, StreamName::Plan)).collect()
}

fn maze() -> Grid {
    Grid::new(&dyna_maze(), &GridConfig::default()).unwrap()
}

/// The same maze where every third move slips.
fn slippery() -> Grid {
    let config = GridConfig { slip: 0.3, ..GridConfig::default() };
    Grid::new(&dyna_maze(), &config).unwrap()
}

fn optimal(world: &Grid) -> Vec<f64> {
    let sizes = (world.states(), world.actions());
    let outcomes = |s: usize, a: usize| world.outcomes(s as State, a as Action);
    value_iteration(sizes, outcomes, GAMMA, 1e-13, 10_000).unwrap()
}

/// Actions within 1e-9 of the best of row `state`.
fn best_of(q: &[f64]) -> Vec<Action> {
    let top = q.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (0..q.len()).filter(|&a| q[a] > top - 1e-9).map(|a| a as Action).collect()
}

/// Steps to the goal from every state that can be left, by the truth alone.
fn distances(world: &Grid) -> Vec<(State, u16)> {
    let q = optimal(world);
    let free = (0..world.states()).filter(|&s| !world.outcomes(s as State, 0).is_empty());
    free.map(|s| {
        let value = q[s * 4..s * 4 + 4].iter().copied().fold(0.0, f64::max);
        // gamma^(d - 1) = V in a maze that pays 1 at the end.
        (s as State, 1 + (value.ln() / GAMMA.ln()).round() as u16)
    })
    .collect()
}

fn run(
    settings: Settings,
    roots: &[Root<State>],
    table: &mut Table,
    dice: &mut [Stream],
) -> TreeSearch<State> {
    let mut search = TreeSearch::begin(settings, roots, table, dice).unwrap();
    while !search.is_done() {
        search.simulate(table, dice);
    }
    search
}

// ---------------------------------------------------------------- forward search

#[test]
fn forward_search_is_optimal_exactly_when_the_depth_reaches_the_distance() {
    let world = maze();
    let (mut table, q) = (Table::of_world(&world, GAMMA), optimal(&world));
    let mut met = 0;
    for (state, distance) in distances(&world).into_iter().filter(|&(_, d)| d <= 8) {
        let best = best_of(&q[state as usize * 4..][..4]);
        for depth in 1..=8 {
            let mut search = Forward::begin(&mut table, &Root::free(state), depth).unwrap();
            search.grow(&mut table, u32::MAX).unwrap();
            let said = search.back_up().best;
            // Before, every action looks like nothing.
            let want = if depth >= distance { best.clone() } else { vec![0, 1, 2, 3] };
            assert_eq!(said, want, "state {state}, distance {distance}, depth {depth}");
            met += 1;
        }
    }
    assert!(met > 100, "{met} searches");
}

#[test]
fn from_the_start_of_the_dyna_maze_it_takes_fourteen_steps_of_foresight() {
    let world = maze();
    let mut table = Table::of_world(&world, GAMMA);
    let start = world.starts()[0];
    let best = optimal(&world);
    let best = best_of(&best[start as usize * 4..][..4]);
    for depth in 1..=20 {
        let tree = folded(&mut table, start, depth);
        let q: Vec<f64> = tree.q.into_iter().flatten().collect();
        if depth < 14 {
            assert_eq!(q, [0.0; 4]);
            assert_eq!(tree.nodes, full_tree(4, depth), "the end is out of reach: all of them");
        } else {
            assert_eq!(best_of(&q), best);
            assert!((q[usize::from(best[0])] - GAMMA.powi(13)).abs() < 1e-12);
            // Ends of the task have nothing below them.
            assert_eq!(tree.nodes == full_tree(4, depth), depth == 14);
        }
    }
}

#[test]
fn a_folded_tree_says_what_the_grown_one_says() {
    for world in [maze(), slippery()] {
        let mut table = Table::of_world(&world, GAMMA);
        for (state, depth) in [(18, 4), (16, 5), (17, 3), (25, 6)] {
            if world.outcomes(state, 0).is_empty() {
                continue;
            }
            let depth = if table.is_certain() { depth } else { depth.min(4) };
            let mut search = Forward::begin(&mut table, &Root::free(state), depth).unwrap();
            search.grow(&mut table, u32::MAX).unwrap();
            let (grown, folded) = (search.back_up(), folded(&mut table, state, depth));
            assert_eq!(u128::from(search.nodes()), folded.nodes);
            for (a, b) in grown.q.iter().zip(folded.q) {
                assert!((a.unwrap() - b.unwrap()).abs() < 1e-14);
            }
        }
    }
}

#[test]
fn a_full_tree_has_the_sum_of_the_powers() {
    let stay = |s: State, a: Action| {
        vec![Outcome { probability: 1.0, reward: f64::from(a), next: s, terminated: false }]
    };
    for (actions, depth) in [(1, 9), (2, 10), (3, 7), (4, 6), (5, 4)] {
        let mut table = Table::new((1, actions), 1.0, stay);
        let mut search = Forward::begin(&mut table, &Root::free(0), depth).unwrap();
        // One expansion at a time, as beside a window.
        while search.grow(&mut table, 1).unwrap() > 0 {}
        assert!(search.is_done());
        let want: u128 = (0..=u32::from(depth)).map(|k| (actions as u128).pow(k)).sum();
        assert_eq!(u128::from(search.nodes()), want);
        assert_eq!(full_tree(actions, depth), want);
        let levels: Vec<usize> = (0..=u32::from(depth)).map(|k| actions.pow(k)).collect();
        assert_eq!(search.tree().nodes_by_depth(0), levels);
        // The last action pays most, every time.
        let answer = search.back_up();
        assert_eq!(answer.best, [(actions - 1) as Action]);
        assert_eq!(answer.value, (actions - 1) as f64 * f64::from(depth));
        assert_eq!(answer.visits.iter().sum::<u32>() as u128, want - 1);
    }
}

#[test]
fn chance_is_an_expectation_in_forward_search() {
    let world = slippery();
    let mut table = Table::of_world(&world, GAMMA).with_values(values(&world));
    let q = optimal(&world);
    for state in [0, 10, 18, 30] {
        let mut search = Forward::begin(&mut table, &Root::free(state), 2).unwrap();
        search.grow(&mut table, u32::MAX).unwrap();
        let answer = search.back_up();
        let deep = folded(&mut table, state, 7).q;
        for action in 0..4 {
            let want = q[state as usize * 4 + action];
            // With the true values at the leaves any depth says the truth.
            assert!((answer.q[action].unwrap() - want).abs() < 1e-9);
            assert!((deep[action].unwrap() - want).abs() < 1e-9);
        }
    }
}

/// `max_a Q*`, `[S]`.
fn values(world: &Grid) -> Vec<f64> {
    let q = optimal(world);
    q.chunks(4).map(|row| row.iter().copied().fold(f64::NEG_INFINITY, f64::max)).collect()
}

// ---------------------------------------------------------------- tree search

#[test]
fn trees_advance_together_as_they_would_alone() {
    let mut table = Table::of_world(&slippery(), GAMMA);
    let rules = [Rule::UCT, Rule::PUCT, Rule::GUMBEL];
    for rule in rules {
        let roots: Vec<_> = [18, 0, 44].map(Root::free).to_vec();
        let together = run(settings(rule, 60), &roots, &mut table, &mut dice(&[1, 2, 3]));
        for (p, root) in roots.iter().enumerate() {
            let mut own = dice(&[p as u64 + 1]);
            let alone = run(settings(rule, 60), std::slice::from_ref(root), &mut table, &mut own);
            assert_eq!(together.answer(p), alone.answer(0), "{rule:?}");
            assert_eq!(together.tree().len[p], alone.tree().len[0]);
            let taken = together.alone(p);
            assert_eq!((taken.tree(), taken.done()), (alone.tree(), 60), "{rule:?}");
            assert_eq!(
                (taken.answer(0), taken.last_path(0)),
                (alone.answer(0), alone.last_path(0))
            );
            assert_eq!(taken.scores(0, 0), alone.scores(0, 0));
        }
    }
}

#[test]
fn the_greatest_score_is_visited_next() {
    let mut table = Table::of_world(&slippery(), GAMMA).with_values(values(&slippery()));
    for rule in [Rule::UCT, Rule::PUCT, Rule::GUMBEL] {
        let mut dice = dice(&[5]);
        let root = [Root::free(18)];
        let mut search = TreeSearch::begin(settings(rule, 80), &root, &mut table, &mut dice);
        let search = search.as_mut().unwrap();
        while !search.is_done() {
            let before = search.clone();
            search.simulate(&mut table, &mut dice);
            let path = search.last_path(0);
            for pair in path.windows(2) {
                let scores = before.scores(0, pair[0]);
                let sum = |a: usize| scores[a].value + scores[a].exploration;
                let gone = usize::from(search.tree().action[pair[1] as usize]);
                let eligible = (0..4).filter(|&a| scores[a].eligible);
                assert!(scores[gone].eligible && eligible.clone().all(|a| sum(a) <= sum(gone)));
            }
        }
    }
}

#[test]
fn chance_gives_an_action_one_child_for_each_outcome() {
    let world = slippery();
    let mut table = Table::of_world(&world, GAMMA).with_values(values(&world));
    let search = run(settings(Rule::PUCT, 4_000), &[Root::free(19)], &mut table, &mut dice(&[1]));
    let tree = search.tree();
    for action in 0..4 {
        let outcomes = world.outcomes(19, action as Action);
        let children: Vec<u32> = tree.outcomes(0, 0, action).collect();
        let seen = tree.edge_visits[action];
        assert!(children.len() <= outcomes.len());
        if seen < 200 {
            continue;
        }
        for child in children {
            let at = tree.at(0, child);
            let of = outcomes.iter().filter(|o| o.next == tree.node[at]);
            let want: f64 = of.map(|o| o.probability).sum::<f64>() * f64::from(seen);
            let found = f64::from(tree.visits[at]);
            assert!((found - want).abs() < 5.0 * want.sqrt() + 1.0, "{found} of {want}");
        }
    }
    // With the true values at the leaves the root finds the truth.
    let q = optimal(&world);
    let answer = search.answer(0);
    assert!(best_of(&q[76..80]).contains(&answer.action()));
    let error = answer.best_value() - values(&world)[19];
    assert!(error < 0.02 && error > -0.08, "means hold what was explored as well: {error}");
}

#[test]
fn the_true_world_and_its_table_grow_the_same_tree() {
    let world = maze();
    let start = world.starts()[0];
    let mut table = Table::of_world(&world, GAMMA);
    let from_table =
        run(settings(Rule::UCT, 300), &[Root::free(start)], &mut table, &mut dice(&[9]));
    let mut placed = world.clone();
    placed.place(start).unwrap();
    let mut model = SteppedWorld::new(world.spec().actions, GAMMA);
    let root = [Root::free(Moment { world: placed, state: start, over: false })];
    let mut dice = dice(&[9]);
    let mut search =
        TreeSearch::begin(settings(Rule::UCT, 300), &root, &mut model, &mut dice).unwrap();
    while !search.is_done() {
        search.simulate(&mut model, &mut dice);
    }
    let states: Vec<State> = search.tree().node.iter().map(|m| m.state).collect();
    assert_eq!(states, from_table.tree().node);
    assert_eq!(search.answer(0), from_table.answer(0));
}

#[test]
fn rollouts_find_a_goal_beyond_the_tree() {
    let world = maze();
    let mut table = Table::of_world(&world, GAMMA);
    let (near, _) = *distances(&world).iter().find(|&&(_, d)| d == 5).unwrap();
    let q = optimal(&world);
    let best = best_of(&q[near as usize * 4..][..4]);
    for truncated in [false, true] {
        let leaf = Leaf::Rollout { depth: 60, truncated };
        let settings = Settings { leaf, depth: 3, ..settings(Rule::UCT, 3_000) };
        let search = run(settings, &[Root::free(near)], &mut table, &mut dice(&[2]));
        assert!(best.contains(&search.answer(0).action()));
        let value = search.answer(0).value;
        assert!(value > 0.0 && value < GAMMA.powi(4), "a random walk is no shortest way: {value}");
    }
}

#[test]
fn what_is_kept_of_a_tree_is_what_was_below() {
    let world = slippery();
    let mut table = Table::of_world(&world, GAMMA).with_values(values(&world));
    let mut dice = dice(&[7]);
    let search = run(settings(Rule::PUCT, 200), &[Root::free(18)], &mut table, &mut dice);
    let old = search.tree();
    let child = old.outcomes(0, 0, usize::from(search.answer(0).action())).next().unwrap();
    let mut next = search.carry_on(&[child]);
    let new = next.tree();
    assert_eq!(new.node[0], old.node[child as usize]);
    assert_eq!(new.visits[0], old.visits[child as usize]);
    assert_eq!(subtree(new, ROOT), subtree(old, child));
    while !next.is_done() {
        next.simulate(&mut table, &mut dice);
    }
    assert_eq!(next.answer(0).visits.iter().sum::<u32>() + 1, 200 + old.visits[child as usize]);
}

/// States, visits and values below a node, in order.
fn subtree(tree: &Tree<State>, root: u32) -> Vec<(State, u32, f64)> {
    let mut inside = vec![false; tree.len[0] as usize];
    inside[root as usize] = true;
    let mut all = Vec::new();
    for node in root..tree.len[0] {
        let (n, parent) = (node as usize, tree.parent[node as usize]);
        inside[n] |= parent != NONE && inside[parent as usize];
        if inside[n] {
            all.push((tree.node[n], tree.visits[n], tree.value[n]));
        }
    }
    all
}

#[test]
fn noise_at_the_root_comes_from_the_dice_and_nowhere_else() {
    let noise = Some(RootNoise { alpha: 0.3, fraction: 0.25 });
    let rule = Rule::Puct { c1: 1.25, c2: 19652.0, noise };
    let mut table = Table::of_world(&maze(), GAMMA);
    let root = [Root { node: 18, legal: Some(vec![true, true, false, true]) }];
    let mut priors = |seed| {
        let search = TreeSearch::begin(settings(rule, 9), &root, &mut table, &mut dice(&[seed]));
        search.unwrap().tree().prior[..4].to_vec()
    };
    let (once, again, other) = (priors(1), priors(1), priors(2));
    assert_eq!(once, again);
    assert_ne!(once, other);
    assert!((once.iter().sum::<f64>() - 1.0).abs() < 1e-12 && once[2] == 0.0);
    assert!(once[0] >= 0.25 - 1e-12, "three quarters of a third stay");
}

/// One state that ends at once, with these rewards.
fn bandit(rewards: &'static [f64]) -> Table {
    Table::new((1, rewards.len()), 1.0, |_, a| {
        vec![Outcome {
            probability: 1.0,
            reward: rewards[usize::from(a)],
            next: 0,
            terminated: true,
        }]
    })
}

#[test]
fn the_bandits_of_mctx_are_answered_as_there() {
    let mut table = bandit(&[20.0, 3.0, -1.0, 10.0]);
    table = table.with_values(vec![-5.0]).with_logits(&[0.0, -1.0, 2.0, 3.0]);
    let rule = Rule::Gumbel { considered: 16, scale: 0.0, c_visit: 60.0, c_scale: 0.05 };
    let root = [Root { node: 0, legal: Some(vec![false, true, true, false]) }];
    let search = run(settings(rule, 17), &root, &mut table, &mut dice(&[1]));
    assert_eq!(search.answer(0).visits, [0, 9, 8, 0]);

    let mut table = bandit(&[0.0; 4]).with_logits(&[-1.0, 0.0, 2.0, 3.0]);
    let root = [Root { node: 0, legal: Some(vec![true, true, true, false]) }];
    let answer = run(settings(Rule::PUCT, 1), &root, &mut table, &mut dice(&[1])).answer(0);
    assert_eq!((answer.action(), answer.policy), (2, vec![0.0, 0.0, 1.0, 0.0]));
}

// ---------------------------------------------------------------- simulation-based search

fn simulate(s: SimulationSettings, state: State, table: &mut Table, seed: u64) -> Simulation {
    let mut dice = dice(&[seed]);
    let mut search = Simulation::begin(s, &[Root::free(state)], Vec::new(), table).unwrap();
    while !search.is_done() {
        search.simulate(table, &mut dice);
    }
    search
}

const TD: SimulationSettings = SimulationSettings {
    backup: Backup::Td { alpha: 0.5 },
    guided: false,
    truncated: false,
    epsilon: 0.1,
    depth: 200,
    budget: 60,
};

#[test]
fn td_search_and_monte_carlo_search_find_the_way() {
    let world = maze();
    let (start, q) = (world.starts()[0], optimal(&world));
    let best = best_of(&q[start as usize * 4..][..4]);
    for backup in [Backup::Td { alpha: 0.5 }, Backup::MonteCarlo] {
        let mut table = Table::of_world(&world, GAMMA);
        let found = (0..20).filter(|&seed| {
            let settings = SimulationSettings { backup, budget: 500, epsilon: 0.2, ..TD };
            let answer = simulate(settings, start, &mut table, seed).answer(0);
            answer.best.iter().all(|a| best.contains(a))
        });
        let found = found.count();
        println!("{backup:?}: {found} of 20");
        assert!(found >= 15, "{backup:?}: {found}");
    }
}

#[test]
fn a_good_global_value_guides_and_truncates() {
    let world = maze();
    let (start, q) = (world.starts()[0], optimal(&world));
    let best = best_of(&q[start as usize * 4..][..4]);
    let mut informed = Table::of_world(&world, GAMMA).with_values(values(&world));
    let found = |s: SimulationSettings, table: &mut Table| {
        let fine =
            |seed| simulate(s, start, table, seed).answer(0).best.iter().all(|a| best.contains(a));
        (0..40).map(fine).filter(|&fine| fine).count()
    };
    let short = SimulationSettings { depth: 4, budget: 10, ..TD };
    let blind = found(short, &mut informed);
    let guided =
        found(SimulationSettings { guided: true, truncated: true, ..short }, &mut informed);
    let truncated =
        found(SimulationSettings { truncated: true, budget: 200, ..short }, &mut informed);
    println!("of 40: blind {blind}, guided {guided}, truncated {truncated}");
    assert_eq!(guided, 40);
    assert!(truncated >= 24 && blind == 0, "truncated {truncated}, blind {blind}");
}

#[test]
fn episodes_grow_the_tree_by_at_most_one_node_and_the_table_may_be_kept() {
    let mut table = Table::of_world(&slippery(), GAMMA);
    let mut dice = dice(&[3]);
    let roots = [Root::free(18)];
    let mut search = Simulation::begin(TD, &roots, Vec::new(), &mut table).unwrap();
    while !search.is_done() {
        let before = search.evidence().len[0];
        search.simulate(&mut table, &mut dice);
        let after = search.evidence().len[0];
        assert!(after == before || after == before + 1);
        assert_eq!(search.last_episode(0)[0], 18);
    }
    let tree = search.evidence();
    assert_eq!(tree.visits[0], TD.budget);
    assert_eq!(tree.edge_value[..4], search.local(0)[&18].q[..]);
    let known = search.local(0).clone();
    let kept = Simulation::begin(TD, &[Root::free(19)], search.into_local(), &mut table).unwrap();
    assert_eq!(kept.local(0), &known);
    let anew = Simulation::begin(TD, &[Root::free(19)], Vec::new(), &mut table).unwrap();
    assert_eq!(anew.local(0), &LocalTable::new());
}

#[test]
fn simulations_together_are_those_alone() {
    let mut table = Table::of_world(&slippery(), GAMMA);
    let roots = [18, 3].map(Root::free);
    let mut both = dice(&[1, 2]);
    let mut together = Simulation::begin(TD, &roots, Vec::new(), &mut table).unwrap();
    while !together.is_done() {
        together.simulate(&mut table, &mut both);
    }
    for (p, state) in [(0, 18), (1, 3)] {
        let alone = simulate(TD, state, &mut table, p as u64 + 1);
        assert_eq!(together.local(p), alone.local(0));
        assert_eq!(together.answer(p), alone.answer(0));
    }
}

// ---------------------------------------------------------------- what is refused

#[test]
fn bad_input_is_refused_in_one_sentence() {
    let world = maze();
    let mut table = Table::of_world(&world, GAMMA);
    let mut says = |settings: Settings, legal: Option<Vec<bool>>| {
        let root = [Root { node: 18, legal }];
        let refused = TreeSearch::begin(settings, &root, &mut table, &mut dice(&[1]));
        refused.err().map(|e| e.to_string()).unwrap_or_default()
    };
    let fine = settings(Rule::PUCT, 10);
    assert_eq!(says(fine, None), "");
    assert_eq!(
        says(Settings { budget: 0, ..fine }, None),
        "budget = 0 is not allowed: a search needs at least 1 simulation"
    );
    assert_eq!(
        says(Settings { depth: 0, ..fine }, None),
        "depth = 0 is not allowed: a search looks at least 1 step ahead"
    );
    assert_eq!(
        says(Settings { budget: 5_000_000, ..fine }, None),
        "a budget of 5000000 in 1 trees takes 5 000 001 nodes, and at most 2 097 152 fit: \
         choose a budget of 2097151 or less"
    );
    assert_eq!(
        says(fine, Some(vec![false; 4])),
        "the root of tree 0 has no legal action: \
         a search starts where at least 1 of 4 can be taken"
    );
    assert_eq!(
        says(fine, Some(vec![true; 3])),
        "the mask of tree 0 is for 3 actions, but the model has 4"
    );
    let deep = Forward::begin(&mut table, &Root::free(18), 20).map(|_| ());
    assert_eq!(
        deep.unwrap_err().to_string(),
        "depth 20 with 4 actions takes 1 466 015 503 701 nodes, and at most 2 097 152 fit: \
         choose a depth of 10 or less"
    );
    let over = world.distance(true).map(|_| 8).unwrap();
    let wall = Root::free(over);
    let refused = Forward::begin(&mut table, &wall, 3).map(|_| ());
    assert_eq!(refused, Err(SearchError::NoAction { tree: 0, actions: 4 }), "the goal is the end");
    let refused = Simulation::begin(TD, &[wall], Vec::new(), &mut table).map(|_| ());
    assert_eq!(refused, Err(SearchError::NoAction { tree: 0, actions: 4 }));
    let none = TreeSearch::begin(fine, &[], &mut table, &mut []).map(|_| ());
    assert_eq!(none.unwrap_err(), SearchError::NoRoot);
    let many = TreeSearch::begin(fine, &[Root::free(18)], &mut table, &mut dice(&[1, 2]));
    assert_eq!(many.map(|_| ()), Err(SearchError::Dice { dice: 2, trees: 1 }));
}
