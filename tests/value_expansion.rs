//! Value expansion beside independent programs (`tests/data`).

mod common;

use common::golden::{number, rows};
use imaginarium::rl::expansion::{expand, rms_error};

const STATES: usize = 20;
const GAMMA: f64 = 0.95;

/// A process, a model of it that is wrong in part, and noise for the tail.
struct Process {
    dynamics: Vec<f64>,
    other: Vec<f64>,
    rewards: Vec<f64>,
    noise: Vec<f64>,
    values: Vec<f64>,
}

impl Process {
    fn read(table: &[Vec<String>]) -> Self {
        let matrix = |columns: std::ops::Range<usize>| {
            let mut p = vec![0.0; STATES * STATES];
            for row in table {
                for cell in &row[columns.clone()] {
                    let (next, odds) = cell.split_once(':').unwrap();
                    let at = number(&row[1]) as usize * STATES + next.parse::<usize>().unwrap();
                    p[at] = number(odds);
                }
            }
            p
        };
        let column = |i: usize| table.iter().map(|row| number(&row[i])).collect::<Vec<_>>();
        let (dynamics, rewards) = (matrix(4..8), column(2));
        let mut values = vec![0.0; STATES];
        (0..2000).for_each(|_| values = expand(&dynamics, &rewards, GAMMA, &values));
        Self { dynamics, other: matrix(8..12), rewards, noise: column(3), values }
    }

    fn spread(&self) -> f64 {
        let mean = self.values.iter().sum::<f64>() / STATES as f64;
        rms_error(&self.values, &[mean; STATES])
    }

    /// Errors over the spread of the value for horizons 0 to 40.
    fn errors(&self, tail: f64, mixture: f64) -> Vec<f64> {
        let pairs = self.dynamics.iter().zip(&self.other);
        let model: Vec<f64> = pairs.map(|(p, q)| (1.0 - mixture) * p + mixture * q).collect();
        let spread = self.spread();
        let wrong = self.values.iter().zip(&self.noise).map(|(v, noise)| v + tail * spread * noise);
        let mut values: Vec<f64> = wrong.collect();
        let mut errors = Vec::new();
        for _ in 0..=40 {
            errors.push(rms_error(&values, &self.values) / spread);
            values = expand(&model, &self.rewards, GAMMA, &values);
        }
        errors
    }
}

fn processes() -> Vec<Process> {
    let table = rows("mve_mrp_worlds.csv");
    let all: Vec<Process> = table.chunks(STATES).map(Process::read).collect();
    assert_eq!(all.len(), 20);
    all
}

#[test]
fn expansions_of_random_processes_agree_with_numpy() {
    let processes = processes();
    let golden = rows("mve_mrp.csv");
    assert_eq!(golden.len(), 4 * 20 * 9);
    for row in golden {
        let [tail, mixture, seed, horizon, error] = [0, 1, 2, 3, 4].map(|i| number(&row[i]));
        let ours = processes[seed as usize].errors(tail, mixture)[horizon as usize];
        assert!((ours - error).abs() < 1e-9, "{row:?}: {ours} here");
    }
}

#[test]
fn the_best_horizon_lies_between_a_wrong_tail_and_a_wrong_model() {
    let processes = processes();
    let mean = |tail: f64, mixture: f64| -> Vec<f64> {
        let all: Vec<Vec<f64>> = processes.iter().map(|p| p.errors(tail, mixture)).collect();
        let at = |h: usize| all.iter().map(|errors| errors[h]).sum::<f64>() / all.len() as f64;
        (0..=40).map(at).collect()
    };
    let best = |errors: &[f64]| (0..=40).min_by(|&a, &b| errors[a].total_cmp(&errors[b])).unwrap();
    let exact = mean(1.0, 0.0);
    assert!(exact.windows(2).all(|pair| pair[1] < pair[0]), "a true model only ever helps");
    let wrong = mean(1.0, 0.1);
    let sweet = best(&wrong);
    assert!((3..=10).contains(&sweet), "{sweet}");
    assert!(wrong[sweet] < 0.3 * wrong[0] && wrong[40] > 1.5 * wrong[sweet], "U-shaped: {wrong:?}");
    assert_eq!(best(&mean(0.3, 0.3)), 1, "a better tail and a worse model: a short way");
    assert_eq!(best(&mean(0.3, 0.5)), 0, "or none");
}
