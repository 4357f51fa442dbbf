//! Golden files and how to compare with them.

use imaginarium::base::stats::mean;

/// Rows of a golden file, by column number.
pub fn rows(file: &str) -> Vec<Vec<String>> {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(path).unwrap();
    let records = reader.records().map(|r| r.unwrap());
    records.map(|r| r.iter().map(str::to_owned).collect()).collect()
}

pub fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

/// Our mean and theirs agree within four standard errors of their difference (Welch).
pub fn agree(ours: &[f64], theirs: f64, std: f64, samples: f64) -> bool {
    let n = ours.len() as f64;
    let mine = mean(ours).unwrap();
    let variance = ours.iter().map(|x| (x - mine).powi(2)).sum::<f64>() / (n - 1.0);
    let error = (variance / n + std * std / samples).sqrt();
    (mine - theirs).abs() <= 4.0 * error + 1e-9
}
