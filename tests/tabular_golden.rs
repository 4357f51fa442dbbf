//! The tabular agents beside independent Python programs (`tests/data`).

mod common;

use common::golden::{agree, number, rows};
use common::{arena, maze};
use imaginarium::agents::Agent as _;
use imaginarium::agents::dyna_q_plus::{DynaQPlus, DynaQPlusConfig};
use imaginarium::agents::monte_carlo::{MonteCarlo, MonteCarloConfig};
use imaginarium::agents::prioritized_sweeping::{Asks, Sweeping, SweepingConfig};
use imaginarium::agents::table::{ActionValues, Experience, TableView};
use imaginarium::base::params::Params as _;
use imaginarium::base::stats::mean;
use imaginarium::envs::grid::GridConfig;
use imaginarium::envs::world;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::trace::{Source, Unwatched};
use imaginarium::mdp::{Action, State, Step, Tabular as _, Transition};
use imaginarium::rl::dp::value_iteration;
use imaginarium::rl::policy::expected_value;
use imaginarium::rl::td::curiosity;

// ---------------------------------------------------------------- worlds that change (1.3)

const SEEDS: usize = 200;

/// Dyna-Q and Dyna-Q+ with both curiosities, as `changing_mazes.py` has them.
fn changing(world: &str, n: u32) -> ArenaConfig {
    let head = format!("clock = 'env-steps'\nlanes = {SEEDS}\nseed = 100");
    let common = format!("planning_steps = {n}\nalpha = 1.0");
    let runs = [
        format!("agent = 'dyna-q'\n{common}"),
        format!("agent = 'dyna-q-plus'\nkappa = 0.0001\n{common}"),
        format!("agent = 'dyna-q-plus'\nkappa = 0.001\n{common}"),
    ];
    arena(&head, &format!("id = '{world}'"), &runs.each_ref().map(String::as_str))
}

/// Reward so far of every lane of every run: one for each finished episode.
fn rewards(e: &Experiment) -> [Vec<f64>; 3] {
    let of = |run: usize, lane| e.runs()[run].counters(lane).episodes as f64;
    [0, 1, 2].map(|run| (0..SEEDS).map(|lane| of(run, lane)).collect())
}

/// `[thousand - 1][run][lane]`, each compared with the Python program.
fn curves(name: &str, n: u32, thousands: usize) -> Vec<[Vec<f64>; 3]> {
    let mut e = Experiment::new(changing(&format!("{name}-maze"), n), 2).unwrap();
    let mut curves = Vec::new();
    for thousand in 1..=thousands {
        assert!(e.advance_to(Position::at(Clock::EnvSteps, 1000 * thousand as u64), None));
        curves.push(rewards(&e));
    }
    let golden = rows("changing_mazes.csv");
    let golden = golden.iter().filter(|row| row[0] == name && row[2] != "found");
    let mut met = 0;
    for row in golden {
        let run = ["0.0", "0.0001", "0.001"].iter().position(|k| *k == row[1]).unwrap();
        let ours = &curves[row[2].parse::<usize>().unwrap() / 1000 - 1][run];
        let said = mean(ours).unwrap();
        println!("{name} kappa {} step {}: {said:.1} here, {} there", row[1], row[2], row[3]);
        assert!(agree(ours, number(&row[3]), number(&row[4]), number(&row[5])), "{row:?}: {said}");
        met += 1;
    }
    assert_eq!(met, 3 * thousands);
    curves
}

/// Mean over lanes of what run `run` collects between two thousands.
fn between(curves: &[[Vec<f64>; 3]], run: usize, from: usize, to: usize) -> f64 {
    let at = |thousand: usize| mean(&curves[thousand - 1][run]).unwrap();
    at(to) - if from == 0 { 0.0 } else { at(from) }
}

#[test]
fn in_the_blocking_maze_curiosity_recovers_first() {
    let curves = curves("blocking", 10, 3);
    // Everybody loses at the change, and the more curious recovers sooner.
    let second = [0, 1, 2].map(|run| between(&curves, run, 1, 2));
    let total = [0, 1, 2].map(|run| between(&curves, run, 0, 3));
    assert!(second[0] < second[1] && second[1] < second[2], "{second:?}");
    assert!(total[0] < total[1] && total[1] < total[2], "{total:?}");
}

#[test]
fn only_much_curiosity_finds_the_shortcut() {
    let curves = curves("shortcut", 50, 6);
    let last = [0, 1, 2].map(|run| between(&curves, run, 5, 6));
    assert!((50.0..58.0).contains(&last[0]) && (76.0..86.0).contains(&last[2]), "{last:?}");
    // The slope of Dyna-Q is the same before and after the change.
    let before = between(&curves, 0, 2, 3);
    assert!((before - last[0]).abs() < 3.0, "{before} {last:?}");
    for row in rows("changing_mazes.csv").iter().filter(|row| row[2] == "found") {
        let run = ["0.0", "0.0001", "0.001"].iter().position(|k| *k == row[1]).unwrap();
        let lanes = curves[5][run].iter().zip(&curves[4][run]);
        let found: Vec<f64> = lanes.map(|(six, five)| f64::from(six - five >= 68.0)).collect();
        println!("shortcut found, kappa {}: {:?} here, {} there", row[1], mean(&found), row[3]);
        assert!(agree(&found, number(&row[3]), number(&row[4]), number(&row[5])), "{row:?}");
    }
}

// ---------------------------------------------------------------- prioritized sweeping (1.4)

/// The Dyna maze with every cell split into `f` x `f`; the start stays one cell.
fn fine_maze(f: usize) -> String {
    let coarse = [".......#G", "..#....#.", "S.#....#.", "..#......", ".....#...", "........."];
    let mut lines = Vec::new();
    for line in coarse {
        let wide: String = line.chars().flat_map(|c| std::iter::repeat_n(c, f)).collect();
        let below = wide.replace('S', ".");
        lines.push(wide.replacen('S', "s", 1).replace('S', ".").replace('s', "S"));
        lines.extend(std::iter::repeat_n(below, f - 1));
    }
    lines.join("\n")
}

/// Updates until the greedy way is at most `1.2 * 14 * f` after an episode, for each seed.
fn updates_needed(agent: &str, f: usize, seeds: u64) -> Vec<f64> {
    let world = format!("id = 'gridworld'\nmap = '''\n{}\n'''", fine_maze(f));
    let run = format!("agent = '{agent}'\nplanning_steps = 5\nalpha = 0.5");
    let needed = |seed: u64| {
        let mut e = Experiment::new(arena(&format!("seed = {seed}"), &world, &[&run]), 1).unwrap();
        assert_eq!(e.truth().shortest, Some(13 * f + 1), "f = {f}");
        loop {
            e.advance_to(Position::at(Clock::Episodes, e.position().count + 1), None);
            let view = e.runs()[0].lane_view(0);
            let way = e.truth().greedy_way(view.view.table.as_ref().unwrap());
            if way.is_some_and(|way| (way.len() - 1) as f64 <= 1.2 * 14.0 * f as f64) {
                return view.counters.updates() as f64;
            }
        }
    };
    (50..50 + seeds).map(needed).collect()
}

#[test]
fn sweeping_needs_as_few_updates_as_there() {
    let mut ratios = Vec::new();
    for f in 1..=3 {
        let means = ["prioritized-sweeping", "dyna-q"].map(|agent| {
            let ours = updates_needed(agent, f, 100);
            let golden = rows("sweeping.csv");
            let row = golden.iter().find(|row| row[0] == agent && row[1] == f.to_string()).unwrap();
            let said = mean(&ours).unwrap();
            println!("{agent}, f = {f}: {said:.0} updates here, {} there", row[2]);
            assert!(agree(&ours, number(&row[2]), number(&row[3]), number(&row[4])), "{row:?}");
            assert!((said / number(&row[2]) - 1.0).abs() < 0.3, "{row:?}: {said}");
            said
        });
        ratios.push(means[1] / means[0]);
    }
    assert!(ratios[0] > 5.0 && ratios.iter().all(|&r| r > 2.5), "{ratios:?}");
}

// ---------------------------------------------------------------- Sarsa and relatives

#[test]
fn learning_curves_agree_with_the_python_program() {
    let windy = "id = 'windy-grid'";
    let small = "id = 'gridworld'\nmap = '''\nS...\n....\n...G\n'''";
    let td = "gamma = 1.0\nalpha = 0.5";
    for (agent, world, dials) in [
        ("sarsa", windy, td),
        ("expected-sarsa", windy, td),
        ("monte-carlo", small, "gamma = 0.95"),
    ] {
        let run = format!("agent = '{agent}'\n{dials}");
        let config = arena("lanes = 400\nseed = 9", world, &[&run]);
        let mut e = Experiment::new(config, 2).unwrap();
        assert!(e.advance_to(Position::at(Clock::Episodes, 60), None));
        let golden = rows("windy.csv");
        for row in golden.iter().filter(|row| row[0] == agent) {
            let episode: u64 = row[1].parse().unwrap();
            let lanes = e.runs()[0].record().lanes().iter();
            let ours: Vec<f64> = lanes.map(|l| l.get(episode - 1).unwrap().length as f64).collect();
            let said = mean(&ours).unwrap();
            println!("{agent}, episode {episode}: {said:.1} steps here, {} there", row[2]);
            assert!(
                agree(&ours, number(&row[2]), number(&row[3]), number(&row[4])),
                "{row:?}: {said}"
            );
        }
    }
}

#[test]
fn the_windy_grid_has_the_values_of_the_python_program() {
    for row in ["0.0", "0.6666666666666666"] {
        let info = world("windy-grid").unwrap();
        let mut params = info.defaults();
        params[GridConfig::index("gust").unwrap()] = number(row);
        let grid = info.build(None, &params).unwrap().tabular().unwrap();
        let outcomes = |s: usize, a: usize| grid.outcomes(s as State, a as Action);
        let q = value_iteration((grid.states(), 4), outcomes, 1.0, 1e-12, 10_000).unwrap();
        let golden = rows("windy_values.csv");
        let golden: Vec<_> = golden.iter().filter(|r| r[0] == row).collect();
        assert_eq!(golden.len(), 69 * 4);
        for r in golden {
            let [row, col, action] = [1, 2, 3].map(|i| r[i].parse::<usize>().unwrap());
            let ours = q[(row * 10 + col) * 4 + action];
            assert!((ours - number(&r[4])).abs() < 1e-8, "{r:?}: {ours}");
        }
        let shortest = if number(row) == 0.0 { Some(10) } else { grid.distance(true) };
        assert_eq!(grid.distance(true), shortest);
    }
}

// ---------------------------------------------------------------- rules, bit for bit

struct Row {
    transition: Transition<State, Action>,
    next_action: usize,
    tau: u64,
}

fn input() -> Vec<Row> {
    let read = |row: &Vec<String>| {
        let [s, a, next, end, next_action, tau] =
            [0, 1, 3, 4, 5, 6].map(|i| row[i].parse::<u32>().unwrap());
        let step = Step { reward: number(&row[2]), next, terminated: end == 1, truncated: false };
        let transition = Transition { lane: 0, obs: s, action: a as Action, step };
        Row { transition, next_action: next_action as usize, tau: u64::from(tau) }
    };
    rows("rules_input.csv").iter().map(read).collect()
}

fn compare(rule: &str, q: impl Fn(State, usize) -> f64) {
    let golden = rows("rules_q.csv");
    let mut met = 0;
    for row in golden.iter().filter(|row| row[0] == rule) {
        let [s, a] = [1, 2].map(|i| row[i].parse::<u32>().unwrap());
        let (ours, theirs) = (q(s, a as usize), number(&row[3]));
        assert_eq!(ours.to_bits(), theirs.to_bits(), "{rule} Q[{s},{a}]: {ours}, {theirs} there");
        met += 1;
    }
    assert_eq!(met, 48, "{rule}");
}

/// One rule that needs nothing but the table: `(reward, next value)` of an experience.
fn one_step(rule: &str, of: impl Fn(&ActionValues, &Row) -> (f64, f64)) {
    let mut values = ActionValues::new(12, 4);
    for row in input() {
        let t = row.transition;
        let (reward, next_value) = of(&values, &row);
        let experience = Experience {
            state: t.obs,
            action: t.action,
            reward,
            next: t.step.next,
            discount: if t.step.terminated { 0.0 } else { 0.9 },
            source: Source::Real,
        };
        values.update_to(experience, next_value, 0.1);
    }
    compare(rule, |s, a| values.row(s)[a]);
}

#[test]
fn one_step_rules_agree_to_the_last_bit() {
    let reward = |row: &Row| row.transition.step.reward;
    let next = |row: &Row| row.transition.step.next;
    one_step("sarsa", |q, row| (reward(row), q.row(next(row))[row.next_action]));
    one_step("expected", |q, row| (reward(row), expected_value(q.row(next(row)), 0.2)));
    one_step("curious", |q, row| (reward(row) + curiosity(0.01, row.tau), q.max(next(row))));
}

/// What an agent makes of the same experiences.
macro_rules! taught {
    ($agent:expr) => {{
        let mut agent = $agent;
        agent.begin(0, 0);
        for row in input() {
            agent.learn(&[row.transition], &mut Unwatched);
            agent.plan(u32::MAX, &mut Unwatched);
            if row.transition.step.terminated {
                agent.begin(0, 0);
            }
        }
        let table: TableView = agent.view().table.unwrap();
        move |s: State, a: usize| table.row(s as usize)[a]
    }};
}

#[test]
fn agents_agree_to_the_last_bit() {
    let config = MonteCarloConfig { gamma: 0.9, ..MonteCarloConfig::default() };
    compare("first-visit", taught!(MonteCarlo::new(config, 12, 4, 0)));
    for (rule, model) in [("sweep-last", Asks::LastSeen), ("sweep-count", Asks::Table)] {
        let config = SweepingConfig {
            planning_steps: 3,
            theta: 0.001,
            model,
            gamma: 0.9,
            ..SweepingConfig::default()
        };
        compare(rule, taught!(Sweeping::new(config, 12, 4, 0)));
    }
}

#[test]
fn dyna_q_plus_counts_time_through_episodes_and_tries_what_it_never_did() {
    use imaginarium::mdp::trace::{Recorder, Value};
    let config = DynaQPlusConfig { planning_steps: 40, kappa: 0.25, ..DynaQPlusConfig::default() };
    let mut agent = DynaQPlus::new(config, 12, 4, 3);
    let (mut last, mut model, mut seen) = ([[0_u64; 4]; 12], [[None; 4]; 12], [false; 12]);
    let (mut untried, mut ended) = (0, 0);
    for (index, row) in input().iter().take(300).enumerate() {
        let (t, clock) = (row.transition, index as u64 + 1);
        agent.learn(&[t], &mut Unwatched);
        last[t.obs as usize][usize::from(t.action)] = clock;
        model[t.obs as usize][usize::from(t.action)] = Some((t.step.reward, t.step.next));
        seen[t.obs as usize] = true;
        ended += u32::from(t.step.terminated);
        let mut recorder = Recorder::default();
        agent.plan(u32::MAX, &mut recorder);
        let mut pairs = 0;
        for marks in recorder.marks().chunks(4) {
            let Some(Value::Pair(s, a)) = marks[0].value else {
                panic!("{marks:?}");
            };
            let (state, action) = (s as usize, usize::from(a));
            assert!(seen[state], "planned from a state never left");
            untried += u32::from(model[state][action].is_none());
            let (reward, next) = model[state][action].unwrap_or((0.0, s));
            let tau = (clock - last[state][action]) as f64;
            let effect = marks[3].effect.unwrap();
            assert_eq!(effect.reward.to_bits(), (reward + 0.25 * tau.sqrt()).to_bits());
            assert_eq!((effect.next, effect.state, effect.action), (next, s, a));
            pairs += 1;
        }
        assert_eq!(pairs, 40);
    }
    assert!(untried > 100 && ended > 10, "{untried} untried, {ended} ends");
}

#[test]
fn one_dyna_maze_for_everybody() {
    // Every agent that learns finds a way home in the Dyna maze within 60 episodes, most lanes.
    let agents = ["q-learning", "sarsa", "expected-sarsa", "q-replay", "dyna-q-plus"];
    let runs: Vec<String> = agents.iter().map(|id| format!("agent = '{id}'")).collect();
    let runs: Vec<&str> = runs.iter().map(String::as_str).collect();
    let mut e = Experiment::new(maze("lanes = 10", &runs), 2).unwrap();
    assert!(e.advance_to(Position::at(Clock::Episodes, 60), None));
    for (id, run) in agents.iter().zip(e.runs()) {
        let ways = (0..10).filter(|&lane| {
            e.truth().greedy_way(&run.lane_view(lane).view.table.unwrap()).is_some()
        });
        assert!(ways.count() >= 8, "{id}");
    }
}

// ---------------------------------------------------------------- what the lessons claim

/// Mean reward of each run of a lesson between thousands of real steps.
fn lesson_rewards(id: &str, from: u64, to: u64) -> Vec<f64> {
    let mut e = Experiment::new(imaginarium::lessons::find(id).unwrap().arena, 2).unwrap();
    let mut at = |thousand| -> Vec<f64> {
        assert!(e.advance_to(Position::at(Clock::EnvSteps, 1000 * thousand), None));
        let episodes = |run: &imaginarium::experiment::Run| {
            mean(&(0..30).map(|l| run.counters(l).episodes as f64).collect::<Vec<_>>()).unwrap()
        };
        e.runs().iter().map(episodes).collect()
    };
    let (before, after) = (at(from), at(to));
    before.iter().zip(&after).map(|(b, a)| (a - b).round()).collect()
}

#[test]
fn lessons_show_what_they_say() {
    assert_eq!(lesson_rewards("changing-worlds", 1, 2), [14.0, 19.0, 31.0]);
    assert_eq!(lesson_rewards("changing-worlds", 2, 3)[1..], [53.0, 49.0]);
    assert_eq!(lesson_rewards("shortcut", 5, 6), [55.0, 56.0, 81.0]);
    assert_eq!(lesson_rewards("shortcut", 0, 3)[1..], [150.0, 136.0]);
    for (id, want) in [
        ("sweeping", vec![(6.0, 970.0, 5_821.0), (6.0, 841.0, 860.0)]),
        (
            "replay-or-model",
            vec![(30.0, 4_055.0, 4_055.0), (6.0, 1_085.0, 6_507.0), (6.0, 970.0, 5_817.0)],
        ),
    ] {
        let mut e = Experiment::new(imaginarium::lessons::find(id).unwrap().arena, 2).unwrap();
        assert!(e.advance_to(Position::at(Clock::Episodes, 50), None));
        let curves = imaginarium::experiment::snapshot::curves(&e, Clock::Episodes);
        let price = curves.price.iter().flatten();
        let price: Vec<_> =
            price.map(|p| (p.episodes, p.env_steps.round(), p.updates.round())).collect();
        assert_eq!(price, want, "{id}");
    }
}
