//! The surface in words and numbers.

use crate::app::words::value;
use crate::experiment::snapshot::RunSnapshot;
use crate::probes::heights::{Heights, Span};

/// One number of a place, in words.
fn number(span: &Span, x: f64, cells: bool) -> String {
    match cells {
        true => format!("{} {:.0}", span.name, x),
        false => format!("{} {} {}", span.name, value(x), span.unit),
    }
}

/// Index of the point that is nearest to a place.
pub fn nearest(heights: &Heights, place: [f32; 2]) -> usize {
    let [rows, cols] = heights.size;
    let index = |span: &Span, x: f32, count: usize| {
        let share = (f64::from(x) - span.low) / (span.high - span.low);
        let at = match heights.cells {
            true => share * count as f64 - 0.5,
            false => share * (count - 1) as f64,
        };
        (at.round().max(0.0) as usize).min(count - 1)
    };
    index(&heights.spans[1], place[1], rows) * cols + index(&heights.spans[0], place[0], cols)
}

/// A place and its numbers, for a hover.
pub fn place(heights: &Heights, kind: usize, place: [f32; 2]) -> String {
    let index = nearest(heights, place);
    let at = heights.place(index);
    let cells = heights.cells;
    let mut words = format!(
        "{}, {}",
        number(&heights.spans[0], at[0], cells),
        number(&heights.spans[1], at[1], cells)
    );
    let all = [
        ("learned", &heights.learned),
        ("true", &heights.truth),
        ("learned minus true", &heights.excess),
    ];
    for (at, (name, of)) in all.into_iter().enumerate() {
        let known = of.as_ref().and_then(|of| of.get(index)).filter(|x| x.is_finite());
        // The difference only where it is what is shown.
        if let Some(&x) = known.filter(|_| at < 2 || kind == 2) {
            words += &format!("\n{name} {}", value(f64::from(x)));
        }
    }
    if heights.unvisited.get(index).copied().unwrap_or(false) {
        words += "\nnever visited";
    }
    words
}

/// Least and greatest of some numbers in words.
fn ends(name: &str, of: Option<&[f32]>) -> String {
    match of.and_then(Heights::ends) {
        Some([low, high]) if low == high => format!("{name} {} everywhere", value(low.into())),
        Some([low, high]) => format!("{name} {} to {}", value(low.into()), value(high.into())),
        None => format!("{name} unknown"),
    }
}

/// All of it in a few lines.
pub fn text(run: &RunSnapshot, heights: &Heights) -> String {
    let [first, second] = &heights.spans;
    let mut text = format!(
        "Value of {} {} over {} and {}, {} real steps\n",
        run.letter, run.name, first.name, second.name, run.lane.counters.env_steps
    );
    for (name, x) in &heights.held {
        text += &format!("held: {name} {}\n", value(*x));
    }
    text += &format!("{}\n", ends("learned", heights.learned.as_deref()));
    text += &format!("{}\n", ends("true", heights.truth.as_deref()));
    text += &format!("{}\n", ends("learned minus true", heights.excess.as_deref()));
    let unknown = heights.unvisited.iter().filter(|x| **x).count();
    if !heights.unvisited.is_empty() {
        let walls = heights.walls.iter().filter(|x| **x).count();
        let share = 100.0 * unknown as f64 / (heights.unvisited.len() - walls).max(1) as f64;
        text += &format!("never visited: {share:.0} % of it\n");
    }
    let here = [f64::from(heights.from[0]), f64::from(heights.from[1])];
    let place = [0, 1].map(|i| number(&heights.spans[i], here[i], heights.cells)).join(", ");
    text += &format!("futures begin at {place}\n");
    text
}

/// One line a point.
pub fn data(letter: char, heights: &Heights) -> String {
    let keys = [0, 1].map(|i| heights.spans[i].key);
    let mut csv = format!("run,{},{},learned,true,visited\n", keys[0], keys[1]);
    let written = |of: Option<&[f32]>, index: usize| {
        of.and_then(|of| of.get(index)).map_or_else(|| "nan".to_owned(), |x| x.to_string())
    };
    for index in 0..heights.size[0] * heights.size[1] {
        if heights.walls.get(index).copied().unwrap_or(false) {
            continue;
        }
        let [x, y] = heights.place(index);
        let learned = written(heights.learned.as_deref(), index);
        let truth = written(heights.truth.as_deref(), index);
        let visited = heights.unvisited.get(index).map_or("", |x| if *x { "0" } else { "1" });
        csv += &format!("{letter},{x},{y},{learned},{truth},{visited}\n");
    }
    csv
}
