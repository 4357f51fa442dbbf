//! The bench in words and as numbers.

use super::lamps;
use super::race::{Measured, Row};
use super::settings::{Settings, name};
use super::sheet::{Floor, Sheet};
use super::table;
use crate::app::words::value;
use crate::probes::landscape::{Coordinates, Fields, Judge, Loss, Valued as _};

/// Where the value comes from.
pub fn whose(settings: &Settings, letter: char, updates: Option<u64>) -> String {
    use crate::lessons::bench::ValueFrom;
    match settings.from {
        ValueFrom::Best => "the best value there is (value iteration)".to_owned(),
        ValueFrom::Critic => format!("what {letter} thinks now"),
        ValueFrom::Earlier => {
            format!("what {letter} thought after {} updates", updates.unwrap_or_default())
        }
        ValueFrom::Bumps => "the toy V = sin x sin y".to_owned(),
    }
}

fn coordinates(floor: &Floor, coordinates: Coordinates) -> String {
    let [a, b] = floor.numbers.map(|d| d.key);
    match coordinates {
        Coordinates::State => format!("({a}, {b})"),
        Coordinates::Seen => format!("(cos {a}, sin {a}, {b})"),
    }
}

/// Everything in words.
pub fn told(
    whose: &str,
    floor: &Floor,
    judge: &Judge,
    (rows, measured): (&[Row; 4], &Measured),
) -> String {
    let [x, y] = judge.at.map(value);
    let [a, b] = judge.slope.map(value);
    let mut text = format!(
        "Model losses under {whose}, errors in {}. True next state ({x}, {y}): value {}, slopes \
         {a} and {b}.\n",
        coordinates(floor, judge.coordinates),
        value(judge.value)
    );
    for (row, lamps) in rows.iter().zip(&measured.lamps) {
        let lamps: Vec<String> = (0..3).map(|lamp| lamps::told(lamps, lamp)).collect();
        text += &format!("{}; {}\n", table::told(row), lamps.join(", "));
    }
    text
}

/// A line for every prediction.
pub fn data(floor: &Floor, sheet: &Sheet, judge: &Judge) -> String {
    let [a, b] = floor.numbers.map(|d| d.key);
    let mut csv = format!("{a},{b},value,mse,vaml,vagram_bounded,vagram_unbounded\n");
    let fields = Fields::of(judge, sheet.window, &sheet.values);
    for (index, [x, y]) in sheet.window.places().enumerate() {
        let [squared, vaml, bounded, unbounded] = Loss::ALL.map(|loss| fields.loss(loss)[index]);
        let v = sheet.values[index];
        csv += &format!("{x},{y},{v},{squared},{vaml},{bounded},{unbounded}\n");
    }
    csv
}

/// The first thing that is wrong with what is asked, in one sentence.
pub fn wrong(floor: &Floor, sheet: &Sheet, cross: [f64; 2]) -> Option<String> {
    if !floor.holds(cross) {
        let [x, y] = cross.map(value);
        let range = |d: usize| {
            let number = &floor.numbers[d];
            let (low, high) = number.range;
            format!("{} {} to {}", number.name, value(low), value(high))
        };
        let (first, second) = (range(0), range(1));
        return Some(format!(
            "The true next state ({x}, {y}) lies outside of the world: {first}, {second}."
        ));
    }
    if !sheet.ground.value(cross).is_finite() {
        return Some(
            "The value of the true next state is not a number: no loss exists.".to_owned(),
        );
    }
    None
}

/// What a person should know about what is drawn, in one sentence.
pub fn notice(
    settings: &Settings,
    sheet: &Sheet,
    judge: &Judge,
    (letter, updates): (char, u64),
) -> Option<String> {
    use crate::lessons::bench::ValueFrom;
    if settings.from == ValueFrom::Critic && updates == 0 {
        return Some(format!("{letter} has not learned yet: its value is what it began with."));
    }
    if sheet.is_flat() {
        return Some("The value is the same everywhere: VAML and VaGraM are 0 everywhere.".into());
    }
    if sheet.missing > 0 {
        let all = sheet.values.len();
        return Some(format!("The value is not a number in {} of {all} cells.", sheet.missing));
    }
    if judge.gradient().iter().all(|g| *g == 0.0) {
        return Some("The value is level at the cross: VaGraM is 0 everywhere.".to_owned());
    }
    if judge.coordinates == Coordinates::Seen && settings.from == ValueFrom::Best {
        let words = "Off the circle cos² + sin² = 1 there is no exact value: its slope across \
                     is taken to be 0.";
        return Some(words.to_owned());
    }
    None
}

/// Whether the ball of VAML rests where nothing was lived.
pub fn strays(floor: &Floor, sheet: &Sheet, rows: &[Row; 4]) -> Option<String> {
    let row = &rows[Loss::Vaml.index()];
    let at = floor.seen_in(&sheet.window, row.at);
    let unknown = sheet.has_data(at)?;
    (!unknown).then(|| format!("{} predicts a state where there is no data.", name(Loss::Vaml)))
}
