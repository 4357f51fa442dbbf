//! Tree search beside mctx, an independent program, on 250 random tabular models
//! (`tests/data/mctx_search.py`).

mod common;

use common::golden::{number, rows};
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::mdp::{Action, Outcome, State};
use imaginarium::search::select::{Range, Rule};
use imaginarium::search::table::Table;
use imaginarium::search::tree_search::TreeSearch;
use imaginarium::search::{Answer, Leaf, Root, Settings};

const GAMMA: f64 = 0.95;

/// The generator of the script.
struct SplitMix(u64);

impl SplitMix {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The model of the script: same draws, same order.
fn model(seed: u64, states: usize, actions: usize) -> (Table, Root<State>) {
    let mut u = SplitMix(seed);
    let (mut outcomes, mut logits) = (Vec::new(), Vec::new());
    for _ in 0..states * actions {
        let next = (u.unit() * states as f64) as State;
        let reward = 2.0 * u.unit() - 1.0;
        let terminated = u.unit() < 0.05;
        outcomes.push(Outcome { probability: 1.0, reward, next, terminated });
        logits.push(4.0 * u.unit() - 2.0);
    }
    let values = (0..states).map(|_| 4.0 * u.unit() - 2.0).collect();
    let pair = |s: State, a: Action| s as usize * actions + usize::from(a);
    let table = Table::new((states, actions), GAMMA, |s, a| vec![outcomes[pair(s, a)]]);
    let legal = (0..actions).map(|a| a > 0 || seed.is_multiple_of(2)).collect();
    (table.with_values(values).with_logits(&logits), Root { node: 0, legal: Some(legal) })
}

fn search(row: &[String]) -> TreeSearch<State> {
    let whole = |i: usize| row[i].parse::<usize>().unwrap();
    let (mut table, root) = model(whole(1) as u64, whole(2), whole(3));
    let rule = if row[0] == "puct" { Rule::PUCT } else { Rule::GUMBEL };
    let settings = Settings {
        rule,
        range: Range::Node,
        leaf: Leaf::Value,
        budget: whole(4) as u32,
        depth: whole(5) as u16,
    };
    let mut dice = [Stream::new(1, StreamName::Plan)];
    let mut search = TreeSearch::begin(settings, &[root], &mut table, &mut dice).unwrap();
    while !search.is_done() {
        search.simulate(&mut table, &mut dice);
    }
    assert_eq!(dice[0].position(), 0, "nothing was left to chance");
    search
}

fn list<T: std::str::FromStr>(text: &str) -> Vec<Option<T>> {
    text.split(' ').map(|x| x.parse().ok()).collect()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-4
}

/// Values, policy and choice, where the visits agree.
fn agree(row: &[String], answer: &Answer) {
    assert!(near(answer.value, number(&row[6])), "{row:?}: {}", answer.value);
    for (ours, theirs) in answer.q.iter().zip(list::<f64>(&row[9])) {
        assert_eq!(ours.is_some(), theirs.is_some(), "{row:?}");
        assert!(near(ours.unwrap_or(0.0), theirs.unwrap_or(0.0)), "{row:?}: {ours:?}");
    }
    for (ours, theirs) in answer.policy.iter().zip(list::<f64>(&row[10])) {
        assert!(near(*ours, theirs.unwrap()), "{row:?}: {ours}");
    }
    let theirs: Action = row[7].parse().unwrap();
    // Equal visits: mctx draws one of them.
    let as_good = |a: Action| answer.visits[usize::from(a)] == answer.visits[usize::from(theirs)];
    let same = match row[0].as_str() {
        "puct" => as_good(answer.action()),
        _ => answer.action() == theirs,
    };
    assert!(same, "{row:?}: {:?}", answer.best);
}

#[test]
fn visits_and_values_are_those_of_mctx() {
    let golden = rows("mctx_search.csv");
    for rule in ["puct", "gumbel"] {
        let of: Vec<_> = golden.iter().filter(|row| row[0] == rule).collect();
        assert_eq!(of.len(), 250);
        for row in of {
            let answer = search(row).answer(0);
            let theirs: Vec<u32> = list(&row[8]).into_iter().flatten().collect();
            assert_eq!(answer.visits, theirs, "{row:?}");
            agree(row, &answer);
        }
    }
}
