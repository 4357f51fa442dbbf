//! `devices`: where networks can compute on this machine, and how fast.

use std::io::Write;

use super::args::DevicesArgs;
use super::{CliError, Result};
use crate::nn::device::{Choice, Wish};
use crate::nn::mlp::MlpSpec;
use crate::probes::devices::{Trial, measured};

/// Writes a line for each device, id first, and which one `auto` takes.
pub fn devices(args: &DevicesArgs, out: &mut impl Write) -> Result<()> {
    let (width, lanes, batch) = (args.width, args.lanes, args.batch);
    let spec = MlpSpec::new("trial", 4, &[width, width], 4);
    spec.check(lanes).map_err(|error| CliError::Usage(error.to_string()))?;
    let trial = Trial { spec, lanes, batch };
    let mut lines = vec![format!("one training step of {}", trial.words())];
    let rows = measured(&trial);
    let wide = rows.iter().map(|row| row.kind.chars().count()).max().unwrap_or(0);
    for row in &rows {
        // A run can be asked to compute on a device with an id.
        let id = Wish::of(row.place).map_or_else(|| "-".to_owned(), |_| row.place.to_string());
        let step = row.written();
        lines.push(format!("{id:7}  {:wide$}  {step:16}  {}", row.kind, row.name));
    }
    let chosen = trial.device(Choice::Auto);
    lines.push(format!("auto takes {}: {}", chosen.compute.place(), chosen.why));
    let text = lines.join("\n");
    writeln!(out, "{text}").map_err(|error| CliError::unwritten("stdout", &error))
}
