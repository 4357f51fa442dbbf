//! The bench of landscapes: what a prediction of the next state costs under four losses, wherever it
//! lands, as surfaces round a true next state that can be dragged.

mod above;
mod column;
mod draw;
mod hands;
mod lamps;
mod lines;
mod pictures;
mod race;
mod scenes;
mod seats;
mod settings;
mod sheet;
mod table;
mod tiles;
mod told;
mod undo;

use std::sync::Arc;

use egui::Ui;

use super::asked::Asked;
use super::{Cx, Panel, PanelId, framed};
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::lessons::bench::ValueFrom;
use crate::probes::landscape::{Judge, Valued as _};
pub use above::hold_keys;
use race::{Head, Known, Measured, Request, Row};
use settings::Settings;
use sheet::{Floor, Question, Sheet};
use tiles::{Above, Look, Tiles};

/// Seconds between two answers while time passes beside the window.
const EVERY: f64 = 0.25;
/// Real steps of one press of "Train on".
const LITTLE: u64 = 200;
/// Seconds that each kept value stays on screen when training is replayed.
const FRAME: f64 = 0.5;

/// The value over a window, asked beside it.
type Sheets = Asked<Question, Result<Sheet, String>>;

/// The panel.
#[derive(Clone, Default)]
pub struct Landscape {
    settings: Settings,
    head: Head,
    /// The lesson that the settings were taken from.
    lesson: Option<String>,
    /// The selected run.
    run: usize,
    whole: Sheets,
    close: Sheets,
    measured: Asked<Request, Option<Arc<Measured>>>,
    /// The four pictures.
    tiles: Option<Arc<Tiles>>,
    /// The value of the whole plane from above.
    plane: Option<Above>,
    /// Middle of the surroundings: the cross, as long as no hand holds anything.
    anchor: [f64; 2],
    /// When the next kept value is due, in seconds of the context's clock.
    replay: Option<f64>,
    /// Real steps at which training ends again.
    training: Option<u64>,
    /// What was chosen before, with where balls were held and let go.
    past: undo::Past<Gesture>,
}

/// What the bench is after a gesture.
type Gesture = (settings::Chosen, Option<race::Held>, Option<[[f64; 2]; 4]>);

/// What there is to draw.
struct Found {
    floor: Floor,
    whole: Known,
    judge: Judge,
}

impl Landscape {
    fn floor(&self, run: &RunSnapshot) -> Result<Floor, String> {
        match self.settings.from {
            ValueFrom::Bumps => Ok(Floor::TOY),
            _ => Floor::of(run).ok_or_else(|| sheet::NO_NUMBERS.to_owned()),
        }
    }

    fn question(&self, run: &RunSnapshot) -> Result<Question, String> {
        Question::new(run, self.floor(run)?, self.settings.from, self.settings.kept)
    }

    /// What is known now, of this question or of an earlier one about the same world.
    fn found(&self, question: &Question, whole: Known) -> Result<Found, String> {
        let sheet = whole.1.as_ref().map_err(Clone::clone)?;
        let (floor, cross) = (question.floor, self.settings.places().cross);
        if let Some(wrong) = told::wrong(&floor, sheet, cross) {
            return Err(wrong);
        }
        let judge = Judge::new(&sheet.ground, cross, floor.turns(), self.settings.coordinates);
        if !judge.is_finite() {
            return Err("The slope of the value at the true next state is not a number.".into());
        }
        Ok(Found { floor, whole, judge })
    }

    /// What is asked of the losses.
    fn request(&self, found: &Found) -> Request {
        let start = self.settings.places().start;
        let starts = match self.head.held {
            Some((places, _)) => places,
            None => self.head.from.unwrap_or([start; 4]),
        };
        let (known, judge) = (found.whole.clone(), found.judge);
        Request { known, judge, starts, descent: self.settings.descent() }
    }

    fn look(&self) -> Look {
        let Settings { same_scale, value_lines, .. } = self.settings;
        Look { losses: self.settings.losses(), same_scale, value_lines }
    }

    /// Where the balls are: of the newest race that is known.
    fn rows(&self, floor: &Floor) -> Option<(&Arc<Measured>, [Row; 4])> {
        let (request, measured) = self.measured.known()?;
        let measured = measured.as_ref()?;
        let rows = race::rows(request, measured, &self.head, |[_, y]| {
            let (low, high) = floor.numbers[1].range;
            (low..=high).contains(&y)
        });
        rows.map(|rows| (measured, rows))
    }

    /// Everything anew, for words and numbers of what was never drawn.
    fn answered(&self, snapshot: &Snapshot) -> Result<(Found, char, Option<u64>), String> {
        let run = subject(snapshot, self.run).ok_or(sheet::NO_NUMBERS)?;
        let question = self.question(run)?;
        let known = self.whole.share().filter(|known| known.0 == question);
        let known = known.unwrap_or_else(|| {
            let answer = question.answer();
            Arc::new((question.clone(), answer))
        });
        let updates = sheet::kept(run, self.settings.kept).map(|(_, updates)| updates);
        Ok((self.found(&question, known)?, run.letter, updates))
    }
}

/// The selected run, or the first one, whose world is of numbers; else the selected one.
fn subject(s: &Snapshot, selected: usize) -> Option<&RunSnapshot> {
    let stands = |run: &&RunSnapshot| Floor::of(run).is_some();
    let wished = s.runs.get(selected).or_else(|| s.runs.first());
    wished.filter(stands).or_else(|| s.runs.iter().find(stands)).or(wished)
}

impl Panel for Landscape {
    fn title(&self) -> &'static str {
        "Loss landscapes"
    }

    fn question(&self) -> &'static str {
        "What does a wrong prediction cost, wherever it lands?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::Landscape, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let line = || {
            let (found, letter, updates) = self.answered(snapshot)?;
            let request = self.request(&found);
            let measured = request.answer().ok_or("nothing is measured")?;
            let (low, high) = found.floor.numbers[1].range;
            let holds = |[_, y]: [f64; 2]| (low..=high).contains(&y);
            let rows = race::rows(&request, &measured, &self.head, holds);
            let rows = rows.ok_or("nothing is measured")?;
            let whose = told::whose(&self.settings, letter, updates);
            Ok(told::told(&whose, &found.floor, &found.judge, (&rows, &measured)))
        };
        line().unwrap_or_else(|words: String| format!("{words}\n"))
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let empty = "first,second,value,mse,vaml,vagram_bounded,vagram_unbounded\n";
        match self.answered(snapshot) {
            Ok((found, ..)) => match &found.whole.1 {
                Ok(sheet) => told::data(&found.floor, sheet, &found.judge),
                Err(_) => empty.to_owned(),
            },
            Err(_) => empty.to_owned(),
        }
    }
}

impl Landscape {
    /// Holds the balls where they are, with the value errors they have there.
    fn hold(&mut self, floor: &Floor) {
        if let Some((_, rows)) = self.rows(floor) {
            let places = rows.map(|row| row.at);
            self.head.held = Some((places, rows.map(|row| row.value_error)));
            self.head.rolls = false;
        }
    }

    /// Lets them go from there.
    fn release(&mut self) {
        if let Some((places, _)) = self.head.held.take() {
            self.head.from = Some(places);
            self.head.begin();
        }
    }

    /// Value errors of the held balls under the value of now.
    fn errors_now(&self, found: &Found) -> Option<[f64; 4]> {
        let (places, _) = self.head.held?;
        let sheet = found.whole.1.as_ref().ok()?;
        Some(places.map(|at| (sheet.ground.value(at) - found.judge.value).abs()))
    }
}
