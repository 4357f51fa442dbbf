//! Golden files and how to compare with them.

use imaginarium::base::stats::mean;
use imaginarium::nn::{Gradients, values};

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

/// Numbers with a space between them.
pub fn numbers(text: &str) -> Vec<f64> {
    text.split(' ').map(number).collect()
}

/// All numbers of a gradient, tensor after tensor.
pub fn flat(gradients: &Gradients) -> Vec<f32> {
    gradients.tensors().iter().flat_map(values).collect()
}

/// Ours are theirs to what 32 bits leave of a sum.
pub fn close(what: &str, ours: &[f32], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (i, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let far = (f64::from(*ours) - theirs).abs();
        assert!(far <= 2e-5 * (1.0 + theirs.abs()), "{what}, number {i}: {ours} and {theirs}");
    }
}
