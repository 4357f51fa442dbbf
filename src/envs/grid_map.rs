//! Text maps: one character a cell.

use std::collections::BTreeMap;

use crate::mdp::scene::Cell;

/// Greatest width and height.
pub const MAX_SIDE: usize = 64;

/// A map as written in a file: text, letters with their rewards, wind per column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GridSource {
    /// One character a cell.
    pub map: String,
    /// The map of the same size that takes its place after `switch_step` real steps.
    pub after: Option<String>,
    /// Rewards of lower-case letters.
    pub rewards: BTreeMap<char, f64>,
    /// Upward push per column, in cells; empty means no wind.
    pub wind: Vec<i8>,
}

impl GridSource {
    /// A map without letters and wind.
    pub fn from_text(map: &str) -> Self {
        Self { map: map.to_owned(), ..Self::default() }
    }
}

/// Why a map was refused, in one sentence that says where.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MapError {
    /// No cells at all.
    #[error("the map is empty: give at least one row of cells")]
    Empty,
    /// Lines of different length.
    #[error(
        "map line {line} has {found} cells, the first line has {want}: all lines need the same length"
    )]
    Ragged {
        /// Line number from 1.
        line: usize,
        /// Cells found.
        found: usize,
        /// Cells expected.
        want: usize,
    },
    /// Too big.
    #[error("the map has {rows} rows and {cols} columns: at most {MAX_SIDE} each")]
    TooLarge {
        /// Rows.
        rows: usize,
        /// Columns.
        cols: usize,
    },
    /// Unknown character.
    #[error(
        "map line {line}, column {column}: '{found}' is unknown; allowed are '.' free, '#' wall, \
         'S' start, 'G' goal, 'P' pit, and small letters that [world.rewards] defines"
    )]
    Unknown {
        /// Line number from 1.
        line: usize,
        /// Column number from 1.
        column: usize,
        /// The character.
        found: char,
    },
    /// No start.
    #[error("the map has no start: mark at least one cell with 'S'")]
    NoStart,
    /// No goal.
    #[error("the map has no goal: mark at least one cell with 'G'")]
    NoGoal,
    /// Wind for another width.
    #[error("wind has {found} numbers, the map has {want} columns: give one number a column")]
    Wind {
        /// Numbers found.
        found: usize,
        /// Columns.
        want: usize,
    },
    /// A change without anything to change to.
    #[error("switch_step = {step} needs a second map: give map_after, or switch_step = 0")]
    NoSecond {
        /// When it would come.
        step: u32,
    },
    /// A second map that cannot be read.
    #[error("map_after: {0}")]
    Second(Box<Self>),
    /// A second map of another size.
    #[error(
        "map_after has {} rows and {} columns, map has {} and {}: both need the same size",
        found[0], found[1], want[0], want[1]
    )]
    SecondSize {
        /// Rows and columns found.
        found: [usize; 2],
        /// Rows and columns of the first map.
        want: [usize; 2],
    },
    /// A reward that is not a finite number.
    #[error("reward '{letter}' is {value}: rewards must be finite numbers")]
    Reward {
        /// Its letter.
        letter: char,
        /// Its value.
        value: f64,
    },
}

/// A parsed map.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// Width in cells.
    pub cols: usize,
    /// Height in cells.
    pub rows: usize,
    /// `[rows * cols]`, row 0 on top.
    pub cells: Vec<Cell>,
}

impl Map {
    /// Reads a text map. Leading and trailing blank lines and spaces around lines are ignored.
    pub fn parse(text: &str, rewards: &BTreeMap<char, f64>) -> Result<Self, MapError> {
        if let Some((&letter, &value)) = rewards.iter().find(|(_, v)| !v.is_finite()) {
            return Err(MapError::Reward { letter, value });
        }
        let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
        let cols = lines.first().map_or(0, |l| l.chars().count());
        if cols == 0 {
            return Err(MapError::Empty);
        }
        let rows = lines.len();
        if rows > MAX_SIDE || cols > MAX_SIDE {
            return Err(MapError::TooLarge { rows, cols });
        }
        let mut cells = Vec::with_capacity(rows * cols);
        for (row, line) in lines.iter().enumerate() {
            let found = line.chars().count();
            if found != cols {
                return Err(MapError::Ragged { line: row + 1, found, want: cols });
            }
            for (col, letter) in line.chars().enumerate() {
                cells.push(cell(letter, rewards).ok_or(MapError::Unknown {
                    line: row + 1,
                    column: col + 1,
                    found: letter,
                })?);
            }
        }
        let map = Self { cols, rows, cells };
        if map.find(Cell::Start).next().is_none() {
            return Err(MapError::NoStart);
        }
        if map.find(Cell::Goal).next().is_none() {
            return Err(MapError::NoGoal);
        }
        Ok(map)
    }

    /// Reads the map that will take this one's place: the same size.
    pub fn second(&self, text: &str, rewards: &BTreeMap<char, f64>) -> Result<Self, MapError> {
        let second = Self::parse(text, rewards).map_err(|e| MapError::Second(Box::new(e)))?;
        let (found, want) = ([second.rows, second.cols], [self.rows, self.cols]);
        if found == want { Ok(second) } else { Err(MapError::SecondSize { found, want }) }
    }

    /// Indices of all cells of this kind.
    pub fn find(&self, kind: Cell) -> impl Iterator<Item = usize> {
        let cells = self.cells.iter().enumerate();
        cells.filter_map(move |(i, &c)| (c == kind).then_some(i))
    }
}

fn cell(letter: char, rewards: &BTreeMap<char, f64>) -> Option<Cell> {
    Some(match letter {
        '.' => Cell::Free,
        '#' => Cell::Wall,
        'S' => Cell::Start,
        'G' => Cell::Goal,
        'P' => Cell::Pit,
        other => Cell::Reward(*rewards.get(&other).filter(|_| other.is_ascii_lowercase())?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> String {
        Map::parse(text, &BTreeMap::new()).unwrap_err().to_string()
    }

    #[test]
    fn refusals_say_what_where_and_what_is_allowed() {
        assert!(say("").contains("empty"));
        assert!(say("S.G\n..").contains("line 2 has 2 cells, the first line has 3"));
        assert!(say("S.x\n..G").contains("line 1, column 3: 'x'"));
        assert!(say("..G").contains("no start"));
        assert!(say("S..").contains("no goal"));
        assert!(say(&"S".repeat(65)).contains("at most 64"));
    }

    #[test]
    fn letters_stand_for_rewards() {
        let rewards = BTreeMap::from([('a', -0.5)]);
        let map = Map::parse("\n  SaG\n  .#P\n", &rewards).unwrap();
        assert_eq!((map.rows, map.cols), (2, 3));
        assert_eq!(map.cells[1], Cell::Reward(-0.5));
        let bad = BTreeMap::from([('a', f64::NAN)]);
        assert!(Map::parse("SaG", &bad).is_err());
    }

    #[test]
    fn a_second_map_must_fit() {
        let rewards = BTreeMap::new();
        let map = Map::parse("S.G", &rewards).unwrap();
        let say = |text| map.second(text, &rewards).unwrap_err().to_string();
        assert!(say("S.G\n...").contains("map_after has 2 rows and 3 columns, map has 1 and 3"));
        assert!(say("S.?").contains("map_after: map line 1, column 3: '?'"));
        let said = MapError::NoSecond { step: 5 }.to_string();
        assert_eq!(said, "switch_step = 5 needs a second map: give map_after, or switch_step = 0");
    }
}
