//! Which panels a lesson shows, and where: rows from top to bottom.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::experiment::config::ConfigError;

macro_rules! panels {
    ($($(#[$doc:meta])* $id:ident = $name:literal,)*) => {
        /// Names a panel in layouts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum PanelId {
            $($(#[$doc])* $id,)*
        }

        impl PanelId {
            /// All panels.
            pub const ALL: &[Self] = &[$(Self::$id,)*];

            /// Name in files and on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$id => $name,)*
                }
            }
        }
    };
}

panels! {
    /// The mazes of all runs.
    Mazes = "mazes",
    /// Steps per episode.
    Steps = "steps",
    /// Cumulative reward.
    Reward = "reward",
    /// The price of finding the way, on three clocks.
    Price = "price",
    /// Inside one cell: values, model, updates.
    Cell = "cell",
    /// Imagined against real return of the greedy policy.
    Exploit = "exploit",
    /// Acting, learning and planning as a loop, one for each run.
    Loops = "loops",
    /// What a run that replays has kept and drawn.
    Memory = "memory",
    /// What a fork has more than its parent.
    Futures = "futures",
    /// What was changed, and when.
    Log = "log",
    /// Where each model thinks it will be.
    Wall = "wall",
    /// What models learn from, and how well they foresee.
    ModelData = "model-data",
    /// Value error over model error.
    ModelError = "model-error",
    /// Episodes on cards, and what they say of their states.
    Cards = "cards",
    /// What states are worth at random: learned, and true.
    Values = "values",
    /// Return of each episode.
    Return = "return",
    /// How well each run does, in the measure of its world.
    Learning = "learning",
    /// Values over two numbers: learned, true, and their difference.
    ValueMap = "value-map",
    /// Where gradients of model and value flow, and what they train.
    Schematic = "schematic",
    /// True error over disagreement of model and value.
    ConsistentWrong = "consistent-wrong",
    /// Error, drift and gradients over real steps.
    Drift = "drift",
    /// The search from the present state: its tree, and why it goes where.
    Tree = "tree",
    /// Parts of a value expansion, its error by horizon, and which horizon is best where.
    MveStack = "mve-stack",
    /// What a learned model gets wrong, on learned steps and on held-out ones.
    Losses = "losses",
    /// How wrong model and value are after so many real steps.
    Signal = "signal",
    /// The future as a learner imagines it, and as it truly is.
    Imagined = "imagined",
    /// Real and imagined states that a critic learns at.
    Clouds = "clouds",
    /// Value expansion beside SVG and I2A.
    Relatives = "relatives",
    /// How far values are off the truth, over time.
    ValueError = "value-error",
    /// The full tree beside a partial one, on the same budget.
    TwoSearches = "two-searches",
    /// Model error by depth, and what looking deeper costs and gains.
    DepthError = "depth-error",
    /// Where the search acts otherwise than the value.
    LookingAhead = "looking-ahead",
    /// How well models with too little room fit, over their updates.
    Fit = "fit",
    /// What each model got right, number by number.
    Mismatch = "mismatch",
    /// Right or wrong in state, right or wrong in value.
    Quadrants = "quadrants",
    /// Lengths of the gradients of all losses on the same data.
    Gradients = "gradients",
    /// What every prediction costs under four losses: surfaces round a cross that can be dragged.
    Landscape = "landscape",
    /// Where networks compute, and how fast.
    Device = "device",
    /// Values as a surface over two numbers of a state.
    Surface = "surface",
    /// What a latent model imagines along real steps.
    Imagines = "imagines",
    /// A model moved along the null space of the value, and what learned ones get wrong.
    ValueEquivalence = "value-equivalence",
    /// What a drawn policy is worth, as the model says and in truth.
    Unseen = "unseen",
    /// MuZero's four parts as lamps.
    FourParts = "four-parts",
    /// What is missing to the best return: the model's part and that of planning.
    WhichLoop = "which-loop",
    /// How many of all games that may be played on a board a learner loses.
    Games = "games",
}

impl PanelId {
    /// The panel called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|id| id.name() == name)
    }

    /// The names of all.
    pub fn names() -> String {
        let names: Vec<_> = Self::ALL.iter().map(|id| id.name()).collect();
        names.join(", ")
    }
}

/// One panel in its row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seat {
    /// Which.
    pub panel: PanelId,
    /// Its width beside the others of the row.
    pub share: f32,
}

/// Rows of panels from top to bottom; no row is empty and no panel has two places.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout(Vec<Vec<Seat>>);

impl Default for Layout {
    /// Mazes above, curves and price below.
    fn default() -> Self {
        let seat = |(panel, share)| Seat { panel, share };
        let below = [(PanelId::Steps, 1.35), (PanelId::Reward, 1.0), (PanelId::Price, 0.9)];
        Self(vec![vec![seat((PanelId::Mazes, 1.0))], below.map(seat).to_vec()])
    }
}

impl Layout {
    /// The same where a body of so many numbers moves: it is above, what that brings below; two
    /// numbers have a map.
    fn of_motion(numbers: usize) -> Self {
        let seat = |panel| Seat { panel, share: 1.0 };
        let map = (numbers == 2).then_some(PanelId::ValueMap);
        let below = map.into_iter().chain([PanelId::Return]).map(seat);
        Self(vec![vec![seat(PanelId::Mazes)], below.collect()])
    }

    /// Reads `panels = [["mazes"], ["steps:1.35", "reward"]]`; without the key, the default for a
    /// world with a body of so many numbers, or with none.
    pub(super) fn read(place: &str, lesson: &Table, numbers: usize) -> Result<Self, ConfigError> {
        let Some(value) = lesson.get("panels") else {
            return Ok(if numbers > 0 { Self::of_motion(numbers) } else { Self::default() });
        };
        let wrong = || {
            let what =
                "panels: write rows of names, e.g. [[\"mazes\"], [\"steps:1.5\", \"reward\"]]";
            ConfigError::at(place, what)
        };
        let row = |row: &Value| -> Result<Vec<Seat>, ConfigError> {
            let names = row.as_array().filter(|names| !names.is_empty()).ok_or_else(wrong)?;
            names.iter().map(|n| seat(place, n.as_str().ok_or_else(wrong)?)).collect()
        };
        let rows = value.as_array().filter(|rows| !rows.is_empty()).ok_or_else(wrong)?;
        let layout = Self(rows.iter().map(row).collect::<Result<_, _>>()?);
        let mut seen = BTreeSet::new();
        let twice = layout.panels().find(|&panel| !seen.insert(panel));
        match twice {
            Some(twice) => {
                let what = format!("panels: '{}' stands there twice", twice.name());
                Err(ConfigError::at(place, what))
            }
            None => Ok(layout),
        }
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<Seat>] {
        &self.0
    }

    /// All panels in reading order.
    pub fn panels(&self) -> impl Iterator<Item = PanelId> {
        self.0.iter().flatten().map(|seat| seat.panel)
    }
}

/// `name` or `name:share`.
fn seat(place: &str, text: &str) -> Result<Seat, ConfigError> {
    let (name, share) = text.split_once(':').unwrap_or((text, "1"));
    let Some(panel) = PanelId::from_name(name) else {
        let what = format!("panels: '{name}' is unknown; allowed: {}", PanelId::names());
        return Err(ConfigError::at(place, what));
    };
    match share.parse::<f32>() {
        Ok(share) if (0.1..=10.0).contains(&share) => Ok(Seat { panel, share }),
        _ => {
            let what = format!("panels: '{text}' has a width that is no number from 0.1 to 10");
            Err(ConfigError::at(place, what))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Layout, String> {
        let table: Table = text.parse().unwrap();
        Layout::read("x.toml, [lesson]", &table, 0).map_err(|e| e.to_string())
    }

    #[test]
    fn rows_and_shares_are_read() {
        let layout = read("panels = [['mazes'], ['steps:1.5', 'price']]").unwrap();
        assert_eq!(layout.rows().len(), 2);
        assert_eq!(layout.rows()[1][0], Seat { panel: PanelId::Steps, share: 1.5 });
        let all: Vec<_> = layout.panels().collect();
        assert_eq!(all, [PanelId::Mazes, PanelId::Steps, PanelId::Price]);
        assert_eq!(read("").unwrap(), Layout::default());
    }

    #[test]
    fn refusals_say_what_where_and_what_is_allowed() {
        let say = |text: &str| read(text).unwrap_err();
        assert!(say("panels = [['moon']]").contains("'moon' is unknown; allowed: mazes, steps"));
        assert!(say("panels = [['steps', 'steps']]").contains("'steps' stands there twice"));
        assert!(say("panels = [['steps:0']]").contains("no number from 0.1 to 10"));
        for bad in ["panels = 'steps'", "panels = []", "panels = [[]]", "panels = [[1]]"] {
            assert!(say(bad).contains("write rows of names"), "{bad}");
        }
    }
}
