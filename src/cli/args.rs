//! Flags.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::TypedValueParser as _;
use clap::{Args, Parser, Subcommand};

/// A laboratory in which people see model-based reinforcement learning.
#[derive(Debug, Parser)]
#[command(name = "imaginarium", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without it the laboratory opens.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to open the laboratory.
    #[command(flatten)]
    pub open: OpenArgs,
}

/// The laboratory.
#[derive(Args, Clone, Debug, Default)]
pub struct OpenArgs {
    /// Lesson to open, or a .toml file
    pub lesson: Option<String>,
    /// Close the window by itself after this time, e.g. 3s or 500ms
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub exit_after: Option<Duration>,
    /// Size of the window in points, e.g. 1920x1080
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub size: Option<(f32, f32)>,
    /// Colours: dark, light, projector-dark or projector-light
    #[arg(long, value_name = "THEME")]
    pub theme: Option<String>,
    /// Read and write no settings and no session
    #[arg(long)]
    pub no_settings: bool,
}

/// Headless commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lessons, worlds, agents, models, parameters: one a line, id first
    List,
    /// Run a lesson or a file without a window; the table of episodes goes to stdout
    Run(RunArgs),
    /// Film a lesson or a file without a window: MP4, GIF, PNG or a folder of PNGs
    Film(FilmArgs),
    /// Step the true world from a state and print every transition as CSV
    Replay(ReplayArgs),
    /// Where networks can compute, the measured time of a training step on each, and what auto takes
    Devices(DevicesArgs),
}

/// `run`.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// Lesson, or a .toml file
    pub lesson: String,
    /// Set a parameter: key=value for all runs, B.key=value for run B, world.key=value
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Lanes (seeds) per run
    #[arg(long, value_name = "N")]
    pub seeds: Option<usize>,
    /// Seed of lane 0
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Where networks compute: auto, flex (the processor) or an adapter; see `devices`
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// Stop after this many episodes in every lane
    #[arg(long, value_name = "N", conflicts_with = "steps")]
    pub episodes: Option<u64>,
    /// Stop after this many real steps in every lane
    #[arg(long, value_name = "N")]
    pub steps: Option<u64>,
    /// Write the table to this file (.csv or .parquet) instead of stdout
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(long)]
    pub force: bool,
}

impl RunArgs {
    /// A lesson as it is, its table to stdout.
    pub fn lesson(name: &str) -> Self {
        Self {
            lesson: name.to_owned(),
            set: Vec::new(),
            seeds: None,
            seed: None,
            device: None,
            episodes: None,
            steps: None,
            out: None,
            force: false,
        }
    }
}

/// `devices`.
#[derive(Args, Clone, Debug)]
pub struct DevicesArgs {
    /// Width of both hidden layers of the network that is trained
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = count(4096))]
    pub width: usize,
    /// Networks that learn together
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count(1024))]
    pub lanes: usize,
    /// Size of the batches
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = count(4096))]
    pub batch: usize,
}

/// A whole number from 1 to `most`.
fn count(most: i64) -> impl clap::builder::TypedValueParser<Value = usize> {
    clap::value_parser!(i64).range(1..=most).map(|n| n as usize)
}

/// `film`.
#[derive(Args, Debug)]
pub struct FilmArgs {
    /// Lesson, or a .toml file
    pub lesson: String,
    /// Where it goes: .mp4, .gif, .png (the last picture) or a folder (every picture)
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Pixels; odd numbers are rounded up to even ones
    #[arg(long, value_name = "WxH", default_value = "1280x720", value_parser = pixels)]
    pub size: (u32, u32),
    /// Pictures a second [default: 60, GIF 20]
    #[arg(long, value_name = "N")]
    pub fps: Option<u32>,
    /// Length of the film
    #[arg(long, value_name = "S", group = "length")]
    pub seconds: Option<f64>,
    /// Length of the film in steps of the lesson
    #[arg(long, value_name = "N", group = "length")]
    pub steps: Option<u64>,
    /// Length of the film in episodes
    #[arg(long, value_name = "N", group = "length")]
    pub episodes: Option<u64>,
    /// Steps a second of film [default: as the lesson has it]
    #[arg(long, value_name = "N")]
    pub speed: Option<f64>,
    /// Panel in the picture; give it again for more: mazes, steps, reward, price, futures, log
    #[arg(long = "panel", value_name = "NAME")]
    pub panels: Vec<String>,
    /// Title in the picture [default: the lesson's]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// A sentence beside the title [default: the lesson's]
    #[arg(long, value_name = "TEXT")]
    pub caption: Option<String>,
    /// Colours: dark, light, projector-dark or projector-light
    #[arg(long, value_name = "THEME", default_value = "dark")]
    pub theme: String,
    /// Leave out the card at the beginning
    #[arg(long)]
    pub no_card: bool,
    /// Who compresses an MP4: embedded, or ffmpeg from the PATH
    #[arg(long, value_name = "NAME", default_value = "embedded")]
    pub encoder: String,
    /// What compression leaves: small, good (crisp text and thin lines) or best
    #[arg(long, value_name = "NAME", default_value = "good")]
    pub quality: String,
    /// Set a parameter: key=value for all runs, B.key=value for run B, world.key=value
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Lanes (seeds) per run
    #[arg(long, value_name = "N")]
    pub seeds: Option<usize>,
    /// Seed of lane 0
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Overwrite the file if it exists
    #[arg(long)]
    pub force: bool,
}

/// `replay`.
#[derive(Args, Debug)]
pub struct ReplayArgs {
    /// World, or a .toml file with a `[world]` table
    pub world: String,
    /// State to start from: 2,0 for row 2, column 0, a name such as A, or numbers such as -3.1,0.5
    #[arg(long, value_name = "STATE", allow_hyphen_values = true)]
    pub state: String,
    /// File with actions (their names, such as up, numbers from 0, or torques), separated by spaces, commas or lines; - for stdin
    #[arg(long, value_name = "FILE")]
    pub actions: PathBuf,
    /// Seed of the world's own chance
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Set a parameter of the world: key=value
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// What clap has to say, in one line: its paragraphs before the usage.
pub fn one_sentence(fault: &clap::Error) -> String {
    let text = fault.to_string();
    let words = text.split("\n\n").take_while(|p| !p.starts_with("Usage:"));
    let words = words.filter(|p| !p.starts_with("For more information"));
    let lines = words.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty());
    let sentence = lines.collect::<Vec<_>>().join(" ");
    let sentence = sentence.strip_prefix("error: ").unwrap_or(&sentence);
    format!("{sentence}; see --help")
}

/// Reads `1280x720`.
fn pixels(text: &str) -> Result<(u32, u32), String> {
    let read = |s: &str| s.trim().parse::<u32>().ok();
    let sides = text.split_once('x').and_then(|(w, h)| Some((read(w)?, read(h)?)));
    sides.ok_or_else(|| "WIDTHxHEIGHT in pixels is allowed, e.g. 1280x720".to_owned())
}

/// Reads `3s`, `500ms`, `2min`.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = match &text[digits.len()..] {
        "ms" => 1e-3,
        "s" | "" => 1.0,
        "min" => 60.0,
        _ => f64::NAN,
    };
    let number: f64 = digits.parse().unwrap_or(f64::NAN);
    let total = number * seconds;
    if (0.0..=86_400.0).contains(&total) {
        return Ok(Duration::from_secs_f64(total));
    }
    Err("a time up to a day is allowed, like 3s, 500ms or 2min".to_owned())
}

/// Reads `1280x720`.
fn size(text: &str) -> Result<(f32, f32), String> {
    let read = |s: &str| s.parse::<f32>().ok().filter(|x| (320.0..=8192.0).contains(x));
    let parts = text.split_once('x');
    parts
        .and_then(|(w, h)| Some((read(w)?, read(h)?)))
        .ok_or_else(|| "WIDTHxHEIGHT is allowed, 320 to 8192 points each".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn flags_are_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn faults_are_one_line() {
        let say = |line: &str| {
            let fault = Cli::try_parse_from(line.split(' ')).unwrap_err();
            let said = one_sentence(&fault);
            assert_eq!(said.lines().count(), 1, "{said}");
            said
        };
        let film = "imaginarium film dyna-maze --out a.mp4";
        let both = say(&format!("{film} --seconds 1 --steps 2"));
        assert!(both.contains("'--seconds <S>' cannot be used with '--steps <N>'"), "{both}");
        let size = say(&format!("{film} --seconds 1 --size huge"));
        assert!(size.contains("'huge'") && size.contains("e.g. 1280x720"), "{size}");
        assert!(say("imaginarium film").contains("--out <FILE> <LESSON>"));
        assert!(say(&format!("{film} --second 1")).contains("similar"));
    }

    #[test]
    fn times_and_sizes() {
        assert_eq!(duration("3s"), Ok(Duration::from_secs(3)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert!(duration("soon").is_err() && duration("-1s").is_err() && duration("9h").is_err());
        assert_eq!(size("1280x720"), Ok((1280.0, 720.0)));
        assert!(size("1x1").is_err() && size("1280").is_err() && size("NaNx720").is_err());
    }
}
